"""The national picture in the shipped scenarios: what it takes, by specialty, and how seasons differ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from visamatch.facts.specialties import specialties
from visamatch.market.scenarios import Kind, load

SMALLEST = 30  # tracks; smaller specialties are not shown


@dataclass(frozen=True, slots=True)
class Row:
    """A specialty, for one kind of applicant. Cutoffs are strengths: 0 is the middle of the kind, 1 one SD above.

    Attributes:
        closed: share of programs that take nobody of the kind, mean of seasons.
        interview: strength at which an invitation is as likely as not, at a quarter, half and three quarters of
            the open tracks.
        match: the same for a place, once interviewed.
        swing: SD over seasons of the median interview cutoff.
    """

    specialty: str
    tracks: int
    closed: float
    interview: tuple[float, float, float]
    match: float
    swing: float


@cache
def by_specialty(kind: Kind) -> tuple[Row, ...]:
    """Rows by median interview cutoff, the easiest first."""
    shipped = load()
    interview, match = shipped.cutoffs(kind)
    found = []
    for at, name in enumerate(shipped.specialties):
        mine = np.flatnonzero(shipped.specialty_of == at)
        if len(mine) < SMALLEST or name.endswith("/P"):
            continue
        seen, placed = interview[:, mine], match[:, mine]
        shut = np.isposinf(seen)
        half = np.nanmedian(np.where(shut, np.nan, np.maximum(seen, -9)), axis=1)
        low, middle, high = np.nanpercentile(
            np.where(shut, np.nan, np.maximum(seen, -9)), (25, 50, 75)
        )
        found.append(
            Row(
                specialties()[name].name, len(mine), float(shut.mean()), (float(low), float(middle), float(high)),
                float(np.nanmedian(np.where(shut, np.nan, np.maximum(placed, -9)))), float(half.std()),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda row: row.interview[1]))
