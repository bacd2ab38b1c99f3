"""The applicant's own sponsor list: one entry a program, kept in the order they were added."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Annotated, Literal

from pydantic import Field

from visamatch.errors import InputError
from visamatch.workspace.boundary import Day, Record

Group = Literal["", "core", "regional", "safety"]
ApplicationStatus = Literal[
    "", "applied", "invited", "interviewed", "withdrawn", "rejected", "waitlisted", "matched"
]

Rating = Annotated[int, Field(ge=1, le=5)] | None
INTERVIEWED: tuple[ApplicationStatus, ...] = ("invited", "interviewed", "matched")
CLOSED: tuple[ApplicationStatus, ...] = ("withdrawn", "rejected")


class Choice(Record):
    """Which of two programs the person would rather train at; ``even``: too close to say."""

    better: str
    worse: str
    even: bool = False


class Entry(Record):
    """One line of the list: the guide's five columns, ours, and whatever else the person keeps.

    ``program_id`` is the stable id of the directory; ``name`` and ``institution`` keep a program that
    the directory does not know. ``stated_policy`` is what the person was told or read. ``extra``
    holds columns of an imported sheet that we do not know, under their own headers. ``rank`` is the
    place on the rank order list, from 1; the three ratings are what the person thinks of the program.
    """

    program_id: str
    name: str = ""
    institution: str = ""
    stated_policy: Literal["", "J-1 only", "J-1/H-1B", "uncertain"] = ""
    notes: str = ""
    interest: Rating = None
    rank: Annotated[int, Field(ge=1, le=999)] | None = None
    quality_rating: Rating = None
    fit_rating: Rating = None
    place_rating: Rating = None
    group: Group = ""
    status: ApplicationStatus = ""
    added_on: Day | None = None
    contacted_on: Day | None = None
    extra: dict[str, str] = Field(default_factory=dict)


Entries = tuple[Entry, ...]


def find(entries: Iterable[Entry], program_id: str) -> Entry | None:
    """The entry of a program, or None."""
    return next((entry for entry in entries if entry.program_id == program_id), None)


def put(entries: Entries, entry: Entry) -> Entries:
    """The list with this entry added, or replaced where the program is already on it."""
    if find(entries, entry.program_id) is None:
        return (*entries, entry)
    return tuple(entry if old.program_id == entry.program_id else old for old in entries)


def remove(entries: Entries, program_id: str) -> Entries:
    """The list without this program."""
    if find(entries, program_id) is None:
        raise InputError("program", "a program on your list", program_id)
    return tuple(entry for entry in entries if entry.program_id != program_id)


def interviews(entries: Iterable[Entry]) -> list[Entry]:
    """Who may be ranked, in the order kept: programs with an interview or a rank, new ones last."""
    seen = [e for e in entries if e.status not in CLOSED and (e.rank or e.status in INTERVIEWED)]
    return sorted(seen, key=lambda entry: entry.rank or 1000)


def chosen(
    choices: Iterable[Choice], better: str, worse: str, even: bool = False
) -> tuple[Choice, ...]:
    """The choices with this one in place of any earlier one between the two."""
    if better == worse:
        raise InputError("choice", "two programs that differ", better)
    return (*forgotten(choices, better, worse), Choice(better=better, worse=worse, even=even))


def forgotten(choices: Iterable[Choice], one: str, other: str) -> tuple[Choice, ...]:
    """The choices without any between these two."""
    return tuple(each for each in choices if {each.better, each.worse} != {one, other})


def ordered(entries: Entries, program_ids: Sequence[str], besides: Container[str] = ()) -> Entries:
    """The list with these programs ranked 1, 2, … and no others, but for those ``besides``, which stay as they are."""
    place = {program_id: at for at, program_id in enumerate(program_ids, 1)}
    return tuple(
        entry
        if entry.program_id in besides
        else entry.model_copy(update={"rank": place.get(entry.program_id)})
        for entry in entries
    )
