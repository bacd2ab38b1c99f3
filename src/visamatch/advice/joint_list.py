"""The joint rank order list of a couple: pairs made from both lists by simple rules, and where they would end.

A couple matches to the first pair at which both are taken. Both live in the same season; given the season, a
person's strength and the interviews of both, programs decide independently, so the chances are read from draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visamatch.advice.rank_list import STRENGTHS, States, given_interviews
from visamatch.directory.places import miles
from visamatch.directory.programs import Directory
from visamatch.evidence.assess import assess_all
from visamatch.evidence.assessment import Assessment
from visamatch.facts.tables import Program
from visamatch.market.scenarios import Scenarios
from visamatch.shipped import shipped
from visamatch.workspace.document import Partner, Workspace
from visamatch.workspace.profile import Profile

NEAR_MILES = 30.0  # one commuting area: ours, not the NRMP's
DRAWS, SEED = 20_000, 20270319
TIERS = {"city": ("one city", "one state", "apart"), "state": ("one state", "apart"), "any": ("",)}
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pair:
    """One line: positions in the two lists, None where that partner goes unmatched; how far apart; its chance."""

    mine: int | None
    theirs: int | None
    distance: str
    chance: float = 0.0


@dataclass(frozen=True, slots=True)
class Ends:
    """Where two people end, as shares of draws; ``one_city`` is a part of ``both``."""

    both: float
    one_city: float
    only_me: float
    only_them: float
    neither: float


@dataclass(frozen=True, slots=True)
class Together:
    """The pairs in order, and where they end; ``alone``: the same two people if each ranked alone.

    ``cut`` counts the pairs beyond the most that may be listed.
    """

    pairs: tuple[Pair, ...]
    couple: Ends
    alone: Ends
    cut: int


def rules() -> dict[str, Any]:
    """What the NRMP says, with its sources."""
    loaded: dict[str, Any] = shipped("advice/joint_list.yaml")
    return loaded


def joint_list(mine: Sequence[Program], theirs: Sequence[Program], how: Partner) -> list[Pair]:
    """Every pair by the rules: nearer first, then the smaller sum of both ranks, then the fairer pair."""
    tiers = TIERS[how.together]
    pairs = [
        Pair(a, b, distance(one, other))
        for a, one in enumerate(mine)
        for b, other in enumerate(theirs)
    ]
    if not how.apart and tiers[0]:
        pairs = [
            pair for pair in pairs if pair.distance in tiers[:-1] or pair.distance == "one city"
        ]
    pairs.sort(key=lambda pair: _order(pair, tiers))
    if how.alone:
        ones = [Pair(a, None, "alone") for a in range(len(mine))]
        others = [Pair(None, b, "alone") for b in range(len(theirs))]
        pairs += sorted(ones + others, key=lambda p: (_place(p), p.mine is None))
    return pairs


def _order(pair: Pair, tiers: Sequence[str]) -> tuple[int, int, int, int]:
    near = 0 if pair.distance not in tiers else tiers.index(pair.distance)
    a, b = pair.mine or 0, pair.theirs or 0
    return near, a + b, max(a, b), a


def _place(pair: Pair) -> int:
    return (pair.mine or 0) + (pair.theirs or 0)


def distance(one: Program, other: Program) -> str:
    """One city (its name, or within a commute), one state, or apart."""
    points = [(p.lat, p.lon) for p in (one, other) if p.lat is not None and p.lon is not None]
    near = len(points) == 2 and miles(*points) <= NEAR_MILES
    if near or (one.state, one.city.lower()) == (other.state, other.city.lower()):
        return "one city"
    return "one state" if one.state == other.state else "apart"


def couple_of(
    known: Directory, scenarios: Scenarios, mine: Workspace, partner: Partner, ids: Sequence[str], on: date
) -> tuple[tuple[list[Program], list[Program]], Together]:  # fmt: skip
    """Both lists and where their joint list ends; ``ids`` is the person's order."""
    lists = tuple(
        [known.programs[n] for n in part if n in known.programs] for part in (ids, partner.ranked)
    )
    profiles = mine.profile or Profile(), partner.profile
    assessed = assess_all(on, mine.profile, mine.statements), assess_all(on, partner.profile)
    found = together(known, scenarios, assessed, profiles, lists, partner, on)
    return (lists[0], lists[1]), found


