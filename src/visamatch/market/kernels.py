"""The compiled half of the matching engine: flat arrays in, flat arrays changed in place.

What the arrays mean stands in :mod:`visamatch.market.matching`. Whom a program holds is a bitmap over its own
list, so its cutoff is the last bit set and a seat changes hands by two bit flips. While singles propose,
cutoffs only tighten: the search for the next one is paid once for the whole run. What then costs time is memory, so
they propose from a copy of their rows that lies in the order of proposing.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numba.cpython.unsafe.numbers import leading_zeros

OPEN = 2**31 - 1
"""The cutoff of a program with a seat left: whoever it ranks gets in."""

_ONE = np.uint64(1)
_BINS, _GROUP = 4096, 400  # steps of strength told apart; people who propose at a time

# What is known of programs, applicants and couples lies in tables of int32: a row a cache line, few arguments.
QUOTA, FREE, CUTOFF, LIST, LIST_END, WORD, REOPEN = range(7)
"""``seat``, a row a program: its seats, its stretch of ``listed``, its bitmap, whether it is to look again."""
AT, END, COUPLE = range(3)
"""``who``, a row an applicant: the entry held (or the end of the row), the end of the row, the couple or -1."""
FIRST, SECOND, BEGIN, STOP, CHOICE, ASIDE = range(6)
"""``pair``, a row a couple: members, rows of ``option``, the row held (or STOP), whether it is set aside."""
WAITING, VACATED, TALLY = range(3)
"""``work``, three rows: two stacks whose first item counts the others, and the three numbers below."""
ASKED, LAST, OWN = range(3)
"""Programs asked; the couple that moved last; whether a couple may use a seat that its own member leaves."""


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
def standing(start, couple_of, entry):  # type: ignore[no-untyped-def]
    """``who`` where the applicants hold these entries (-1: none)."""
    who = np.empty((len(couple_of), 3), np.int32)
    for a in range(len(couple_of)):
        end = start[a + 1]
        who[a, AT], who[a, END], who[a, COUPLE] = (
            entry[a] if entry[a] >= 0 else end, end, couple_of[a],
        )  # fmt: skip
    return who


@njit(cache=True)
def line_up(start, entry, list_start, listed, couple_of):  # type: ignore[no-untyped-def]
    """The four arrays of ``matching.Queue``: singles by the mean of their places relative to the lists' lengths."""
    begin, bins = np.zeros(_BINS + 1, np.int32), np.empty(len(couple_of), np.int32)
    for a in range(len(couple_of)):
        total = np.float32(0)
        for e in range(start[a], start[a + 1]):
            p = entry[e, 0]
            total += np.float32(entry[e, 1]) / np.float32(list_start[p + 1] - list_start[p])
        bins[a] = int(total / np.float32(max(1, start[a + 1] - start[a])) * np.float32(_BINS))
        begin[bins[a] + 1] += couple_of[a] < 0
    begin = np.cumsum(begin)
    person, at = np.empty(begin[-1], np.int32), np.full(len(couple_of), -1, np.int32)
    for a in range(len(couple_of)):
        if couple_of[a] < 0:
            at[a] = begin[bins[a]]
            person[at[a]] = a
            begin[bins[a]] += 1
    row, rows = np.zeros(len(person) + 1, np.int32), np.empty_like(entry)
    for i in range(len(person)):
        first, last = start[person[i]], start[person[i] + 1]
        row[i + 1] = row[i] + last - first
        for e in range(first, last):
            rows[row[i] + e - first] = entry[e]
    waits = np.empty(len(listed), np.int32)
    for i in range(len(listed)):
        waits[i] = at[listed[i, 0]]
    return person, row, rows, waits


