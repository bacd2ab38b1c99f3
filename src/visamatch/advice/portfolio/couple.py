"""Two persons who plan together: a set of applications for each, worth what the pair gets of both.

In every scenario the pair takes the best it can have: both in near places, worth the mean of the two utilities;
both, but far apart, worth a share of it; one of them alone, worth a share of that one's half. With both shares 1 it is
two separate questions. Given the other's set, what a set adds is monotone and submodular; jointly it is not, since
two near places help each other. So: greedy over both, from nothing, from the best two and from each one's own best
set, then exchanges; no bound is known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from visamatch.advice.portfolio.feasible import cheapest
from visamatch.advice.portfolio.problem import Bytes, Floats, Ints, Problem
from visamatch.advice.portfolio.view import View

Sets = tuple[list[int], list[int]]
NEITHER, FIRST, SECOND, APART, NEAR = range(5)  # what becomes of a pair
NOBODY = -1.0  # stands for a utility where nobody is matched
REFRESH = 8  # additions after which every gain is measured again
GIVEN_UP, PASSES = 6, 4  # programs of each person tried in exchange, and how often
LEADERS = 8  # programs of each person tried as the first of two


@dataclass(frozen=True)
class Pair:
    """Two questions in the same scenarios.

    Attributes:
        persons: the two questions.
        place: of each person's programs, which place; shapes [P1], [P2].
        near: which places of the first count as one with which of the second, shape [places 1, places 2].
        alone, apart: worth of one matched alone, and of both far apart, as a share; 0..1.
    """

    persons: tuple[Problem, Problem]
    place: tuple[Ints, Ints]
    near: NDArray[np.bool_]
    alone: float
    apart: float

    def outcomes(self, sets: Sets) -> tuple[Floats, Ints, tuple[Floats, Floats]]:
        """Worth and what becomes of the pair (``NEITHER`` … ``NEAR``) by scenario; and what it would lose
        without each program, summed over scenarios.
        """
        rows = [np.array(items, dtype=np.int64) for items in sets]
        reach = [person.reachable[at] for person, at in zip(self.persons, rows, strict=True)]
        worth = [person.utility[at] for person, at in zip(self.persons, rows, strict=True)]
        near = self.near[np.ix_(self.place[0][rows[0]], self.place[1][rows[1]])]
        found: tuple[Floats, Ints, tuple[Floats, Floats]] = _weigh(
            reach[0], reach[1], worth[0], worth[1], near, (self.alone, self.apart)
        )
        return found

    def value(self, sets: Sets) -> float:
        """Mean worth."""
        return float(self.outcomes(sets)[0].mean())


@dataclass
class _State:
    """Two sets under way: the pair's worth, and each one's best anywhere and near each place of the other."""

    pair: Pair
    value: Floats
    best: tuple[Floats, Floats]
    best_near: tuple[
        Floats, Floats
    ]  # of the second near the first's places, of the first near the second's

    @classmethod
    def of(cls, pair: Pair, sets: Sets) -> _State:
        size = pair.persons[0].reachable.shape[1]
        places = pair.near.shape
        state = cls(
            pair,
            np.zeros(size),
            (np.full(size, NOBODY), np.full(size, NOBODY)),
            (np.full((places[0], size), NOBODY), np.full((places[1], size), NOBODY)),
        )
        for who, items in enumerate(sets):
            for item in items:
                state.add(who, item)
        return state

    def gains(self, who: int, items: Ints) -> Floats:
        """What each program would add for one of the two, summed over scenarios."""
        person, pair = self.pair.persons[who], self.pair
        found: Floats = _gains(
            items, person.reachable, person.utility, pair.place[who], self.best_near[who],
            self.best[1 - who], self.value, (pair.alone, pair.apart),
        )  # fmt: skip
        return found

    def add(self, who: int, item: int) -> None:
        """Put a program into a set."""
        person, pair = self.pair.persons[who], self.pair
        place = pair.place[who][item]
        near = np.flatnonzero(pair.near[place] if who == 0 else pair.near[:, place])
        _take(
            person.reachable[item], person.utility[item], self.best_near[who][place], self.best,
            self.value, (pair.alone, pair.apart), who, near, self.best_near[1 - who],
        )  # fmt: skip


def solve(pair: Pair, starts: Sequence[Sets] = ()) -> Sets:
    """A set for each, in the order of choice of each.

    Args:
        starts: sets to begin with beside the least that the limits ask for, such as each one's own best.
    """
    least: Sets = (_least(pair.persons[0]), _least(pair.persons[1]))
    filled = [_filled(pair, start) for start in (least, _best_two(pair, least), *starts)]
    return _exchanged(pair, max(filled, key=pair.value))


def _best_two(pair: Pair, least: Sets) -> Sets:
    """The least and a program for each: of the ``LEADERS`` that give most alone, the best with the other's best."""
    found = [(pair.value(least), least)]
    alone = _State.of(pair, least)
    for who in (0, 1):
        every = np.arange(len(pair.persons[who].utility))
        gains = np.where(pair.persons[who].fits(least[who]), alone.gains(who, every), 0.0)
        for item in np.argsort(-gains, kind="stable")[:LEADERS]:
            if gains[item] > 0.0:
                one = _with(least, who, int(item))
                found.append(_and_other(pair, one, 1 - who))
    return max(found, key=lambda each: each[0])[1]


