"""A statement: one dated claim about sponsorship, with its source. Everything else is derived.

Two statements that disagree both stay; nothing here decides between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from visamatch.facts.tables import Source

SubjectKind = Literal["program", "institution", "system", "petitioner"]
Property = Literal[
    "policy", "reply", "alumni", "trainee_filings", "family_filings", "approvals", "silence"
]
Reach = Literal["program", "institution", "system", "other"]
Answer = Literal["yes", "no", "unknown"]
TraineeKind = Literal["resident", "fellow", "resident_or_fellow"]
Offer = Literal["yes", "no", "conditional", "case_by_case", "unknown"]


@dataclass(frozen=True, slots=True)
class VisaPolicy:
    """What a page, a reply or a person says: the visas sponsored and on which conditions.

    ``details`` holds further findings, such as ``("step3_deadline", "12-31")`` or
    ``("prefers", "J-1")``.
    """

    sponsors_j1: Answer
    sponsors_h1b: Offer
    conditions: tuple[str, ...] = ()
    other_visas: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()

    def detail(self, key: str) -> str:
        """A further finding, or empty text."""
        return dict(self.details).get(key, "")


@dataclass(frozen=True, slots=True)
class TraineeFilings:
    """Labor condition applications for trainees, counted. ``period`` = decisions covered.

    ``other_specialties`` lists the specialties named when the count joins several that are not the
    one in question. ``new`` and ``continuing`` count positions, None where the layout does not say.
    ``cases`` are the case numbers behind the count, where the copy read has them.
    """

    fiscal_year: int
    period: str
    kind: TraineeKind
    count: int
    wage_min: int | None = None  # dollars a year
    wage_max: int | None = None
    other_specialties: tuple[str, ...] = ()
    prevailing_min: int | None = None
    prevailing_max: int | None = None
    new: int | None = None
    continuing: int | None = None
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class H1bApprovals:
    """Initial USCIS approvals by fiscal year, oldest first, all occupations together.

    ``partial`` lists years of which only a part is published.
    """

    initial: tuple[tuple[int, int], ...]
    partial: tuple[int, ...] = ()
    next_year: float | None = None  # chance of any initial approval in the year after these


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing was seen in records that cover ``period``, although the employers are known."""

    period: str


@dataclass(frozen=True, slots=True)
class FamilyFilings:
    """What other institutions of the same system or school filed for trainees, each for itself.

    ``institutions`` of ``members`` filed; an empty count is a finding as well.
    """

    resident: int
    fellow: int
    institutions: int
    members: int
    period: str


Claim = VisaPolicy | TraineeFilings | FamilyFilings | H1bApprovals | Silence


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says of one subject.

    Attributes:
        statement_id: stable, so that a person's judgement can refer to it.
        subject_kind, subject: whom the statement is about (an id of the directory).
        property: the kind of statement; the first three carry a :class:`VisaPolicy`.
        value: the claim itself.
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
    value: Claim
    as_of: str
    source: Source
    method: str
    level: str = "all"
    specialty_id: str = ""
    note: str = ""
    confidence: str = "medium"
    first_seen: str = ""
    last_seen: str = ""