@njit(cache=True, inline="always")
def _turn_away(p, waits, list_start, word_start, held, free, cutoff, at, group, waiting):  # type: ignore[no-untyped-def]
    """Program p, full or over its quota, keeps the best; the others join the group. Returns how many wait in it."""
    place = np.int64(min(cutoff[p], list_start[p + 1] - list_start[p] - 1)) + 1
    while True:
        place = _worst(held, word_start[p], place)
        if free[p] == 0:
            break
        held[word_start[p] + (place >> 6)] &= ~(_ONE << np.uint64(place & 63))
        free[p] += 1
        loser = waits[list_start[p] + place]
        at[loser] += 1
        group[waiting] = loser
        waiting += 1
    cutoff[p] = place
    return waiting


@njit(cache=True)
def propose(row, rows, waits, list_start, word_start, held, free, cutoff):  # type: ignore[no-untyped-def]
    """The singles of a queue propose down their rows, a group at a time, until nobody is rejected.

    Whoever is rejected goes on in the next group. The answer does not depend on the order; the strong first, few are
    displaced, and in groups the memory reads of different people overlap and a program counts its seats once.
    Returns the entry of ``rows`` at which each ends (the end of the row for none), and how often a program was asked.
    """
    at, group = row[:-1].copy(), np.empty(len(row) - 1, np.int32)
    full, marked = np.empty(len(free), np.int32), np.zeros(len(free), np.bool_)
    asked, waiting, following = 0, 0, 0
    while True:
        while waiting < _GROUP and following < len(at):
            group[waiting] = following
            waiting, following = waiting + 1, following + 1
        if waiting == 0:
            return at, asked
        changed = 0
        for i in range(waiting):
            a = group[i]
            e, end = at[a], row[a + 1]
            asked -= e
            while e < end and rows[e, 1] > cutoff[rows[e, 0]]:
                e += 1
            asked += e
            at[a] = e
            if e == end:
                continue
            asked += 1
            p, r = rows[e, 0], np.int64(rows[e, 1])
            held[word_start[p] + (r >> 6)] |= _ONE << np.uint64(r & 63)
            free[p] -= 1
            if free[p] <= 0 and not marked[p]:
                marked[p] = True
                full[changed] = p
                changed += 1
        waiting = 0
        for i in range(changed):
            p = full[i]
            marked[p] = False
            waiting = _turn_away(p, waits, list_start, word_start, held, free, cutoff, at, group, waiting)  # fmt: skip


@njit(cache=True)
def seats_of(start, person, row, rows, at):  # type: ignore[no-untyped-def]
    """Entry and program of each applicant after those of a queue ended at ``at``; -1 for none."""
    entry, program = np.full(len(start) - 1, -1, np.int32), np.full(len(start) - 1, -1, np.int32)
    for i in range(len(person)):
        if at[i] < row[i + 1]:
            entry[person[i]] = start[person[i]] + at[i] - row[i]
            program[person[i]] = rows[at[i], 0]
    return entry, program


@njit(cache=True)
def outcome(entry, who):  # type: ignore[no-untyped-def]
    """The entry each applicant holds, and its program; -1 for none."""
    held, program = np.full(len(who), -1, np.int32), np.full(len(who), -1, np.int32)
    for a in range(len(who)):
        if who[a, AT] < who[a, END]:
            held[a], program[a] = who[a, AT], entry[who[a, AT], 0]
    return held, program


@njit(cache=True)
def sort_lists(program, order, programs):  # type: ignore[no-untyped-def]
    """Entries by program and, inside each, by order (ties by row); where each program's stretch begins."""
    begin = np.zeros(programs + 1, np.int32)
    for p in program:
        begin[p + 1] += 1
    begin = np.cumsum(begin).astype(np.int32)
    following, entries = begin.copy(), np.empty(len(program), np.int32)
    for e in range(len(program)):
        p = program[e]
        entries[following[p]] = e
        following[p] += 1
    for p in range(programs):
        stretch = entries[begin[p] : begin[p + 1]]
        stretch[:] = stretch[np.argsort(order[stretch], kind="mergesort")]
    return entries, begin


