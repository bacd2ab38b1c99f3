"""The last resort for couples: every way to place them, until one is stable or the budget is spent.

Fix what each couple holds. The singles are then a market without couples in which each member ranks one program; all
its stable matchings fill the same seats with the same people (rural hospitals), and among them the one in
which programs propose gives every program its best group, so that a couple blocks it only if it blocks every other.
One run per placement therefore decides it. More couples only crowd out those already placed: a branch
in which a member finds no seat is cut.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from visamatch.market.kernels import (
    AT,
    BEGIN,
    CHOICE,
    COUPLE,
    CUTOFF,
    END,
    FREE,
    LIST,
    LIST_END,
    OPEN,
    QUOTA,
    STOP,
    blocked,
    sit,
)


@njit(cache=True)
def offers(entry, listed, seat, who, fixed):  # type: ignore[no-untyped-def]
    """Programs propose to the singles, and to members of couples, who accept entry ``fixed[a]`` alone.

    Returns how many offers were made.
    """
    free, following = seat[:, QUOTA].copy(), seat[:, LIST].copy()
    who[:, AT] = who[:, END]
    offered = True
    while offered:
        offered = False
        for p in range(len(seat)):
            while free[p] > 0 and following[p] < seat[p, LIST_END]:
                a, e = listed[following[p]]
                following[p] += 1
                offered = True
                if e == fixed[a] or (who[a, COUPLE] < 0 and e < who[a, AT]):
                    if who[a, AT] < who[a, END]:
                        free[entry[who[a, AT], 0]] += 1
                    free[p] -= 1
                    who[a, AT] = e
    return (following - seat[:, LIST]).sum()


@njit(cache=True)
def _seated(couples, who, pair, fixed):  # type: ignore[no-untyped-def]
    """Whether the first ``couples`` couples hold what is fixed for them."""
    for c in range(couples):
        for a in pair[c, :BEGIN]:
            if fixed[a] >= 0 and who[a, AT] != fixed[a]:
                return False
    return True


@njit(cache=True)
def take_seats(entry, held, seat, who):  # type: ignore[no-untyped-def]
    """Programs hold those who stand at their entries, and nobody else."""
    held[:] = 0
    seat[:, FREE] = seat[:, QUOTA]
    seat[:, CUTOFF] = np.where(seat[:, QUOTA] > 0, OPEN, -1)
    for a in range(len(who)):
        if who[a, AT] < who[a, END]:
            sit(who[a, AT], entry, held, seat)


@njit(cache=True)
def place(entry, listed, option, held, seat, who, pair, work, budget):  # type: ignore[no-untyped-def]
    """Try every placement of the couples, each one's best choice first; whether one is stable.

    If so the tables describe it. ``budget`` bounds the placements looked at, whole or in part.
    """
    fixed = np.full(len(who), -1, np.int32)
    pair[:, CHOICE] = pair[:, BEGIN] - 1
    depth = 0
    for _ in range(budget):
        pair[depth, CHOICE] += 1
        k = pair[depth, CHOICE]
        for side in range(2):
            fixed[pair[depth, side]] = option[k, side] if k < pair[depth, STOP] else -1
        if k > pair[depth, STOP]:
            pair[depth, CHOICE] = pair[depth, BEGIN] - 1
            depth -= 1
            if depth < 0:
                return False
            continue
        offers(entry, listed, seat, who, fixed)
        if not _seated(depth + 1, who, pair, fixed):
            continue
        if depth + 1 < len(pair):
            depth += 1
            continue
        take_seats(entry, held, seat, who)
        if blocked(entry, option, held, seat, who, pair, work) < 0:
            return True
    return False
