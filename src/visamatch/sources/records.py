"""Rows of official files as records: an era's columns found in the header, cells read, rows rejected with why."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from visamatch.errors import InputError
from visamatch.sources import cells
from visamatch.sources.tabular import Table

Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Layout:
    """An era's columns: where each field stands in the header at hand."""

    name: str
    place: dict[str, int]


@dataclass(slots=True)
class FileReport:
    """What came of one table: its layout, rows seen and kept, and every rejected row with the reason.

    ``left_empty`` counts side fields (wage, code, state) that could not be read and were left empty.
    """

    path: str
    layout: str
    rows: int = 0
    kept: int = 0
    rejected: list[dict[str, object]] = field(default_factory=list)
    left_empty: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, by field."""

    cells: list[str]
    layout: Layout
    report: FileReport

    def cell(self, name: str) -> str:
        """The text of a field; empty where the layout has none of that name."""
        return self.cells[self.layout.place[name]] if name in self.layout.place else ""

    def must(self, name: str, read: Callable[[str], Any]) -> Any:
        """A field without which the row is rejected."""
        try:
            value = read(self.cell(name))
        except cells.UnreadableError as error:
            raise cells.UnreadableError(f"{name}: {error}") from None
        if value is None:
            raise cells.UnreadableError(f"{name} is missing")
        return value

    def may(self, name: str, read: Callable[[str], Any]) -> Any:
        """A side field: left empty, and counted, where it cannot be read."""
        try:
            return read(self.cell(name))
        except cells.UnreadableError:
            self.report.left_empty[name] = self.report.left_empty.get(name, 0) + 1
            return None


def layout_among(
    eras: Mapping[str, Mapping[str, tuple[str, ...]]],
    header: Iterable[str],
    optional: Collection[str] = (),
) -> Layout | None:
    """The era a header belongs to; None when it is no file of this source at all.

    Args:
        eras: for each, the names that a field's column may have.

    Raises:
        InputError: one of the eras, but a column is missing or renamed.
    """
    places = {cells.header_key(name): number for number, name in enumerate(header)}
    missing = {
        era: [n[0] for f, n in names.items() if not places.keys() & n and f not in optional]
        for era, names in eras.items()
    }
    era = min(missing, key=lambda name: len(missing[name]) / len(eras[name]))
    if len(missing[era]) > len(eras[era]) / 3:
        return None
    if missing[era]:
        expected = f"the columns of the {era} layout; missing: {', '.join(missing[era])}"
        raise InputError("header", expected, cells.found_columns(header))
    names = eras[era].items()
    return Layout(era, {f: places[n] for f, known in names for n in known if n in places})


def read(
    table: Table, layout: Layout, report: FileReport, convert: Callable[[Row], tuple[Value, ...]]
) -> Iterator[tuple[Value, ...]]:
    """The table's records; ``report`` fills up on the way."""
    width = len(table.header)
    for number, row in table.rows:
        report.rows += 1
        try:
            if len(row) != width:
                raise cells.UnreadableError(f"{len(row)} cells where the header has {width}")
            yield convert(Row(row, layout, report))
            report.kept += 1
        except cells.UnreadableError as error:
            report.rejected.append({"row": number, "why": str(error)})