@njit(cache=True)
def _fits(ea, eb, entry, held, seat):  # type: ignore[no-untyped-def]
    """Whether programs take a couple at entries ``ea`` and ``eb`` (-1: none); in one program it holds no seat now."""
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
def _leave(e, entry, held, seat):  # type: ignore[no-untyped-def]
    """Whoever holds entry e gives up the seat."""
    p, r = entry[e, 0], np.int64(entry[e, 1])
    held[seat[p, WORD] + (r >> 6)] &= ~(_ONE << np.uint64(r & 63))
    seat[p, FREE] += 1
    seat[p, CUTOFF] = OPEN


@njit(cache=True)
def sit(e, entry, held, seat):  # type: ignore[no-untyped-def]
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
    stack[0] += 1
    stack[stack[0]] = value


@njit(cache=True)
def _reopen(e, entry, seat, work):  # type: ignore[no-untyped-def]
    """The program of entry e is to look again whom it could have."""
    p = entry[e, 0]
    if not seat[p, REOPEN]:
        seat[p, REOPEN] = 1
        _push(work[VACATED], p)


@njit(cache=True)
def _give_up(a, entry, held, seat, who, work):  # type: ignore[no-untyped-def]
    """Applicant a ends with no seat; the one held, if any, is vacant."""
    if who[a, AT] < who[a, END]:
        _leave(who[a, AT], entry, held, seat)
        _reopen(who[a, AT], entry, seat, work)
    who[a, AT] = who[a, END]


@njit(cache=True)
def _take(e, entry, listed, held, seat, who, pair, work):  # type: ignore[no-untyped-def]
    """Someone sits at entry e. Who loses the seat proposes again: a single goes on, a couple gives up both."""
    loser = sit(e, entry, held, seat)
    if loser < 0:
        return
    a = listed[loser, 0]
    c = who[a, COUPLE]
    if c < 0:
        who[a, AT] += 1
        _push(work[WAITING], a)
        return
    who[a, AT] = who[a, END]
    _give_up(pair[c, FIRST] + pair[c, SECOND] - a, entry, held, seat, who, work)
    pair[c, CHOICE] = pair[c, STOP]
    _push(work[WAITING], -1 - c)


@njit(cache=True)
def _lift(c, entry, held, seat, who, pair, up):  # type: ignore[no-untyped-def]
    """Couple c's members leave their seats for a moment, or come back to them."""
    for a in pair[c, :BEGIN]:
        if who[a, AT] < who[a, END]:
            if up:
                _leave(who[a, AT], entry, held, seat)
            else:
                sit(who[a, AT], entry, held, seat)


@njit(cache=True)
def better_choice(c, entry, option, held, seat, who, pair, work):  # type: ignore[no-untyped-def]
    """Couple c's best choice that fits, above the one held; or -1.

    Where a choice is found, the seats the couple holds are left free.
    """
    lifted = False
    for k in range(pair[c, BEGIN], pair[c, CHOICE]):
        ea, eb = option[k]
        lift = work[TALLY, OWN] > 0 or (ea >= 0 and eb >= 0 and entry[ea, 0] == entry[eb, 0])
        if lift != lifted:
            _lift(c, entry, held, seat, who, pair, lift)
            lifted = lift
        work[TALLY, ASKED] += 1
        if _fits(ea, eb, entry, held, seat):
            if not lifted:
                _lift(c, entry, held, seat, who, pair, True)
            return k
    if lifted:
        _lift(c, entry, held, seat, who, pair, False)
    return -1


@njit(cache=True)
def blocked(entry, option, held, seat, who, pair, work):  # type: ignore[no-untyped-def]
    """A couple that some better choice would take, or -1. Where one is found its seats are left empty."""
    for c in range(len(pair)):
        if better_choice(c, entry, option, held, seat, who, pair, work) >= 0:
            return c
    return -1


@njit(cache=True)
def _move_couple(c, entry, listed, option, held, seat, who, pair, work):  # type: ignore[no-untyped-def]
    """Couple c takes the best choice that fits above the one it holds, if there is one."""
    k = better_choice(c, entry, option, held, seat, who, pair, work)
    if k < 0:
        return
    pair[c, CHOICE] = k
    work[TALLY, LAST] = c
    for side in range(2):
        a, e = pair[c, side], option[k, side]
        if who[a, AT] < who[a, END] and who[a, AT] != e:
            _reopen(who[a, AT], entry, seat, work)
        who[a, AT] = e if e >= 0 else who[a, END]
    for side in range(2):
        if option[k, side] >= 0:
            _take(option[k, side], entry, listed, held, seat, who, pair, work)


