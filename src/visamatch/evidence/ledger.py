"""The ledger: every statement on file, and which of them bear on a program.

Reach says how near a statement comes to a program. A petitioner that files for several institutions
supports their programs jointly (``system``), never each of them fully.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import cast

from visamatch.directory.programs import Directory, directory
from visamatch.evidence.persistence import next_year
from visamatch.evidence.statement import (
    Answer,
    H1bApprovals,
    Offer,
    Property,
    Reach,
    Statement,
    SubjectKind,
    TraineeFilings,
    TraineeKind,
    VisaPolicy,
)
from visamatch.facts.tables import Approvals, Filings, Policy, Program, Source, rows
from visamatch.workspace.document import OwnStatement

Bearing = tuple[Statement, Reach]


@dataclass(frozen=True)
class Ledger:
    """Statements by subject id."""

    about: dict[str, tuple[Statement, ...]]

    def bearing_on(self, program: Program, known: Directory) -> list[Bearing]:
        """Every statement that bears on ``program``, with its reach, nearest first."""
        place = known.institution(program)
        found: list[Bearing] = [(claim, "program") for claim in self._of(program.program_id)]
        for claim in self._of(place.institution_id):
            found.append((claim, _reach(claim, program, "institution")))
        for claim in self._of(place.system_id):
            found.append((claim, _reach(claim, program, "system")))
        for sister in known.programs_of.get(place.institution_id, ()):
            if sister.program_id != program.program_id:
                found += [(claim, "other") for claim in self._of(sister.program_id)]
        for petitioner in known.petitioners_of.get(place.institution_id, ()):
            training = [name for name in petitioner.institutions if name in known.programs_of]
            widest: Reach = "institution" if len(training) == 1 else "system"
            if petitioner.relation == "former":
                widest = "other"  # its successor owes nothing to what an earlier owner filed
            claims = self._of(petitioner.petitioner_id)
            found += _merged((claim, _reach(claim, program, widest)) for claim in claims)
        order = ("program", "institution", "system", "other")
        return sorted(found, key=lambda pair: order.index(pair[1]))

    def _of(self, subject: str) -> tuple[Statement, ...]:
        return self.about.get(subject, ()) if subject else ()

    def joined_by(self, statements: Iterable[Statement]) -> Ledger:
        """This ledger with further statements, such as the applicant's own."""
        about = dict(self.about)
        for claim in statements:
            about[claim.subject] = (*about.get(claim.subject, ()), claim)
        return Ledger(about)


def _reach(claim: Statement, program: Program, widest: Reach) -> Reach:
    if claim.level not in ("all", program.level):
        return "other"
    if not claim.specialty_id:
        return widest
    if claim.specialty_id == program.specialty_id:
        return "program" if widest == "institution" else widest
    return "other"


def _merged(bearing: Iterable[Bearing]) -> list[Bearing]:
    """Join filings of one year and kind for other specialties: context, not one line each."""
    kept: list[Bearing] = []
    others: dict[tuple[int, str], list[Statement]] = defaultdict(list)
    for claim, reach in bearing:
        if reach == "other" and isinstance(claim.value, TraineeFilings):
            others[claim.value.fiscal_year, claim.value.kind].append(claim)
        else:
            kept.append((claim, reach))
    return kept + [(_joined(claims), "other") for claims in others.values()]


def _joined(claims: list[Statement]) -> Statement:
    first = claims[0]
    counts = [claim.value for claim in claims if isinstance(claim.value, TraineeFilings)]
    value = replace(
        counts[0],
        count=sum(filings.count for filings in counts),
        wage_min=None,
        wage_max=None,
        prevailing_min=None,
        prevailing_max=None,
        new=None,
        continuing=None,
        cases=tuple(sorted(case for filings in counts for case in filings.cases)),
        other_specialties=tuple(claim.specialty_id for claim in claims if claim.specialty_id),
    )
    name = f"lca-{first.subject}-{counts[0].fiscal_year}-{counts[0].kind}-others"
    return replace(first, statement_id=name, value=value, specialty_id="")


