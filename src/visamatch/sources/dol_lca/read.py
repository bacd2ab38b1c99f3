"""Labor condition applications, every layout since FY2008, read row by row into one shape.

A row that is not understood is rejected with the reason; a side field that is not (wage, unit, code)
is left empty and counted. The column names of each era stand in ``layouts.yaml``.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from visamatch.shipped import shipped
from visamatch.sources import cells
from visamatch.sources.records import Layout, Row, Value, layout_among

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


def layout_of(header: Iterable[str]) -> Layout | None:
    """The era a header belongs to; see :func:`layout_among`."""
    eras, optional = _eras()
    return layout_among(eras, header, optional)


@cache
def _eras() -> tuple[dict[str, dict[str, tuple[str, ...]]], frozenset[str]]:
    raw = shipped("sources/dol_lca/layouts.yaml")
    eras: dict[str, dict[str, tuple[str, ...]]] = {
        era: {f: (cells.header_key(name),) for f, name in (raw["base"] | own).items() if name}
        for era, own in raw["eras"].items()
    }
    return eras, frozenset(raw["optional"])


def convert(row: Row) -> tuple[Value, ...]:
    """One application in the columns of :data:`SCHEMA`."""
    must, may = row.must, row.may
    case = must("case_number", cells.text).upper()
    if not CASE_NUMBER.fullmatch(case):
        raise cells.UnreadableError(f"case_number: {case[:40]!r} is no case number")
    decided = must("decision_date", cells.day)
    visa = (may("visa_class", cells.text) or "H-1B").upper()
    status = may("case_status", cells.text) or ""
    wages = _wages(may, "wage_unit" in row.layout.place)
    return (
        case, status.upper().replace(" ", "") or None, may("received_date", cells.day), decided,
        fiscal_year(decided), _VISA.get(visa, visa), must("employer_name", cells.text),
        may("employer_dba", cells.text), may("employer_fein", lambda c: cells.digits(c, 9)),
        may("employer_city", cells.text), may("employer_state", cells.state), may("naics", _naics),
        must("job_title", cells.text), may("soc_code", _soc), may("begin_date", cells.day),
        may("end_date", cells.day), may("workers", cells.whole), may("new_employment", cells.whole),
        may("continued_employment", cells.whole), may("worksite_city", cells.text),
        may("worksite_state", cells.state), *wages, row.layout.name,
    )  # fmt: skip


def fiscal_year(decided: str) -> int:
    """The federal fiscal year of an ISO date: it begins on October 1."""
    return int(decided[:4]) + (decided[5:7] >= "10")


def _wages(may: Callable[[str, Callable[[str], Any]], Any], has_unit: bool) -> list[float | None]:
    """Lowest, highest and prevailing wage by the year; without a readable unit, none.

    FY2010 has no unit: amounts that can only be a year's are taken, others left empty.
    """
    paid = may("wage_unit", cells.periods_a_year)
    prevailing = may("prevailing_unit", cells.periods_a_year) or paid
    yearly = []
    for name, periods in (
        ("wage_from", paid), ("wage_to", paid), ("prevailing_wage", prevailing)
    ):  # fmt: skip
        dollars = may(name, cells.amount)
        if periods is None and not has_unit and dollars and dollars > 10_000:
            periods = 1
        yearly.append(round(dollars * periods, 2) if dollars and periods else None)
    return yearly


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
