"""A plan for two: both persons in the same simulated seasons, both lists chosen for what the pair gets.

A row is one season with one draw for each person: seasons, cutoffs and what institutions are willing to do are
shared, the luck is each one's own. The pair is taken to get the best pair of places that both can reach. That is
the rule of this planner; the matching engine resolves couples' joint lists among all applicants, where
a place can also be lost because the two leave it together or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from visamatch.advice.chances import Chances, Outlook, by_program
from visamatch.advice.choose import CHOOSING, DEEP, Chosen, Season, choose, evaluate
from visamatch.advice.groups import Placed
from visamatch.advice.portfolio import couple
from visamatch.advice.portfolio.couple import APART, FIRST, NEAR, NEITHER, SECOND, Pair, Sets
from visamatch.directory.places import distances
from visamatch.evidence.assessment import Chance
from visamatch.facts.tables import Program
from visamatch.workspace.profile import Profile

ROWS = 3840  # for choosing; fewer would choose luck
Place = tuple[str, str, float | None, float | None]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the pair wants, in its own weights.

    Attributes:
        within: miles that count as the same place; None: the same state does.
        alone: worth of one matched alone, as a share of that one's half.
        apart: worth of both matched, but far apart, as a share of both in one place.
    """

    within: float | None = 50.0
    alone: float = 0.5
    apart: float = 0.5


@dataclass(frozen=True, slots=True)
class Ends:
    """What becomes of the pair. ``near`` is a part of ``both``; the other four add up to 1."""

    both: Chance
    near: Chance
    only_first: Chance
    only_second: Chance
    neither: Chance


@dataclass(frozen=True, slots=True)
class CoupleLine:
    """A program for one of the two, in the order of choice, and what it adds to the pair's worth."""

    placed: Placed
    outlook: Outlook
    fee: float
    adds: float


@dataclass(frozen=True)
class CouplePlan:
    """Two lists and what becomes of the pair; with each one's own best list; and where only one place will do."""

    wish: Wish
    lists: tuple[tuple[CoupleLine, ...], tuple[CoupleLine, ...]]
    costs: tuple[float, float]
    ends: Ends
    separate: Ends
    insisting: Ends


def plan_couple(
    seasons: tuple[Season, Season], profiles: tuple[Profile, Profile], wish: Wish | None = None
) -> CouplePlan:
    """Choose where two people apply, for what they get together.

    A most of interviews is not counted here.

    Args:
        seasons: budget, locks and findings of each; scenarios and day are the same.

    Raises:
        InputError: as for a plan of one.
    """
    wish = wish or Wish()
    own = (choose(seasons[0], profiles[0]), choose(seasons[1], profiles[1]))
    pair = _pair(own, seasons, profiles, wish)
    separate: Sets = (list(own[0].chosen), list(own[1].chosen))
    found = couple.solve(pair, [separate])
    strict = couple.solve(replace(pair, apart=0.0), [found])

    def ends(sets: Sets, apart: float) -> Ends:
        return _ends(own, seasons, profiles, replace(wish, apart=apart), sets)

    lines = tuple(_lines(pair, found, who, own[who]) for who in (0, 1))
    return CouplePlan(
        wish,
        (lines[0], lines[1]),
        tuple(o.problem.fees.cost(chosen) for o, chosen in zip(own, found, strict=True)),  # type: ignore[arg-type]
        ends(found, wish.apart),
        ends(separate, wish.apart),
        ends(strict, 0.0),
    )


def _pair(
    own: tuple[Chosen, Chosen],
    seasons: tuple[Season, Season],
    profiles: tuple[Profile, Profile],
    wish: Wish,
) -> Pair:
    persons = []
    for who in (0, 1):
        programs = own[who].candidates.programs
        sample = replace(CHOOSING, rows=ROWS, person=who)
        seen = evaluate(seasons[who], profiles[who], programs, sample)
        persons.append(
            replace(own[who].problem, reachable=by_program(seen.matched[0]), interviews=None)
        )
    return Pair(
        (persons[0], persons[1]),
        *_places([o.candidates.programs for o in own], wish),
        wish.alone,
        wish.apart,
    )


def _places(
    programs: Sequence[Sequence[Program]], wish: Wish
) -> tuple[tuple[Ints, Ints], NDArray[np.bool_]]:
    """The place of each person's programs, and which places count as one."""
    named: list[list[Place]] = [
        [
            ("", p.state, None, None) if wish.within is None else (p.city, p.state, p.lat, p.lon)
            for p in each
        ]
        for each in programs
    ]
    known = [list(dict.fromkeys(each)) for each in named]
    near = np.array([[a[:2] == b[:2] for b in known[1]] for a in known[0]], bool)
    near = near.reshape(len(known[0]), len(known[1]))
    if wish.within is not None and near.size:
        points = [np.array([place[2:] for place in each], dtype=float) for each in known]
        near |= distances(*points) <= wish.within
    numbers = [
        np.array([at.index(place) for place in each], dtype=np.int64)
        for each, at in zip(named, known, strict=True)
    ]
    return (numbers[0], numbers[1]), near


def _ends(
    own: tuple[Chosen, Chosen],
    seasons: tuple[Season, Season],
    profiles: tuple[Profile, Profile],
    wish: Wish,
    sets: Sets,
) -> Ends:
    """What becomes of the pair with these lists, on draws that nothing was chosen on."""
    programs = [
        [o.candidates.programs[at] for at in each] for o, each in zip(own, sets, strict=True)
    ]
    seen: list[Chances] = [
        evaluate(seasons[who], profiles[who], programs[who], replace(DEEP, person=who))
        for who in (0, 1)
    ]
    place, near = _places(programs, wish)
    levels = []
    for first, second in zip(seen[0].matched, seen[1].matched, strict=True):
        persons = tuple(
            replace(o.problem, utility=each.utility(), reachable=by_program(part))
            for o, each, part in zip(own, seen, (first, second), strict=True)
        )
        kind = Pair(persons, place, near, wish.alone, wish.apart).outcomes(  # type: ignore[arg-type]
            ([*range(len(programs[0]))], [*range(len(programs[1]))])
        )[1]
        kinds = (kind >= APART, kind == NEAR, kind == FIRST, kind == SECOND, kind == NEITHER)
        levels.append(np.stack(kinds, axis=1))
    return Ends(*seen[0].intervals(tuple(levels)))


def _lines(pair: Pair, sets: Sets, who: int, own: Chosen) -> tuple[CoupleLine, ...]:
    """A list in the order of choice, each with what the pair would lose without it."""
    outlooks, fees = own.candidates.told.outlooks(), own.problem.fees
    lost = pair.outcomes(sets)[2][who] / pair.persons[0].reachable.shape[1]
    lines = []
    for size, at in enumerate(sets[who]):
        fee = fees.cost(sets[who][: size + 1]) - fees.cost(sets[who][:size])
        lines.append(CoupleLine(own.candidates.placed[at], outlooks[at], fee, float(lost[size])))
    return tuple(lines)
