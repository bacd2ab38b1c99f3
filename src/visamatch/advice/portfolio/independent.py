"""Schools whose decisions are independent: exact answers, as in the literature on simultaneous search.

The value of a set is the expected utility of the best school that admits. Equal fees: the greedy
order is optimal for every number of applications (Chade and Smith 2006). Other fees: Kapur and Hong
(2022) use dynamic programming on the total cost where fees are whole, branch and bound else. Here one
method covers both: schools come in by rising utility, and of all sets so far only those remain for which no other is
as cheap and as good. With whole fees there are at most budget + 1 of them; with real fees it is still exact.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from visamatch.advice.portfolio.problem import SLACK, Choice, Floats


@dataclass(frozen=True)
class Schools:
    """Independent schools.

    Attributes:
        chance, utility, fee: of each school: 0..1, 0 or more, dollars 0 or more; shape [m].
        budget: dollars, may be infinite.
        most: applications at most.
    """

    chance: Floats
    utility: Floats
    fee: Floats
    budget: float = math.inf
    most: int = 10**9

    def value(self, chosen: Iterable[int]) -> float:
        """Expected utility of the best school of the set that admits."""
        value = 0.0
        for item in sorted(chosen, key=lambda j: (self.utility[j], j)):
            value = self.chance[item] * self.utility[item] + (1 - self.chance[item]) * value
        return float(value)


def solve(schools: Schools) -> Choice:
    """Choose the best set; the bound is its value."""
    fee, most = schools.fee, min(schools.most, len(schools.fee))
    fitting = int(np.searchsorted(np.cumsum(np.sort(fee)), schools.budget + SLACK, side="right"))
    if fitting == len(fee) or np.ptp(fee) == 0:
        return _in_order(schools, range(len(fee)), min(most, fitting))
    return _in_order(schools, _best_set(schools, most if most < fitting else 0), most)


def _in_order(schools: Schools, pool: Sequence[int], most: int) -> Choice:
    """Add what gains most, again and again. A chosen school lowers what the others are still worth."""
    left, worth = list(pool), dict(zip(pool, schools.utility[list(pool)].tolist(), strict=True))
    chosen: list[int] = []
    values: list[float] = []
    while left and len(chosen) < most:
        pick = max(left, key=lambda j: (schools.chance[j] * worth[j], -j))
        chance, mine = float(schools.chance[pick]), worth[pick]
        if chance * mine <= 0:
            break
        left.remove(pick)
        for j in left:
            worth[j] = worth[j] * (1 - chance) if worth[j] <= mine else worth[j] - chance * mine
        chosen.append(pick)
        values.append(schools.value(chosen))
    bound = values[-1] if values else 0.0
    return Choice(tuple(chosen), tuple(values), bound, math.fsum(schools.fee[chosen]))


def _best_set(schools: Schools, most: int) -> list[int]:
    """The best set within the budget, and within ``most`` applications unless that is 0."""
    order = np.lexsort((np.arange(len(schools.fee)), schools.utility))
    apart = float(schools.utility.max()) + 1.0  # keeps sets of different size apart
    cost, value, size = np.zeros(1), np.zeros(1), np.zeros(1)
    came_from = []
    for j in order:
        chance = schools.chance[j]
        cost = np.concatenate((cost, cost + schools.fee[j]))
        value = np.concatenate((value, chance * schools.utility[j] + (1 - chance) * value))
        size = np.concatenate((size, size + (1 if most else 0)))
        kept = np.flatnonzero((cost <= schools.budget + SLACK) & (size <= most))
        kept = kept[np.lexsort((-value[kept], cost[kept], size[kept]))]
        so_far = np.maximum.accumulate(value[kept] + apart * size[kept])
        better = np.concatenate(([True], (value[kept] + apart * size[kept])[1:] > so_far[:-1]))
        kept = kept[better]
        came_from.append(kept.astype(np.int32))
        cost, value, size = cost[kept], value[kept], size[kept]
    at, chosen = int(np.argmax(value)), []
    for step in range(len(order) - 1, -1, -1):
        before = 1 if step == 0 else len(came_from[step - 1])
        at = int(came_from[step][at])
        if at >= before:
            chosen.append(int(order[step]))
            at -= before
    return chosen
