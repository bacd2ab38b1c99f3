"""The set of programs chosen for a profile: candidates, chances, fees, limits, and the search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np

from visamatch.advice import groups
from visamatch.advice.chances import J1_WORTH, MANY, Chances, Sample, by_program, chances
from visamatch.advice.groups import Placed
from visamatch.advice.limits import parts
from visamatch.advice.portfolio import search
from visamatch.advice.portfolio.feasible import check, check_fee
from visamatch.advice.portfolio.problem import Choice, Fees, Problem
from visamatch.directory.programs import Directory
from visamatch.errors import InputError
from visamatch.evidence.assess import assess_all
from visamatch.facts.tables import Fee, Program, rows
from visamatch.market.scenarios import Scenarios
from visamatch.workspace.document import OwnStatement
from visamatch.workspace.profile import Money, Profile

STOP = 0.001  # below one chance in a thousand a fee, more applications are hardly worth it
QUICK = 10**8  # effort of the search where a person waits
CHOOSING = Sample(seed=8, rows=3840, end_rows=0)
DEEP = Sample(rows=6000, end_rows=6000)  # for the few programs that are chosen


@dataclass(frozen=True)
class Season:
    """Who plans, when and with what: all that stays the same when the profile changes.

    ``must`` and ``never`` are ids of programs locked in and out; those that are no candidates do not count.
    """

    known: Directory
    scenarios: Scenarios
    on: date
    own: tuple[OwnStatement, ...] = ()
    budget: float | None = None
    j1_worth: float = J1_WORTH
    must: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidates:
    """Programs that a person could apply to, with their chances on the draws that are told and those for choosing."""

    placed: tuple[Placed, ...]
    left_out: Mapping[str, int]
    told: Chances
    choosing: Chances

    @property
    def programs(self) -> list[Program]:
        """In the order of the chances."""
        return [placed.assessment.program for placed in self.placed]


@dataclass(frozen=True)
class Chosen:
    """A profile's candidates, the question, and its answer."""

    candidates: Candidates
    problem: Problem
    answer: Choice
    list_: Chances  # of the chosen alone, in order of choice, on many draws

    @property
    def chosen(self) -> tuple[int, ...]:
        """Candidates to apply to, in order of choice."""
        return self.answer.chosen

    @property
    def p_match(self) -> float:
        """Chance to match with the whole list."""
        return self.list_.p_list(range(len(self.chosen))).mean


def choose(season: Season, profile: Profile) -> Chosen:
    """Choose where a person applies.

    Raises:
        InputError: no specialty, or limits, locks and a budget that cannot hold together.
    """
    found = candidates(season, profile)
    problem = _problem(season, profile, found)
    names = [program.name for program in found.programs]
    both = sorted(set(season.must) & set(season.never))
    if both:
        raise InputError("must", "no program that is also in never", ", ".join(both))
    if names:
        check(problem, names.__getitem__)
        answer = search.solve(problem, QUICK, 0.0 if season.budget is not None else STOP)
    else:
        check_fee(problem.budget, float(problem.fees.prices.min()))
        answer = Choice((), (), 0.0, 0.0)
    deep = evaluate(season, profile, [found.programs[at] for at in answer.chosen], DEEP)
    return Chosen(found, problem, answer, deep)


def candidates(season: Season, profile: Profile) -> Candidates:
    """Candidates and chances; kept while only budget, limits, interviews, locks or the worth of a J-1 place change."""
    others = {"money": Money(), "limits": (), "most_interviews": None}
    asked = profile.model_copy(update=others)
    found = _candidates(season.known, season.scenarios, season.on, season.own, asked)
    told, choosing = (
        replace(each, j1_worth=season.j1_worth, most=profile.most_interviews or MANY)
        for each in (found.told, found.choosing)
    )
    return replace(found, told=told, choosing=choosing)


@lru_cache(maxsize=6)
def _candidates(
    known: Directory,
    scenarios: Scenarios,
    on: date,
    own: tuple[OwnStatement, ...],
    profile: Profile,
) -> Candidates:
    season = Season(known, scenarios, on, own)
    grouped = groups.plan(known, assess_all(on, profile, own), profile)
    programs = [placed.assessment.program for placed in grouped.placed]
    told, choosing = (evaluate(season, profile, programs, each) for each in (Sample(), CHOOSING))
    return Candidates(grouped.placed, grouped.left_out, told, choosing)


def evaluate(
    season: Season, profile: Profile, programs: Sequence[Program], sample: Sample
) -> Chances:
    """Chances of a person at programs."""
    assessed = assess_all(season.on, profile, season.own)
    found = chances(season.known, season.scenarios, programs, assessed, profile, season.on, sample)
    return replace(found, j1_worth=season.j1_worth)


def _problem(season: Season, profile: Profile, found: Candidates) -> Problem:
    programs, seen = found.programs, found.choosing
    must, never = (
        tuple(at for at, p in enumerate(programs) if p.program_id in locked)
        for locked in (season.must, season.never)
    )
    return Problem(
        found.told.utility(),
        by_program(seen.matched[0]),
        fees([program.specialty_id for program in programs] or ["none"]),
        np.inf if season.budget is None else season.budget,
        must=must,
        never=never,
        limits=parts(profile.limits, found.placed),
        interviews=seen.attended if seen.most < MANY else None,
    )


def fees(specialties: Sequence[str]) -> Fees:
    """What applications cost, with the newest tiers on file; tiers count within a specialty."""
    return Fees.tiered([(fee.up_to or np.inf, fee.amount) for fee in eras()], specialties)


def eras() -> list[Fee]:
    """The newest tiers on file, first tier first."""
    tiers = [row for row in rows(Fee) if row.item == "ERAS residency application"]
    newest = max(row.season for row in tiers)
    return sorted((r for r in tiers if r.season == newest), key=lambda r: r.up_to or np.inf)
