"""A couple's joint rank list as a table to type from: xlsx or CSV, with the codes that the NRMP asks for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from visamatch.advice.joint_list import Together, rules
from visamatch.directory.programs import Directory
from visamatch.documents.grid import guarded
from visamatch.documents.xlsx import Share, fill, saved
from visamatch.facts.tables import Program

HEADERS = {
    "Pair": 8, "Your code": 16, "Your program": 52, "Partner's code": 16, "Partner's program": 52,
    "How far": 14, "Chance": 10,
}  # fmt: skip


def pairs_sheet(
    known: Directory, lists: Sequence[Sequence[Program]], found: Together, kind: str
) -> bytes:
    """The pairs in order; ``kind`` is ``xlsx`` or ``csv``. The first NRMP code of a program stands for it: check it."""
    rows: list[list[Any]] = list(_rows(known, lists, found))
    if kind == "csv":
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerows([[guarded(str(cell)) for cell in row] for row in [list(HEADERS), *rows]])
        return ("\ufeff" + out.getvalue()).encode()
    import openpyxl  # slow to import

    book = openpyxl.Workbook()
    book.active.title = "Pairs"
    fill(book.active, HEADERS, rows)
    return saved(book)


def _rows(
    known: Directory, lists: Sequence[Sequence[Program]], found: Together
) -> Iterator[list[Any]]:
    for number, pair in enumerate(found.pairs, 1):
        row: list[Any] = [number]
        for at, place in enumerate((pair.mine, pair.theirs)):
            if place is None:
                row += [rules()["no_match_code"], "No Match"]
                continue
            program = lists[at][place]
            tracks = known.tracks_of.get(program.program_id, ())
            codes = [track.nrmp_code for track in tracks if track.current]
            row += [codes[0] if codes else "", f"{program.name}, {program.city}, {program.state}"]
        yield [*row, pair.distance, Share(round(pair.chance, 4))]
