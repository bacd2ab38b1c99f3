"""The national picture in the shipped scenarios: what it takes, by specialty, and how seasons differ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from visamatch.facts.specialties import specialties
from visamatch.market import openness
from visamatch.market.scenarios import Kind, load

SMALLEST = 30  # tracks; smaller specialties are not shown
STRENGTHS = (-1.0, 0.0, 1.0)  # weak, middle and strong among applicants of the kind


@dataclass(frozen=True, slots=True)
class Row:
    """A specialty, for one kind of applicant.

    Attributes:
        closed: share of programs that take nobody of the kind, mean of seasons.
        interviews: expected interviews from 100 applications, closed programs included, by ``STRENGTHS``.
        swing: standard deviation over seasons of the middle one of them.
        cutoff: strength at which an invitation is as likely as not at the middle open program.
    """

    specialty: str
    tracks: int
    closed: float
    interviews: tuple[float, float, float]
    swing: float
    cutoff: float


@cache
def by_specialty(kind: Kind) -> tuple[Row, ...]:
    """Rows by interviews of a middle applicant, most first."""
    shipped, found = load(), []
    rated = openness.mean_rates("non_us_img")
    for at, name in enumerate(shipped.specialties):
        mine = np.flatnonzero(shipped.specialty_of == at)
        if len(mine) < SMALLEST or name.endswith("/P") or ("img" in kind and name not in rated):
            continue  # for international graduates only where their interviews were fitted to a figure
        cutoff, _ = shipped.cutoffs(kind, mine)
        weak, middle, strong = (
            100 * _normal((strength - cutoff) / shipped.noise_program).mean(axis=1)
            for strength in STRENGTHS
        )
        shut = np.isposinf(cutoff)
        found.append(
            Row(
                specialties()[name].name, len(mine), float(shut.mean()),
                (float(weak.mean()), float(middle.mean()), float(strong.mean())), float(middle.std()),
                float(np.median(cutoff[~shut])) if not shut.all() else float("inf"),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda row: -row.interviews[1]))


def _normal(
    x: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """The normal distribution function, within 0.01 (logistic)."""
    return np.asarray(1 / (1 + np.exp(-1.702 * np.clip(x, -50, 50))))