@njit(cache=True)
def _next(entry, listed, option, held, seat, who, pair, work):  # type: ignore[no-untyped-def]
    """The single or couple that waits on top proposes."""
    unit = work[WAITING, work[WAITING, 0]]
    work[WAITING, 0] -= 1
    if unit < 0:
        if not pair[-1 - unit, ASIDE]:
            _move_couple(-1 - unit, entry, listed, option, held, seat, who, pair, work)
        return
    e, end = who[unit, AT], who[unit, END]
    while e < end and entry[e, 1] > seat[entry[e, 0], CUTOFF]:
        e += 1
        work[TALLY, ASKED] += 1
    who[unit, AT] = e
    if e < end:
        work[TALLY, ASKED] += 1
        _take(e, entry, listed, held, seat, who, pair, work)


@njit(cache=True)
def _prefers(c, e, option, pair):  # type: ignore[no-untyped-def]
    """Whether couple c prefers some choice with entry e to the one it holds."""
    for k in range(pair[c, BEGIN], pair[c, CHOICE]):  # noqa: SIM110
        if option[k, 0] == e or option[k, 1] == e:
            return True
    return False


@njit(cache=True)
def _refill(entry, listed, option, held, seat, who, pair, work):  # type: ignore[no-untyped-def]
    """The reopened program on top looks down its list for those who prefer it and whom it would take."""
    p = work[VACATED, work[VACATED, 0]]
    work[VACATED, 0] -= 1
    seat[p, REOPEN] = 0
    for place in range(seat[p, LIST_END] - seat[p, LIST]):
        if place > seat[p, CUTOFF] or work[WAITING, 0] > 0:
            break
        if held[seat[p, WORD] + (place >> 6)] >> np.uint64(place & 63) & _ONE:
            continue
        a, e = listed[seat[p, LIST] + place]
        c = who[a, COUPLE]
        if c < 0 and e < who[a, AT]:
            work[TALLY, ASKED] += 1
            _give_up(a, entry, held, seat, who, work)
            who[a, AT] = e
            _take(e, entry, listed, held, seat, who, pair, work)
        elif c >= 0 and not pair[c, ASIDE] and _prefers(c, e, option, pair):
            _move_couple(c, entry, listed, option, held, seat, who, pair, work)
    if work[WAITING, 0] > 0 and not seat[p, REOPEN]:  # let them propose first, then look again
        seat[p, REOPEN] = 1
        _push(work[VACATED], p)


@njit(cache=True)
def settle(entry, listed, option, held, seat, who, pair, work, order, limit):  # type: ignore[no-untyped-def]
    """Bring couples into a stable matching of the singles, one at a time (Roth and Peranson 1999).

    A couple takes its best choice that fits. Whoever loses a seat proposes again; a couple gives up both seats and
    begins at its top. A vacated seat reopens its program: of those it ranks, best first, whoever prefers it
    to what he holds moves in if it would take him. When ``limit`` moves settle nothing, the couple that moved
    last is set aside for good, so that this ends. If nobody was set aside, the matching is stable.
    """
    for newcomer in order:
        _push(work[WAITING], -1 - newcomer)
        moves = 0
        while work[WAITING, 0] + work[VACATED, 0] > 0:
            moves += 1
            last = work[TALLY, LAST]
            if moves > limit and last >= 0:
                moves = 0
                pair[last, ASIDE] = 1
                pair[last, CHOICE] = pair[last, STOP]
                for a in pair[last, :BEGIN]:
                    _give_up(a, entry, held, seat, who, work)
            elif work[WAITING, 0] > 0:
                _next(entry, listed, option, held, seat, who, pair, work)
            else:
                _refill(entry, listed, option, held, seat, who, pair, work)
