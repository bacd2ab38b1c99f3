"""Choose programs whose outcomes move together: greedy, swaps, branch and bound, an upper bound.

More money never lowers the value while every tree ends (it then has the optimum), nor along the path of
greedy beginnings and swaps, which does not depend on the budget. Where the tree ends for the smaller budget
alone, the larger one may come out lower by less than the reported bound leaves open.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from visamatch.advice.portfolio import kernels
from visamatch.advice.portfolio.problem import Choice, Floats, Problem
from visamatch.advice.portfolio.view import View

EFFORT = 10**9  # entries of the matrix to look at in swaps, and again in branch and bound
PASS = 4  # looks that an exchange is worth
ROOT_STEPS, NODE_STEPS = 300, 25
TIE = 1e-11  # values nearer than this, relatively, are one


def solve(problem: Problem, effort: int = EFFORT) -> Choice:
    """Choose the set worth most within budget, number and locks.

    Args:
        effort: entries of the matrix to look at in swaps, and again in branch and bound.
    """
    view = View.of(problem)
    if view.most <= 0 or not len(view.ids):
        return _choice(problem, (), 0.0)
    start = _path(problem, view, effort // (PASS * problem.reachable.size))
    found, bound = _tree(view, start, effort)
    return _choice(problem, found, bound)


def _path(problem: Problem, view: View, passes: int) -> list[int]:
    """Climb to the budget: exchanges within the cost so far, then the next dearer set.

    Beginnings of the two greedy orders join the path where they are better. They are orders of all
    programs, also of those that are beyond this budget: a larger one only continues them.
    """
    every = View.of(replace(problem, budget=math.inf))._replace(money=view.money, most=view.most)
    place = {item: at for at, item in enumerate(view.ids.tolist())}
    orders = [kernels.lazy_greedy(every, by_cost, skip=False) for by_cost in (False, True)]
    rungs = sorted(
        rung
        for order in orders
        for rung in _rungs(view, [place[item] for item in every.ids[order].tolist()])
    )
    chosen: list[int] = []
    value, cost, level = float(view.best.sum()), 0.0, 0.0
    while True:
        rungs = [rung for rung in rungs if -rung[1] > value]
        gain, limit = 0.0, min([view.money, *(rung[0] for rung in rungs)])
        if passes > 0:
            picked = np.array(chosen, dtype=np.int64)
            gain, out, into = kernels.best_move(view, picked, cost, level, limit)
            passes -= 1
        if gain > 0.0:
            chosen = [*(item for place, item in enumerate(chosen) if place != out), into]
            value, cost = value + gain, view.cost(chosen)
        elif rungs:
            cost, value, chosen = rungs[0][0], -rungs[0][1], rungs[0][2]
        else:
            return chosen
        level = max(level, cost)


def _rungs(view: View, order: list[int]) -> Iterator[tuple[float, float, list[int]]]:
    """Cost, minus the value, and items of every beginning of an order."""
    best = view.best
    for size, item in enumerate(order, 1):
        best = np.maximum(best, view.worth[item] * view.reach[item])
        yield view.cost(order[:size]), -float(best.sum()), order[:size]


@dataclass(frozen=True)
class _Node:
    """Sets that hold ``inside`` and otherwise only programs of the view; none is worth more than ``bound``."""

    view: View
    inside: tuple[int, ...]
    bound: float
    levels: Floats

    def adding(self, items: Sequence[int]) -> _Node:
        more = tuple(self.view.ids[list(items)].tolist())
        return replace(self, view=self.view.adding(items), inside=(*self.inside, *more))


def _tree(view: View, start: list[int], effort: int) -> tuple[tuple[int, ...], float]:
    """Branch and bound from a good set: the best set seen, and a bound on what was not looked at (0: nothing)."""
    root = _Node(view, (), math.inf, view.best)
    filled = [kernels.lazy_greedy(view, by_cost) for by_cost in (False, True)]
    found = max((root.adding(items) for items in (start, *filled)), key=_worth)
    stack = [replace(root, levels=found.view.best)]
    effort = max(1, effort)  # one bound is always worked out
    steps = 1 + min(ROOT_STEPS, effort // (2 * view.reach.size))
    while stack and effort > 0:
        node = stack.pop()
        found = max((found, node), key=_worth)
        target = _worth(found) * (1 + TIE)
        if node.bound <= target or not len(node.view.ids):
            continue
        bound, levels, part = kernels.upper_bound(
            node.view, np.maximum(node.levels, node.view.best), target, steps
        )
        effort -= steps * node.view.reach.size
        steps = NODE_STEPS
        node = replace(node, bound=min(bound, node.bound), levels=levels)
        found = max((found, _rounded(node, part)), key=_worth)
        stack.extend(_branches(node, part))
    return found.inside, max((node.bound for node in stack), default=0.0)


def _worth(node: _Node) -> float:
    return float(node.view.best.sum())


def _rounded(node: _Node, part: Floats) -> _Node:
    """The programs that the relaxed answer takes whole, filled up greedily."""
    whole: list[int] = np.flatnonzero(part > 1 - 1e-9).tolist()
    while node.view.cost(whole) > node.view.money or len(whole) > node.view.most:
        whole.pop()
    made = node.adding(whole)
    return made.adding(kernels.lazy_greedy(made.view, by_cost=False))


def _branches(node: _Node, part: Floats) -> tuple[_Node, ...]:
    """Without and with the program that matters most; the last is looked at first."""
    view = node.view
    gains = np.array(
        [kernels.gain(view.reach[j], view.worth[j], view.best) for j in range(len(part))]
    )
    useless = np.flatnonzero(gains <= 0).tolist()
    if len(useless) == len(part) or view.most <= 0:
        return ()
    pivot = int(np.argmax(gains * (1e-6 + part)))
    without = view.without([*useless, pivot])
    if view.cost([pivot]) > view.money:
        return (replace(node, view=without),)
    return replace(node, view=without), replace(node, view=view.without(useless)).adding(
        [pivot - sum(j < pivot for j in useless)]
    )


def _choice(problem: Problem, found: Sequence[int], bound: float) -> Choice:
    """Put a set in order of choice: locked programs, then what adds most; what adds nothing stays out."""
    chosen, left = list(problem.must), np.array(found, dtype=np.int64)
    values = [problem.value(chosen[: size + 1]) for size in range(len(chosen))]
    best, reached = problem.best_of(chosen), problem.utility[left, None] * problem.reachable[left]
    while len(left):
        sums = np.maximum(best, reached).sum(axis=1)
        pick = int(np.argmax(sums))
        if sums[pick] <= best.sum():
            break
        best = np.maximum(best, reached[pick])
        values.append(float(best.mean()))
        chosen.append(int(left[pick]))
        left, reached = np.delete(left, pick), np.delete(reached, pick, axis=0)
    upper = max([0.0, *values[-1:], bound / problem.reachable.shape[1]])
    return Choice(tuple(chosen), tuple(values), upper, problem.fees.cost(chosen))
