"""Interviews pasted as lines: program names, ACGME ids, NRMP codes, or cells of a spreadsheet with their header."""

from __future__ import annotations

import re

from visamatch.directory.programs import directory
from visamatch.documents import which_program
from visamatch.documents.columns import recognise
from visamatch.documents.grid import Grid
from visamatch.documents.table import NAMING
from visamatch.errors import InputError

MOST_LINES = 500
BULLET = re.compile(r"^\s*(?:[-*•–]\s+|#?\d{1,3}[.):]\s+)")


def pasted_interviews(text: str, specialty: str = "", in_order: bool = False) -> Grid:
    """A sheet of interviews, ready for :func:`visamatch.documents.table.find_table`.

    Args:
        specialty: joins a line that names none. in_order: the lines are a rank list, best first.

    Raises:
        InputError: nothing was pasted, or too much.
    """
    lines = [line.strip("\r") for line in text.split("\n") if line.strip()]
    if not lines:
        raise InputError("pasted lines", "one program a line; nothing was pasted")
    if len(lines) > MOST_LINES:
        raise InputError("pasted lines", f"at most {MOST_LINES} lines", len(lines))
    cells = [tuple(cell.strip() for cell in line.split("\t")) for line in lines]
    if len(cells[0]) > 1 and any(c and c.field in NAMING for c in recognise(cells[0])):
        width = max(map(len, cells))
        return Grid("Pasted", tuple((row + ("",) * width)[:width] for row in cells))
    header = ("ACGME id", "Program name", "Status", "My rank")
    rows = [_row(line, at, specialty, in_order) for at, line in enumerate(lines, 1)]
    return Grid("Pasted", (header, *rows))


def _row(line: str, place: int, specialty: str, in_order: bool) -> tuple[str, ...]:
    name = " ".join(BULLET.sub("", line).replace("\t", " ").split())
    known = which_program.by_id(directory(), name)
    if not known and specialty and not which_program.names_specialty(name):
        name = f"{name} {specialty}"
    return known and name, "" if known else name, "interviewed", str(place) if in_order else ""
