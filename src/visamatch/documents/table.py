"""The program table of a sheet: where its header is, which column is which, and what a cell says."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from visamatch.documents.columns import Column, columns, plain, recognise, words
from visamatch.documents.grid import BASE_SHEET, Grid
from visamatch.errors import InputError, one_of
from visamatch.workspace.boundary import parse
from visamatch.workspace.sponsor_list import Entry

HEADER_WITHIN = 15  # rows in which a header is looked for
OURS = ("Evidence", "Costs", "Together", "Calendar", "Glossary")  # our sheets beside the list
MOST_ROWS = 20_000  # about four times all programs
NAMING = ("program_id", "acgme_id", "nrmp_code", "name", "institution")
TELLING = (
    "program_id", "nrmp_code", "institution", "specialty", "stated_policy", "visa_friendly", "group",
)  # fmt: skip
ID = re.compile(r"\d{9,10}|\d{7}[A-Za-z]\d|\d{4}-\d{3}|acgme-\d{10}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the sheet and its cells, one for every header."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Base:
    """The list as it stood when we wrote the sheet. ``starting``: our suggestion, not yet anybody's list."""

    entries: tuple[Entry, ...]
    starting: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The table. ``columns[i]`` is what ``headers[i]`` was recognised as; None = the person's own."""

    name: str  # of the file
    headers: tuple[str, ...]
    columns: tuple[Column | None, ...]
    rows: tuple[Row, ...]
    base: Base | None
    remarks: tuple[str, ...]

    @property
    def ours(self) -> bool:
        """Whether we wrote the sheet: it has the column of stable ids."""
        return any(column and column.field == "program_id" for column in self.columns)

    @property
    def telling(self) -> bool:
        """Whether the headers alone show a list of programs."""
        return any(
            column and (column.field in TELLING or "program" in plain(header))
            for header, column in zip(self.headers, self.columns, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Unclear:
    """A cell that a person must explain; ``choices`` are the readings we see."""

    question: str
    choices: tuple[str, ...] = ()


def find_table(grids: Sequence[Grid], name: str) -> Table:
    """The table of programs among the sheets of a file.

    Raises:
        InputError: no sheet has a header that names programs, nor a column of program ids.
    """
    shown = [grid for grid in grids if grid.title != BASE_SHEET and grid.rows]
    found = [(*_header(grid), grid) for grid in shown]
    score, at, grid = max(found, key=lambda item: item[:2], default=(0, 0, None))
    if grid is None or not score:
        return _bare_ids(shown, name)
    remarks = [*grid.remarks]
    remarks += [
        f"sheet {each.title!r} was not read"
        for each in shown
        if each is not grid and each.title not in OURS
    ]
    base = next((_base(each, name) for each in grids if each.title == BASE_SHEET), None)
    return _table(name, grid, _headers(grid.rows[at]), at + 1, base, remarks)


def _header(grid: Grid) -> tuple[int, int]:
    """How many columns the best header row shows, and its index; a row that names no program has none."""
    best = (0, 0)
    for at, row in enumerate(grid.rows[:HEADER_WITHIN]):
        fields = [column.field for column in recognise(row) if column]
        if any(field in NAMING for field in fields):
            best = max(best, (len(fields) + 100 * ("program_id" in fields), at))
    return best


def _headers(row: Sequence[str]) -> tuple[str, ...]:
    """Headers that differ: an empty one is named by its letter, a second of a name is numbered."""
    taken: list[str] = []
    for at, cell in enumerate(row):
        name = " ".join(cell.split()) or f"Column {_letter(at)}"
        again = sum(each == name or each.startswith(f"{name} (") for each in taken)
        taken.append(f"{name} ({again + 1})" if name in taken else name)
    return tuple(taken)


def _letter(at: int) -> str:
    return chr(65 + at) if at < 26 else _letter(at // 26 - 1) + chr(65 + at % 26)


def _table(
    name: str,
    grid: Grid,
    headers: Sequence[str],
    first: int,
    base: Base | None = None,
    remarks: Sequence[str] = (),
) -> Table:
    """The table whose rows begin at index ``first``, without columns that are empty throughout."""
    rows = [Row(first + at + 1, row) for at, row in enumerate(grid.rows[first:]) if any(row)]
    if len(rows) > MOST_ROWS:
        raise InputError(name, f"a list of at most {MOST_ROWS:,} rows", len(rows))
    found = list(recognise(headers))
    for at, name in grid.names:  # a header renamed in our workbook keeps its hidden name
        if not found[at] and name in columns() and columns()[name] not in found:
            found[at] = columns()[name]
    if not any(column and column.field == "program_id" for column in found):
        found = [column if column and column.kind != "computed" else None for column in found]
    used = [
        at
        for at, header in enumerate(headers)
        if header != f"Column {_letter(at)}" or any(row.cells[at] for row in rows)
    ]
    return Table(
        name,
        tuple(headers[at] for at in used),
        tuple(found[at] for at in used),
        tuple(Row(row.number, tuple(row.cells[at] for at in used)) for row in rows),
        base,
        tuple(remarks),
    )


def _bare_ids(grids: Sequence[Grid], name: str) -> Table:
    """A list of program ids without a header."""
    for grid in grids:
        for at in range(len(grid.rows[0])):
            cells = [row[at] for row in grid.rows if row[at]]
            ids = sum(all(map(ID.fullmatch, re.split(r"[\s,;]+", cell))) for cell in cells)
            if cells and ids >= 0.8 * len(cells):
                headers = [f"Column {_letter(other)}" for other in range(len(grid.rows[0]))]
                headers[at] = "ACGME id"
                return _table(name, grid, headers, 0, remarks=grid.remarks)
    seen = next((", ".join(filter(None, grid.rows[0])) for grid in grids), None)
    wanted = "a header row with a column such as 'Program name', 'Institution' or 'ACGME id'"
    raise InputError(name, wanted, seen)


def base_rows(base: Base) -> list[list[str]]:
    """A base as rows of cells, each within what a cell holds."""
    rows = [["starting" if base.starting else "list"]]
    for entry in base.entries:
        text = json.dumps(entry.model_dump(exclude_defaults=True), separators=(",", ":")).replace(
            " ", "\\u0020"
        )
        rows.append([text[at : at + 30_000] for at in range(0, len(text), 30_000)])
    return rows


def _base(grid: Grid, name: str) -> Base:
    where = f"{name}: sheet {BASE_SHEET}"
    try:
        plain_entries = [json.loads("".join(row)) for row in grid.rows[1:]]
    except json.JSONDecodeError:
        raise InputError(
            where, "what visamatch wrote there; delete the sheet to import without it"
        ) from None
    entries = tuple(parse(Entry, entry, where) for entry in plain_entries)
    return Base(entries, grid.rows[0][0] == "starting")


def value_of(
    text: str, column: Column | None, day_first: bool | None
) -> str | int | Unclear | None:
    """What a cell says in its column: a word we keep, a number, an ISO day, the text itself, or a question."""
    kind = column.kind if column else "text"
    if kind == "day":
        return _day(text, day_first) if text else None
    if kind == "score":
        return _score(text)
    if kind == "rank":
        return _rank(text)
    if kind in ("policy", "status", "group") and text:
        known = words(kind)
        if plain(text) in known:
            return known[plain(text)]
        valid = tuple(dict.fromkeys(known.values()))
        return Unclear(
            f"{text!r} is none of the words of this column: {one_of(valid, limit=9)}.", valid
        )
    return text


def _score(text: str) -> int | Unclear | None:
    found = words("score").get(plain(text), re.sub(r"\s*/\s*5|\.0+$", "", text))
    if not found:
        return None
    if found in ("1", "2", "3", "4", "5"):
        return int(found)
    return Unclear(f"{text!r} is no number of 1 to 5.", ("1", "2", "3", "4", "5"))


def _rank(text: str) -> int | Unclear | None:
    found = re.fullmatch(r"#?\s*([1-9]\d{0,2})(\.0*|st|nd|rd|th)?", text)
    return int(found[1]) if found else Unclear(f"{text!r} is no place on a list.") if text else None


_NUMERIC = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})")


def day_first(texts: Iterable[str]) -> bool | None:
    """Whether days stand before months in a column: what a number above 12 in it proves, else None."""
    proofs = set()
    for match in filter(None, map(_NUMERIC.fullmatch, texts)):
        first, second = int(match[1]) > 12, int(match[2]) > 12
        if first != second:
            proofs.add(first)
    return proofs.pop() if len(proofs) == 1 else None


def _day(text: str, first: bool | None) -> str | Unclear:
    if match := _NUMERIC.fullmatch(text):
        one, two, year = int(match[1]), int(match[2]), int(match[3])
        year += 2000 if year < 100 else 0
        orders = {True: [(two, one)], False: [(one, two)], None: [(one, two), (two, one)]}[first]
        days = list(dict.fromkeys(filter(None, (_iso(year, *order) for order in orders))))
        if len(days) == 1:
            return days[0]
        if days:
            return Unclear(f"{text!r} may be {days[0]} or {days[1]}.", tuple(days))
    spaced = re.sub(r"(?<=\d)(st|nd|rd|th)\b|[,.]", " ", re.split(r"[T ]\d\d:\d\d", text)[0])
    spaced = " ".join(re.sub(r"(?<=\w)[-/](?=\w)", " ", spaced).split())
    for form in DAYS:
        try:
            return datetime.strptime(spaced, form).date().isoformat()  # noqa: DTZ007  a day, no moment
        except ValueError:
            continue
    return Unclear(f"{text!r} is no day; write it as 2026-11-02.")


DAYS = ["%Y %m %d", "%d %m %Y", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%d %b %y"]


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def own_columns(table: Table) -> tuple[str, ...]:
    """The headers we do not know, in their order."""
    pairs = zip(table.headers, table.columns, strict=True)
    return tuple(header for header, column in pairs if column is None)


def fields_of(table: Table) -> Mapping[str, int]:
    """Where each recognised field stands."""
    return {column.field: at for at, column in enumerate(table.columns) if column}
