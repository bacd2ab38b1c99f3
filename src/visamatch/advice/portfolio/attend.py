"""A most of interviews that one can attend: which invitations are kept, and what one more program then adds.

Assumed: of the invitations of a season a person keeps those liked best (highest utility; of equal ones, where
an interview more often ends in a match), without knowing how the interviews will end. A further application
can then take the time of an interview that would have ended in a match. So the value of a set may fall as
it grows: it is neither monotone nor submodular, and what only crowds out is best not applied to. The value
without the limit stands above it for every set, so bounds of that are bounds of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def preference(utility: Floats, invited: Floats, matched: Floats) -> Ints:
    """Place of each program in the order in which invitations are kept, from 0.

    Args:
        utility, invited, matched: worth, chance of an invitation, chance to match; shape [P].
    """
    ends_well = matched / np.maximum(invited, 1e-12)
    order = np.lexsort((-ends_well, -utility))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place


class Standing(NamedTuple):
    """A set in every scenario [S]: its value, the place of who gives it, the place of the last interview kept."""

    value: Floats
    holder: Ints
    last: Ints


@dataclass(frozen=True)
class Attended:
    """Invitations of which at most so many can be attended.

    Attributes:
        invited: 1 where a scenario brings an invitation, shape [P, S].
        place: order of preference, see :func:`preference`; shape [P].
        most: interviews that can be attended.
    """

    invited: Bytes
    place: Ints
    most: int

    def standing(self, chosen: Sequence[int], worth: Floats, reach: Bytes) -> Standing:
        """Where a set stands; ``worth`` [P] and ``reach`` [P, S] of all programs."""
        items = np.array(sorted(chosen, key=self.place.__getitem__), dtype=np.int64)
        return Standing(*_standing(items, self.invited, reach, worth, self.place, self.most))

    def gains(
        self, at: Standing, items: Sequence[int] | Ints, worth: Floats, reach: Bytes
    ) -> Floats:
        """What each program would add to a set, summed over scenarios; less than nothing where it crowds out."""
        rows = np.asarray(items, dtype=np.int64)
        found: Floats = _gains(rows, self.invited, reach, worth, self.place, at)
        return found

    def prefixes(self, order: Sequence[int], reach: Bytes) -> Bools:
        """Whether the first, the first two, … of an order end in a match, shape [S, order]."""
        items = np.array(order, dtype=np.int64)
        invited, good, place = self.invited[items] != 0, reach[items] != 0, self.place[items]
        if self.most >= len(items):
            return np.logical_or.accumulate(good, axis=0).T
        ahead = np.zeros(good.shape, dtype=np.int16)
        found = np.empty(good.T.shape, dtype=np.bool_)
        for size in range(1, len(items) + 1):
            ahead[place > place[size - 1]] += invited[size - 1]
            found[:, size - 1] = (good[:size] & (ahead[:size] < self.most)).any(axis=0)
        return found


@njit(cache=True)
def _standing(
    items: Ints, invited: Bytes, reach: Bytes, worth: Floats, place: Ints, most: int
) -> tuple[Floats, Ints, Ints]:
    """``items`` in the order in which invitations are kept."""
    size, end = invited.shape[1], place.size
    value, holder, last = np.zeros(size), np.full(size, end), np.full(size, end)
    count = np.zeros(size, dtype=np.int64)
    for j in items:
        for s in range(size):
            if invited[j, s] and count[s] < most:
                count[s] += 1
                if reach[j, s] and holder[s] == end:
                    value[s], holder[s] = worth[j], place[j]
                if count[s] == most:
                    last[s] = place[j]
    return value, holder, last


@njit(cache=True)
def _gains(
    items: Ints, invited: Bytes, reach: Bytes, worth: Floats, place: Ints, at: Standing
) -> Floats:
    found = np.zeros(items.size)
    for k in range(items.size):
        j = items[k]
        for s in range(at.value.size):
            if invited[j, s] and place[j] <= at.last[s]:
                if reach[j, s]:
                    found[k] += max(0.0, worth[j] - at.value[s])
                elif at.holder[s] == at.last[s] and place[j] < at.holder[s]:
                    found[k] -= at.value[s]
    return found
