"""The joint rank order list of a couple: pairs made from both lists by simple rules, and where they would end.

A couple matches to the first pair at which both are taken. Both live in the same season; given the season, a
person's strength and the interviews of both, programs decide independently, so the chances are read from draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
class Together:
    """Where a couple would end: shares of draws, with the same two people ranking each alone beside it."""

    pairs: tuple[Pair, ...]
    both: float
    one_city: float
    only_me: float
    only_them: float
    neither: float
    alone_both: float
    alone_one_city: float
    alone_only_me: float
    alone_only_them: float
    alone_neither: float
    cut: int  # pairs beyond the most that may be listed


def rules() -> dict[str, Any]:
    """What the NRMP says, with its sources."""
    loaded: dict[str, Any] = shipped("advice/couple.yaml")
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
        given_interviews(known, scenarios, assessed[at], profiles[at], lists[at], on)
        for at in (0, 1)
    ]
    takes = _drawn(states)
    pairs = joint_list(lists[0], lists[1], how)
    listed = pairs[: rules()["most_pairs"]]
    got = _first(listed, takes)
    counts = np.bincount(got, minlength=len(listed) + 1)[: len(listed)] / DRAWS
    firsts = [
        np.where(t.any(axis=1), t.argmax(axis=1), -1) if t.shape[1] else np.full(DRAWS, -1)
        for t in takes
    ]
    near = np.array(
        [[distance(a, b) == "one city" for b in lists[1]] for a in lists[0]], bool
    ).reshape(len(lists[0]), len(lists[1]))
    me, them = firsts[0] >= 0, firsts[1] >= 0
    matched = me & them
    kinds = {"both": 0.0, "one_city": 0.0, "only_me": 0.0, "only_them": 0.0}
    for pair, share in zip(listed, counts.tolist(), strict=True):
        if pair.mine is not None and pair.theirs is not None:
            kinds["both"] += share
            kinds["one_city"] += share * (pair.distance == "one city")
        else:
            kinds["only_me" if pair.mine is not None else "only_them"] += share
    return Together(
        pairs=tuple(
            Pair(p.mine, p.theirs, p.distance, share)
            for p, share in zip(listed, counts.tolist(), strict=True)
        ),
        **kinds,
        neither=float((got == len(listed)).mean()),
        alone_both=float(matched.mean()),
        alone_one_city=float(near[firsts[0][matched], firsts[1][matched]].sum() / DRAWS),
        alone_only_me=float((me & ~them).mean()),
        alone_only_them=float((them & ~me).mean()),
        alone_neither=float((~me & ~them).mean()),
        cut=len(pairs) - len(listed),
    )


def _drawn(states: Sequence[States]) -> list[Bools]:
    """Which programs take each partner, draws x programs; both in one season, weighed by both's interviews."""
    rng = np.random.default_rng(SEED)
    by_season = [np.exp(s.likely - s.likely.max()).reshape(-1, STRENGTHS) for s in states]
    season = by_season[0].sum(axis=1) * by_season[1].sum(axis=1)
    which = rng.choice(len(season), DRAWS, p=season / season.sum())
    drawn = []
    for state, likely in zip(states, by_season, strict=True):
        within = np.cumsum(likely / likely.sum(axis=1, keepdims=True), axis=1)[which]
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