@cache
def ledger() -> Ledger:
    """The ledger of the shipped facts."""
    about: dict[str, list[Statement]] = defaultdict(list)
    sources = directory().sources
    for claims in (_policies(sources), _filings(sources), _approvals(sources)):
        for claim in claims:
            about[claim.subject].append(claim)
    return Ledger({subject: tuple(claims) for subject, claims in about.items()})


def _policies(sources: dict[str, Source]) -> Iterator[Statement]:
    for row in rows(Policy):
        yield Statement(
            statement_id=row.policy_id,
            subject_kind=cast("SubjectKind", row.scope),
            subject=row.subject,
            property="policy",
            value=VisaPolicy(
                sponsors_j1=cast("Answer", row.sponsors_j1),
                sponsors_h1b=cast("Offer", row.sponsors_h1b),
                conditions=row.h1b_conditions,
                other_visas=row.other_visas,
                details=tuple((key, text) for key, _, text in map(_split, row.details)),
            ),
            as_of=row.page_date,
            source=sources[row.source[0]],
            method="read_by_person",
            level=row.level,
            specialty_id=row.specialty_id,
            note=row.note,
            confidence=row.confidence,
            first_seen=row.read_on,
            last_seen=row.read_on,
        )


def _split(detail: str) -> tuple[str, str, str]:
    return detail.partition("=")


def _filings(sources: dict[str, Source]) -> Iterator[Statement]:
    levels = {"resident": "residency", "fellow": "fellowship"}
    for row in rows(Filings):
        kind = cast("TraineeKind", row.kind)
        named = row.specialty_id or "unnamed"
        yield Statement(
            statement_id=f"lca-{row.petitioner_id}-{row.fiscal_year}-{kind}-{named}",
            subject_kind="petitioner",
            subject=row.petitioner_id,
            property="trainee_filings",
            value=TraineeFilings(
                row.fiscal_year,
                row.period,
                kind,
                row.count,
                row.wage_min,
                row.wage_max,
                (),
                row.prevailing_min,
                row.prevailing_max,
                row.new,
                row.continuing,
                row.cases,
            ),
            as_of=row.period.rsplit("/", 1)[-1],
            source=sources[row.source[0]],
            method="counted",
            level=levels.get(kind, "all"),
            specialty_id=row.specialty_id,
            confidence="high",
        )


def _approvals(sources: dict[str, Source]) -> Iterator[Statement]:
    years: dict[str, list[Approvals]] = defaultdict(list)
    for row in sorted(rows(Approvals), key=lambda row: row.fiscal_year):
        years[row.petitioner_id].append(row)
    for petitioner_id, series in years.items():
        newest = series[-1]
        yield Statement(
            statement_id=f"uscis-{petitioner_id}",
            subject_kind="petitioner",
            subject=petitioner_id,
            property="approvals",
            value=H1bApprovals(
                initial=tuple((row.fiscal_year, row.initial) for row in series),
                partial=tuple(row.fiscal_year for row in series if not row.complete),
                next_year=next_year(
                    tuple(
                        (row.fiscal_year, row.initial, row.continuing or 0)
                        for row in series
                        if row.complete
                    )
                ),
            ),
            as_of=f"{newest.fiscal_year}-09-30",
            source=sources[newest.source[0]],
            method="counted",
            confidence="high",
        )


OWN_PROPERTY: dict[str, Property] = {"reply": "reply", "alumni": "alumni", "page": "policy"}


def own_statement(own: OwnStatement) -> Statement:
    """The applicant's own finding as a statement of the ledger."""
    return Statement(
        statement_id=own.statement_id,
        subject_kind="program",
        subject=own.program_id,
        property=OWN_PROPERTY[own.kind],
        value=VisaPolicy(own.sponsors_j1, own.sponsors_h1b, own.conditions),
        as_of=own.as_of,
        source=Source("own", "own", "Your own note", "you", own.url, own.as_of, ""),
        method="entered",
        level="residency",
        note=own.note,
    )
