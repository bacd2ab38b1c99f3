import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.advice.portfolio.instances import (
    brute_force,
    by_hand,
    crowded,
    hard,
    in_parts,
    milp,
    parted,
    small,
)
from visamatch.advice.portfolio import kernels, search
from visamatch.advice.portfolio.feasible import check
from visamatch.advice.portfolio.problem import SLACK, Fees, Problem, gain
from visamatch.advice.portfolio.search import solve
from visamatch.advice.portfolio.view import View
from visamatch.errors import InputError

seeds = st.integers(0, 2**32)


def obeys(problem, choice):
    assert choice.cost == problem.fees.cost(choice.chosen) <= problem.budget + SLACK
    assert len(set(choice.chosen)) == len(choice.chosen) <= problem.most
    assert set(problem.must) <= set(choice.chosen)
    assert not set(problem.never) & set(choice.chosen)
    assert problem.parts.allow(choice.chosen)


@settings(max_examples=150, deadline=None)
@given(seeds)
def test_equals_brute_force_and_obeys_every_limit(seed):
    problem = small(seed)
    choice = solve(problem)
    obeys(problem, choice)
    assert choice.value == pytest.approx(brute_force(problem), abs=1e-9)
    assert choice.value <= choice.upper_bound <= choice.value + 1e-9


@settings(max_examples=250, deadline=None)
@given(seeds)
def test_the_least_and_most_of_each_part_hold_and_the_best_such_set_is_found(seed):
    problem = parted(seed)
    best = brute_force(problem)
    falling = (problem.fees.cheapest < problem.fees.prices).any()
    try:
        check(problem)
    except InputError as error:
        assert best is None or falling
        mended = _mended(problem, str(error))
        assert mended is None or brute_force(mended) is not None
        return
    assert best is not None
    for effort in (10**9, 1):
        choice = solve(problem, effort)
        obeys(problem, choice)
        assert choice.upper_bound >= best - 1e-9
        assert choice.value <= best + 1e-9
    assert solve(problem).value == pytest.approx(best, abs=1e-9)


def _mended(problem, sentence):
    """The problem with the budget that the sentence asks for."""
    asked = re.search(r"raise the budget to ([\d.]+)", sentence)
    return asked and replace(problem, budget=float(asked[1]) + 1e-4)


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_only_so_many_interviews_are_attended_and_the_best_such_set_is_found(seed):
    problem = crowded(seed)
    best = brute_force(problem)
    for effort in (10**9, 1):
        choice = solve(problem, effort)
        obeys(problem, choice)
        assert choice.values == pytest.approx(
            [by_hand(problem, choice.chosen[: n + 1]) for n in range(len(choice.chosen))]
        )
        assert choice.value <= best + 1e-9 <= choice.upper_bound + 2e-9
    assert solve(problem).value == pytest.approx(best, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(seeds)
def test_what_one_more_adds_where_interviews_are_few(seed):
    problem = crowded(seed)
    chosen = list(np.random.default_rng(seed).permutation(9)[:4])
    left = sorted(set(range(9)) - set(chosen))
    told = problem.gains(chosen, left, problem.best_of(chosen)) / problem.reachable.shape[1]
    now = by_hand(problem, chosen)
    assert told == pytest.approx([by_hand(problem, [*chosen, j]) - now for j in left])


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_without_effort_the_bound_is_still_sound(seed):
    problem = small(seed)
    choice = solve(problem, effort=1)
    obeys(problem, choice)
    best = brute_force(problem)
    assert choice.value <= best + 1e-9
    assert choice.upper_bound >= best - 1e-9


@pytest.mark.parametrize("seed", range(6))
def test_hard_instances_with_parts_reach_the_optimum_of_the_mixed_integer_program(seed):
    problem = in_parts(seed)
    assert solve(problem).value == pytest.approx(milp(problem), rel=1e-7)


@pytest.mark.parametrize("seed", range(8))
def test_hard_instances_reach_the_optimum_of_the_mixed_integer_program(seed):
    problem = hard(seed)
    assert solve(problem).value == pytest.approx(milp(problem), rel=1e-7)


def test_values_follow_the_order_of_choice():
    problem = hard(3, programs=40)
    choice = solve(problem)
    assert choice.values == pytest.approx(
        [problem.value(choice.chosen[: n + 1]) for n in range(len(choice.chosen))]
    )
    gains = np.diff([0, *choice.values])
    assert (gains > 0).all()
    assert (np.diff(gains) <= 1e-12).all()


@settings(max_examples=25, deadline=None)
@given(seeds, st.booleans())
def test_more_budget_never_lowers_the_value(seed, tiered):
    """Neither of the proved optimum, nor of the path of swaps that stands where a proof takes too long."""
    problem = hard(seed, programs=16, scenarios=40)
    if tiered:
        tiers = [(3, 11.0), (float("inf"), 30.0)]
        problem = replace(problem, fees=Fees.tiered(tiers, ["m", "s"] * 8), budget=95.0)
    optima, paths = [], []
    for budget in problem.budget * np.linspace(0.4, 1.8, 9):
        dearer = replace(problem, budget=budget)
        view = View.of(dearer)
        optima.append(solve(dearer).value)
        paths.append(
            dearer.value(view.ids[search._path(dearer, view, 12)].tolist()) if view.most else 0.0
        )
    assert optima == sorted(optima)
    assert paths == pytest.approx(sorted(paths), abs=1e-12)
    assert (np.array(paths) <= np.array(optima) + 1e-12).all()


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_more_applications_never_lower_the_value(seed):
    problem = small(seed)
    counts = range(max(1, len(problem.must)), 10)
    values = [solve(replace(problem, most=most)).value for most in counts]
    assert values == pytest.approx(np.maximum.accumulate(values), abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(seeds, st.sampled_from([10**9, 20_000]))
def test_neither_the_order_of_programs_nor_of_scenarios_matters(seed, effort):
    problem = hard(seed, programs=14, scenarios=30)
    rng = np.random.default_rng(seed)
    order, shuffled = rng.permutation(14), rng.permutation(30)
    other = Problem(
        problem.utility[order],
        problem.reachable[order][:, shuffled],
        Fees.flat(problem.fees.prices[order]),
        problem.budget,
    )
    first, second = solve(problem, effort), solve(other, effort)
    assert first.value == pytest.approx(second.value, abs=1e-12)
    assert first == solve(problem, effort)


def test_lazy_greedy_is_greedy():
    problem = hard(5, programs=60, scenarios=300, affordable=12)
    for by_cost in (False, True):
        view = View.of(problem)
        chosen, left = [], list(range(len(view.ids)))
        while left:
            best = view.adding(chosen).best
            gains = [gain(view.reach[j], view.worth[j], best) for j in left]
            weighed = [
                g / (view.cost([j]) if by_cost else 1) for g, j in zip(gains, left, strict=True)
            ]
            pick = left.pop(int(np.argmax(weighed)))
            if view.cost([*chosen, pick]) <= view.money and max(gains) > 0:
                chosen.append(pick)
        assert kernels.lazy_greedy(view, by_cost) == chosen
        first = kernels.lazy_greedy(view, by_cost, skip=False)
        assert first == chosen[: len(first)]
        longer = kernels.lazy_greedy(view._replace(money=2 * view.money), by_cost, skip=False)
        assert longer[: len(first)] == first


def test_an_unaffordable_wish_gives_an_empty_answer():
    problem = Problem(np.ones(2), np.zeros((2, 3), dtype=np.uint8), Fees.flat([1, 1]), 5.0)
    assert solve(problem).chosen == ()
    assert solve(problem).value == 0.0
