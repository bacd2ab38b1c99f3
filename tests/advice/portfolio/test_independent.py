from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visamatch.advice.portfolio.independent import Schools, solve
from visamatch.advice.portfolio.problem import SLACK

cents = st.integers(0, 12).map(lambda x: x / 4)
ready = st.lists(
    st.tuples(st.sampled_from([0, 0.1, 0.3, 0.5, 0.9, 1]), cents, cents), min_size=1, max_size=8
)


def schools(rows, budget=float("inf"), most=10**9):
    chance, utility, fee = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return Schools(chance, utility, fee, budget, most)


def expected_best(known, chosen):
    """By the definition: every combination of admissions."""
    value = 0.0
    for admitted in range(2 ** len(chosen)):
        chance, best = 1.0, 0.0
        for place, item in enumerate(chosen):
            yes = admitted >> place & 1
            chance *= known.chance[item] if yes else 1 - known.chance[item]
            best = max(best, known.utility[item] * yes)
        value += chance * best
    return value


def brute_force(known):
    return max(
        expected_best(known, chosen)
        for size in range(min(known.most, len(known.fee)) + 1)
        for chosen in combinations(range(len(known.fee)), size)
        if known.fee[list(chosen)].sum() <= known.budget + SLACK
    )


@settings(max_examples=150, deadline=None)
@given(ready, cents, st.sampled_from([10**9, 1, 2, 3]))
def test_equals_brute_force_with_ties_free_schools_and_both_limits(rows, budget, most):
    known = schools(rows, 2 * budget, most)
    choice = solve(known)
    assert choice.value == pytest.approx(brute_force(known), abs=1e-12)
    assert choice.cost <= known.budget + SLACK
    assert len(choice.chosen) <= most
    assert choice.value == choice.upper_bound
    for size, value in enumerate(choice.values, 1):
        assert value == pytest.approx(expected_best(known, choice.chosen[:size]), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_real_fees_are_exact(seed):
    rng = np.random.default_rng(seed)
    known = schools(rng.uniform([0, 0, 1], [1, 5, 3], (9, 3)).tolist(), rng.uniform(1, 15))
    assert solve(known).value == pytest.approx(brute_force(known), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(ready)
def test_with_equal_fees_the_best_sets_are_nested(rows):
    """Chade and Smith (2006): one more application never replaces an earlier one."""
    sets = [solve(schools([(f, t, 1) for f, t, _ in rows], most=n)).chosen for n in range(1, 6)]
    for fewer, more in pairwise(sets):
        assert more[: len(fewer)] == fewer


def test_the_safe_school_is_not_the_best_single_addition():
    """Worked by hand: alone the sure school wins; beside it the ambitious one, not the middle one.

    One application: 1.0 x 1 = 1, against 0.5 x 1.9 = 0.95 and 0.1 x 9 = 0.9. Two: 0.1 x 9 + 0.9 x 1
    = 1.8 against 0.5 x 1.9 + 0.5 x 1 = 1.45.
    """
    known = schools([(1.0, 1.0, 1), (0.5, 1.9, 1), (0.1, 9.0, 1)], most=2)
    assert solve(known).chosen == (0, 2)
    assert solve(known).values == pytest.approx((1.0, 1.8))


def test_with_unequal_fees_the_best_sets_need_not_be_nested():
    """Kapur and Hong (2022) show it; by hand: 3 dollars buy the dear school, 4 the two cheap ones."""
    rows = [(0.5, 10, 3), (0.5, 6, 2), (0.5, 6.1, 2)]
    assert set(solve(schools(rows, budget=3)).chosen) == {0}
    known = solve(schools(rows, budget=4))
    assert set(known.chosen) == {0}
    assert set(solve(schools([(0.5, 7, 3), *rows[1:]], budget=4)).chosen) == {1, 2}


def test_the_example_of_the_software_of_kapur():
    """Five schools, equal fees (Kapur, OptimalApplication.jl, README): order of choice and values."""
    known = schools([(0.2, 1, 1), (0.5, 4, 1), (0.1, 9, 1), (0.6, 1, 1), (0.1, 8, 1)], most=5)
    assert solve(known).chosen == (1, 2, 4, 3, 0)
    assert solve(known).values == pytest.approx((2.0, 2.7, 3.24, 3.483, 3.5154))


@pytest.mark.parametrize("epsilon", [0.5, 0.1, 0.01])
def test_the_example_where_reach_schools_alone_are_best(epsilon):
    """After an example of Kapur and Hong (2022): chance e^j, utility e^-j, so alone each is worth 1.

    The best h schools are the h hardest: the sum over them of the chance that every harder one refuses.
    """
    known = schools([(epsilon**j, epsilon**-j, 1) for j in range(1, 7)], most=6)
    refused = np.cumprod([1.0, *(1 - epsilon**j for j in range(6, 1, -1))])
    assert solve(known).values == pytest.approx(np.cumsum(refused))


def test_a_list_worth_nothing_is_empty():
    assert solve(schools([(0, 5, 1), (0.5, 0, 1)], budget=2)).chosen == ()
