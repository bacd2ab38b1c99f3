"""What calibration looks at in simulated seasons: means by specialty and group of applicants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visamatch.market.population import Country
from visamatch.market.published import GROUPS, OF_KIND
from visamatch.market.scenarios import LOWEST, NOBODY, STEP
from visamatch.market.season import Season

Table = NDArray[Any]
NON_US = 4  # in GROUPS


class Measures(NamedTuple):
    """Means over seasons, by specialty (N rows) and group (5 columns) or by group alone.

    Attributes:
        first: people with a list by first choice; second: by second specialty. took: places taken; took_first: by
            those whose first choice it was; filled (N): seats. length: contiguous ranks, summed over people.
        rate: share of applications that a specialty's tracks would invite (all applicants of the group).
        active, placed, people, applications: by group; active have a list, placed a PGY-1 year.
        top3: US MD seniors matched to one of their first three, of those matched. lists: mean length, matched and not.
        offers: invitations. img, us: rows of first choice, contiguous ranks, matched to it, strength, interviews; one
            column a person (non-US IMG, US MD seniors) of all seasons.
    """

    first: Table
    second: Table
    took: Table
    took_first: Table
    filled: Table
    length: Table
    rate: Table
    active: Table
    placed: Table
    people: Table
    applications: Table
    top3: Table
    lists: Table
    offers: Table
    img: Table
    us: Table

    def lengths(self, at: int, matched: bool) -> Table:
        """Contiguous ranks of non-US IMG whose first choice is specialty ``at``, none left out."""
        mine = (self.img[0] == at) & (self.img[1] > 0) & (self.img[2] == matched)
        return np.asarray(self.img[1, mine])

    def to_first(self, at: int) -> float:
        """Share of non-US IMG who match to their first choice ``at``, of those who rank it."""
        hits, misses = (len(self.lengths(at, flag)) for flag in (True, False))
        return hits / max(hits + misses, 1)

    def curve(self, at: int, longest: int = 20) -> Table:
        """Chance to match to the first choice by contiguous ranks 1, 2, …; NaN where hardly anybody has as many."""
        hits, misses = (
            np.bincount(self.lengths(at, flag).astype(int), minlength=longest + 1)[1 : longest + 1]
            for flag in (True, False)
        )
        return np.where(hits + misses >= 5, hits / np.maximum(hits + misses, 1), np.nan)


def measured(known: Country, seasons: Iterable[Season]) -> Measures:
    """Measures of seasons of a country."""
    rows = [_one(known, season) for season in seasons]

    def joined(name: str) -> Table:
        parts = [row[name] for row in rows]
        return np.concatenate(parts, axis=1) if name in ("img", "us") else np.mean(parts, axis=0)

    return Measures(*map(joined, Measures._fields))


def _one(known: Country, season: Season) -> dict[str, Any]:
    made, n = season.made, len(known.specialties)
    group, specialty = OF_KIND[made.people.kind], made.people.specialty
    first = np.where(
        made.preferred >= 0, made.preferred, specialty[:, 0]
    )  # on top of the list, or the one meant
    second = np.where(made.ranked > made.contiguous, specialty[:, 1], -1)
    listed, main = made.interviews > 0, season.place >= 0
    to_first = main & (known.specialty_of[season.place] == first)
    pgy1 = (season.year_one >= 0) | (main & ~known.advanced[season.place])

    def count(weight: Any = None) -> Table:
        return np.bincount(group, weight, len(GROUPS))

    def table(at: Any, weight: Any) -> Table:
        cells = at.astype(np.int64) * len(GROUPS) + group
        return np.bincount(cells[at >= 0], weight[at >= 0], len(GROUPS) * n).reshape(n, -1)

    def took(place: Any) -> Table:
        return table(np.where(place >= 0, known.specialty_of[place], -1), np.ones(len(place)))

    people = np.stack([first, made.contiguous, to_first, made.people.strength, made.interviews])
    ranked, md = made.ranked > 0, main & (group == 0)
    return {
        "first": table(first, listed), "second": table(second, listed), "took_first": table(first, to_first),
        "took": took(season.place) + took(season.year_one), "length": table(first, made.contiguous),
        "filled": np.bincount(known.specialty_of, season.filled, n), "rate": _rate(known, season),
        "active": count(listed), "placed": count(pgy1), "people": count(), "applications": count(made.applications),
        "top3": (season.rank[md] < 3).mean(), "offers": made.offers.sum(),
        "lists": [made.ranked[ranked & on].mean() for on in (main, ~main)],
        "img": people[:, group == NON_US], "us": people[:, group == 0],
    }  # fmt: skip


def _rate(known: Country, season: Season) -> Table:
    """Share of applications invited, from the cutoffs: means over all tracks, strengths and tastes; no sampling."""
    made, kinds = season.made, [int(np.flatnonzero(g == OF_KIND)[-1]) for g in range(len(GROUPS))]
    cutoff = np.where(made.cutoff <= 1, -np.inf, LOWEST + STEP * made.cutoff)[:, None]
    code = made.openness[known.program_of][:, None]
    level = known.handicap[known.specialty_of][:, kinds] + known.loading[kinds] * (
        LOWEST + STEP * code
    )
    spread = np.sqrt(1 + known.noise_program[known.specialty_of] ** 2)[:, None]
    chance = 1 / (
        1 + np.exp(-1.702 * np.clip((level - cutoff) / spread, -30, 30))
    )  # logistic for normal
    chance[known.closed[kinds] & (code == NOBODY)] = 0
    count = np.bincount(known.specialty_of)
    return np.stack(
        [np.bincount(known.specialty_of, column) / count for column in chance.T], axis=1
    )
