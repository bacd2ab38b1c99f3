"""Sheets that people might send, made for the tests."""

import io
from datetime import date

import openpyxl

from visamatch.directory.programs import directory
from visamatch.documents.differences import compare, read_table
from visamatch.documents.sheet import Line
from visamatch.workspace.document import Workspace

ON = date(2026, 11, 27)
MGH, BIDMC = "1261-140", "1256-140"


def xlsx(*rows, edit=None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if edit:
        edit(book.active)
    return saved(book)


def saved(book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def edited(data: bytes, edit) -> bytes:
    """A workbook as bytes, changed by ``edit(sheet)`` as a person would in Excel."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book["List"])
    return saved(book)


def cell(sheet, title: str, row: int):
    headers = [each.value for each in sheet[1]]
    return sheet.cell(row, headers.index(title) + 1)


def lines(workspace: Workspace) -> list[Line]:
    return [Line(entry, {}) for entry in workspace.entries]


def imported(data: bytes, mine: Workspace | None = None, name: str = "list.xlsx", **options):
    return compare(mine or Workspace(), read_table(data, name), directory(), ON, **options)


def silent(found) -> bool:
    """Whether a sheet says nothing that the list does not say already."""
    return not (found.added or found.changed or found.conflicts or found.removed)
