from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.advice.portfolio.instances import small
from visamatch.advice.portfolio import search
from visamatch.advice.portfolio.couple import (
    APART,
    FIRST,
    NEAR,
    NEITHER,
    SECOND,
    Pair,
    _State,
    solve,
)

seeds = st.integers(0, 2**32)


def a_pair(seed, programs=5, alone=None, apart=None):
    rng = np.random.default_rng(seed)
    persons = []
    for who in (0, 1):
        one = small(seed + who, programs, 15)
        persons.append(replace(one, must=(), never=(), budget=rng.uniform(4, 15)))
    place = tuple(rng.integers(0, 3, programs) for _ in persons)
    near = np.eye(3, dtype=bool)
    shares = [rng.uniform(0, 1) if share is None else share for share in (alone, apart)]
    return Pair(tuple(persons), place, near, *shares)


def by_hand(pair, sets):
    """Worth of two sets by the definition: in each scenario the best of all that the pair can have."""
    one, other = pair.persons
    total = []
    for s in range(one.reachable.shape[1]):
        first = [i for i in sets[0] if one.reachable[i, s]]
        second = [j for j in sets[1] if other.reachable[j, s]]
        best = [0.0]
        best += [pair.alone * one.utility[i] / 2 for i in first]
        best += [pair.alone * other.utility[j] / 2 for j in second]
        for i in first:
            for j in second:
                near = pair.near[pair.place[0][i], pair.place[1][j]]
                both = (one.utility[i] + other.utility[j]) / 2
                best.append(both if near else pair.apart * both)
        total.append(max(best))
    return float(np.mean(total))


def affordable(problem):
    size = len(problem.utility)
    return [
        chosen
        for number in range(min(problem.most, size) + 1)
        for chosen in combinations(range(size), number)
        if problem.fees.cost(chosen) <= problem.budget
    ]


def best_pair(pair):
    """The worth of the best of all pairs of sets."""
    return max(
        by_hand(pair, (one, other))
        for one in affordable(pair.persons[0])
        for other in affordable(pair.persons[1])
    )


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_the_worth_of_two_sets_is_what_it_is_by_definition(seed):
    pair, rng = a_pair(seed), np.random.default_rng(seed)
    sets = tuple(rng.permutation(5)[: rng.integers(0, 6)].tolist() for _ in (0, 1))
    assert pair.value(sets) == pytest.approx(by_hand(pair, sets))
    worth, kind, _ = pair.outcomes(sets)
    assert set(kind.tolist()) <= {NEITHER, FIRST, SECOND, APART, NEAR}
    assert ((kind == NEITHER) <= (worth == 0)).all()


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_what_the_pair_would_lose_and_gain_is_the_difference(seed):
    pair, rng = a_pair(seed), np.random.default_rng(seed)
    sets = tuple(rng.permutation(5)[:3].tolist() for _ in (0, 1))
    lost = pair.outcomes(sets)[2]
    state = _State.of(pair, sets)
    for who in (0, 1):
        for at in range(3):
            less = list(sets)
            less[who] = sets[who][:at] + sets[who][at + 1 :]
            assert lost[who][at] / 15 == pytest.approx(by_hand(pair, sets) - by_hand(pair, less))
        outside = np.setdiff1d(np.arange(5), sets[who])
        for item, gain in zip(outside.tolist(), state.gains(who, outside), strict=True):
            more = list(sets)
            more[who] = [*sets[who], item]
            assert gain / 15 == pytest.approx(by_hand(pair, more) - by_hand(pair, sets))


def test_two_sets_come_near_the_best_of_all():
    gaps = []
    for seed in range(40):
        pair = a_pair(seed)
        found = solve(pair, [tuple(list(search.solve(each).chosen) for each in pair.persons)])
        for person, chosen in zip(pair.persons, found, strict=True):
            assert person.fees.cost(chosen) <= person.budget + 1e-9
            assert len(chosen) <= person.most
        best = best_pair(pair)
        assert pair.value(found) <= best + 1e-9
        gaps.append(1 - pair.value(found) / best if best else 0.0)
    assert np.mean(gaps) < 0.02


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_where_nothing_is_lost_apart_the_plans_are_separate(seed):
    pair = a_pair(seed, alone=1.0, apart=1.0)
    own = tuple(list(search.solve(each).chosen) for each in pair.persons)
    found = solve(pair, [own])
    separate = sum(each.value(chosen) for each, chosen in zip(pair.persons, own, strict=True)) / 2
    assert pair.value(found) == pytest.approx(separate)


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_a_pair_that_minds_less_is_never_worse_off(seed):
    pair = a_pair(seed, apart=0.2)
    sets = solve(pair)
    assert replace(pair, apart=0.6).value(sets) >= pair.value(sets) - 1e-12
