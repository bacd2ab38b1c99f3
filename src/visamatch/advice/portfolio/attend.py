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
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
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

    invited: NDArray[np.generic]
    place: Ints
    most: int

    def kept(self, chosen: Sequence[int]) -> Bools:
        """Which invitations of a set are attended, shape [set, S], in the order of the set."""
        items = np.array(chosen, dtype=np.int64)
        order = np.argsort(self.place[items])
        invited = self.invited[items[order]] != 0
        found: Bools = np.empty_like(invited)
        found[order] = invited & (np.cumsum(invited, axis=0, dtype=np.int16) <= self.most)
        return found

    def standing(
        self, chosen: Sequence[int], worth: Floats, reach: NDArray[np.generic]
    ) -> Standing:
        """Where a set stands; ``worth`` [P] and ``reach`` [P, S] of all programs."""
        scenarios, end = self.invited.shape[1], len(self.place)
        items = np.array(sorted(chosen, key=self.place.__getitem__), dtype=np.int64)
        if not len(items):
            return Standing(np.zeros(scenarios), *np.full((2, scenarios), end))
        place, kept = self.place[items][:, None], self.kept(items.tolist())
        good = kept & (reach[items] != 0)
        full = kept.sum(axis=0) == self.most
        last = np.where(full, np.where(kept, place, -1).max(axis=0), end)
        holder = np.where(good, place, end).min(axis=0)
        return Standing((worth[items, None] * good).max(axis=0), holder, last)

    def gains(
        self, at: Standing, items: Sequence[int], worth: Floats, reach: NDArray[np.generic]
    ) -> Floats:
        """What each program would add to a set, summed over scenarios; less than nothing where it crowds out."""
        rows = np.array(items, dtype=np.int64)
        place, good = self.place[rows][:, None], reach[rows] != 0
        kept = (self.invited[rows] != 0) & (place < at.last)
        up = np.maximum(worth[rows, None] - at.value, 0.0) * (kept & good)
        crowded = kept & ~good & (at.holder == at.last) & (place < at.holder)
        return np.asarray(up.sum(axis=1) - (at.value * crowded).sum(axis=1))
