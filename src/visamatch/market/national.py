"""The national picture in the shipped scenarios: what it takes, by specialty, and how seasons differ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from visamatch.facts.specialties import specialties
from visamatch.market.openness import mean_rates
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
        borrowed: no share of applicants interviewed is published; it is the mean of the other specialties.
        cutoff: strength at which an invitation is as likely as not at the middle open program.
    """

    specialty: str
    tracks: int
    closed: float
    interviews: tuple[float, float, float]
    swing: float
    cutoff: float
    borrowed: bool


@cache
def by_specialty(kind: Kind) -> tuple[Row, ...]:
    """Rows by interviews of a middle applicant, most first."""
    shipped, found = load(), []
    group = "us_img" if kind == "us_img" else "non_us_img"
    rated = mean_rates(group) if "img" in kind else shipped.specialties
    for at, name in enumerate(shipped.specialties):
        mine = np.flatnonzero(shipped.specialty_of == at)
        if len(mine) < SMALLEST or name.endswith("/P"):
            continue
        cutoff, _ = shipped.cutoffs(kind, mine)
        above = (np.reshape(STRENGTHS, (-1, 1, 1)) - cutoff) / shipped.noise_program[at]
        chance = 1 / (
            1 + np.exp(-1.702 * np.clip(above, -50, 50))
        )  # logistic for normal, within 0.01
        weak, middle, strong = 100 * chance.mean(axis=2)
        means, shut = (
            (float(weak.mean()), float(middle.mean()), float(strong.mean())),
            np.isposinf(cutoff),
        )
        half = float(np.median(cutoff[~shut])) if not shut.all() else float("inf")
        shown, closed = specialties()[name].name, float(shut.mean())
        found.append(
            Row(shown, len(mine), closed, means, float(middle.std()), half, name not in rated)
        )
    return tuple(sorted(found, key=lambda row: -row.interviews[1]))