def together(
    known: Directory,
    scenarios: Scenarios,
    assessed: Sequence[Mapping[str, Assessment]],
    profiles: Sequence[Profile],
    lists: Sequence[Sequence[Program]],
    how: Partner,
    on: date,
) -> Together:
    """Chances of the joint list.

    Args:
        assessed, profiles, lists: the person's, then the partner's.
    """
    states = [
        given_interviews(known, scenarios, *told, on)
        for told in zip(assessed, profiles, lists, strict=True)
    ]
    takes = _drawn(states)
    pairs = joint_list(lists[0], lists[1], how)
    listed = pairs[: rules()["most_pairs"]]
    got = _first(listed, takes)
    chances = np.bincount(got, minlength=len(listed) + 1)[: len(listed)] / DRAWS
    places = [[-1 if at is None else at for at in (pair.mine, pair.theirs)] for pair in listed]
    near = np.array([[distance(a, b) == "one city" for b in lists[1]] for a in lists[0]], bool)
    return Together(
        tuple(replace(p, chance=c) for p, c in zip(listed, chances.tolist(), strict=True)),
        _ends(np.array([*places, [-1, -1]])[got].T, near),
        _ends(np.array([_best(taken) for taken in takes]), near),
        len(pairs) - len(listed),
    )


def _best(taken: Bools) -> NDArray[np.int64]:
    """The best rank of each draw that takes the person, or -1."""
    if not taken.shape[1]:
        return np.full(len(taken), -1)
    return np.where(taken.any(axis=1), taken.argmax(axis=1), -1)


def _ends(places: NDArray[np.int64], near: Bools) -> Ends:
    """Shares of draws by the two ranks in each; ``near``: which programs of the two lists are in one city."""
    me, them = places >= 0
    both = me & them
    together = near[tuple(places[:, both])].sum() if near.size else 0
    counts = both.sum(), together, (me & ~them).sum(), (them & ~me).sum(), (~me & ~them).sum()
    return Ends(*(float(count) / DRAWS for count in counts))


def _drawn(states: Sequence[States]) -> list[Bools]:
    """Which programs take each partner, draws x programs; both in one season, weighed by both's interviews."""
    rng = np.random.default_rng(SEED)
    logs = [state.likely.reshape(-1, STRENGTHS) for state in states]
    peaks = [log.max(axis=1, keepdims=True) for log in logs]
    shares = [np.exp(log - peak) for log, peak in zip(logs, peaks, strict=True)]
    told = [np.log(s.sum(axis=1)) + p[:, 0] for s, p in zip(shares, peaks, strict=True)]
    season = np.exp(sum(told) - np.max(sum(told)))
    which = rng.choice(len(season), DRAWS, p=season / season.sum())
    drawn = []
    for state, share in zip(states, shares, strict=True):
        within = np.cumsum(share / share.sum(axis=1, keepdims=True), axis=1)[which]
        strength = (within < rng.random((DRAWS, 1))).sum(axis=1).clip(max=STRENGTHS - 1)
        reach = state.reach[which * STRENGTHS + strength]
        drawn.append(rng.random(reach.shape) < reach)
    return drawn


def _first(pairs: Sequence[Pair], takes: Sequence[Bools]) -> NDArray[np.int64]:
    """The first pair of each draw at which both are taken, or the number of pairs."""
    got = np.full(DRAWS, len(pairs))
    for at in range(len(pairs) - 1, -1, -1):
        free = np.ones(DRAWS, np.bool_)
        for column, taken in zip((pairs[at].mine, pairs[at].theirs), takes, strict=True):
            if column is not None:
                free &= taken[:, column]
        got[free] = at
    return got
