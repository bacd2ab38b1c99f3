"""Labor condition applications, every layout since FY2008, read row by row into one shape.

A row that is not understood is rejected with the reason; a side field that is not (wage, unit, code)
is left empty and counted. The column names of each era stand in ``layouts.yaml``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from visamatch.errors import InputError
from visamatch.sources import cells
from visamatch.sources.tabular import Table

# Columns of a stored application, in order, with their DuckDB types. Wages are dollars a year.
SCHEMA = {
    "case_number": "VARCHAR", "status": "VARCHAR", "received_date": "DATE", "decision_date": "DATE",
    "fiscal_year": "INTEGER", "visa_class": "VARCHAR", "employer": "VARCHAR", "dba": "VARCHAR",
    "tax_id": "VARCHAR", "city": "VARCHAR", "state": "VARCHAR", "naics": "VARCHAR", "job_title": "VARCHAR",
    "soc": "VARCHAR", "begin_date": "DATE", "end_date": "DATE", "workers": "INTEGER",
    "new_employment": "INTEGER", "continued_employment": "INTEGER", "worksite_city": "VARCHAR",
    "worksite_state": "VARCHAR", "wage_from": "DOUBLE", "wage_to": "DOUBLE", "prevailing_wage": "DOUBLE",
    "layout": "VARCHAR",
}  # fmt: skip

CASE_NUMBER = re.compile(r"[A-Z]-\d{3}-\d{5}-\d{6}|[A-Z]-\d{5}-\d{7}")
_VISA = {
    "R": "H-1B",
    "A": "E-3 AUSTRALIAN",
    "C": "H-1B1 CHILE",
    "S": "H-1B1 SINGAPORE",
}  # FY2008-09
Value = str | int | float | None


@dataclass(slots=True)
class Tally:
    """What came of a table's rows."""

    rows: int = 0
    kept: int = 0
    rejected: list[dict[str, object]] = field(default_factory=list)
    left_empty: Counter[str] = field(default_factory=Counter)  # unreadable side fields, by column


@dataclass(frozen=True, slots=True)
class Layout:
    """An era's columns: where each field stands in the header at hand."""

    name: str
    place: dict[str, int]


def layout_of(header: Iterable[str]) -> Layout | None:
    """The era a header belongs to; None when it is no disclosure file at all.

    Raises:
        InputError: one of the eras, but a column is missing or renamed.
    """
    places = {cells.header_key(name): number for number, name in enumerate(header)}
    eras, optional = _eras()
    missing = {era: [n for f, n in names.items() if n not in places and f not in optional]
               for era, names in eras.items()}  # fmt: skip
    era = min(missing, key=lambda name: len(missing[name]) / len(eras[name]))
    if len(missing[era]) > len(eras[era]) / 3:
        return None
    if missing[era]:
        expected = f"the columns of the {era} layout; missing: {', '.join(missing[era])}"
        raise InputError("header", expected, cells.found_columns(header))
    place = {f: places[name] for f, name in eras[era].items() if name in places}
    return Layout(era, place)


@cache
def _eras() -> tuple[dict[str, dict[str, str]], frozenset[str]]:
    raw: dict[str, Any] = yaml.safe_load((files(__package__) / "layouts.yaml").read_text("utf-8"))
    eras = {}
    for era, own in raw["eras"].items():
        names = raw["base"] | own
        eras[era] = {f: cells.header_key(name) for f, name in names.items() if name}
    return eras, frozenset(raw["optional"])


def read(table: Table, layout: Layout, tally: Tally) -> Iterator[tuple[Value, ...]]:
    """The table's applications in the columns of :data:`SCHEMA`; ``tally`` fills up on the way."""
    width = len(table.header)
    for number, row in table.rows:
        tally.rows += 1
        try:
            if len(row) != width:
                raise cells.UnreadableError(f"{len(row)} cells where the header has {width}")
            yield _application(row, layout, tally)
            tally.kept += 1
        except cells.UnreadableError as error:
            tally.rejected.append({"row": number, "why": str(error)})


def _application(row: list[str], layout: Layout, tally: Tally) -> tuple[Value, ...]:
    def cell(name: str) -> str:
        return row[layout.place[name]] if name in layout.place else ""

    def must(name: str, read: Callable[[str], Any]) -> Any:
        try:
            value = read(cell(name))
        except cells.UnreadableError as error:
            raise cells.UnreadableError(f"{name}: {error}") from None
        if value is None:
            raise cells.UnreadableError(f"{name} is missing")
        return value

    def may(name: str, read: Callable[[str], Any]) -> Any:
        try:
            return read(cell(name))
        except cells.UnreadableError:
            tally.left_empty[name] += 1
            return None

    case = must("case_number", cells.text).upper()
    if not CASE_NUMBER.fullmatch(case):
        raise cells.UnreadableError(f"case_number: {case[:40]!r} is no case number")
    decided = must("decision_date", cells.day)
    visa = (may("visa_class", cells.text) or "H-1B").upper()
    wages = _wages(may, "wage_unit" in layout.place)
    return (
        case, _status(may("case_status", cells.text)), may("received_date", cells.day), decided,
        fiscal_year(decided), _VISA.get(visa, visa), must("employer_name", cells.text),
        may("employer_dba", cells.text), may("employer_fein", lambda c: cells.digits(c, 9)),
        may("employer_city", cells.text), may("employer_state", cells.state), may("naics", _naics),
        must("job_title", cells.text), may("soc_code", _soc), may("begin_date", cells.day),
        may("end_date", cells.day), may("workers", cells.whole), may("new_employment", cells.whole),
        may("continued_employment", cells.whole), may("worksite_city", cells.text),
        may("worksite_state", cells.state), *wages, layout.name,
    )  # fmt: skip


def fiscal_year(decided: str) -> int:
    """The federal fiscal year of an ISO date: it begins on October 1."""
    return int(decided[:4]) + (decided[5:7] >= "10")


def _wages(may: Callable[[str, Callable[[str], Any]], Any], has_unit: bool) -> list[float | None]:
    """Lowest, highest and prevailing wage by the year; without a readable unit, none.

    FY2010 has no unit: amounts that can only be a year's are taken, others left empty.
    """
    paid, prevailing = (
        may("wage_unit", cells.periods_a_year),
        may("prevailing_unit", cells.periods_a_year),
    )
    yearly = []
    for name, periods in (
        ("wage_from", paid),
        ("wage_to", paid),
        ("prevailing_wage", prevailing or paid),
    ):
        dollars = may(name, cells.amount)
        if periods is None and not has_unit and dollars and dollars > 10_000:
            periods = 1
        yearly.append(round(dollars * periods, 2) if dollars and periods else None)
    return yearly


def _status(status: str | None) -> str | None:
    return status.upper().replace(" ", "") if status else None


def _soc(cell: str) -> str | None:
    code = cells.text(cell)
    if code is None:
        return None
    if re.fullmatch(r"\d{1,3}|\d\d-?\d{4}(\.\d\d?)?", code):
        return code
    raise cells.UnreadableError(f"{code!r} is no occupation code")  # Excel reads 11-2021 as a month


def _naics(cell: str) -> str | None:
    code = cells.text(cell)
    return code.split(".")[0].split(" ")[0] if code else None
