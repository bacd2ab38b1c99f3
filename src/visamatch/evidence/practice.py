"""How ready an institution is to sponsor, from what its employers filed: a tree of families.

Each family (a health system, or a school and its hospitals) has a latent readiness *u*, each of its
institutions a departure *e*; both are normal, in log odds. A program sponsors with log odds
``base + u + e``, so that the programs of an institution, and the institutions of a family, vouch for
each other. Applications for residents and fellows are counts (negative binomial) whose mean grows
with the positions trained and with readiness; where nothing was seen, the name may also have been
missed. What a petitioner files for several institutions speaks of the family, never of one of them.

The integrals over *u* and *e* are sums over a grid (Gauss-Hermite), the same for every program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import lgamma
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visamatch.directory.programs import directory
from visamatch.facts.tables import Filings, rows
from visamatch.shipped import shipped

Array = NDArray[Any]
KINDS = ("resident", "fellow")
POINTS = 11  # of the grid in each direction; 21 change no chance by more than .001


def parameters() -> Any:
    """The shipped parameters of P(sponsor)."""
    return shipped("evidence/parameters/p_sponsor.yaml")


def validation() -> Any:
    """How P(sponsor) did on programs it had not seen; written by ``scripts/validate_p_sponsor.py``."""
    return shipped("evidence/parameters/p_sponsor_validation.yaml")


@dataclass(frozen=True)
class Tree:
    """The institutions with programs, their families, and the counts that bear on each.

    Attributes:
        place: row of each institution id. ``family``: row of its family, by institution.
        positions: residency positions a year, by institution; ``family_positions`` by family.
        counts: trainee applications by institution and kind, from petitioners that file for it alone.
        joint: the same by family, from petitioners that file for several institutions.
        total: applications by kind, all of them: what the means are shares of.
    """

    place: Mapping[str, int]
    family: NDArray[np.int64]
    positions: Array
    family_positions: Array
    counts: Array
    joint: Array
    total: Array


@cache
def tree() -> Tree:
    """The tree of the shipped facts."""
    known = directory()
    places = sorted(name for name in known.programs_of if name in known.institutions)
    names = [known.institutions[name].system_id or name for name in places]
    families = {name: row for row, name in enumerate(dict.fromkeys(names))}
    place = {name: row for row, name in enumerate(places)}
    family = np.array([families[name] for name in names])
    positions = np.array([_positions(name) for name in places])
    counts, joint = np.zeros((len(places), 2)), np.zeros((len(families), 2))
    for row in rows(Filings):
        node = node_of(row.petitioner_id)
        if node is None:
            continue
        own, name = node
        table, at = (counts, place[name]) if own else (joint, family[place[name]])
        table[at, kind_of(row.kind)] += row.count
    return Tree(
        place, family, positions, np.bincount(family, positions).astype(float), counts, joint,
        counts.sum(axis=0) + joint.sum(axis=0),
    )  # fmt: skip


@cache
def node_of(petitioner_id: str) -> tuple[bool, str] | None:
    """Whom a petitioner's filings speak of: (True, its institution) or (False, one of its family).

    None where it files for no institution with programs, or only did so for an earlier owner.
    """
    known = directory()
    petitioner = known.petitioners.get(petitioner_id)
    if petitioner is None or petitioner.relation == "former":
        return None
    training = [name for name in petitioner.institutions if name in known.programs_of]
    if not training:
        return None
    return len(training) == 1, training[0]


def kind_of(kind: str) -> int:
    """The row of KINDS; a title that may be either counts as a resident's."""
    return int(kind == "fellow")


def _positions(institution_id: str) -> float:
    known = directory()
    offered = [
        known.quota(program.program_id)
        for program in known.programs_of[institution_id]
        if program.level == "residency" and program.status == "current"
    ]
    return float(max(5, sum(quota[0] for quota in offered if quota)))


