"""What calibration looks at in simulated seasons: sums by specialty and group of applicants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visamatch.market.population import Country
from visamatch.market.published import OF_KIND
from visamatch.market.scenarios import LOWEST, STEP
from visamatch.market.season import Season

Table = NDArray[Any]
NON_US = 4  # in GROUPS


class Measures:
    """Means over seasons, by specialty (N rows) and group (5 columns) or by group alone.

    Attributes:
        first: people with a list by first choice; second: by second specialty. took: places taken; took_first: by
            those whose first choice it was; filled (N): seats. length: contiguous ranks, summed over people.
        rate: share of applications that a specialty's tracks would invite (all applicants of the group).
        active, placed, people, applications: by group; active have a list, placed a PGY-1 year.
        top3: US MD seniors matched to one of their first three, of those matched. lists: mean length, matched and not.
        offers: invitations. img, us: rows of first choice, contiguous ranks, matched to it, strength, interviews; one
            column a person (non-US IMG, US MD seniors) of all seasons.
    """

    def __init__(self, known: Country, seasons: Iterable[Season]) -> None:
        played = [(season, OF_KIND[season.made.people.kind]) for season in seasons]
        held, n = 1 / len(played), len(known.specialties)
        size = (n, 5)
        self.first, self.second, self.took, self.took_first, self.length, self.rate = np.zeros(
            (6, *size)
        )
        self.filled, self.offers, self.top3 = np.zeros(n), 0.0, 0.0
        self.active, self.placed, self.people, self.applications = np.zeros((4, 5))
        lists = []
        for season, group in played:
            made, first = season.made, _first(season)
            listed, main = made.interviews > 0, season.place >= 0
            pgy1 = (season.year_one >= 0) | (main & ~known.advanced[season.place])
            to_first = main & (known.specialty_of[season.place] == first)
            second = np.where(made.ranked > made.contiguous, made.people.specialty[:, 1], -1)

            def table(at: Any, on: Any, weight: Any = None, group: Any = group) -> Table:
                cells = at[on].astype(np.int64) * 5 + group[on]
                found = np.bincount(cells, None if weight is None else weight[on], 5 * n)
                return held * found.reshape(size)

            def count(weight: Any, group: Any = group) -> Table:
                return held * np.bincount(group, weight, 5)

            self.first += table(first, listed)
            self.second += table(second, second >= 0)
            self.took_first += table(first, to_first)
            self.length += table(first, listed, made.contiguous)
            for place in (season.place, season.year_one):
                self.took += table(known.specialty_of[place], place >= 0)
            self.rate += held * _rate(known, season)
            self.filled += held * np.bincount(known.specialty_of, season.filled, n)
            self.offers += held * float(made.offers.sum())
            self.active, self.placed = self.active + count(listed), self.placed + count(pgy1)
            self.people, self.applications = (
                self.people + count(None),
                self.applications + count(made.applications),
            )
            us = main & (group == 0)
            self.top3 += held * float((season.rank[us] < 3).mean())
            ranked = made.ranked > 0
            lists.append([made.ranked[ranked & on].mean() for on in (main, ~main)])
        self.lists = np.mean(lists, axis=0)
        self.us, self.img = (
            np.concatenate([_people(known, season, group == g) for season, group in played], axis=1)
            for g in (0, NON_US)
        )

    def lengths(self, at: int, matched: bool) -> NDArray[Any]:
        """Contiguous ranks of non-US IMG whose first choice is specialty ``at``, none left out."""
        mine = (self.img[0] == at) & (self.img[1] > 0) & (self.img[2] == matched)
        return np.asarray(self.img[1, mine])

    def to_first(self, at: int) -> float:
        """Share of non-US IMG who match to their first choice ``at``, of those who rank it."""
        mine = (self.img[0] == at) & (self.img[1] > 0)
        return float(self.img[2, mine].mean()) if mine.any() else 0.0

    def curve(self, at: int, longest: int = 20) -> NDArray[Any]:
        """Chance to match to the first choice by contiguous ranks 1, 2, …; NaN where nobody has as many."""
        mine = (self.img[0] == at) & (self.img[1] > 0)
        ranks = self.img[1, mine].astype(int)
        n, hit = (
            np.bincount(ranks, weight, longest + 1)[1 : longest + 1]
            for weight in (None, self.img[2, mine])
        )
        return np.where(n >= 5, hit / np.maximum(n, 1), np.nan)


def _first(season: Season) -> NDArray[Any]:
    """The specialty on top of each list; of those without a list, the one meant."""
    made = season.made
    return np.where(made.preferred >= 0, made.preferred, made.people.specialty[:, 0])


def _people(known: Country, season: Season, mine: NDArray[np.bool_]) -> NDArray[Any]:
    made, place = season.made, season.place[mine]
    first = _first(season)[mine]
    matched = (place >= 0) & (known.specialty_of[place] == first)
    return np.stack(
        [first, made.contiguous[mine], matched, made.people.strength[mine], made.interviews[mine]]
    )


def _rate(known: Country, season: Season) -> Table:
    """Share of applications invited, from the cutoffs: means over all tracks, strengths and tastes; no sampling."""
    cutoff = np.where(season.made.cutoff <= 1, -np.inf, LOWEST + STEP * season.made.cutoff)
    spread = np.sqrt(1 + known.noise_program**2)[known.specialty_of]
    open_ = LOWEST + STEP * season.made.openness[known.program_of].astype(np.float32)
    count = np.bincount(known.specialty_of)
    columns = []
    for g in range(5):
        k = int(np.flatnonzero(g == OF_KIND)[-1])
        level = known.handicap[known.specialty_of, k] + known.loading[k] * open_
        chance = 1 / (1 + np.exp(-1.702 * np.clip((level - cutoff) / spread, -30, 30)))
        if known.closed[k]:
            chance = np.where(season.made.openness[known.program_of] == 255, 0, chance)
        columns.append(np.bincount(known.specialty_of, chance) / count)
    return np.stack(columns, axis=1)
