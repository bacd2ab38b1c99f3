"""The question: programs, the scenarios in which each can be reached, fees, limits, locks.

The value of a set is the mean over scenarios of the best reachable utility in it, 0 where none is.
It grows with the set, by less and less (monotone and submodular).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from numba import njit

from visamatch.advice.portfolio.attend import Attended

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
UNLIMITED = 10**9
SLACK = 1e-9  # dollars a budget may be passed by, so that 0.1 + 0.2 fits into 0.3


@njit(cache=True, fastmath=True)
def gain(row: Bytes, worth: float, best: Floats) -> float:
    """What one more program adds, summed over scenarios, where ``best`` is had already."""
    total = 0.0
    for s in range(row.size):
        more = worth - best[s]
        total += more if (row[s] != 0) & (more > 0.0) else 0.0
    return total


@njit(cache=True)
def gains(reach: Bytes, worth: Floats, rows: Ints, best: Floats) -> Floats:
    """The same for some programs, each alone."""
    found = np.empty(rows.size)
    for at in range(rows.size):
        found[at] = gain(reach[rows[at]], worth[rows[at]], best)
    return found


@dataclass(frozen=True)
class Fees:
    """What applications cost: in each group the first costs ``prices[start]``, the next one more.

    Attributes:
        group: group of each program, shape [P]. A flat fee is a group of its own.
        start: where a group's prices begin, shape [groups + 1].
        prices: what the 1st, 2nd, … application of a group costs, in dollars.
    """

    group: Ints
    start: Ints
    prices: Floats

    @classmethod
    def flat(cls, each: Sequence[float]) -> Fees:
        """One fee a program."""
        count = len(each)
        return cls(np.arange(count), np.arange(count + 1), np.asarray(each, dtype=float))

    @classmethod
    def tiered(cls, tiers: Sequence[tuple[float, float]], group: Sequence[str]) -> Fees:
        """Tiers ``(up_to, each)``, counted in each group; the last one's ``up_to`` is infinite."""
        names = {name: number for number, name in enumerate(sorted(set(group)))}
        numbers = np.array([names[name] for name in group], dtype=np.int64)
        sizes = np.bincount(numbers)
        bounds = np.array([up_to for up_to, _ in tiers])
        each = np.array([price for _, price in tiers])
        ladder = each[np.searchsorted(bounds, np.arange(1, sizes.max() + 1))]
        start = np.concatenate(([0], np.cumsum(sizes)))
        return cls(numbers, start, np.concatenate([ladder[:size] for size in sizes]))

    def cost(self, items: Iterable[int]) -> float:
        """Dollars for a set of programs."""
        counts = np.bincount(self.group[list(items)], minlength=len(self.start) - 1)
        paid = [self.prices[s : s + n] for s, n in zip(self.start[:-1], counts, strict=True) if n]
        return math.fsum(np.concatenate(paid)) if paid else 0.0

    @cached_property
    def cheapest(self) -> Floats:
        """The least that the n-th or a later application of a group costs, for sound bounds."""
        parts = np.split(self.prices, self.start[1:-1])
        return np.concatenate([np.minimum.accumulate(part[::-1])[::-1] for part in parts])


@dataclass(frozen=True)
class Parts:
    """Programs parted into groups, and how many of each may be chosen.

    Attributes:
        of: part of each program, shape [P].
        least, most: applications in each part, shape [parts].
        names: what people call the parts.
    """

    of: Ints
    least: Ints
    most: Ints
    names: tuple[str, ...]

    @classmethod
    def one(cls, size: int) -> Parts:
        """All programs in one part without a limit."""
        none = np.zeros(size, dtype=np.int64)
        return cls(none, np.zeros(1, np.int64), np.full(1, UNLIMITED), ("all",))

    def counts(self, items: Iterable[int]) -> Ints:
        """How many of these programs each part has."""
        return np.bincount(self.of[list(items)], minlength=len(self.least))

    def allow(self, items: Iterable[int]) -> bool:
        """Whether a set keeps to every least and most."""
        counts = self.counts(items)
        return bool((counts >= self.least).all() and (counts <= self.most).all())


@dataclass(frozen=True)
class Problem:
    """One applicant's question.

    Attributes:
        utility: worth of each program to the person, 0 or more, shape [P].
        reachable: 1 where a scenario lets the person into a program, shape [P, S].
        fees: what applications cost.
        budget: dollars, may be infinite.
        most: applications at most.
        must, never: programs locked in and out.
        limits: parts with a least and a most number; None where there are none.
        interviews: invitations, where only so many can be attended; else None.
    """

    utility: Floats
    reachable: Bytes
    fees: Fees
    budget: float = math.inf
    most: int = UNLIMITED
    must: tuple[int, ...] = ()
    never: tuple[int, ...] = ()
    limits: Parts | None = None
    interviews: Attended | None = None

    @property
    def parts(self) -> Parts:
        """The limits, or one part without any."""
        return self.limits or Parts.one(len(self.utility))

    def fits(self, chosen: Sequence[int]) -> npt.NDArray[np.bool_]:
        """Which programs can join a set within money, number, parts and locks; shape [P]."""
        items, fees, parts = list(chosen), self.fees, self.parts
        used = np.bincount(fees.group[items], minlength=len(fees.start) - 1)
        next_price = fees.prices[np.minimum(fees.start[:-1] + used, len(fees.prices) - 1)]
        counts = parts.counts(items)
        short = counts < parts.least
        open_ = (counts < parts.most) & (len(items) < self.most) & (short.sum() <= short)
        fitting = (fees.cost(items) + next_price <= self.budget + SLACK)[fees.group]
        fitting &= open_[parts.of]
        fitting[[*items, *self.never]] = False
        return np.asarray(fitting)

    def best_of(self, chosen: Iterable[int]) -> Floats:
        """Best reachable utility among the chosen, by scenario."""
        items = list(chosen)
        if self.interviews is not None:
            return self.interviews.standing(items, self.utility, self.reachable).value
        reached = self.utility[items, None] * self.reachable[items]
        return np.asarray(reached.max(axis=0, initial=0.0))

    def best_with(self, chosen: Sequence[int], before: Floats) -> Floats:
        """The same, where the last of the chosen is new."""
        if self.interviews is not None:
            return self.best_of(chosen)
        return np.asarray(np.maximum(before, self.utility[chosen[-1]] * self.reachable[chosen[-1]]))

    def gains(self, chosen: Sequence[int], items: Sequence[int] | Ints, best: Floats) -> Floats:
        """What each of these programs would add to a set with this ``best_of``, summed over scenarios."""
        rows = np.asarray(items, dtype=np.int64)
        if self.interviews is not None:
            at = self.interviews.standing(chosen, self.utility, self.reachable)
            return self.interviews.gains(at, rows, self.utility, self.reachable)
        found: Floats = gains(self.reachable, self.utility, rows, best)
        return found

    def value(self, chosen: Iterable[int]) -> float:
        """Mean over scenarios of the best reachable utility among the chosen."""
        return float(self.best_of(chosen).mean())


@dataclass(frozen=True)
class Choice:
    """A set of programs in order of choice, its value after each, a bound on every other set."""

    chosen: tuple[int, ...]
    values: tuple[float, ...]
    upper_bound: float
    cost: float

    @property
    def value(self) -> float:
        """Expected utility of the whole set."""
        return self.values[-1] if self.values else 0.0
