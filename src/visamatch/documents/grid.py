"""Files of rows and columns as plain text cells: xlsx of any program, CSV of any dialect. Strict.

What cannot be read stops with a sentence; what a cell shows besides its value (colors, comments) is counted.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from visamatch.errors import InputError

MAX_BYTES, MAX_UNPACKED, MAX_CELLS = 20_000_000, 300_000_000, 2_000_000
BASE_SHEET, NAME = "_visamatch", "visamatch_"
Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: ``rows[i]`` is row ``i + 1`` as the person counts; every row is equally long.

    ``names``: columns that carry one of our hidden names, by index; a renamed header keeps it.
    """

    title: str
    rows: Rows
    remarks: tuple[str, ...] = ()
    names: tuple[tuple[int, str], ...] = ()


def read_grids(data: bytes, name: str) -> tuple[Grid, ...]:
    """Every sheet of a file; a CSV file has one.

    Args:
        data: the file's bytes.
        name: its name, which must agree with what it is, and which errors repeat.

    Raises:
        InputError: the file is empty, too large, cut, encrypted, or not what its name says.
    """
    if not data.strip():
        raise InputError(name, "a spreadsheet; the file is empty")
    if len(data) > MAX_BYTES:
        raise InputError(
            name, f"a file of at most {MAX_BYTES // 1_000_000} MB", f"{len(data)} bytes"
        )
    suffix = name.lower().rpartition(".")[2]
    if suffix in ("xlsx", "xlsm"):
        return _workbook(data, name)
    if suffix in ("csv", "tsv", "txt"):
        return (_csv(data, name),)
    raise InputError(name, "a file ending in .xlsx, .csv, .tsv or .txt; save it as one of these")


def _workbook(data: bytes, name: str) -> tuple[Grid, ...]:
    _check_container(data, name)
    shown = _open(data, name, values=True)
    formulas = _open(data, name, values=False) if _has_formulas(data) else shown
    return tuple(
        _grid(sheet, formulas[sheet.title], name)
        for sheet in shown.worksheets
        if sheet.sheet_state == "visible" or sheet.title == BASE_SHEET
    )


