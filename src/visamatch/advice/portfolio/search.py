"""Choose programs whose outcomes move together: greedy, swaps, branch and bound, an upper bound.

More money never lowers the value while every tree ends (it then has the optimum), nor along the path of
greedy beginnings and swaps, which does not depend on the budget. Where a tree does not end, its set may be
better than the path's, and a larger budget may come out lower by less than the reported bound leaves open.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from visamatch.advice.portfolio import kernels
from visamatch.advice.portfolio.feasible import cheapest
from visamatch.advice.portfolio.problem import Choice, Floats, Problem, gains
from visamatch.advice.portfolio.view import View

EFFORT = 10**9  # entries of the matrix to look at in swaps, and again in branch and bound
PASS = 4  # looks that an exchange is worth
FEW = 20  # exchanges that are not enough to climb by; they settle what the tree has left open
GIVEN_UP = 8  # programs tried in exchange for others where interviews are limited
ROOT_STEPS, NODE_STEPS = 300, 25
TIE = 1e-11  # values nearer than this, relatively, are one


def solve(problem: Problem, effort: int = EFFORT, enough: float = 0.0) -> Choice:
    """Choose the set worth most within budget, number, parts and locks; ``feasible.check`` says whether one is.

    Args:
        effort: entries of the matrix to look at in swaps, and again in branch and bound.
        enough: the list ends where one more program adds no more than this.
    """
    view = View.of(problem)
    passes = effort // (PASS * problem.reachable.size)
    start = _path(problem, view, passes if passes > FEW else 0)
    found, bound = _tree(problem, view, start, effort)
    if bound and problem.interviews is None:
        found = _settled(view, found, min(passes, FEW))
    elif bound:
        found = _attending(problem, found, effort // 2)
    return _choice(problem, found, bound, enough)


def _path(problem: Problem, view: View, passes: int) -> list[int]:
    """Climb to the budget from the cheapest set that meets the minimums: exchanges within the cost so far,
    then the next dearer set.

    Beginnings of the two greedy orders join the path where they are better. They are orders of all
    programs, also of those that are beyond this budget: a larger one only continues them.
    """
    every = View.of(replace(problem, budget=math.inf))
    base = cheapest(every)
    if base is None:
        raise ValueError("no set meets the minimums: see feasible.check")
    place = {item: at for at, item in enumerate(view.ids.tolist())}
    chosen = [place[item] for item in every.ids[base].tolist()]
    cost = view.cost(chosen)
    after = every.adding(base)._replace(money=view.money - cost, most=view.most - len(chosen))
    orders = [kernels.lazy_greedy(after, by_cost, skip=False) for by_cost in (False, True)]
    rungs = sorted(
        rung
        for order in orders
        for rung in _rungs(view, chosen, [place[item] for item in after.ids[order].tolist()])
    )
    value, level = float(view.adding(chosen).best.sum()), cost
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


def _settled(view: View, found: Sequence[int], passes: int) -> tuple[int, ...]:
    """Exchanges and additions within the budget, as long as one gains or there is time."""
    place = {item: at for at, item in enumerate(view.ids.tolist())}
    chosen = [place[item] for item in found]
    for _ in range(passes):
        picked = np.array(chosen, dtype=np.int64)
        cost = view.cost(chosen)
        gain, out, into = kernels.best_move(view, picked, cost, view.money, view.money)
        if gain <= 0:
            break
        chosen = [*(item for place, item in enumerate(chosen) if place != out), into]
    return tuple(view.ids[chosen].tolist())


def _attending(problem: Problem, found: Sequence[int], effort: int) -> tuple[int, ...]:
    """The same where interviews are limited: what only crowds goes out, what gives least for what gives more."""
    chosen, scenarios = [*problem.must, *found], problem.reachable.shape[1]
    every = np.arange(len(problem.utility))
    while effort > 0:
        total, moves = problem.best_of(chosen).sum(), []
        without = [[each for each in chosen if each != item] for item in chosen]
        losses = [total - problem.best_of(rest).sum() for rest in without]
        effort -= len(chosen) ** 2 * scenarios
        order = [at for at in np.argsort(losses) if chosen[at] not in problem.must]
        for loss, rest in ((0.0, chosen), *((losses[at], without[at]) for at in order[:GIVEN_UP])):
            gains = np.where(
                problem.fits(rest), problem.gains(rest, every, problem.best_of(rest)), -np.inf
            )
            into = int(np.argmax(gains))
            moves.append((gains[into] - loss, [*rest, into]))
            if problem.parts.allow(rest):
                moves.append((-loss, rest))
            effort -= problem.reachable.size
        gain, better = max(moves, key=lambda move: (move[0], -len(move[1])))
        if gain <= TIE * max(1.0, total):
            break
        chosen = better
    return tuple(item for item in chosen if item not in problem.must)


def _rungs(
    view: View, base: list[int], order: list[int]
) -> Iterator[tuple[float, float, list[int]]]:
    """Cost, minus the value, and items of the base with every beginning of an order."""
    best = view.adding(base).best
    for size, item in enumerate(order, 1):
        best, items = np.maximum(best, view.worth[item] * view.reach[item]), base + order[:size]
        yield view.cost(items), -float(best.sum()), items


@dataclass(frozen=True)
class _Node:
    """Sets that hold ``inside`` and otherwise only programs of the view; none is worth more than ``bound``."""

    view: View
    inside: tuple[int, ...]
    bound: float
    levels: Floats
    tolls: Floats

    def adding(self, items: Sequence[int]) -> _Node:
        more = tuple(self.view.ids[list(items)].tolist())
        return replace(self, view=self.view.adding(items), inside=(*self.inside, *more))


def _tree(
    problem: Problem, view: View, start: list[int], effort: int
) -> tuple[tuple[int, ...], float]:
    """Branch and bound from a good set: the best set seen, and a bound on what was not looked at (0: nothing)."""
    worth = partial(_worth, problem)
    root = _Node(view, (), math.inf, view.best, np.zeros(len(view.need)))
    found = max((_filled(root, items) for items in (start, [])), key=worth)
    found = max((found, _filled(root, [], by_cost=True)), key=worth)
    stack = [replace(root, levels=root.adding(start).view.best)]
    effort = max(1, effort)  # one bound is always worked out
    steps = 1 + min(ROOT_STEPS, effort // (2 * max(1, view.reach.size)))
    while stack and effort > 0:
        node = stack.pop()
        whole = _filled(node, []) if node.view.need.any() else node
        found = max((found, whole), key=worth)
        target = worth(found) * (1 + TIE)
        if node.bound <= target or not len(node.view.ids):
            continue
        duals = (np.maximum(node.levels, node.view.best), node.tolls)
        bound, (levels, tolls), part = kernels.upper_bound(node.view, duals, target, steps)
        effort -= steps * node.view.reach.size
        steps = NODE_STEPS
        node = replace(node, bound=min(bound, node.bound), levels=levels, tolls=tolls)
        found = max((found, _rounded(node, part)), key=worth)
        stack.extend(_branches(node, part, problem.interviews is None))
    return found.inside, max((node.bound for node in stack), default=0.0)


def _worth(problem: Problem, node: _Node) -> float:
    """Value summed over scenarios; -1 for a set that lacks the least of a part."""
    if node.view.need.any():
        return -1.0
    if problem.interviews is None:
        return float(node.view.best.sum())
    return float(problem.best_of((*problem.must, *node.inside)).sum())


def _filled(node: _Node, items: Sequence[int], by_cost: bool = False) -> _Node:
    """A set with these programs, what the minimums still ask for, and then what adds most."""
    made = node.adding(items)
    if made.view.need.any():
        made = made.adding(cheapest(made.view) or [])
    return made.adding(kernels.lazy_greedy(made.view, by_cost))


def _rounded(node: _Node, part: Floats) -> _Node:
    """The programs that the relaxed answer takes whole, as many as leave money for the minimums, filled up."""
    whole: list[int] = np.flatnonzero(part > 1 - 1e-9).tolist()
    view = node.view
    while whole and not view.takes(whole):
        whole.pop()
    return _filled(node, whole)


def _branches(node: _Node, part: Floats, drop: bool) -> tuple[_Node, ...]:
    """Without and with the program that matters most; the last is looked at first.

    Args:
        drop: what adds nothing now never will, and need not be looked at again.
    """
    view = node.view
    added = gains(view.reach, view.worth, np.arange(len(part)), view.best)
    useless = np.flatnonzero((added <= 0) & (view.need[view.part] == 0)).tolist() if drop else []
    if view.most <= 0 or len(useless) == len(part):
        return ()
    weight = added * (1e-6 + part)
    weight[useless] = -1.0
    pivot = int(np.argmax(weight))
    without = view.without([*useless, pivot])
    if not view.takes([pivot]):
        return (replace(node, view=without),)
    return replace(node, view=without), replace(node, view=view.without(useless)).adding(
        [pivot - sum(j < pivot for j in useless)]
    )


def _choice(problem: Problem, found: Sequence[int], bound: float, enough: float) -> Choice:
    """Put a set in order of choice: locked programs, then what adds most, until that is not enough and no
    part needs more. Where interviews are limited two programs may help that would not alone: then the
    order goes on to its end and is cut where it is worth most.
    """
    chosen, left, parts = list(problem.must), list(found), problem.parts
    scenarios, to_the_end = (
        problem.reachable.shape[1],
        problem.interviews is not None and not enough,
    )
    values = [problem.value(chosen[: size + 1]) for size in range(len(chosen))]
    best = problem.best_of(chosen)
    while left:
        more = problem.gains(chosen, left, best)
        if more.max() <= enough * scenarios:
            short = parts.counts(chosen) < parts.least
            if not short.any() and not to_the_end:
                break
            if short[parts.of[left]].any():
                more[~short[parts.of[left]]] = -math.inf
        chosen.append(left.pop(int(np.argmax(more))))
        best = problem.best_with(chosen, best)
        values.append(float(best.mean()))
    if to_the_end:
        sizes = [n for n in range(len(problem.must), len(chosen) + 1) if parts.allow(chosen[:n])]
        size = max(sizes, key=lambda n: (values[n - 1] if n else 0.0, -n))
        chosen, values = chosen[:size], values[:size]
    whole = problem.value((*problem.must, *found))
    upper = max(whole, *values[-1:], bound / scenarios)
    return Choice(tuple(chosen), tuple(values), upper, problem.fees.cost(chosen))
