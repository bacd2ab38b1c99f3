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

from visamatch.market.kernels import CUTOFF, FREE, LIST, LIST_END, OPEN, QUOTA, blocked, sit


@njit(cache=True)
def _offers(start, entry, listed, couple_of, fixed, seat, at):  # type: ignore[no-untyped-def]
    """Programs propose to the singles, and to members of couples, who accept entry ``fixed[a]`` alone."""
    free, following = seat[:, QUOTA].copy(), seat[:, LIST].copy()
    at[:] = start[1:]
    offered = True
    while offered:
        offered = False
        for p in range(len(seat)):
            while free[p] > 0 and following[p] < seat[p, LIST_END]:
                a, e = listed[following[p], 0], listed[following[p], 1]
                following[p] += 1
                offered = True
                if e == fixed[a] or (couple_of[a] < 0 and e < at[a]):
                    if at[a] < start[a + 1]:
                        free[entry[at[a], 0]] += 1
                    free[p] -= 1
                    at[a] = e


@njit(cache=True)
def _fix(c, k, member, choices, option, fixed):  # type: ignore[no-untyped-def]
    """Couple c is to hold row k of ``option``, or nothing when k is the end of its rows."""
    for side in range(2):
        fixed[member[c, side]] = option[k, side] if k < choices[c + 1] else -1


@njit(cache=True)
def _placed(couples, member, fixed, at):  # type: ignore[no-untyped-def]
    """Whether the first ``couples`` couples hold what is fixed for them."""
    for c in range(couples):
        for a in member[c]:
            if fixed[a] >= 0 and at[a] != fixed[a]:
                return False
    return True


@njit(cache=True)
def take_seats(start, entry, at, held, seat):  # type: ignore[no-untyped-def]
    """Fill empty bitmaps and an empty table of programs from the entries that applicants hold."""
    held[:] = 0
    for p in range(len(seat)):
        seat[p, FREE] = seat[p, QUOTA]
        seat[p, CUTOFF] = OPEN if seat[p, QUOTA] > 0 else -1
    for a in range(len(at)):
        if at[a] < start[a + 1]:
            sit(at[a], entry, seat, held)


@njit(cache=True)
def place(start, entry, listed, member, choices, option, couple_of, held, seat, at, choice, budget):  # type: ignore[no-untyped-def]
    """Try every placement of the couples, each one's best choice first; whether one is stable.

    ``choice``, ``at``, ``held`` and ``seat`` then describe it. ``budget`` bounds the
    placements looked at, whole or in part.
    """
    fixed = np.full(len(at), -1, np.int32)
    couples, depth = len(member), 0
    choice[:] = choices[:-1]
    choice[0] -= 1
    for _ in range(budget):
        choice[depth] += 1
        if choice[depth] > choices[depth + 1]:
            _fix(depth, choices[depth + 1], member, choices, option, fixed)
            depth -= 1
            if depth < 0:
                return False
            continue
        _fix(depth, choice[depth], member, choices, option, fixed)
        _offers(start, entry, listed, couple_of, fixed, seat, at)
        if not _placed(depth + 1, member, fixed, at):
            continue
        if depth + 1 < couples:
            depth += 1
            choice[depth] = choices[depth] - 1
            continue
        take_seats(start, entry, at, held, seat)
        if blocked(start, entry, member, choices, option, held, seat, at, choice) < 0:
            return True
    return False
