"""The H-1B Employer Data Hub: approvals and denials by employer and fiscal year, both layouts.

Lost leading zeros of tax ids and ZIP codes are restored, so that rows repeated with and without them
are seen to be one. Names stay as published (cut at 34 characters before FY2022).
"""

from collections.abc import Iterable

from visamatch.sources import cells
from visamatch.sources.records import Layout, Row, Value, layout_among

SCHEMA = {
    "fiscal_year": "INTEGER", "employer": "VARCHAR", "tax_id": "VARCHAR", "naics": "VARCHAR",
    "city": "VARCHAR", "state": "VARCHAR", "zip": "VARCHAR", "initial_approvals": "INTEGER",
    "initial_denials": "INTEGER", "continuing_approvals": "INTEGER", "continuing_denials": "INTEGER",
}  # fmt: skip

_NAMES = {  # field: its names in the export to FY2023 (singular or plural) and in the newer one
    "fiscal_year": ("FISCAL_YEAR",),
    "employer": ("EMPLOYER", "EMPLOYER_PETITIONER_NAME"),
    "tax_id": ("TAX_ID",),
    "naics": ("NAICS", "INDUSTRY_NAICS_CODE"),
    "city": ("CITY", "PETITIONER_CITY"),
    "state": ("STATE", "PETITIONER_STATE"),
    "zip": ("ZIP", "PETITIONER_ZIP_CODE"),
    "initial_approvals": ("INITIAL_APPROVALS", "INITIAL_APPROVAL"),
    "initial_denials": ("INITIAL_DENIALS", "INITIAL_DENIAL"),
    "continuing_approvals": ("CONTINUING_APPROVALS", "CONTINUING_APPROVAL"),
    "continuing_denials": ("CONTINUING_DENIALS", "CONTINUING_DENIAL"),
}


def layout_of(header: Iterable[str]) -> Layout | None:
    """Which of the two layouts a header is; see :func:`layout_among`."""
    new = "EMPLOYER_PETITIONER_NAME" in map(cells.header_key, header)
    return layout_among({"employer information" if new else "data hub export": _NAMES}, header)


def convert(row: Row) -> tuple[Value, ...]:
    """One employer and year in the columns of :data:`SCHEMA`."""
    cell = {name: row.cell(name) for name in _NAMES}
    year, employer = cells.whole(cell["fiscal_year"]), cells.text(cell["employer"])
    if year is None or not 2000 < year < 2100:
        raise cells.UnreadableError(f"fiscal_year: {cell['fiscal_year']!r} is no year")
    if employer is None:
        raise cells.UnreadableError("employer is missing")
    counts = [
        cells.whole(cell[name]) or 0 for name in SCHEMA if name.endswith(("approvals", "denials"))
    ]
    if min(counts) < 0:
        raise cells.UnreadableError("a count is negative")
    tax_id = cells.digits(cell["tax_id"], 4)
    code = (cells.text(cell["naics"]) or "").split(" ")[0] or None
    place = cells.text(cell["city"]), cells.state(cell["state"]), cells.digits(cell["zip"], 5)
    return (year, employer, tax_id, code, *place, *counts)