class Practice:
    """Readiness of every institution under one set of parameters.

    Attributes:
        v: readiness at each grid point, shape (POINTS, POINTS): family by row, departure by column.
        order: flat positions of ``v``, least ready first.
    """

    def __init__(self, estimates: Mapping[str, Any], of: Tree) -> None:
        self._estimates, self._tree = estimates, of
        points, weights = np.polynomial.hermite_e.hermegauss(POINTS)
        self._log_weight = np.log(weights / weights.sum())
        self._u = estimates["sd_family"] * points
        self.v: Array = self._u[:, None] + estimates["sd_institution"] * points[None, :]
        self.order: Array = np.argsort(self.v, axis=None)
        spoken = of.joint.sum(axis=1) > 0
        self._own = self._seen(of.counts, of.positions, self.v)
        # Where one petitioner files for the whole family, an institution's own zero says nothing.
        mute = spoken[of.family] & (of.counts.sum(axis=1) == 0)
        self._own[mute] = 0.0
        self._joint = self._seen(of.joint, of.family_positions, self._u)
        self._joint[~spoken] = 0.0
        self._message = _log_mean(self._own + self._log_weight, axis=2)
        self._around = np.zeros((len(of.joint), POINTS))
        np.add.at(self._around, of.family, self._message)

    def _seen(self, counts: Array, positions: Array, at: Array) -> Array:
        """Log likelihood of the counts of each node at readiness ``at``."""
        found = np.zeros((len(counts), *at.shape))
        for kind, name in enumerate(KINDS):
            found += self._kind(counts[:, kind], positions, at, name)
        return found

    def _kind(self, counts: Array, positions: Array, at: Array, name: str) -> Array:
        known = self._estimates[name]
        share = positions / self._tree.positions.sum() * self._tree.total[KINDS.index(name)]
        around = (slice(None), *[None] * at.ndim)
        mean = share[around] * np.exp(known["scale"] + known["slope"] * at)
        found = _negative_binomial(counts[around], mean, known["size"])
        unseen = self._estimates["unseen"]
        zero = np.logaddexp(np.log(unseen), np.log1p(-unseen) + found)
        likely: Array = np.where(counts[around] == 0, zero, np.log1p(-unseen) + found)
        return likely

    def grid(
        self,
        institution_id: str,
        *,
        without: tuple[bool, int, int] | None = None,
        alone: bool = False,
        silent: bool = True,
    ) -> Array:
        """Log posterior weight of each grid point for one institution, up to a constant.

        Args:
            without: leave out a count: (the institution's own, kind, how many).
            alone: leave out what the other institutions of the family filed.
            silent: whether an institution's lack of filings counts.
        """
        of = self._tree
        place = of.place[institution_id]
        family = of.family[place]
        own, joint = self._own[place], self._joint[family]
        if without and not self._holds(place, without):
            without = None  # a petitioner of several families is counted in the first
        if without and without[0]:
            own = self._fewer(of.counts[place], without, of.positions[place], self.v)
        elif without:
            joint = self._fewer(of.joint[family], without, of.family_positions[family], self._u)
        if not silent and not of.counts[place].any():
            own = np.zeros_like(own)
        others = 0.0 if alone else self._around[family] - self._message[place]
        at_family: Array = self._log_weight + others + joint
        found: Array = at_family[:, None] + self._log_weight[None, :] + own
        return found

    def _holds(self, place: int, without: tuple[bool, int, int]) -> bool:
        of, (own, kind, count) = self._tree, without
        held = of.counts[place] if own else of.joint[of.family[place]]
        return bool(held[kind] >= count)

    def _fewer(
        self, counts: Array, without: tuple[bool, int, int], positions: float, at: Array
    ) -> Array:
        left = counts.copy()
        left[without[1]] -= without[2]
        if not left.any():
            return np.zeros(at.shape)
        found: Array = self._seen(left[None], np.array([positions]), at)[0]
        return found

    def all_grids(self) -> Array:
        """:meth:`grid` of every institution, in the order of ``tree().place``."""
        of = self._tree
        at_family = self._around[of.family] - self._message + self._joint[of.family]
        found: Array = (self._log_weight + at_family)[:, :, None] + self._log_weight + self._own
        return found


def _negative_binomial(count: Array, mean: Array, size: float) -> Array:
    """Log probability of a count with this mean; ``size`` is the inverse of the overdispersion."""
    constant = np.vectorize(lambda n: lgamma(n + size) - lgamma(size) - lgamma(n + 1))(count)
    found: Array = (
        constant + size * np.log(size / (size + mean)) + count * np.log(mean / (size + mean))
    )
    return found


def _log_mean(terms: Array, axis: int) -> Array:
    top = terms.max(axis=axis, keepdims=True)
    found: Array = np.log(np.exp(terms - top).sum(axis=axis)) + top.squeeze(axis)
    return found


@cache
def practice() -> Practice:
    """The readiness of every institution under the shipped parameters."""
    return Practice(parameters()["estimates"], tree())
