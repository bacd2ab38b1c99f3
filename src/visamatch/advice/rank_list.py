"""The rank order list: where one would match, that true preference is best, what a program more or less does.

The person was interviewed at these programs, which says something of their strength: every strength and
season counts as much as it makes just these invitations likely. Given both, programs decide independently, so
the chances at each rank are exact, and every swap can be tried without noise (Roth 1982: no swap helps).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.polynomial.legendre import leggauss
from numpy.typing import NDArray

from visamatch.advice.chances import main_track, open_paths
from visamatch.advice.strength import kind_of, strength
from visamatch.directory.programs import Directory
from visamatch.evidence.assessment import Assessment
from visamatch.facts.tables import Program
from visamatch.market.scenarios import Scenarios
from visamatch.workspace.profile import Profile

Floats = NDArray[np.float64]
STRENGTHS, TASTES = 15, 15  # nodes of the integrals over strength and over a program's taste


@dataclass(frozen=True, slots=True)
class Rank:
    """One rank: chance to match there, chance if all above are full, chance anywhere without it."""

    program_id: str
    here: float
    if_reached: float
    anywhere_without: float


@dataclass(frozen=True, slots=True)
class RankList:
    """A list in its order. ``best_swap`` is what the best of all swaps would add to the expected worth:
    never more than nothing where the order is the true preference."""

    ranks: tuple[Rank, ...]
    anywhere: float
    best_swap: float
    swaps: int


def rank_list(
    known: Directory,
    scenarios: Scenarios,
    assessed: Mapping[str, Assessment],
    profile: Profile,
    programs: Sequence[Program],
    on: date,
) -> RankList:
    """Chances of a list, given the interviews, for everybody with this profile and these interviews."""
    weight, reach = _given_interviews(known, scenarios, assessed, profile, programs, on)
    size = len(programs)
    here, anywhere = _at_each(weight, reach)
    worth = np.arange(size, 0, -1) / max(1, size)  # any numbers that fall with the rank would do
    swaps = [_swapped(size, a, b) for a, b in combinations(range(size), 2)]
    tried = [
        float(_at_each(weight, reach[:, o])[0] @ worth[o]) - float(here @ worth) for o in swaps
    ]
    ranks = tuple(
        Rank(
            program.program_id,
            float(here[at]),
            float(weight @ reach[:, at]),
            _at_each(weight, np.delete(reach, at, axis=1))[1],
        )
        for at, program in enumerate(programs)
    )
    return RankList(ranks, anywhere, max(tried, default=0.0), len(swaps))


def _swapped(size: int, a: int, b: int) -> list[int]:
    order = list(range(size))
    order[a], order[b] = order[b], order[a]
    return order


def _at_each(weight: Floats, reach: Floats) -> tuple[Floats, float]:
    """Chance to match at each rank of a list, and anywhere."""
    full_above = np.cumprod(1 - np.hstack([np.zeros((len(reach), 1)), reach]), axis=1)
    return weight @ (full_above[:, :-1] * reach), float(weight @ (1 - full_above[:, -1]))


def _given_interviews(
    known: Directory,
    scenarios: Scenarios,
    assessed: Mapping[str, Assessment],
    profile: Profile,
    programs: Sequence[Program],
    on: date,
) -> tuple[Floats, Floats]:
    """States (season and strength) with their weight, and the chance that each program takes the person in each."""
    kind = kind_of(profile, profile.match_year or on.year + 1)
    node, share = hermegauss(STRENGTHS)  # of the standard normal, up to a factor
    columns, likely = [], np.tile(np.log(share), (scenarios.count, 1))
    willing = open_paths(programs, assessed, profile, on)
    for at, program in enumerate(programs):
        track = main_track(known, scenarios, program)
        if track is None:  # in no scenario: nothing is learned from it, and it cannot be counted on
            columns.append(np.zeros(likely.size))
            continue
        cuts = scenarios.cutoffs(kind, np.array([track]))
        interview, match = (np.asarray(cut, dtype=float) for cut in cuts)  # S x 1
        level = strength(scenarios, kind, program.specialty_id, profile)[0]
        own = level.mean + level.sd * node  # strengths
        taste = float(scenarios.noise_program[scenarios.specialty_of[track]])
        invited, taken = _decided(own - interview, own - match, taste, scenarios.noise_interview)
        likely += np.log(np.maximum(invited, 1e-12))
        columns.append((taken * max(willing[at])).ravel())
    weight = np.exp(likely - likely.max()).ravel()
    return weight / weight.sum(), np.array(columns).reshape(-1, weight.size).T


def _decided(
    invite: Floats, rank: Floats, noise_program: float, noise_interview: float
) -> tuple[Floats, Floats]:
    """Chance to be invited, and to be ranked high enough once invited, S x strengths.

    Args:
        invite, rank: strength above the two cutoffs; the program's taste is in both decisions.
    """
    taste, share = leggauss(TASTES)  # on the tastes that bring an invitation, up to 5 deviations
    lowest = np.clip(-invite / noise_program, -5.0, 4.999)[..., None]
    taste = lowest + (5.0 - lowest) * (taste + 1) / 2
    share = share * np.exp(-(taste**2) / 2)
    liked = _below((rank[..., None] + noise_program * taste) / noise_interview)
    invited = _below(invite / noise_program)
    return invited, np.asarray((share * liked).sum(axis=-1) / share.sum(axis=-1))


def _below(x: Floats) -> Floats:
    """The normal distribution function (Abramowitz and Stegun 26.2.17, within 1e-7)."""
    t = 1 / (1 + 0.2316419 * np.abs(x))
    tail = np.polyval([1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.319381530, 0.0], t)
    tail = tail * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    return np.asarray(np.where(x > 0, 1 - tail, tail))


def proposed(quality: Sequence[float], visa: Sequence[float], weight: float) -> list[int]:
    """Order by (1 - weight) quality + weight visa; a program with the better visa never falls as weight grows."""
    score = [(1 - weight) * q + weight * v for q, v in zip(quality, visa, strict=True)]
    return sorted(range(len(score)), key=lambda at: (-score[at], at))


def break_even(better: tuple[float, float], easier: tuple[float, float]) -> float | None:
    """The visa weight from which the program with the easier visa goes before the better program.

    Args:
        better, easier: quality and visa worth of each, 0..1. None where the order never turns.
    """
    quality, visa = better[0] - easier[0], easier[1] - better[1]
    return quality / (quality + visa) if quality > 0 and visa > 0 else None