def _and_other(pair: Pair, sets: Sets, who: int) -> tuple[float, Sets]:
    """Value and sets with the program of ``who`` that adds most."""
    state, person = _State.of(pair, sets), pair.persons[who]
    gains = state.gains(who, np.arange(len(person.utility)))
    gains = np.where(person.fits(sets[who]), gains, -np.inf)
    into = int(np.argmax(gains))
    if gains[into] <= 0.0:
        return float(state.value.mean()), sets
    total = float(state.value.sum() + gains[into])
    return total / len(state.value), _with(sets, who, into)


def _least(problem: Problem) -> list[int]:
    view = View.of(replace(problem, budget=math.inf))
    return [*problem.must, *view.ids[cheapest(view) or []].tolist()]


def _filled(pair: Pair, start: Sets) -> Sets:
    """Add what adds most to the pair, for either, until nothing fits or helps."""
    sets: Sets = (list(start[0]), list(start[1]))
    state = _State.of(pair, sets)
    every = [np.arange(len(person.utility)) for person in pair.persons]
    known = [np.full(len(items), np.inf) for items in every]
    step = 0
    while True:
        if step % REFRESH == 0:
            known = [state.gains(who, every[who]) for who in (0, 1)]
        fits = [person.fits(chosen) for person, chosen in zip(pair.persons, sets, strict=True)]
        who, item, gain = _best_known(state, known, fits)
        if gain <= 0.0 and step % REFRESH == 0:
            return sets
        if gain <= 0.0:
            step = 0
            continue
        sets[who].append(item)
        state.add(who, item)
        step += 1


def _best_known(
    state: _State, known: list[Floats], fits: list[NDArray[np.bool_]]
) -> tuple[int, int, float]:
    """Measure again what stands highest until it stays there; ``known`` keeps what was measured."""
    fresh: set[tuple[int, int]] = set()
    while True:
        tops = []
        for who in (0, 1):
            shown = np.where(fits[who], known[who], -np.inf)
            item = int(np.argmax(shown))
            tops.append((float(shown[item]), -who, item))
        gain, minus, item = max(tops)
        who = -minus
        if gain <= 0.0 or (who, item) in fresh:
            return who, item, gain
        known[who][item] = state.gains(who, np.array([item]))[0]
        fresh.add((who, item))


def _exchanged(pair: Pair, sets: Sets) -> Sets:
    """Exchange one program of a person for another while that gains; those that give least are tried."""
    for _ in range(PASSES):
        state, (value, _, losses) = _State.of(pair, sets), pair.outcomes(sets)
        moves = [(0.0, sets)]
        for who, person in enumerate(pair.persons):
            order = np.argsort(losses[who], kind="stable").tolist()
            free = [sets[who][at] for at in order if sets[who][at] not in person.must]
            for item in free[:GIVEN_UP]:
                rest = _without(sets, who, item)
                left = replace(state, value=pair.outcomes(rest)[0])
                gains = left.gains(who, np.arange(len(person.utility)))
                gains = np.where(person.fits(rest[who]), gains, -np.inf)
                into = int(np.argmax(gains))
                gain = float(left.value.sum() + gains[into] - value.sum())
                moves.append((gain, _with(rest, who, into)))
        gain, better = max(moves, key=lambda move: move[0])
        if gain <= 1e-9 * max(1.0, value.sum()):
            break
        sets = better
    return sets


