"""The part of a problem that is still to be decided, ready for the compiled loops."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from visamatch.advice.portfolio.problem import SLACK, Bytes, Floats, Ints, Problem


class View(NamedTuple):
    """Programs that may still be chosen, in an order that does not depend on the order they came in.

    Utilities stand on a grid on which every sum over scenarios is exact: sums may be taken in any
    order, so the answer is the same on every processor and for every order of programs and scenarios.
    """

    ids: Ints  # the problem's number of each program [p]
    reach: Bytes  # 1 where a scenario lets the person in [p, S]
    worth: Floats  # utility on the grid [p]
    group: Ints  # fee group of each program [p]
    start: Ints  # where a group's prices begin
    prices: Floats  # what the 1st, 2nd, … application of a group costs
    cheapest: Floats  # the least that the n-th or a later one costs, for bounds
    best: Floats  # utility had already in each scenario [S]
    counts: Ints  # applications had already in each group
    part: Ints  # part of each program [p]
    need: Ints  # applications that each part still needs at least
    room: Ints  # applications that each part may still have at most
    money: float  # dollars left
    most: int  # applications left

    @classmethod
    def of(cls, problem: Problem) -> View:
        """Start from the locked programs."""
        fees, parts = problem.fees, problem.parts
        worth = _on_grid(problem.utility, problem.reachable.shape[1])
        marks = np.packbits(problem.reachable, axis=1) @ _odd_numbers(problem.reachable.shape[1])
        sizes = problem.reachable.sum(axis=1, dtype=np.int64)
        ids = np.lexsort((marks, sizes, fees.cheapest[fees.start[fees.group]], -worth))
        locked = np.isin(ids, problem.must)
        useful = (worth[ids] > 0) | (parts.least[parts.of[ids]] > 0)
        ids = ids[locked | (useful & ~np.isin(ids, problem.never))]
        whole = cls(
            ids,
            problem.reachable[ids],
            worth[ids],
            fees.group[ids],
            fees.start,
            fees.prices,
            fees.cheapest,
            np.zeros(problem.reachable.shape[1]),
            np.zeros(len(fees.start) - 1, dtype=np.int64),
            parts.of[ids],
            parts.least,
            np.minimum(parts.most, len(problem.utility)),
            problem.budget + SLACK,
            problem.most,
        )
        return whole.adding(np.flatnonzero(np.isin(ids, problem.must)).tolist())

    def adding(self, items: Sequence[int]) -> View:
        """What is left to decide once these programs are in."""
        rows = list(items)
        reached = (self.worth[rows, None] * self.reach[rows]).max(axis=0, initial=0.0)
        counts = self.counts + np.bincount(self.group[rows], minlength=len(self.counts))
        taken = np.bincount(self.part[rows], minlength=len(self.need))
        left = self._replace(
            best=np.maximum(self.best, reached),
            counts=counts,
            need=np.maximum(0, self.need - taken),
            room=self.room - taken,
            money=self.money - self.cost(rows),
            most=self.most - len(rows),
        )
        return left.without(rows)

    def without(self, items: Sequence[int]) -> View:
        """What is left once these programs are out, and all that no money or no room is left for."""
        next_price = self.cheapest[np.minimum(self.start[:-1] + self.counts, len(self.prices) - 1)]
        kept = (next_price[self.group] <= self.money) & (self.room[self.part] > 0)
        kept[list(items)] = False
        most = np.searchsorted(
            np.cumsum(np.sort(next_price[self.group[kept]])), self.money, side="right"
        )
        return self._replace(
            ids=self.ids[kept],
            reach=np.ascontiguousarray(self.reach[kept]),
            worth=self.worth[kept],
            group=self.group[kept],
            part=self.part[kept],
            most=min(self.most, int(most)),
        )

    def takes(self, items: Sequence[int]) -> bool:
        """Whether these programs fit together, by money and number; and so do the minimums, one by one."""
        taken = np.bincount(self.part[list(items)], minlength=len(self.need))
        owed = int(np.maximum(0, self.need - taken).sum())
        return bool(
            (taken <= self.room).all()
            and len(items) + owed <= self.most
            and self.cost(items) <= self.money
        )

    def cost(self, items: Sequence[int]) -> float:
        """Dollars for these programs on top of what is had."""
        used, paid = self.counts.copy(), []
        for g in self.group[list(items)]:
            paid.append(self.prices[self.start[g] + used[g]])
            used[g] += 1
        return math.fsum(paid)


def _on_grid(utility: Floats, scenarios: int) -> Floats:
    """Round so that sums over scenarios stay below 2^53 steps (12 digits or more are kept)."""
    _, exponent = np.frexp(utility.max(initial=0.0))
    step = 2.0 ** (exponent - 51 + math.ceil(math.log2(scenarios + 1)))
    return np.asarray(np.round(utility / step) * step)


def _odd_numbers(bits: int) -> Floats:
    """Fixed numbers that tell rows of bits apart."""
    return np.random.default_rng(8).integers(1, 2**40, (bits + 7) // 8).astype(float)
