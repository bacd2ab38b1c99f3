"""What would bring a program in, and whose answer would change the plan most.

The list is the best set that was found. Where one program's own outcomes get better and nothing else changes,
every set without it is worth what it was. So as soon as the program for another of the list, or beside
it, makes the list better within the limits, every best set has the program: it comes in. The exchange tried for each
part and fee is the one that gives up least.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from visamatch.advice.chances import by_program
from visamatch.advice.choose import STOP, Chosen
from visamatch.advice.portfolio import kernels
from visamatch.advice.portfolio.problem import Problem, gains

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
RIVALS = 20  # programs that could take a place that a no would free


@dataclass(frozen=True)
class News:
    """What better news of each candidate would do to the list; shape [P].

    Attributes:
        yes: what the list would gain in value if the program surely took the visa and came in; 0: it would not.
        chance_needed: chance to match there from which on it comes in.
        worth_asking: what its answer is expected to bring, over yes and no.
    """

    yes: Floats
    chance_needed: Floats
    worth_asking: Floats


def news(made: Chosen) -> News:
    """Try every candidate against the list."""
    problem, seen = made.problem, made.candidates.choosing
    size, scenarios = problem.reachable.shape
    invited, could = (by_program(part) for part in seen.could)
    sure = replace(
        problem,
        utility=seen.utility(sure=True),
        reachable=could,
        interviews=problem.interviews and replace(problem.interviews, invited=invited),
    )
    here = problem.reachable.mean(axis=1)
    yes, every = np.zeros(size), np.arange(size)
    chance_needed = np.full(size, np.inf)
    for rest, loss, fits in _exchanges(made):
        best = problem.best_of(rest)
        now = problem.gains(rest, every, best)
        then = _gains_if(sure, problem, rest, best)
        everywhere = _everywhere(problem.utility, best)
        with np.errstate(divide="ignore", invalid="ignore"):
            anywhere = here + (1 - here) * loss / everywhere  # where its own rows add nothing
            share = np.where(now > 0, here * loss / now, anywhere)
            chance_needed = np.fmin(chance_needed, np.where(fits, share, np.inf))
        yes = np.maximum(yes, np.where(fits, (then - loss) / scenarios, 0.0))
    yes[list(made.chosen)] = 0.0
    return News(yes, chance_needed, _worth_asking(made, yes))


def _everywhere(utility: Floats, best: Floats) -> Floats:
    """What a program would add that always takes the person: sum of ``max(0, utility - best)``."""
    rising = np.sort(best)
    below = np.searchsorted(rising, utility)
    return np.asarray(below * utility - np.concatenate(([0.0], np.cumsum(rising)))[below])


def _gains_if(sure: Problem, problem: Problem, rest: list[int], best: Floats) -> Floats:
    """What each program would add to a set of others, as they are, if it surely took the visa."""
    every = np.arange(len(sure.utility))
    if sure.interviews is None or problem.interviews is None:
        return gains(sure.reachable, sure.utility, every, best)
    at = problem.interviews.standing(rest, problem.utility, problem.reachable)
    return sure.interviews.gains(at, every, sure.utility, sure.reachable)


def _exchanges(made: Chosen) -> Iterator[tuple[list[int], float, NDArray[np.bool_]]]:
    """The list, and the list without one: what that loses (summed over rows), which programs fit in then."""
    problem, chosen = made.problem, list(made.chosen)
    parts, fees, total = problem.parts, problem.fees, problem.value(chosen)
    scenarios = problem.reachable.shape[1]
    _, _, _, losses = kernels.cover(
        problem.reachable, problem.utility, np.array(chosen, dtype=np.int64)
    )
    cheapest: dict[tuple[int, int], int] = {}
    for at in np.argsort(losses[:-1], kind="stable"):
        if chosen[at] not in problem.must:
            cell = (int(parts.of[chosen[at]]), int(fees.group[chosen[at]]))
            cheapest.setdefault(cell, chosen[at])
    for given_up in (None, *cheapest.values()):
        rest = [item for item in chosen if item != given_up]
        loss = (total - problem.value(rest)) * scenarios
        enough = STOP * scenarios if given_up is None and problem.budget == np.inf else 0.0
        fits = problem.fits(rest)
        fits[chosen] = False
        yield rest, max(loss, enough, 1e-9), fits


def _worth_asking(made: Chosen, yes: Floats) -> Floats:
    """A yes brings a program in; a no frees the place of one that is in for the best of the others.

    The limit of interviews is not counted here.
    """
    problem, seen = made.problem, made.candidates.told
    if not seen.yes:
        return np.zeros_like(yes)
    says_yes = seen.p_h1b if seen.yes == "H-1B" else seen.p_j1
    found = np.where(says_yes < 1.0, says_yes * yes, 0.0)
    chosen = np.array(made.chosen, dtype=np.int64)
    best, second, holder, losses = kernels.cover(problem.reachable, problem.utility, chosen)
    others = np.setdiff1d(np.arange(len(yes)), [*chosen, *problem.never])
    added = gains(problem.reachable, problem.utility, others, best)
    rivals = others[np.argsort(-added, kind="stable")[:RIVALS]]
    other_way = np.zeros_like(yes) if seen.yes == "J-1" else seen.p_j1
    still = np.minimum(1.0, other_way / np.maximum(1e-12, np.maximum(seen.p_h1b, seen.p_j1)))
    still = still * seen.weight * seen.j1_worth / np.maximum(1e-12, problem.utility)
    for place, item in enumerate(chosen):
        same = rivals[
            (problem.parts.of[rivals] == problem.parts.of[item])
            & (problem.fees.group[rivals] == problem.fees.group[item])
        ]
        if not len(same) or item in problem.must:
            continue
        without = np.where(holder == place, second, best)
        instead = gains(problem.reachable, problem.utility, same, without).max()
        freed = max(0.0, instead - still[item] * losses[place]) / problem.reachable.shape[1]
        found[item] = (1 - says_yes[item]) * freed
    return found
