"""The programs page's question: which programs, in which order, and what the filters hid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from visamatch.directory.programs import Directory
from visamatch.directory.search import Where, programs_where
from visamatch.errors import InputError, one_of
from visamatch.evidence.ages import last_day
from visamatch.evidence.assessment import Assessment, StandingCode
from visamatch.evidence.words import STANDINGS

Mode = Literal["hide_no", "only_yes", "all"]
Sort = Literal["chance", "name", "place", "quota", "age"]

REFUSALS: tuple[StandingCode, ...] = ("not_for_you", "j1_only", "no_h1b")
EXPLICIT_YES: tuple[StandingCode, ...] = ("confirmed", "filed", "says_yes", "conditional")


@dataclass(frozen=True, slots=True)
class Result:
    """What fits, in order, and what the visa mode and the standing filter left out."""

    rows: tuple[Assessment, ...]
    standings: dict[StandingCode, int]  # of everything that fits the place and specialty
    hidden_refusals: int
    hidden_unknown: int
    hidden_other: int


def search_options(
    mode: str, standings: Iterable[str], sort: str
) -> tuple[Mode, tuple[StandingCode, ...], Sort]:
    """Check what a person chose for :func:`search`."""
    codes = tuple(standings)
    for field, value, valid in (
        ("mode", mode, get_args(Mode)),
        ("sort", sort, get_args(Sort)),
        *(("standing", code, tuple(STANDINGS)) for code in codes),
    ):
        if value not in valid:
            raise InputError(field, one_of(valid, value, limit=12), value)
    return cast("Mode", mode), cast("tuple[StandingCode, ...]", codes), cast("Sort", sort)


def search(
    known: Directory,
    assessments: Mapping[str, Assessment],
    where: Where,
    mode: Mode = "hide_no",
    standings: tuple[StandingCode, ...] = (),
    sort: Sort = "chance",
) -> Result:
    """Search programs. ``hide_no`` keeps unknowns; ``only_yes`` keeps explicit offers and filings."""
    found = [assessments[program.program_id] for program in programs_where(known, where)]
    kept = [
        item
        for item in found
        if _in_mode(item, mode) and (not standings or item.standing.code in standings)
    ]
    kept_ids = {item.program.program_id for item in kept}
    hidden = [item for item in found if item.program.program_id not in kept_ids]
    refusals = sum(item.standing.code in REFUSALS for item in hidden)
    unknown = sum(item.standing.code == "unknown" for item in hidden)
    return Result(
        rows=tuple(sorted(kept, key=lambda item: _key(known, item, sort))),
        standings=dict(Counter(item.standing.code for item in found)),
        hidden_refusals=refusals,
        hidden_unknown=unknown,
        hidden_other=len(hidden) - refusals - unknown,
    )


def _in_mode(item: Assessment, mode: Mode) -> bool:
    if mode == "only_yes":
        return item.standing.code in EXPLICIT_YES
    return mode == "all" or item.standing.code not in REFUSALS


def _key(known: Directory, item: Assessment, sort: Sort) -> tuple[object, ...]:
    program = item.program
    name = (program.name, program.program_id)
    if sort == "name":
        return name
    if sort == "place":
        return (program.state, program.city, *name)
    if sort == "quota":
        quota = known.quota(program.program_id)
        return (-(quota[0] if quota else 0), *name)
    if sort == "age":
        day = last_day(item.standing.as_of)
        return (-day.toordinal() if day else 0, *name)
    return (-item.p_sponsor.mean, *name)
