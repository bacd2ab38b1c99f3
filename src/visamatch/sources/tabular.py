"""Tables in files as publishers ship them: csv in any of its dialects, xlsx, and zips of both.

Rows stream; memory does not grow with the file. What cannot be a table stops with a sentence.
"""

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from visamatch.errors import InputError

KINDS = "a csv, xlsx or zip file"
DELIMITERS = ",;\t|"
MAX_MEMBERS, MAX_INFLATED = 50, 20 << 30  # a zip beyond this is no official download


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file: its name, its header, and its rows with their line or row number."""

    name: str
    header: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]


def open_table(path: Path) -> Iterator[Table]:
    """The tables of a file, one after the other; read each before asking for the next.

    Raises:
        InputError: no such file, an empty one, or content that is none of the kinds.
    """
    try:
        with path.open("rb") as stream:
            yield from _tables(str(path.name), stream)
    except FileNotFoundError:
        raise InputError(str(path), "a file; there is none of that name") from None
    except IsADirectoryError:
        raise InputError(str(path), "a file; this is a folder") from None
    except (zipfile.BadZipFile, EOFError) as error:
        raise InputError(
            str(path), f"a whole file; it is damaged or cut ({error}). Download it again"
        ) from None


def _tables(name: str, stream: BinaryIO) -> Iterator[Table]:
    start = stream.read(8)
    stream.seek(0)
    if not start:
        raise InputError(name, f"{KINDS} with rows; it is empty")
    if start.startswith(b"PK"):
        yield from _zipped(name, stream)
    elif start.startswith(b"%PDF"):
        raise InputError(name, f"{KINDS}; whatever its name, this is a PDF")
    elif start.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(name, f"{KINDS}; this is an old .xls, save it as .xlsx")
    else:
        yield _csv(name, stream)


def _zipped(name: str, stream: BinaryIO) -> Iterator[Table]:
    with zipfile.ZipFile(stream) as archive:
        members = [item for item in archive.infolist() if not item.is_dir()]
        if any(item.filename == "xl/workbook.xml" for item in members):
            with _sheet(name, stream) as sheet:
                table = _csv(name, sheet)
                yield replace(table, rows=_padded(table.rows, len(table.header)))
            return
        members = [
            m for m in members if Path(m.filename).suffix.lower() in (".csv", ".xlsx", ".txt")
        ]
        size = sum(item.file_size for item in members)
        if not members or len(members) > MAX_MEMBERS or size > MAX_INFLATED:
            raise InputError(
                name, "a zip that holds a few csv or xlsx files", f"{len(members)} files"
            )
        for member in members:
            with tempfile.TemporaryFile() as whole, archive.open(member) as part:
                while block := part.read(1 << 20):
                    whole.write(block)
                whole.seek(0)
                yield from _tables(f"{name}/{member.filename}", whole)


@contextmanager
def _sheet(name: str, stream: BinaryIO) -> Iterator[BinaryIO]:
    """The first sheet of a workbook as csv, converted on disk: official ones outgrow memory."""
    from xlsx2csv import (  # type: ignore[import-untyped]
        InvalidXlsxFileException,
        Xlsx2csv,
        XlsxException,
    )

    with tempfile.TemporaryDirectory() as folder:
        flat = Path(folder) / "sheet.csv"
        stream.seek(0)
        try:
            book = Xlsx2csv(
                stream, outputencoding="utf-8", skip_empty_lines=True, dateformat="%Y-%m-%d"
            )
            book.convert(str(flat), sheetid=1)
        except (InvalidXlsxFileException, XlsxException, KeyError, ValueError) as error:
            raise InputError(name, f"a workbook that can be read ({error})") from None
        if not flat.exists() or not flat.stat().st_size:
            raise InputError(name, "rows on the first sheet; it is empty")
        with flat.open("rb") as sheet:
            yield sheet


def _padded(rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    """Workbooks leave out blank cells at the end of a row."""
    for number, cells in rows:
        yield number, cells + [""] * (width - len(cells))


def _csv(name: str, stream: BinaryIO) -> Table:
    """A delimited text: UTF-8 or Windows-1252, any line end, the delimiter seen in its first line."""
    head = stream.read(1 << 16)
    stream.seek(0)
    if b"\0" in head:
        raise InputError(name, f"{KINDS}; its bytes are not text")
    encoding = "utf-8-sig" if _is_utf8(head) else "cp1252"
    text = io.TextIOWrapper(stream, encoding, errors="replace", newline=None)
    first = head.decode(encoding, "replace").splitlines()[0]
    delimiter = max(DELIMITERS, key=first.count)
    lines = csv.reader(text, delimiter=delimiter)
    header = tuple(next(lines, []))
    if len(header) < 2:
        raise InputError(name, f"{KINDS} whose first row names its columns", first)
    return Table(name, header, _numbered(lines))


def _is_utf8(head: bytes) -> bool:
    try:
        head[: head.rfind(b"\n") + 1 or None].decode()
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 4  # a character cut by the end of the sample
    return True


def _numbered(lines: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    number = 1
    while True:
        number += 1
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, [f"unreadable: {error}"]
            continue
        if any(cell.strip() for cell in cells):
            yield number, cells