def _check_container(data: bytes, name: str) -> None:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        what = "without a password" if locked else "of Excel 2007 or later (this one is older)"
        raise InputError(name, f"an .xlsx file {what}; open it, save it as such and try again")
    if not data.startswith(b"PK"):
        raise InputError(
            name, "an Excel file; what is inside is something else, whatever it is named"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            size = sum(part.file_size for part in parts.infolist())
            names = parts.namelist()
    except zipfile.BadZipFile:
        raise InputError(name, "a whole .xlsx file; this one is cut or damaged") from None
    if not any(part.lower() == "xl/workbook.xml" for part in names):
        raise InputError(name, "an Excel workbook; save it as .xlsx in the program it comes from")
    if size > MAX_UNPACKED:
        raise InputError(name, f"at most {MAX_UNPACKED // 1_000_000} MB unpacked", f"{size} bytes")


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheets = [each for each in parts.namelist() if each.startswith("xl/worksheets/")]
        return any(re.search(rb"<(\w+:)?f[ />]", parts.read(each)) for each in sheets)


def _open(data: bytes, name: str, values: bool) -> Any:
    import warnings

    import openpyxl  # slow to import

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of features that carry no values
            return openpyxl.load_workbook(io.BytesIO(data), data_only=values)
    except Exception as error:  # a damaged part may fail in any of openpyxl's layers
        why = f"{type(error).__name__}: {error}"[:80]
        raise InputError(name, f"a whole .xlsx file; a part of it cannot be read ({why})") from None


def _grid(sheet: Any, formulas: Any, name: str) -> Grid:
    if sheet.max_row * sheet.max_column > MAX_CELLS:
        where, size = f"{name}: sheet {sheet.title!r}", f"{sheet.max_row} × {sheet.max_column}"
        raise InputError(
            where, f"at most {MAX_CELLS:,} cells; delete what lies below the list", size
        )
    merged = _merged(sheet)
    rows, colored, comments = [], 0, 0
    for cells, sources in zip(sheet.iter_rows(), formulas.iter_rows(), strict=True):
        for cell, source in zip(cells, sources, strict=True):
            if source.data_type == "f" and cell.value is None and cell.data_type == "n":
                raise InputError(
                    f"{name}: sheet {sheet.title!r} cell {cell.coordinate}",
                    "a formula with its value; open the file in Excel or LibreOffice, save it, try again",
                )
        rows.append([_text(merged.get((cell.row, cell.column), cell)) for cell in cells])
        filled = [bool(cell.fill.fill_type) for cell in cells if cell.value is not None]
        colored += 0 if all(filled) else sum(filled)  # a whole row in color is a header or a band
        comments += sum(getattr(cell, "comment", None) is not None for cell in cells)
    remarks = _titles(sheet, rows) + [
        f"{count} cells {what} in sheet {sheet.title!r}; {lost}"
        for count, what, lost in (
            (colored, "are colored", "colors are not kept"),
            (comments, "carry a comment", "comments are not kept, put them in a column"),
        )
        if count
    ]
    return Grid(sheet.title, _trimmed(rows), tuple(remarks), _names(sheet))


def _names(sheet: Any) -> tuple[tuple[int, str], ...]:
    """Our names of columns; one whose column was deleted points nowhere and is left out."""
    from openpyxl.utils import column_index_from_string

    found = []
    for name, defined in sheet.parent.defined_names.items():
        place = re.fullmatch(r"'?(.+?)'?!\$([A-Z]+)\$1", defined.attr_text or "")
        if name.startswith(NAME) and place and place[1] == sheet.title:
            found.append((column_index_from_string(place[2]) - 1, name.removeprefix(NAME)))
    return tuple(found)


def _merged(sheet: Any) -> dict[tuple[int, int], Any]:
    """A cell merged over several rows says in each of them what it says in the first."""
    return {
        (row, area.min_col): sheet.cell(area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
    }


def _titles(sheet: Any, rows: list[list[str]]) -> list[str]:
    """Empty the rows that are a title over the table (one cell, merged across) and return their words."""
    across = {area.min_row for area in sheet.merged_cells.ranges if area.max_col - area.min_col > 1}
    found = []
    for number in sorted(across):
        filled = [cell for cell in rows[number - 1] if cell]
        if len(filled) == 1:
            rows[number - 1] = []
            found.append(f"row {number} of sheet {sheet.title!r} is a title: {filled[0]}")
    return found


def _text(cell: Any) -> str:
    value = cell.value
    if cell.data_type == "e":
        return ""  # #N/A and its like say nothing
    if isinstance(value, str):
        text = unescape(value)
    elif isinstance(value, bool):
        text = "TRUE" if value else "FALSE"
    elif isinstance(value, (int, float)):
        text = _number(value, cell.number_format)
    else:
        text = _moment(value)
    link = cell.hyperlink.target if getattr(cell, "hyperlink", None) else None
    if link and text and not re.match(r"https?:|mailto:|www\.|\S+@", text):
        return f"{text} <{link}>"
    return text.replace("\r\n", "\n").strip()


def _number(value: float, form: str) -> str:
    if "%" in form:
        return f"{round(value * 100, 8):.10g}%"
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return (
            value.isoformat(" ", "minutes") if value.time() != time() else value.date().isoformat()
        )
    return value.isoformat() if isinstance(value, (date, time)) else str(value or "")


def escape(text: str) -> str:
    """Characters that XML cannot hold, written as Excel writes them (``_x0007_``)."""
    text = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text.replace("\r\n", "\n"))
    return re.sub(
        r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", lambda m: f"_x{ord(m[0]):04X}_", text
    )


def unescape(text: str) -> str:
    """The inverse of :func:`escape`."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


def _csv(data: bytes, name: str) -> Grid:
    text, remarks = _decoded(data, name)
    first = text.split("\n", 1)[0].strip()
    told = re.fullmatch(r"sep=(.)", first)
    if told:
        text = text.split("\n", 1)[1] if "\n" in text else ""
    try:
        rows = list(
            csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, told), strict=True)
        )
    except csv.Error as error:
        raise InputError(name, f"a whole CSV file (a quoted cell does not end: {error})") from None
    start: list[list[str]] = [[]] if told else []
    cells = start + [
        [_unguarded(cell.replace("\r\n", "\n").strip()) for cell in row] for row in rows
    ]
    return Grid("CSV", _trimmed(cells), remarks)


def _decoded(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace"), ()
    if b"\0" in data or data.startswith((b"PK\3\4", b"%PDF", b"\xd0\xcf\x11\xe0")):
        raise InputError(
            name, "a text file of rows; what is inside is something else, whatever it is named"
        )
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        old = "read as Windows-1252, not UTF-8; look at the accents"
        return data.decode("cp1252", "replace"), (old,)


def _delimiter(text: str, told: re.Match[str] | None) -> str:
    if told:
        return told[1]
    lines = [line for line in text.splitlines() if line.strip()][:20]

    def counted(sign: str) -> tuple[int, int]:
        return sum(sign in line for line in lines), lines[0].count(sign)

    return max((",", ";", "\t"), key=counted) if lines else ","


def guarded(text: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula: an apostrophe before ``= + - @``."""
    text = escape(text)
    risky = re.match(r"'*[=+\-@\t]", text) and not re.fullmatch(r"[+-]?\d+([.,]\d+)?%?", text)
    return f"'{text}" if risky else text


def _unguarded(text: str) -> str:
    return unescape(text[1:] if re.match(r"'+[=+\-@\t]", text) else text)


def _trimmed(rows: Iterable[list[str]]) -> Rows:
    kept = [list(row) for row in rows]
    while kept and not any(kept[-1]):
        kept.pop()
    width = max((at + 1 for row in kept for at, cell in enumerate(row) if cell), default=0)
    return tuple(tuple((row + [""] * width)[:width]) for row in kept)
