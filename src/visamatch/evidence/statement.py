"""A statement: one dated claim about sponsorship, with its source. Everything else is derived.

Two statements that disagree both stay; nothing here decides between them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from visamatch.facts.tables import Source

SubjectKind = Literal["program", "institution", "system", "petitioner"]
Property = Literal["policy", "trainee_filings", "approvals", "alumni", "reply"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says of one subject.

    Attributes:
        statement_id: stable, so that a person's judgement can refer to it.
        subject_kind, subject: whom the statement is about (an id of the directory).
        property: the kind of claim; decides which fields of ``value`` are filled.
        value: the claim as plain data. ``policy`` and ``reply``: ``sponsors_j1``, ``sponsors_h1b``,
            ``conditions``. ``trainee_filings``: ``fiscal_year``, ``kind``, ``count``. ``approvals``:
            ``fiscal_year``, ``initial``.
        as_of: the date the claim speaks for, ISO and possibly partial, or ``undated``.
        source: who says so.
        method: how it was obtained (``read_by_person``, ``read_by_machine``, ``counted``, ``entered``).
        level: ``residency``, ``fellowship`` or ``all``.
        specialty_id: the specialty named, or empty where the claim names none.
        note: own words, shown to people.
        first_seen, last_seen: ISO dates when the claim was first and last read, or empty.
    """

    statement_id: str
    subject_kind: SubjectKind
    subject: str
    property: Property
    value: dict[str, object] = field(hash=False)
    as_of: str
    source: Source
    method: str
    level: str = "all"
    specialty_id: str = ""
    note: str = ""
    confidence: str = "medium"
    first_seen: str = ""
    last_seen: str = ""
