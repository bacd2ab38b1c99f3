"""Proof that the shipped tables hold together: sources, ids, codes, links, bounds, calendar, and ages."""

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

SCHEMA = shipped("facts/data/schema.yaml")
KEYS: dict[str, list[str]] = SCHEMA["keys"]
SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
DATE = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
_PARTS = {"SLUG": SLUG, "DATE": DATE, "STATE": "|".join(STATES)}


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
    used = {source for row in _calendar_rows() for source in row["source"]}
    for name, records in rows.items():
        for record in records if name != "sources" else ():
            used.update(record.source)
            if not record.source:
                yield Problem(name, _key(name, record), "has no source")
    for source in rows["sources"]:
        if source.source_id not in used:
            yield Problem("sources", source.source_id, "is cited by no row")


def _ids(rows: Rows) -> Iterator[Problem]:
    for name, columns in KEYS.items():
        counts = Counter(_key(name, record) for record in rows[name])
        for key, times in counts.items():
            if times > 1:
                yield Problem(name, key, "is there more than once")
            if key[:1] in {"", " "} and len(columns) == 1:
                yield Problem(name, key or "(empty)", f"lacks {columns[0]}")
    for name, column in SCHEMA["once"]:
        counts = Counter(value for record in rows[name] for value in _values(record, column))
        for value in (value for value, times in counts.items() if times > 1):
            yield Problem(name, value, f"{column} is used twice")


def _codes(rows: Rows) -> Iterator[Problem]:
    patterns = {
        column: re.compile(re.sub("SLUG|DATE|STATE", lambda found: _PARTS[found[0]], pattern))
        for column, pattern in SCHEMA["patterns"].items()
    }
    for name, records in rows.items():
        columns = {column: patterns[column] for column in _columns(records, patterns)}
        if name in SCHEMA["nrmp_code"]:
            columns["nrmp_code"] = re.compile(SCHEMA["nrmp_code"][name])
        words = SCHEMA["words"].get(name, {})
        for record in records:
            key = _key(name, record)
            for column, pattern in columns.items():
                for value in _values(record, column):
                    if not pattern.fullmatch(value):
                        yield Problem(name, key, f"{column} is malformed: {value!r}")
            for column, allowed in words.items():
                if (value := getattr(record, column)) and value not in allowed:
                    wanted = " / ".join(allowed)
                    yield Problem(name, key, f"{column} is {value!r}, not {wanted}")


def _links(rows: Rows) -> Iterator[Problem]:
    known = {
        name: {_key(name, record) for record in records}
        for name, records in rows.items()
        if len(KEYS[name]) == 1
    }
    for name, records in rows.items():
        columns = _columns(records, SCHEMA["links"])
        for record in records:
            for column in columns:
                for value in _values(record, column):
                    if value not in known[SCHEMA["links"][column]]:
                        what = f"{column} leads nowhere: {value!r}"
                        yield Problem(name, _key(name, record), what)
    for policy in rows["policies"]:
        if policy.subject not in known.get(SCHEMA["subjects"].get(policy.scope, ""), ()):
            what = f"subject leads nowhere: {policy.subject!r}"
            yield Problem("policies", policy.policy_id, what)
    for quota in rows["quotas"]:
        if quota.nrmp_code not in known["tracks"]:
            yield Problem("quotas", quota.nrmp_code, "has no track")


def _columns(records: tuple[Any, ...], named: Iterable[str]) -> list[str]:
    return [column for column in named if records and hasattr(records[0], column)]


def _values(record: Any, column: str) -> Iterable[str]:
    value = getattr(record, column)
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
                    what = f"{column} is {value}, not {low} to {high}"
                    yield Problem(name, _key(name, record), what)
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
        for source in sorted(set(row["source"]) - known):
            what = f"source leads nowhere: {source!r}"
            yield Problem("cycles", row.get("event", row.get("title", "")), what)
    for row in cycles.calendar()["events"]:
        name, cycle, expected = (
            row["event"],
            row["cycle"],
            cycles.project(row["event"], row["cycle"]),
        )
        if cycle >= cycles.calendar()["rules"][name]["holds_from"] and row["date"] != expected:
            yield Problem(
                "cycles", f"{name} {cycle}", f"is {row['date']}; its rule gives {expected}"
            )
