"""The H-1B Employer Data Hub: approvals and denials by employer and fiscal year, both layouts.

Lost leading zeros of tax ids and ZIP codes are restored, so that rows repeated with and without them
are seen to be one. Names stay as published (cut at 34 characters before FY2022).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from visamatch.errors import InputError
from visamatch.sources import cells
from visamatch.sources.dol_lca.read import Layout, Tally, Value
from visamatch.sources.tabular import Table

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
    """Which of the two layouts a header is; None when it is neither.

    Raises:
        InputError: a hub export with a column missing or renamed.
    """
    places = {cells.header_key(name): number for number, name in enumerate(header)}
    place = {f: places[n] for f, names in _NAMES.items() for n in names if n in places}
    missing = [names[0] for f, names in _NAMES.items() if f not in place]
    if len(missing) > len(_NAMES) / 3:
        return None
    if missing:
        expected = f"the columns of the employer data hub; missing: {', '.join(missing)}"
        raise InputError("header", expected, cells.found_columns(header))
    new = "EMPLOYER_PETITIONER_NAME" in places
    return Layout("employer information" if new else "data hub export", place)


def read(table: Table, layout: Layout, tally: Tally) -> Iterator[tuple[Value, ...]]:
    """The table's rows in the columns of :data:`SCHEMA`; ``tally`` fills up on the way."""
    for number, row in table.rows:
        tally.rows += 1
        try:
            if len(row) != len(table.header):
                raise cells.UnreadableError(
                    f"{len(row)} cells where the header has {len(table.header)}"
                )
            yield _row(row, layout)
            tally.kept += 1
        except cells.UnreadableError as error:
            tally.rejected.append({"row": number, "why": str(error)})


def _row(row: list[str], layout: Layout) -> tuple[Value, ...]:
    cell = {name: row[place] for name, place in layout.place.items()}
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
