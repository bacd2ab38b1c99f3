"""The list on paper: 500 programs as a workbook, out and in, and the dossier; processor time against bare libraries."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import typst

from visamatch.directory.programs import directory
from visamatch.documents.differences import compare, read_table
from visamatch.documents.dossier import dossier
from visamatch.documents.my_list import list_lines, list_plan
from visamatch.documents.sheet import workbook
from visamatch.workspace.document import Workspace
from visamatch.workspace.profile import Profile, Wish

ON = date(2026, 11, 27)
ME = Workspace(profile=Profile(match_year=2028, specialties=(Wish(name="Internal Medicine"),)))


def run() -> str:
    """Measure writing, reading and comparing a sheet, and printing, each against its floor."""
    lines = list_lines(ME, ON, ["MA", "NY", "CT", "PA"])[:500]
    data = workbook(lines)
    table = read_table(data, "a.xlsx")
    plan = list_plan(ME, lines[:60], ON)
    cells = [row for sheet in openpyxl.load_workbook(io.BytesIO(data)) for row in sheet.values]
    rows = [
        ("write 500 programs with evidence", lambda: workbook(lines), "openpyxl, same cells, no style", lambda: _bare(cells)),
        ("read them back", lambda: read_table(data, "a.xlsx"), "openpyxl alone", lambda: openpyxl.load_workbook(io.BytesIO(data))),
        ("compare with the list", lambda: compare(ME, table, directory(), ON), "read them back", lambda: read_table(data, "a.xlsx")),
        ("dossier, 60 programs", lambda: dossier(plan, "2026-11-27"), "typst, an empty page", lambda: typst.compile(b"x")),
    ]  # fmt: skip
    out = ["| what | seconds | floor | seconds | ratio |", "| --- | --- | --- | --- | --- |"]
    for what, ours, floor, theirs in rows:
        a, b = _seconds(ours), _seconds(theirs)
        out.append(f"| {what} | {a:.2f} | {floor} | {b:.2f} | {a / b:.1f} |")
    return "\n".join(out)


def _bare(cells: list[tuple[Any, ...]]) -> None:
    book = openpyxl.Workbook()
    for row in cells:
        book.active.append(row)
    book.save(io.BytesIO())


def _seconds(work: Callable[[], object]) -> float:
    """The least processor time of three runs; the first dossier also compiles its template."""
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)
