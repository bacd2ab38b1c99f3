"""Proof that the shipped tables hold together: sources, ids, codes, links, bounds, calendar, and ages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from visamatch.facts import cycles, tables
from visamatch.facts.states import STATES
from visamatch.facts.tables import DATA, TABLES, read
from visamatch.shipped import shipped

Rows = dict[str, tuple[Any, ...]]

KEYS = {
    "sources": ("source_id",), "specialties": ("specialty_id",), "systems": ("system_id",),
    "institutions": ("institution_id",), "petitioners": ("petitioner_id",), "programs": ("program_id",),
    "tracks": ("nrmp_code",), "quotas": ("nrmp_code", "year"), "history": ("program_id", "year"),
    "policies": ("policy_id",), "fees": ("fee_id",), "signals": ("season", "specialty_id"),
    "filings": ("petitioner_id", "fiscal_year", "period", "kind", "specialty_id"),
    "approvals": ("petitioner_id", "fiscal_year"), "base_rates": ("specialty_id", "visa", "year"),
}  # fmt: skip
ONCE = (("programs", "acgme_id"), ("specialties", "nrmp_code"), ("institutions", "nrmp_codes"))
LINKS = {
    "source": "sources", "system_id": "systems", "institution_id": "institutions", "institutions": "institutions",
    "specialty_id": "specialties", "parent": "specialties", "petitioner_id": "petitioners", "program_id": "programs",
    "successor": "programs",
}  # fmt: skip
SUBJECTS = {"program": "programs", "institution": "institutions", "system": "systems"}
SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
DATE = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
STATE = "|".join(STATES)
PATTERNS = {  # an empty cell is unknown and passes, except in key columns
    "acgme_id": r"\d{10}", "cms_ccn": r"\d{2}[0-9A-Z]{3}[0-9A-F]", "nrmp_codes": r"\d{4}", "state": STATE,
    "as_of": f"{DATE}|undated", "page_date": f"{DATE}|undated", "read_on": DATE, "url": r"https?://\S+",
    "program_id": rf"\d{{4}}-\d{{3}}|{SLUG}", "source_id": SLUG, "specialty_id": SLUG, "system_id": SLUG,
    "institution_id": SLUG, "petitioner_id": SLUG, "period": rf"({DATE})/({DATE})",
    "kind": r"\w+", "details": r"\w+=\S+",
}  # fmt: skip
NRMP = {"specialties": r"\d{3}", "tracks": r"\d{7}[CPARM]\d", "quotas": r"\d{7}[CPARM]\d"}
WORDS = {
    ("sources", "kind"): tables.SOURCE_KINDS, ("programs", "status"): tables.PROGRAM_STATUSES,
    ("specialties", "level"): ("residency", "fellowship", "combined"),
    ("programs", "level"): ("residency", "fellowship"),
    ("specialties", "match_system"): ("NRMP", "SF Match", "AUA", "unknown"), ("tracks", "letter"): tuple("CPARM"),
    ("institutions", "kind"): tables.INSTITUTION_KINDS, ("institutions", "status"): ("open", "closed", "moved"),
    ("institutions", "ownership"): ("nonprofit", "for_profit", "government"),
    ("institutions", "point"): ("hospital", "city"),
    ("petitioners", "relation"): tables.RELATIONS, ("policies", "scope"): tuple(SUBJECTS),
    ("policies", "level"): ("residency", "fellowship", "all"), ("policies", "sponsors_j1"): ("yes", "no", "unknown"),
    ("policies", "sponsors_h1b"): ("yes", "no", "conditional", "case_by_case", "unknown"),
    ("policies", "confidence"): ("high", "medium", "low"), ("fees", "payer"): ("applicant", "employer"),
    ("filings", "kind"): ("resident", "fellow", "resident_or_fellow"), ("base_rates", "visa"): ("J-1", "H-1B"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: in which table and row, and what."""

    table: str
    row: str
    what: str


@dataclass(frozen=True, slots=True)
class Age:
    """How old a table's sources are; ``undated`` counts rows whose every source (or page) is undated."""

    table: str
    rows: int
    oldest: str
    newest: str
    undated: int


def load(folder: Any = DATA) -> Rows:
    """Every table of a folder by name."""
    return {table.table: tuple(read(table, folder)) for table in TABLES}


def problems(rows: Rows, bounds: dict[str, Any] | None = None) -> list[Problem]:
    """Everything that is wrong with a set of tables; an empty list when all holds."""
    bounds = bounds or shipped("facts/data/bounds.yaml")
    parts = (_sources(rows), _ids(rows), _codes(rows), _links(rows), _bounds(rows, bounds))
    return [problem for part in (*parts, _sums(rows, bounds), _calendar(rows)) for problem in part]


def ages(rows: Rows) -> list[Age]:
    """Oldest and newest date behind each table."""
    dates = {source.source_id: source.as_of for source in rows["sources"]}
    out = []
    for name, records in rows.items():
        per_row = [_dates(record, dates) for record in records]
        known = sorted(date for row in per_row for date in row if date != "undated")
        undated = sum(set(row) <= {"undated"} for row in per_row)
        out.append(
            Age(name, len(records), *((known[0], known[-1]) if known else ("", "")), undated)
        )
    return out


def _dates(record: Any, dates: dict[str, str]) -> list[str]:
    if isinstance(record, tables.Source):
        return [record.as_of]
    if isinstance(record, tables.Policy):
        return [record.page_date]
    return [dates[source] for source in record.source if source in dates]


