"""The compiled half of the matching engine: flat arrays in, flat arrays changed in place.

What the arrays mean stands in :mod:`visamatch.market.matching`. Whom a program holds is a bitmap over its own
list, so its cutoff is the last bit set and a seat changes hands by two bit flips. While singles propose,
cutoffs only tighten: the search for the next one is paid once for the whole run.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numba.cpython.unsafe.numbers import leading_zeros

OPEN = 2**31 - 1
"""The cutoff of a program with a seat left: whoever it ranks gets in."""

_ONE = np.uint64(1)


@njit(cache=True)
def _worst(held, base, below):  # type: ignore[no-untyped-def]
    """The last place before ``below`` that the program holds; -1 when there is none."""
    if below <= 0:
        return -1
    k = (below - 1) >> 6
    bits = held[base + k] & (~np.uint64(0) >> np.uint64(63 - ((below - 1) & 63)))
    while bits == 0:
        k -= 1
        if k < 0:
            return -1
        bits = held[base + k]
    return k * 64 + 63 - np.int64(leading_zeros(bits))  # type: ignore[call-arg]


@njit(cache=True)
def propose(start, entry, list_start, listed, word_start, held, free, cutoff, at, queue):  # type: ignore[no-untyped-def]
    """The singles of ``queue`` propose down their rows, round after round, until nobody is rejected.

    ``at[a]`` is the entry an applicant holds, or the end of the row. The answer does not depend on
    the order; in rounds the memory reads of different applicants overlap. ``queue`` is used up.
    """
    waiting = queue.size
    while waiting:
        rejected = 0
        for i in range(waiting):
            a = queue[i]
            e, end = at[a], start[a + 1]
            while e < end and entry[e, 1] > cutoff[entry[e, 0]]:
                e += 1
            at[a] = e
            if e == end:
                continue
            p, r = entry[e, 0], np.int64(entry[e, 1])
            base = word_start[p]
            held[base + (r >> 6)] |= _ONE << np.uint64(r & 63)
            if free[p] > 0:
                free[p] -= 1
                if free[p] == 0:
                    cutoff[p] = _worst(held, base, list_start[p + 1] - list_start[p])
                continue
            out = np.int64(cutoff[p])
            held[base + (out >> 6)] &= ~(_ONE << np.uint64(out & 63))
            cutoff[p] = _worst(held, base, out)
            loser = listed[list_start[p] + out, 0]
            at[loser] += 1
            queue[rejected] = loser
            rejected += 1
        waiting = rejected


# Columns of ``seat``, one row a program: what couples need to know of it lies in one cache line.
QUOTA, FREE, CUTOFF, LIST, LIST_END, WORD, REOPEN = range(7)


@njit(cache=True)
def _fits(ea, eb, entry, seat, held):  # type: ignore[no-untyped-def]
    """Whether programs take a couple at entries ``ea`` and ``eb`` (-1: none); it holds no seat now."""
    if ea < 0 or eb < 0 or entry[ea, 0] != entry[eb, 0]:
        first = ea < 0 or entry[ea, 1] <= seat[entry[ea, 0], CUTOFF]
        return first and (eb < 0 or entry[eb, 1] <= seat[entry[eb, 0], CUTOFF])
    p = entry[ea, 0]
    if seat[p, QUOTA] < 2:
        return False
    below = np.int64(seat[p, LIST_END] - seat[p, LIST])
    for _ in range(2 - seat[p, FREE]):  # so many of those it holds must go, and be worse than both
        below = _worst(held, seat[p, WORD], below)
    return max(entry[ea, 1], entry[eb, 1]) < below


@njit(cache=True)
def _leave(e, entry, seat, held):  # type: ignore[no-untyped-def]
    """Whoever holds entry e gives up the seat."""
    p, r = entry[e, 0], np.int64(entry[e, 1])
    held[seat[p, WORD] + (r >> 6)] &= ~(_ONE << np.uint64(r & 63))
    seat[p, FREE] += 1
    seat[p, CUTOFF] = OPEN


@njit(cache=True)
def sit(e, entry, seat, held):  # type: ignore[no-untyped-def]
    """The applicant of entry e takes a seat. Returns where in ``listed`` the one stands who loses it, or -1."""
    p, r = entry[e, 0], np.int64(entry[e, 1])
    base, loser = seat[p, WORD], np.int64(-1)
    if seat[p, FREE] > 0:
        seat[p, FREE] -= 1
    else:
        out = np.int64(seat[p, CUTOFF])
        held[base + (out >> 6)] &= ~(_ONE << np.uint64(out & 63))
        loser = seat[p, LIST] + out
    held[base + (r >> 6)] |= _ONE << np.uint64(r & 63)
    if seat[p, FREE] == 0:
        seat[p, CUTOFF] = _worst(held, base, np.int64(seat[p, LIST_END] - seat[p, LIST]))
    return loser


@njit(cache=True)
def _push(stack, value):  # type: ignore[no-untyped-def]
    """A stack is an array whose first item counts the others."""
    stack[0] += 1
    stack[stack[0]] = value


@njit(cache=True)
def _reopen(e, entry, seat, vacated):  # type: ignore[no-untyped-def]
    """The program of entry e must look again whom it could have."""
    p = entry[e, 0]
    if not seat[p, REOPEN]:
        seat[p, REOPEN] = 1
        _push(vacated, p)


@njit(cache=True)
def _give_up(a, start, entry, seat, held, at, vacated):  # type: ignore[no-untyped-def]
    """Applicant a ends with no seat; the one held, if any, is vacant."""
    if at[a] < start[a + 1]:
        _leave(at[a], entry, seat, held)
        _reopen(at[a], entry, seat, vacated)
    at[a] = start[a + 1]


@njit(cache=True)
def _reject(a, start, entry, seat, held, at, member, choices, choice, couple_of, waiting, vacated):  # type: ignore[no-untyped-def]
    """Applicant a has lost its seat: a single goes on from the next entry, a couple gives up both."""
    c = couple_of[a]
    if c < 0:
        at[a] += 1
        _push(waiting, a)
        return
    at[a] = start[a + 1]
    _give_up(member[c, 0] + member[c, 1] - a, start, entry, seat, held, at, vacated)
    choice[c] = choices[c + 1]
    _push(waiting, -1 - c)


@njit(cache=True)
def _better_choice(c, must, entry, seat, held, at, member, choices, option, choice, start, tally):  # type: ignore[no-untyped-def]
    """The best choice of couple c, above the one it holds and with entry ``must`` (-1: any), that fits; or -1.

    Its own seats count as free. Where a choice is found, they are.
    """
    lifted = False
    for k in range(choices[c], choice[c]):
        if must >= 0 and option[k, 0] != must and option[k, 1] != must:
            continue
        if not lifted:
            for a in member[c]:
                if at[a] < start[a + 1]:
                    _leave(at[a], entry, seat, held)
            lifted = True
        tally[0] += 1
        if _fits(option[k, 0], option[k, 1], entry, seat, held):
            return k
    if lifted:
        for a in member[c]:
            if at[a] < start[a + 1]:
                sit(at[a], entry, seat, held)
    return -1


@njit(cache=True)
def _move_couple(  # type: ignore[no-untyped-def]
    c, must, start, entry, listed, member, choices, option, couple_of, held, seat, at, choice, waiting, vacated, tally,
):  # fmt: skip
    """Couple c takes the best choice that fits above the one it holds; whether there was one."""
    k = _better_choice(
        c, must, entry, seat, held, at, member, choices, option, choice, start, tally
    )
    if k < 0:
        return False
    choice[c] = k
    tally[1] = c
    for side in range(2):
        a, e = member[c, side], option[k, side]
        if at[a] < start[a + 1] and at[a] != e:
            _reopen(at[a], entry, seat, vacated)
        at[a] = e if e >= 0 else start[a + 1]
    for side in range(2):
        if option[k, side] >= 0:
            loser = sit(option[k, side], entry, seat, held)
            if loser >= 0:
                a = listed[loser, 0]
                _reject(
                    a,
                    start,
                    entry,
                    seat,
                    held,
                    at,
                    member,
                    choices,
                    choice,
                    couple_of,
                    waiting,
                    vacated,
                )
    return True


@njit(cache=True)
def _propose_again(  # type: ignore[no-untyped-def]
    a, start, entry, listed, member, choices, couple_of, held, seat, at, choice, waiting, vacated, tally,
):  # fmt: skip
    """Single a goes on down the row from where he stands."""
    e, end = at[a], start[a + 1]
    tally[0] += 1
    while e < end and entry[e, 1] > seat[entry[e, 0], CUTOFF]:
        e += 1
        tally[0] += 1
    at[a] = e
    if e < end:
        loser = sit(e, entry, seat, held)
        if loser >= 0:
            b = listed[loser, 0]
            _reject(
                b,
                start,
                entry,
                seat,
                held,
                at,
                member,
                choices,
                choice,
                couple_of,
                waiting,
                vacated,
            )


@njit(cache=True)
def _refill(  # type: ignore[no-untyped-def]
    p, start, entry, listed, member, choices, option, couple_of, held, seat, at, choice, aside, waiting, vacated, tally,
):  # fmt: skip
    """Program p looks down its list, best first, for those who prefer it and whom it would take."""
    base, end = seat[p, LIST], seat[p, LIST_END]
    for place in range(end - base):
        if place > seat[p, CUTOFF]:
            return
        if held[seat[p, WORD] + (place >> 6)] >> np.uint64(place & 63) & _ONE:
            continue
        a, e = listed[base + place, 0], listed[base + place, 1]
        c = couple_of[a]
        if c < 0 and e < at[a]:
            tally[0] += 1
            _give_up(a, start, entry, seat, held, at, vacated)
            at[a] = e
            loser = sit(e, entry, seat, held)
            if loser >= 0:
                b = listed[loser, 0]
                _reject(
                    b,
                    start,
                    entry,
                    seat,
                    held,
                    at,
                    member,
                    choices,
                    choice,
                    couple_of,
                    waiting,
                    vacated,
                )
        elif c >= 0 and not aside[c]:
            _move_couple(
                c, e, start, entry, listed, member, choices, option, couple_of, held, seat, at, choice,
                waiting, vacated, tally,
            )  # fmt: skip
        if waiting[0] > 0:  # let them propose first, then look again
            _reopen(e, entry, seat, vacated)
            return


@njit(cache=True)
def settle(  # type: ignore[no-untyped-def]
    start, entry, listed, member, choices, option, couple_of, held, seat, at, choice, aside, order, limit,
):  # fmt: skip
    """Bring couples into a stable matching of the singles, one at a time (Roth and Peranson 1999).

    A couple takes its best choice that fits. Whoever loses a seat proposes again; a couple gives up both seats and
    begins at its top. A vacated seat reopens its program: of those it ranks, best first, whoever prefers it
    to what he holds moves in if it would take him. ``choice[c]`` is the row of ``option`` that couple c holds, or the
    end of its rows. When ``limit`` moves settle nothing, the couple that moved last is set ``aside`` for good.
    Returns how often a program was asked. If nobody was set aside, the matching is stable.
    """
    waiting = np.zeros(len(at) + len(member) + 2, np.int32)  # singles as a, couples as -1 - c
    vacated = np.zeros(len(seat) + 1, np.int32)
    tally = np.array([0, -1])  # programs asked, couple that moved last
    for newcomer in order:
        _push(waiting, -1 - newcomer)
        moves = 0
        while waiting[0] + vacated[0] > 0:
            moves += 1
            if moves > limit and tally[1] >= 0:
                moves, last = 0, tally[1]
                aside[last] = True
                choice[last] = choices[last + 1]
                for a in member[last]:
                    _give_up(a, start, entry, seat, held, at, vacated)
            if waiting[0] == 0:
                p = vacated[vacated[0]]
                vacated[0] -= 1
                seat[p, REOPEN] = 0
                _refill(
                    p, start, entry, listed, member, choices, option, couple_of, held, seat, at, choice, aside,
                    waiting, vacated, tally,
                )  # fmt: skip
                continue
            unit = waiting[waiting[0]]
            waiting[0] -= 1
            if unit >= 0:
                _propose_again(
                    unit, start, entry, listed, member, choices, couple_of, held, seat, at, choice,
                    waiting, vacated, tally,
                )  # fmt: skip
            elif not aside[-1 - unit]:
                _move_couple(
                    -1 - unit, -1, start, entry, listed, member, choices, option, couple_of, held, seat, at, choice,
                    waiting, vacated, tally,
                )  # fmt: skip
    return tally[0]


@njit(cache=True)
def blocked(start, entry, member, choices, option, held, seat, at, choice):  # type: ignore[no-untyped-def]
    """A couple that some better choice would take, or -1. Where one is found its seats are left empty."""
    tally = np.zeros(2, np.int64)
    for c in range(len(member)):
        if (
            _better_choice(
                c, -1, entry, seat, held, at, member, choices, option, choice, start, tally
            )
            >= 0
        ):
            return c
    return -1
