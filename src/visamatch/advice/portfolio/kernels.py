"""Compiled loops over programs and scenarios."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from visamatch.advice.portfolio.problem import Bytes, Floats, Ints, gain, gains
from visamatch.advice.portfolio.view import View

Steps = npt.NDArray[np.int32]
FREE = 1e-12  # dollars; a free application is worth any gain


@njit(cache=True)
def _coarse_gain(row: Bytes, worth: np.int32, best: Steps) -> np.int32:
    """The same in coarse steps, never less than the exact gain, in a third of the time."""
    total = np.int32(0)
    for s in range(row.size):
        more = np.int32(worth - best[s])
        total = np.int32(total + (more if (row[s] != 0) & (more > 0) else np.int32(0)))
    return total


@njit(cache=True)
def reached(reach: Bytes) -> Ints:
    """In how many scenarios each program can be reached."""
    counts = np.zeros(reach.shape[0], dtype=np.int64)
    for j in range(reach.shape[0]):
        count = np.uint32(0)
        row = reach[j]
        for s in range(row.size):
            count += np.uint32(row[s])
        counts[j] = count
    return counts


@njit(cache=True)
def _before(key: Floats, one: int, other: int) -> bool:
    return bool(key[one] > key[other] or (key[one] == key[other] and one < other))


@njit(cache=True)
def _sink(heap: Ints, size: int, key: Floats, at: int) -> None:
    """Move an entry down until none below it comes before it."""
    item = heap[at]
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size and _before(key, heap[child + 1], heap[child]):
            child += 1
        if _before(key, item, heap[child]):
            break
        heap[at] = heap[child]
        at = child
    heap[at] = item


@njit(cache=True)
def _price(view: View, counts: Ints, g: int) -> float:
    """What the next application of a group costs."""
    at = view.start[g] + counts[g]
    return float(view.prices[at]) if at < view.start[g + 1] else np.inf


@njit(cache=True)
def _pile(view: View, counts: Ints, by_cost: bool, heap: Ints, gains: Floats, key: Floats) -> None:
    """Weigh every gain by the fee as it stands now, and put the greatest first."""
    size = heap.size
    for j in heap:
        key[j] = gains[j] / max(_price(view, counts, view.group[j]), FREE) if by_cost else gains[j]
    for at in range(size // 2, -1, -1):
        _sink(heap, size, key, at)


@njit(cache=True)
def _take(row: Bytes, worth: float, best: Floats | Steps) -> None:
    for s in range(best.size):
        if row[s] and worth > best[s]:
            best[s] = worth


def lazy_greedy(view: View, by_cost: bool, skip: bool = True) -> list[int]:
    """Choose what adds most (or most a dollar) until nothing adds anything.

    What does not fit is passed over; without ``skip`` it is the end, so that a larger budget only
    makes the order longer.

    Gains only shrink as the set grows, so an old gain is a bound: a program is measured again only
    when it comes to the top of the heap (Minoux 1978), coarsely first, exactly if it stays there.

    Returns:
        places in the view, in order of choice.
    """
    if view.most <= 0 or not view.worth.any():
        return []
    step = float(view.worth.max()) * len(view.best) / 2.0**30
    roof = np.ceil(view.worth / step).astype(np.int32)
    floor = np.floor(np.minimum(view.best / step, 2.0**30)).astype(np.int32)
    chosen: list[int] = _lazy_greedy(
        view, (by_cost, skip), step, roof, floor, view.best.copy()
    ).tolist()
    return chosen


@njit(cache=True)
def _lazy_greedy(
    view: View, rule: tuple[bool, bool], step: float, roof: Steps, floor: Steps, best: Floats
) -> Ints:
    by_cost, skip = rule
    counts, room, money, size = view.counts.copy(), view.room.copy(), view.money, view.worth.size
    chosen, number = np.empty(min(size, view.most), dtype=np.int64), 0
    gains, key, heap = np.zeros(size), np.zeros(size), np.arange(size)
    measured = np.full(size, -1)  # 2n: coarsely after n choices, 2n + 1: exactly
    for j, count in enumerate(reached(view.reach)):
        gains[j] = count * view.worth[j]
    _pile(view, counts, by_cost, heap, gains, key)
    while size > 0 and number < chosen.size:
        top = heap[0]
        row, worth, cost = view.reach[top], view.worth[top], _price(view, counts, view.group[top])
        useful = gains[top] > 0.0 and room[view.part[top]] > 0 and (cost <= money or not skip)
        if useful and measured[top] < 2 * number + 1:
            if measured[top] < 2 * number:
                gains[top] = min(gains[top], step * _coarse_gain(row, roof[top], floor))
                measured[top] = 2 * number
            else:
                gains[top] = gain(row, worth, best)
                measured[top] = 2 * number + 1
            key[top] = gains[top] / max(cost, FREE) if by_cost else gains[top]
            _sink(heap, size, key, 0)
            continue
        size -= 1
        heap[0] = heap[size]
        _sink(heap, size, key, 0)
        if useful and cost > money:
            break
        if useful:
            chosen[number] = top
            number += 1
            money -= cost
            counts[view.group[top]] += 1
            room[view.part[top]] -= 1
            _take(row, worth, best)
            _take(row, roof[top] - 1, floor)
            if by_cost and _price(view, counts, view.group[top]) != cost:
                _pile(view, counts, by_cost, heap[:size], gains, key)
    return chosen[:number]


@njit(cache=True)
def _cover(
    reach: Bytes, worth: Floats, chosen: Ints, before: Floats
) -> tuple[Floats, Floats, Ints, Floats]:
    """Best and second best by scenario, whose the best is (-1: had before), what each choice alone gives."""
    best, second = before.copy(), before.copy()
    holder = np.full(best.size, -1)
    for k in range(chosen.size):
        row, mine = reach[chosen[k]], worth[chosen[k]]
        for s in range(best.size):
            if row[s] and mine > best[s]:
                second[s], best[s], holder[s] = best[s], mine, k
            elif row[s] and mine > second[s]:
                second[s] = mine
    loss = np.zeros(chosen.size + 1)  # the last entry is for what was had before
    for s in range(best.size):
        loss[holder[s]] += best[s] - second[s]
    loss[-1] = 0.0
    return best, second, holder, loss


def cover(reach: Bytes, worth: Floats, chosen: Ints) -> tuple[Floats, Floats, Ints, Floats]:
    """Best and second best of a set by scenario, whose the best is (-1: nobody's), what each of it alone gives."""
    found: tuple[Floats, Floats, Ints, Floats] = _cover(
        reach, worth, chosen, np.zeros(reach.shape[1])
    )
    return found


@njit(cache=True)
def _exchanged(view: View, counts: Ints, out: int, into: int) -> float:
    """What an exchange adds to the cost; ``out`` is -1 where nothing is given up."""
    new = view.group[into]
    if out < 0:
        return _price(view, counts, new)
    old = view.group[out]
    if old == new:
        return 0.0
    return _price(view, counts, new) - float(view.prices[view.start[old] + counts[old] - 1])


@njit(cache=True)
def _allowed(view: View, held: Ints, out: int, into: int) -> bool:
    """Whether the parts have still enough and not too many after an exchange; ``held``: chosen in each."""
    new, old = view.part[into], view.part[out] if out >= 0 else -1
    if new == old:
        return True
    return bool(held[new] < view.room[new] and (old < 0 or held[old] > view.need[old]))


@njit(cache=True)
def _kept(row: Bytes, worth: float, covered: tuple[Floats, Floats, Ints, Floats]) -> Floats:
    """What a program would save of each chosen one's loss if that were given up."""
    best, second, holder, loss = covered
    kept = np.zeros(loss.size)
    for s in range(best.size):
        if row[s]:
            spared = min(best[s], worth) - second[s]
            if spared > 0.0:
                kept[holder[s]] += spared
    kept[-1] = 0.0
    return kept


@njit(cache=True)
def best_move(
    view: View, chosen: Ints, now: float, level: float, limit: float
) -> tuple[float, int, int]:
    """Find the addition or exchange to make next, from a set that costs ``now``.

    Of those within ``level`` dollars the one that gains most; when there is none, of those within
    ``limit`` the cheapest. One pass over a program's scenarios tries it against every chosen one
    (as in fast k-medoids: Schubert and Rousseeuw 2021).

    Returns:
        gain summed over scenarios (0: no move is left), place in ``chosen`` that is given up (-1: none),
        program that comes in.
    """
    covered = _cover(view.reach, view.worth, chosen, view.best)
    counts, held = view.counts.copy(), np.zeros_like(view.need)
    taken = np.zeros(view.worth.size, dtype=np.bool_)
    for item in chosen:
        counts[view.group[item]] += 1
        held[view.part[item]] += 1
        taken[item] = True
    found, found_out, found_in = (np.inf, 0.0), -1, -1  # cost beyond the level, minus the gain
    for j in range(view.worth.size):
        more = 0.0 if taken[j] else gain(view.reach[j], view.worth[j], covered[0])
        if more <= 0.0 or (found[0] == 0.0 and more < -found[1]):
            continue  # an exchange never gains more than the addition
        kept = _kept(view.reach[j], view.worth[j], covered)
        for k in range(-1 if chosen.size < view.most else 0, chosen.size):
            out = chosen[k] if k >= 0 else -1
            cost = now + _exchanged(view, counts, out, j)
            rank = (max(0.0, cost - level), -(more - covered[3][k] + kept[k]))
            if rank[1] < 0.0 and cost <= limit and rank < found and _allowed(view, held, out, j):
                found, found_out, found_in = rank, k, j
    return -found[1], found_out, found_in


@njit(cache=True)
def _relaxed(view: View, profit: Floats) -> tuple[float, Floats]:
    """The most profit that fits when parts of programs may be bought, and those parts."""
    used = view.counts.copy()
    price, ratio = np.zeros(profit.size), np.zeros(profit.size)
    by_number, by_money = np.zeros(profit.size), np.zeros(profit.size)
    number, money, left = 0.0, 0.0, view.money
    for rank, j in enumerate(np.argsort(-profit)):
        at = view.start[view.group[j]] + used[view.group[j]]
        price[j] = view.cheapest[min(at, view.cheapest.size - 1)]  # lowest for the most profitable
        used[view.group[j]] += 1
        ratio[j] = profit[j] / max(price[j], FREE)
        if rank < view.most and profit[j] > 0.0:
            by_number[j] = 1.0
            number += profit[j]
    for j in np.argsort(-ratio):
        if profit[j] > 0.0 and left > 0.0:
            by_money[j] = min(1.0, left / max(price[j], FREE))
            money += by_money[j] * profit[j]
            left -= price[j]
    return (money, by_money) if money < number else (number, by_number)


@njit(cache=True)
def _descend(
    view: View, part: Floats, v: Floats, toll: Floats, excess: float
) -> tuple[Floats, Floats]:
    """Levels and tolls one step down the subgradient, as long as closes the excess if the bound were linear."""
    slope, count = np.ones(v.size), np.zeros(toll.size)
    for j in range(part.size):
        count[view.part[j]] += part[j]
        if part[j] > 0.0:
            for s in range(v.size):
                if view.reach[j, s] and view.worth[j] > v[s]:
                    slope[s] -= part[j]
    norm = 0.0
    for s in range(v.size):
        if slope[s] > 0.0 and v[s] <= view.best[s]:
            slope[s] = 0.0
        norm += slope[s] ** 2
    for k in range(toll.size):  # between the two limits no toll is wanted
        above, below = view.room[k] - count[k], view.need[k] - count[k]
        count[k] = above if toll[k] > 0.0 else below
        if toll[k] == 0.0:
            count[k] = min(0.0, above) + max(0.0, below)
        norm += count[k] ** 2
    step = excess / max(norm, FREE)
    return np.maximum(view.best, v - step * slope), toll - step * count


@njit(cache=True)
def upper_bound(
    view: View, start: tuple[Floats, Floats], target: float, steps: int
) -> tuple[float, tuple[Floats, Floats], Floats]:
    """Bound the value of every set that may still be completed.

    For any levels v, at least what is had already, the best in a scenario is at most v plus the sum
    of what each chosen program has above v. That is additive, so a relaxed knapsack bounds it. A toll on each
    program of a part, given back for the most that it may have, keeps it from having more; a reward, paid
    for by the least, from having fewer. All go down the subgradient; the lowest bound is that of the linear
    program. With v what a set reaches it is the familiar bound of submodular functions.

    Args:
        start: levels [S] and tolls [parts] to begin with.

    Returns:
        the least bound found (at or below ``target`` it stops), its levels and tolls, its parts of programs [p].
    """
    v, toll = start
    every = np.arange(view.worth.size)
    least, found, least_part = np.inf, start, np.zeros(view.worth.size)
    stride, stuck = 1.0, 0
    for _ in range(steps):
        profit = gains(view.reach, view.worth, every, v) - toll[view.part]
        bound, part = _relaxed(view, profit)
        for s in range(v.size):
            bound += v[s]
        for k in range(toll.size):
            bound += toll[k] * (view.room[k] if toll[k] > 0.0 else view.need[k])
        stuck += 1
        if bound < least:
            least, found, least_part, stuck = bound, (v, toll), part, 0
        if least <= target:
            break
        if stuck >= 4:
            stride, stuck = stride / 2.0, 0
        v, toll = _descend(view, part, v, toll, stride * (bound - target))
    return least, found, least_part