def _key(name: str, record: Any) -> str:
    return " ".join(str(getattr(record, column)) for column in KEYS[name])


def _sources(rows: Rows) -> Iterator[Problem]:
    for name, records in rows.items():
        for record in records:
            if name != "sources" and not record.source:
                yield Problem(name, _key(name, record), "has no source")
    used = {
        source
        for name, records in rows.items()
        if name != "sources"
        for record in records
        for source in record.source
    }
    used |= {source for row in _calendar_rows() for source in row["source"]}
    for source in rows["sources"]:
        if source.source_id not in used:
            yield Problem("sources", source.source_id, "is cited by no row")


def _ids(rows: Rows) -> Iterator[Problem]:
    for name, columns in KEYS.items():
        counts = Counter(_key(name, record) for record in rows[name])
        yield from (
            Problem(name, key, "is there more than once")
            for key, times in counts.items()
            if times > 1
        )
        yield from (
            Problem(name, key or "(empty)", f"lacks {columns[0]}")
            for key in counts
            if key[:1] in {"", " "} and len(columns) == 1
        )
    for name, column in ONCE:
        counts = Counter(
            value for record in rows[name] for value in _values(getattr(record, column))
        )
        yield from (
            Problem(name, value, f"{column} is used twice")
            for value, times in counts.items()
            if times > 1
        )


def _codes(rows: Rows) -> Iterator[Problem]:
    for name, records in rows.items():
        columns = [
            (column, re.compile(pattern))
            for column, pattern in PATTERNS.items()
            if hasattr(records[0] if records else None, column)
        ]
        columns += [("nrmp_code", re.compile(NRMP[name]))] if name in NRMP else []
        words = [(column, allowed) for (table, column), allowed in WORDS.items() if table == name]
        for record in records:
            for column, pattern in columns:
                for value in _values(getattr(record, column)):
                    if not pattern.fullmatch(value):
                        yield Problem(name, _key(name, record), f"{column} is malformed: {value!r}")
            for column, allowed in words:
                if (value := getattr(record, column)) and value not in allowed:
                    yield Problem(
                        name,
                        _key(name, record),
                        f"{column} is {value!r}, not {' / '.join(allowed)}",
                    )


def _links(rows: Rows) -> Iterator[Problem]:
    known = {
        name: {_key(name, record) for record in records}
        for name, records in rows.items()
        if len(KEYS[name]) == 1
    }
    for name, records in rows.items():
        columns = [
            (column, known[target])
            for column, target in LINKS.items()
            if records and hasattr(records[0], column)
        ]
        for record in records:
            for column, targets in columns:
                for value in _values(getattr(record, column)):
                    if value not in targets:
                        yield Problem(
                            name, _key(name, record), f"{column} leads nowhere: {value!r}"
                        )
    for policy in rows["policies"]:
        if policy.subject not in known.get(SUBJECTS.get(policy.scope, ""), set()):
            yield Problem(
                "policies", policy.policy_id, f"subject leads nowhere: {policy.subject!r}"
            )
    for quota in rows["quotas"]:
        if quota.nrmp_code not in known["tracks"]:
            yield Problem("quotas", quota.nrmp_code, "has no track")


def _values(value: object) -> Iterable[str]:
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) and value else ()


def _bounds(rows: Rows, bounds: dict[str, Any]) -> Iterator[Problem]:
    for name, (low, high) in bounds["rows"].items():
        if not low <= len(rows[name]) <= high:
            yield Problem(name, "(table)", f"has {len(rows[name])} rows, not {low} to {high}")
    for name, columns in bounds["columns"].items():
        for column, (low, high) in columns.items():
            for record in rows[name]:
                value = getattr(record, column)
                if value is not None and not low <= value <= high:
                    yield Problem(
                        name, _key(name, record), f"{column} is {value}, not {low} to {high}"
                    )
    for quota in (*rows["quotas"], *rows["history"]):
        if quota.filled is not None and quota.filled > quota.quota:
            yield Problem(type(quota).table, str(quota), "fills more places than it has")


def _sums(rows: Rows, bounds: dict[str, Any]) -> Iterator[Problem]:
    for name, columns in bounds["sums"].items():
        for column, (low, high) in columns.items():
            total = sum(getattr(record, column) or 0 for record in rows[name])
            if not low <= total <= high:
                yield Problem(name, "(table)", f"{column} adds up to {total}, not {low} to {high}")


def _calendar_rows() -> Iterator[dict[str, Any]]:
    yield from cycles.calendar()["rules"].values()
    yield from cycles.calendar()["events"]


def _calendar(rows: Rows) -> Iterator[Problem]:
    known = {source.source_id for source in rows["sources"]}
    for row in _calendar_rows():
        for source in row["source"]:
            if source not in known:
                yield Problem(
                    "cycles",
                    row.get("event", row.get("title", "")),
                    f"source leads nowhere: {source!r}",
                )
    for row in cycles.calendar()["events"]:
        expected = cycles.project(row["event"], row["cycle"])
        if (
            row["cycle"] >= cycles.calendar()["rules"][row["event"]]["holds_from"]
            and row["date"] != expected
        ):
            yield Problem(
                "cycles",
                f"{row['event']} {row['cycle']}",
                f"is {row['date']}; its rule gives {expected}",
            )
