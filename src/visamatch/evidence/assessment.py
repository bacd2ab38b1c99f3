"""What the evidence adds up to for one program: the record that shells show and advice uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from visamatch.evidence.statement import Answer, Reach, Statement
from visamatch.facts.tables import Institution, Program

StandingCode = Literal[
    "confirmed",  # in writing, to the applicant or someone they trust
    "filed",  # the program or its institution filed for trainees recently
    "says_yes",
    "conditional",
    "not_for_you",  # H-1B exists, but for others: transfers, US graduates, fellows
    "j1_only",
    "no_h1b",  # refused; J-1 unknown or refused as well
    "unknown",
    "conflict",
]


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability with its 90 % interval, each 0..1."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a program stands on H-1B: a code, the words shown, the reason, and the age of the reason."""

    code: StandingCode
    label: str  # "Says yes"
    reason: str  # one sentence with the condition or the conflict
    as_of: str  # of the statement that decides it; ISO, "undated" or ""
    stale: bool  # older than the current cycle, or undated


@dataclass(frozen=True, slots=True)
class Weighed:
    """A statement as it bears on one program.

    Attributes:
        reach: ``program`` (names it), ``institution`` (its institution as a whole), ``system`` (a parent
            that files for several hospitals; supports them jointly), ``other`` (another level or
            specialty of the institution: context only).
        age: whole years at the date asked, or None when undated.
        effect_log_odds: change in log odds of P(sponsor) when the statement is left out.
        conflicts_with: ids of statements that contradict this one.
    """

    statement: Statement
    reach: Reach
    age: int | None
    stale: bool
    effect_log_odds: float
    conflicts_with: tuple[str, ...]


@dataclass(frozen=True)
class Assessment:
    """One program on one date: verdict sentence, standing, chance, and the statements behind them."""

    program: Program
    institution: Institution
    standing: Standing
    p_sponsor: Chance  # willing to sponsor an international graduate's H-1B this cycle
    j1: Answer
    verdict: str  # one sentence, evidence named
    would_change: tuple[str, ...]  # what would move the number most
    ask_again: str  # ISO day after which what is known belongs to an earlier season
    weigh: Callable[[], tuple[Weighed, ...]] = field(repr=False, compare=False)

    @cached_property
    def statements(self) -> tuple[Weighed, ...]:
        """The statements with their effects, newest and nearest first; worked out when asked for."""
        return self.weigh()
