"""Whether locks, numbers and money leave any set to choose; the nearest change where they leave none."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from visamatch.advice.portfolio.problem import SLACK, Ints, Parts, Problem, gains
from visamatch.advice.portfolio.view import View
from visamatch.errors import InputError

Cell = tuple[int, int]  # a part and a fee group


def check(problem: Problem, name: Callable[[int], str] = str) -> None:
    """Nothing where some set keeps to locks, numbers and money.

    Args:
        name: what people call a program.

    Raises:
        InputError: what cannot hold together, and the nearest change that would mend it.
    """
    both = sorted(set(problem.must) & set(problem.never))
    if both:
        wanted = "no program that is also in never; take it out of one of the two"
        raise InputError("must", wanted, ", ".join(map(name, both)))
    open_to = sorted(set(range(len(problem.utility))) - set(problem.never))
    if not open_to:
        raise InputError("never", "at least one program left to choose from", "all of them")
    _check_numbers(problem, open_to)
    cost = problem.fees.cost(problem.must)
    if cost > problem.budget + SLACK:
        wanted = f"programs for {problem.budget:g} at most; raise the budget to {cost:g}"
        raise InputError(
            "must", f"{wanted} or unlock {_unlock(problem, name)}", f"a cost of {cost:g}"
        )
    if problem.parts.least.any():
        _check_minimums(problem)
    elif not problem.must:
        check_fee(problem.budget, min(problem.fees.cost([j]) for j in open_to))


def check_fee(budget: float, lowest: float) -> None:
    """A budget must buy one application."""
    if budget + SLACK < lowest:
        raise InputError("budget", f"at least {lowest:g}, the lowest fee", f"{budget:g}")


def _check_numbers(problem: Problem, open_to: list[int]) -> None:
    parts, number = problem.parts, len(problem.must)
    if number > problem.most:
        wanted = f"at most {problem.most}, as max_applications says; raise it to {number}"
        raise InputError("must", wanted, f"{number} programs")
    locked, there = parts.counts(problem.must), parts.counts(open_to)
    for at, part in enumerate(parts.names):
        where, least, most = f"limits: {part}", parts.least[at], parts.most[at]
        if least > most:
            raise InputError(where, f"a least of {most} or fewer, the most", f"{least}")
        if least > there[at]:
            raise InputError(where, f"a least of {there[at]} or fewer, all there are", f"{least}")
        if locked[at] > most:
            wanted = f"a most of {locked[at]} or more, as many are locked in"
            raise InputError(where, wanted, f"{most}")
    needed = int(np.maximum(parts.least, locked).sum())
    if needed > problem.most:
        wanted = f"minimums and locks for {problem.most} applications; allow {needed}"
        raise InputError("limits", wanted, f"{needed}")


def _check_minimums(problem: Problem) -> None:
    """Money for the minimums; else a budget that has it, or one minimum that can be lowered far enough."""
    needed = _needed(problem, problem.parts)
    if needed <= problem.budget + SLACK:
        return
    changes = [f"raise the budget to {needed:g}"]
    parts = problem.parts
    for at in np.argsort(-parts.least, kind="stable"):
        for least in range(parts.least[at] - 1, -1, -1):
            lower = parts.least.copy()
            lower[at] = least
            if _needed(problem, replace(parts, least=lower)) <= problem.budget + SLACK:
                changes.append(f"lower the least of {parts.names[at]} to {least}")
                break
        if len(changes) > 1:
            break
    wanted = f"minimums for {problem.budget:g} at most; {' or '.join(changes)}"
    raise InputError("limits", wanted, f"a cost of {needed:g}")


def _needed(problem: Problem, parts: Parts) -> float:
    """The least that locks and minimums cost."""
    view = View.of(replace(problem, limits=parts, budget=math.inf))
    items = view.ids[cheapest(view) or []].tolist()
    return problem.fees.cost([*problem.must, *items])


def _unlock(problem: Problem, name: Callable[[int], str]) -> str:
    """The fewest locked programs to let go of, dearest first."""
    kept = sorted(problem.must, key=lambda j: -problem.fees.cost([j]))
    gone = []
    while problem.fees.cost(kept) > problem.budget + SLACK:
        gone.append(name(kept.pop(0)))
    return f"program{'s' * (len(gone) > 1)} {', '.join(gone)}"


def cheapest(view: View) -> list[int] | None:
    """The cheapest programs that meet every minimum, of equal prices those that add more; None where none do.

    Programs of one part and one fee group cost the same, so this is a question of numbers: part by part one more
    program, each from the fee group that is cheapest once others may move over to make room (shortest augmenting
    paths). Exact where fees rise with the number; where they fall it may find a dearer set.
    """
    if not view.need.any():
        return []
    added = gains(view.reach, view.worth, np.arange(len(view.ids)), view.best)
    order = np.argsort(-added, kind="stable")
    members: dict[Cell, list[int]] = {}
    for j in order.tolist():
        members.setdefault((int(view.part[j]), int(view.group[j])), []).append(j)
    taken: Counter[Cell] = Counter()
    used = view.counts.copy()
    for part in np.repeat(np.arange(len(view.need)), view.need).tolist():
        if not _one_more(view, members, taken, used, part):
            return None
    items = [j for cell, count in taken.items() for j in members[cell][:count]]
    fits = len(items) <= view.most and view.cost(items) <= view.money
    return items if fits else None


def _one_more(
    view: View, members: dict[Cell, list[int]], taken: Counter[Cell], used: Ints, part: int
) -> bool:
    """Give a part one more program; those that share its fee groups may change to others."""
    came: dict[int, Cell | None] = {part: None}
    best, found = np.inf, (-1, -1)
    queue = [part]
    for here in queue:
        for cell, items in members.items():
            at = view.start[cell[1]] + used[cell[1]]
            if cell[0] != here or taken[cell] == len(items):
                continue
            if at < view.start[cell[1] + 1] and view.prices[at] < best:
                best, found = float(view.prices[at]), cell
            for other in {k for k, g in +taken if g == cell[1]} - set(came):
                came[other] = (here, cell[1])
                queue.append(other)
    if best == np.inf:
        return False
    used[found[1]] += 1
    taken[found] += 1
    here = found[0]
    while (before := came[here]) is not None:
        taken[here, before[1]] -= 1
        taken[before] += 1
        here = before[0]
    return True
