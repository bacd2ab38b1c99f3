"""The rank order list: where one would match, that true preference is best, what a program more or less does.

The person was interviewed at these programs, which says something of their strength: every strength and season
counts as much as it makes just these invitations, and just these refusals, likely. Given both, programs decide
independently, so the chances at each rank are exact, and every swap can be tried without noise (Roth 1982: no
swap helps).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

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
    """One rank: chance to match there, chance if all above are full, chance anywhere without it.

    ``simulated``: whether the simulated Match has the program; else its chances are 0 because nothing is known.
    """

    program_id: str
    here: float
    if_reached: float
    anywhere_without: float
    simulated: bool


@dataclass(frozen=True, slots=True)
class RankList:
    """A list in its order. ``best_swap`` is what the best of all swaps would add to the expected worth:
    never more than nothing where the order is the true preference. ``adding``: the chance anywhere with each
    program that interviewed and is not on the list, at its end."""

    ranks: tuple[Rank, ...]
    anywhere: float
    best_swap: float
    swaps: int
    adding: Mapping[str, float]


def rank_list(
    known: Directory,
    scenarios: Scenarios,
    assessed: Mapping[str, Assessment],
    profile: Profile,
    programs: Sequence[Program],
    on: date,
    aside: Sequence[Program] = (),
    silent: Sequence[Program] = (),
) -> RankList:
    """Chances of a list, given the interviews, for everybody with this profile and these interviews.

    Args:
        programs: those ranked, in order. aside: others that interviewed. silent: applied to, no invitation.
    """
    states = given_interviews(known, scenarios, assessed, profile, [*programs, *aside], on, silent)
    weight, every, size = states.weight, states.reach, len(programs)
    reach = every[:, :size]
    free = np.hstack([np.ones((len(reach), 1)), np.cumprod(1 - reach, axis=1)])  # none above takes
    here, anywhere = weight @ (free[:, :-1] * reach), float(weight @ (1 - free[:, -1]))
    ranks = tuple(
        Rank(
            program.program_id,
            float(here[at]),
            float(weight @ reach[:, at]),
            float(weight @ (1 - np.delete(1 - reach, at, axis=1).prod(axis=1))),
            main_track(known, scenarios, program) is not None,
        )
        for at, program in enumerate(programs)
    )
    adding = {
        program.program_id: float(weight @ (1 - free[:, -1] * (1 - every[:, size + at])))
        for at, program in enumerate(aside)
    }
    swaps = _swaps(weight, reach)
    return RankList(ranks, anywhere, max(swaps, default=0.0), len(swaps), adding)


def _swaps(weight: Floats, reach: Floats) -> list[float]:
    """What each exchange of two programs would add to the expected worth of the match.

    Worth falls evenly with the true rank; any numbers that fall would do. Whatever stands above or below
    the two stays as it is: only they and those between them are worked out anew.
    """
    size, found = reach.shape[1], []
    worth, above = np.arange(size, 0, -1) / max(1, size), weight
    for one in range(size):
        first = worth[one] * reach[:, one]
        between, passed = np.zeros(len(reach)), np.ones(len(reach))
        for other in range(one + 1, size):
            last = worth[other] * reach[:, other]
            true = first + (1 - reach[:, one]) * (between + passed * last)
            swapped = last + (1 - reach[:, other]) * (between + passed * first)
            found.append(float(above @ (swapped - true)))
            between, passed = between + passed * last, passed * (1 - reach[:, other])
        above = above * (1 - reach[:, one])
    return found


@dataclass(frozen=True, slots=True)
class States:
    """What may be, given the interviews: seasons x strengths, row = season * ``STRENGTHS`` + strength.

    ``weight`` sums to one; ``likely`` is the log chance of just these interviews and the strength; ``reach``:
    chance that each program takes the person in each state. Given the state, programs decide independently.
    """

    weight: Floats
    likely: Floats
    reach: Floats


def given_interviews(
    known: Directory,
    scenarios: Scenarios,
    assessed: Mapping[str, Assessment],
    profile: Profile,
    programs: Sequence[Program],
    on: date,
    silent: Sequence[Program] = (),
) -> States:
    """The states, and what each program would do in them.

    Args:
        programs: that interviewed. silent: that were applied to and did not; refusals are news as well.
    """
    kind = kind_of(profile, profile.match_year or on.year + 1)
    node, share = hermegauss(STRENGTHS)  # of the standard normal, up to a factor
    columns, likely = [], np.tile(np.log(share), (scenarios.count, 1))
    willing = open_paths([*programs, *silent], assessed, profile, on)
    for at, program in enumerate([*programs, *silent]):
        track = main_track(known, scenarios, program)
        seen = at < len(programs)
        if track is None:  # in no scenario: nothing is learned from it, and it cannot be counted on
            columns += [np.zeros(likely.size)] * seen
            continue
        cuts = scenarios.cutoffs(kind, np.array([track]))
        interview, match = (np.asarray(cut, dtype=float) for cut in cuts)  # S x 1
        level = strength(scenarios, kind, program.specialty_id, profile)[0]
        own = level.mean + level.sd * node  # strengths
        taste = float(scenarios.noise_program[scenarios.specialty_of[track]])
        if not seen:
            asked = max(willing[at]) * _below((own - interview) / taste)
            likely += np.log(np.maximum(1 - asked, 1e-12))
            continue
        invited, taken = _decided(own - interview, own - match, taste, scenarios.noise_interview)
        likely += np.log(np.maximum(invited, 1e-12))
        columns.append((taken * max(willing[at])).ravel())
    weight = np.exp(likely - likely.max()).ravel()
    reach = np.array(columns).reshape(-1, weight.size).T
    return States(weight / weight.sum(), likely.ravel(), reach)


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