def _with(sets: Sets, who: int, item: int) -> Sets:
    more = [*sets[who], item]
    return (more, sets[1]) if who == 0 else (sets[0], more)


def _without(sets: Sets, who: int, item: int) -> Sets:
    kept = [each for each in sets[who] if each != item]
    return (kept, sets[1]) if who == 0 else (sets[0], kept)


@njit(cache=True)
def _worth(
    worth: float, near: float, best: float, shares: tuple[float, float]
) -> tuple[float, int]:
    """What a program brings the pair: with the other's best near it, else far from it, else alone."""
    value, kind = shares[0] * worth / 2, 0
    if best >= 0.0 and shares[1] * (worth + best) / 2 >= value:
        value, kind = shares[1] * (worth + best) / 2, 1
    if near >= 0.0 and (worth + near) / 2 >= value:
        value, kind = (worth + near) / 2, 2
    return value, kind


@njit(cache=True)
def _gains(
    items: Ints,
    reach: Bytes,
    worth: Floats,
    place: Ints,
    best_near: Floats,
    best: Floats,
    value: Floats,
    shares: tuple[float, float],
) -> Floats:
    found = np.zeros(items.size)
    for at in range(items.size):
        j = items[at]
        near = best_near[place[j]]
        for s in range(value.size):
            if reach[j, s]:
                found[at] += max(0.0, _worth(worth[j], near[s], best[s], shares)[0] - value[s])
    return found


@njit(cache=True)
def _take(
    row: Bytes,
    worth: float,
    near: Floats,
    best: tuple[Floats, Floats],
    value: Floats,
    shares: tuple[float, float],
    who: int,
    places: Ints,
    there: Floats,
) -> None:
    mine, others = (best[0], best[1]) if who == 0 else (best[1], best[0])
    for s in range(value.size):
        if row[s]:
            value[s] = max(value[s], _worth(worth, near[s], others[s], shares)[0])
            mine[s] = max(mine[s], worth)
            for place in places:
                there[place, s] = max(there[place, s], worth)


@njit(cache=True)
def _best_pair(
    first: Ints,
    second: Ints,
    worth: tuple[Floats, Floats],
    near: NDArray[np.bool_],
    shares: tuple[float, float],
    leave: tuple[int, int],
) -> tuple[float, int, int, int]:
    """Worth, what becomes of the pair, and the places in the two sets (-1: none) that bring it.

    Args:
        leave: a place in each set that is not looked at; -1: all are.
    """
    value, kind, i_best, j_best = 0.0, NEITHER, -1, -1
    for i in first:
        if i != leave[0] and shares[0] * worth[0][i] / 2 > value:
            value, kind, i_best, j_best = shares[0] * worth[0][i] / 2, FIRST, i, -1
    for j in second:
        if j != leave[1] and shares[0] * worth[1][j] / 2 > value:
            value, kind, i_best, j_best = shares[0] * worth[1][j] / 2, SECOND, -1, j
    for i in first:
        for j in second:
            if i != leave[0] and j != leave[1]:
                both = (worth[0][i] + worth[1][j]) / 2 * (1.0 if near[i, j] else shares[1])
                if both > value or (both == value and near[i, j] and kind != NEAR):
                    value, kind, i_best, j_best = both, NEAR if near[i, j] else APART, i, j
    return value, kind, i_best, j_best


@njit(cache=True)
def _weigh(
    reach1: Bytes,
    reach2: Bytes,
    worth1: Floats,
    worth2: Floats,
    near: NDArray[np.bool_],
    shares: tuple[float, float],
) -> tuple[Floats, Ints, tuple[Floats, Floats]]:
    size = reach1.shape[1]
    value, kind = np.zeros(size), np.zeros(size, dtype=np.int64)
    losses = (np.zeros(worth1.size), np.zeros(worth2.size))
    worth = (worth1, worth2)
    for s in range(size):
        first, second = np.flatnonzero(reach1[:, s]), np.flatnonzero(reach2[:, s])
        value[s], kind[s], i, j = _best_pair(first, second, worth, near, shares, (-1, -1))
        if i >= 0:
            losses[0][i] += value[s] - _best_pair(first, second, worth, near, shares, (i, -1))[0]
        if j >= 0:
            losses[1][j] += value[s] - _best_pair(first, second, worth, near, shares, (-1, j))[0]
    return value, kind, losses
