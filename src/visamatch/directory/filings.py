"""Trainee filings and approvals, tied to whom they are for.

A group is one petitioner, fiscal year, kind and named specialty, with its case numbers. A petitioner
that files for several institutions supports their programs jointly, never each of them fully.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from visamatch.directory.names import read_names
from visamatch.directory.registers import Relation, trains_for
from visamatch.directory.resolve import Match, Resolver, resolver
from visamatch.facts.tables import Filings, Institution, Petitioner, Specialty, rows
from visamatch.sources.dol_lca.titles import read_title

# What a store's query can leave out before titles are read one by one.
MAY_BE_TRAINEE = r"resid|fellow|pgy|\bpg|house|train|intern|graduate"
NOT_GRANTED = ("DENIED", "WITHDRAWN", "INVALIDATED", "REJECTED")
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Filings of one petitioner, fiscal year, kind and specialty.

    Attributes:
        institutions: ids it may file for; empty where the name resolves to no teaching institution.
        kind: ``resident``, ``fellow`` or ``resident_or_fellow``.
        specialty_id: empty where the title names none.
        count: cases, not people. ``new`` and ``continuing`` count positions, None before FY2017.
        institution_id: the institution the name resolves to; empty for none.
        wage_min, wage_max: lowest wage offered per case, dollars a year; the prevailing wages beside them.
        cases: the case numbers behind the count.
    """

    petitioner_id: str
    petitioner: str
    state: str
    relation: Relation
    institution_id: str
    institution: str
    institutions: tuple[str, ...]
    fiscal_year: int
    kind: str
    specialty: str
    specialty_id: str
    count: int
    new: int | None
    continuing: int | None
    wage_min: int | None
    wage_max: int | None
    prevailing_min: int | None
    prevailing_max: int | None
    cases: tuple[str, ...]


def tie(applications: Iterable[Record], known: Resolver | None = None) -> list[Group]:
    """Group the trainee applications among ``applications``, most cases first.

    Args:
        applications: rows with the columns of ``sources.dol_lca.read.SCHEMA``; what is missing counts as
            empty. Denied and withdrawn applications and other people's titles are passed over.
    """
    known = known or resolver()
    found: dict[tuple[Any, ...], list[Record]] = defaultdict(list)
    for record in applications:
        title = read_title(record["job_title"], record.get("soc") or "", record["employer"])
        refused = (record.get("status") or "") in NOT_GRANTED
        if title.label not in ("resident", "fellow") or refused:
            continue
        kind = "resident_or_fellow" if title.resident_or_fellow else title.label
        match, state = (
            _resolved(record, known),
            record.get("state") or record.get("worksite_state") or "",
        )
        who = _petitioner_id(record["employer"], state, match)
        key = (
            who,
            match,
            int(record["fiscal_year"]),
            kind,
            title.specialty or "",
            title.specialty_id,
        )
        found[key].append(record)
    groups = [_group(*key, records) for key, records in found.items()]  # type: ignore[call-arg]
    return sorted(
        groups, key=lambda g: (-g.count, g.petitioner_id, g.fiscal_year, g.kind, g.specialty)
    )


def shipped(state: str = "", year: int | None = None) -> list[Group]:
    """The groups of the shipped facts, most cases first.

    Args:
        state: two letters of the petitioner's state; empty for all.
        year: a federal fiscal year.
    """
    names = {row.specialty_id: row.name for row in rows(Specialty)}
    places = {row.institution_id: row.name for row in rows(Institution)}
    who = {row.petitioner_id: row for row in rows(Petitioner)}
    found = [
        _of_facts(row, who[row.petitioner_id], names, places)
        for row in rows(Filings)
        if state in ("", who[row.petitioner_id].state) and year in (None, row.fiscal_year)
    ]
    return sorted(found, key=lambda group: (-group.count, group.petitioner_id, -group.fiscal_year))


def _of_facts(
    row: Filings, who: Petitioner, names: Mapping[str, str], places: Mapping[str, str]
) -> Group:
    first = who.institutions[0] if who.institutions else ""
    return Group(
        who.petitioner_id, who.name, who.state, cast("Relation", who.relation), first, places.get(first, ""),
        who.institutions, row.fiscal_year, row.kind, names.get(row.specialty_id, ""), row.specialty_id,
        row.count, row.new, row.continuing, row.wage_min, row.wage_max, row.prevailing_min,
        row.prevailing_max, row.cases,
    )  # fmt: skip


def _resolved(record: Record, known: Resolver) -> Match:
    """By the employer's own address, else by the worksite's, else by what it does business as."""
    tax_id = record.get("tax_id") or ""
    places = [
        (record["employer"], record.get("city"), record.get("state")),
        (record["employer"], record.get("worksite_city"), record.get("worksite_state")),
        (record.get("dba"), record.get("worksite_city"), record.get("worksite_state")),
    ]
    match = known.resolve("")
    for name, city, state in places:
        match = known.resolve(name or "", city or "", state or "", tax_id)
        if match.institution_id:
            break
    return match


def _petitioner_id(employer: str, state: str, match: Match) -> str:
    """One id for all spellings: the institution and the tie, or the name itself."""
    if match.institution_id:
        return f"{match.institution_id}--{match.relation.replace('_', '-')}"
    words = next(iter(read_names(employer, state)), None)
    return re.sub(
        r"[^a-z0-9]+", "-", " ".join((*words.words, state) if words else (employer,)).lower()
    )


def _group(
    petitioner_id: str, match: Match, year: int, kind: str, specialty: str, specialty_id: str, cases: list[Record]
) -> Group:  # fmt: skip
    names = Counter(record["employer"].strip() for record in cases)
    states = Counter(record.get("state") or record.get("worksite_state") or "" for record in cases)
    paid = [round(r["wage_from"]) for r in cases if r.get("wage_from")]
    prevailing = [round(r["prevailing_wage"]) for r in cases if r.get("prevailing_wage")]
    return Group(
        petitioner_id, names.most_common(1)[0][0], states.most_common(1)[0][0], match.relation,
        match.institution_id or "", match.institution or "", files_for(match), year, kind, specialty,
        specialty_id, len(cases),
        _total(cases, "new_employment"), _total(cases, "continued_employment"),
        min(paid, default=None), max(paid, default=None),
        min(prevailing, default=None), max(prevailing, default=None),
        tuple(sorted(r["case_number"] for r in cases if r.get("case_number"))),
    )  # fmt: skip


def _total(cases: list[Record], column: str) -> int | None:
    told = [record[column] for record in cases if record.get(column) is not None]
    return sum(told) if told else None


def files_for(match: Match) -> tuple[str, ...]:
    """The institutions a petitioner may file for: a system's all members, else the one.

    Employers that are no sponsor of programs themselves are led to those they train for.
    """
    if not match.institution_id:
        return ()
    target = trains_for().get(match.institution_id, match.institution_id)
    system = target.partition("system:")[2]
    if match.relation == "parent_system":
        system = system or _systems().get(target, "")
    members = tuple(place for place, its in _systems().items() if system and its == system)
    return members or (target,)


@cache
def _systems() -> dict[str, str]:
    return {place.institution_id: place.system_id for place in rows(Institution)}
