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
            loser = listed[list_start[p] + out]
            at[loser] += 1
            queue[rejected] = loser
            rejected += 1
        waiting = rejected
