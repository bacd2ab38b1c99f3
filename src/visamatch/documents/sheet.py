"""The sponsor list as a spreadsheet: a workbook people enjoy, or CSV. The same list gives the same bytes.

A hidden column holds the stable ids and a hidden sheet the list as it stood (the *base*), so that
:mod:`visamatch.documents.differences` can tell later what the person changed.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from visamatch.documents.columns import Column, columns, named, words
from visamatch.documents.differences import MINE
from visamatch.documents.grid import BASE_SHEET, escape, guarded
from visamatch.documents.table import Base, base_rows
from visamatch.errors import InputError
from visamatch.evidence.words import MARKS, STANDINGS
from visamatch.facts.tables import Fee, rows
from visamatch.workspace.sponsor_list import Entry

Record = Mapping[str, Any]
CELL_LIMIT = 32_767  # characters, of every spreadsheet program
SPARE_ROWS = 200  # below the list, with the same lists to choose from
ACCENT = "0A5C63"
COLORS = {
    "confirmed": "BFE3D0", "filed": "CDE8DA", "says_yes": "DDF0E5", "conditional": "FBE6B8",
    "not_for_you": "F3D9C9", "j1_only": "F6D5D5", "no_h1b": "F0C4C4", "unknown": "E8E8E6",
    "conflict": "F7D9A0",
}  # fmt: skip
STATUS_COLORS = {
    "applied": "DCEBF5", "invited": "CDE8DA", "interviewed": "BFE3D0", "matched": "9FD6B8",
    "waitlisted": "FBE6B8", "withdrawn": "E8E8E6", "rejected": "F0C4C4",
}  # fmt: skip
WIDTHS = {
    "name": 56, "institution": 40, "notes": 48, "reasons": 48, "standing": 24, "specialty": 24,
    "stated_policy": 16, "nrmp_code": 22, "city": 16, "acgme_id": 13,
}  # fmt: skip
SHARES = ("p_sponsor", "p_low", "p_high", "p_interview", "p_match", "marginal")


@dataclass(frozen=True, slots=True)
class Line:
    """One program: the person's entry and our record of it (see ``records``), empty when we have none."""

    entry: Entry
    record: Record


def workbook(
    lines: Sequence[Line],
    own: Sequence[str] = (),
    plan: Record | None = None,
    starting: bool = False,
) -> bytes:
    """The list as an xlsx file.

    Args:
        own: headers of the person's own columns, in order.
        plan: a plan as the command line's contract has it, for the costs and the calendar.
        starting: the list is our suggestion and not yet the person's.

    Raises:
        InputError: a text is longer than a cell holds.
    """
    import openpyxl  # slow to import

    book = openpyxl.Workbook()
    _list_sheet(book.active, lines, own)
    evidence = [row for line in lines for row in _evidence(line)]
    _plain_sheet(book, "Evidence", EVIDENCE, evidence)
    _plain_sheet(book, "Costs", *_costs(plan or {}))
    _plain_sheet(book, "Calendar", CALENDAR, _calendar(plan or {}))
    _plain_sheet(book, "Glossary", ("Word", "Meaning"), _glossary())
    hidden = book.create_sheet(BASE_SHEET)
    hidden.sheet_state = "hidden"
    base = Base(tuple(line.entry for line in lines), starting)
    for at, row in enumerate(base_rows(base), 1):
        for to, text in enumerate(row, 1):
            _put(hidden.cell(at, to), text)
    return _saved(book)


def write_xlsx(plan: Record, path: Path, entries: Iterable[Entry] = ()) -> None:
    """Write a plan (the contract's record) as a workbook; ``entries`` carry the person's own columns."""
    mine = {entry.program_id: entry for entry in entries}
    lines = [Line(mine.get(row["program_id"], suggested(row)), row) for row in plan["list"]]
    own = list(dict.fromkeys(header for line in lines for header in line.entry.extra))
    path.write_bytes(workbook(lines, own, plan, starting=True))


def suggested(row: Record) -> Entry:
    """The entry that a program of a plan or a search would begin with."""
    return Entry(
        program_id=row["program_id"],
        name=row.get("name") or "",
        institution=row.get("institution") or "",
        group=row.get("group") or "",
    )


def csv_text(lines: Sequence[Line], own: Sequence[str] = ()) -> str:
    """The list as CSV with the byte order mark that Excel needs; cells never start a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    shown, headers = _layout(lines, own)
    writer.writerow(map(guarded, headers))
    for line in lines:
        cells = [_value(line, column) for column in shown]
        cells += [line.entry.extra.get(name, "") for name in _own(own)]
        writer.writerow(guarded(cell) if isinstance(cell, str) else cell for cell in cells)
    return "\ufeff" + out.getvalue()


def _own(own: Sequence[str]) -> list[str]:
    """Own columns that do not stand in one of ours already."""
    found = [(name, named(name)) for name in own]
    return [name for name, column in found if not (column and column.kind == "fact")]


def _layout(lines: Sequence[Line], own: Sequence[str]) -> tuple[list[Column], list[str]]:
    ours = [column for column in columns().values() if _written(column, lines)]
    titles = {column.title for column in ours}
    mine = [name + MINE if name in titles or name.endswith(MINE) else name for name in _own(own)]
    return ours, [column.title for column in ours] + mine


def _written(column: Column, lines: Sequence[Line]) -> bool:
    if column.table == "plan":
        return any(line.record.get(column.field) is not None for line in lines)
    return column.field in Entry.model_fields or column.kind in ("fact", "computed")


def _value(line: Line, column: Column) -> Any:
    entry, record, name = line.entry, line.record, column.field
    if name in Entry.model_fields:
        return getattr(entry, name)
    if column.kind == "fact":
        said = (text for key, text in entry.extra.items() if (c := named(key)) and c.field == name)
        return next(said, _fact(record, name))
    if name in ("p_sponsor", "p_low", "p_high"):
        return (record.get("p_sponsor") or {}).get(
            {"p_low": "low", "p_high": "high"}.get(name, "mean")
        )
    standing = record.get("standing") or {}
    if name == "standing":
        return f"{MARKS[standing['code']]} {standing['label']}" if standing else ""
    if name == "standing_as_of":
        return standing.get("as_of", "")
    return _shown(record.get(name))


def _fact(record: Record, name: str) -> str:
    if name == "nrmp_code":
        return ", ".join(record.get("nrmp_codes") or ())
    return record.get(name) or ""


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping):
        return value.get("mean")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(map(str, value)) if isinstance(value, (list, tuple)) else value


def _list_sheet(sheet: Any, lines: Sequence[Line], own: Sequence[str]) -> None:
    shown, headers = _layout(lines, own)
    sheet.title = "List"
    _header(sheet, headers, [WIDTHS.get(column.field, 13) for column in shown])
    for number, line in enumerate(lines, 2):
        for at, column in enumerate(shown, 1):
            _put(sheet.cell(number, at), _dated(_value(line, column), column), column.field)
        for at, name in enumerate(_own(own), len(shown) + 1):
            _put_own(sheet.cell(number, at), line.entry.extra.get(name, ""))
    sheet.freeze_panes = "C2"
    sheet.column_dimensions["A"].hidden = True
    last = len(lines) + 1
    sheet.auto_filter.ref = f"A1:{sheet.cell(1, len(headers)).column_letter}{max(last, 2)}"
    for at, column in enumerate(shown, 1):
        letter = sheet.cell(1, at).column_letter
        _choices(sheet, column, f"{letter}2:{letter}{last + SPARE_ROWS}")


def _dated(value: Any, column: Column) -> Any:
    return date.fromisoformat(value) if value and column.kind == "day" else value


def _choices(sheet: Any, column: Column, cells: str) -> None:
    """Lists to choose from, and a color for every word."""
    from openpyxl.formatting.rule import CellIsRule
    from openpyxl.styles import PatternFill
    from openpyxl.worksheet.datavalidation import DataValidation

    allowed = [word for word in dict.fromkeys(words(column.kind).values()) if word]
    if allowed:
        rule = DataValidation(
            "list", formula1='"{}"'.format(",".join(sorted(allowed))), allow_blank=True
        )
        rule.errorTitle, rule.error = column.title, "Choose one of the list, or leave it empty."
        sheet.add_data_validation(rule)
        rule.add(cells)
    colors = {f"{MARKS[code]} {STANDINGS[code]}": color for code, color in COLORS.items()}  # type: ignore[index]
    for word, color in {"standing": colors, "status": STATUS_COLORS}.get(column.field, {}).items():
        fill = PatternFill(bgColor=color, fill_type="solid")
        sheet.conditional_formatting.add(cells, CellIsRule("equal", [f'"{word}"'], fill=fill))


def _header(sheet: Any, titles: Sequence[str], widths: Sequence[int]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for at, title in enumerate(titles, 1):
        cell = sheet.cell(1, at)
        _put(cell, title)
        cell.font = Font(name="Calibri", bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", start_color=ACCENT)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        width = widths[at - 1] if at <= len(widths) else 18
        sheet.column_dimensions[cell.column_letter].width = width
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_margins.left = sheet.page_margins.right = 0.3  # inches
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _put(cell: Any, value: Any, name: str = "") -> None:
    from openpyxl.styles import Alignment

    if isinstance(value, str):
        text = escape(value)
        if len(text) > CELL_LIMIT:
            raise InputError(
                f"{cell.coordinate}", f"at most {CELL_LIMIT} characters in a cell", text
            )
        cell.value, cell.data_type = text or None, "s"
        cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
    else:
        cell.value = value
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif name in SHARES:
        cell.number_format = "0%" if name != "marginal" else "0.0%"
    cell.alignment = Alignment(vertical="top", wrap_text=name in ("notes", "reasons"))


def _put_own(cell: Any, text: str) -> None:
    """An own cell as the number, share or day it is, so that it sorts; else as text."""
    digits = r"-?(0|[1-9]\d{0,14})(\.\d{0,6}[1-9])?"
    if re.fullmatch(digits + "%?", text):
        number = text.rstrip("%")
        value = float(number) if "." in number else int(number)
        _put(cell, round(value / 100, 12) if text.endswith("%") else value)
        if text.endswith("%"):
            cell.number_format = "0.0%" if "." in number else "0%"
    elif re.fullmatch(r"(19[1-9]\d|20\d\d)-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])", text):
        _put(cell, date.fromisoformat(text))
    else:
        _put(cell, text, "notes" if len(text) > 30 else "")


EVIDENCE = (
    "Program",
    "What it says",
    "As of",
    "Source",
    "Address",
    "How we know",
    "Reach",
    "Effect",
)
CALENDAR = ("Due", "Start", "Task", "Counts from", "Why", "Source")
SHEET_WIDTHS = {
    "Evidence": (44, 60, 12, 44, 40, 16, 12, 9), "Costs": (34, 16, 14, 14, 60),
    "Calendar": (13, 13, 48, 18, 60, 44), "Glossary": (26, 90),
}  # fmt: skip


def _plain_sheet(
    book: Any, title: str, headers: Sequence[str], table: Iterable[Sequence[Any]]
) -> None:
    from openpyxl.styles import Alignment

    sheet = book.create_sheet(title)
    _header(sheet, headers, SHEET_WIDTHS[title])
    for number, row in enumerate(table, 2):
        for at, value in enumerate(row, 1):
            cell = sheet.cell(number, at)
            _put(cell, value)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    sheet.auto_filter.ref = sheet.dimensions


def _evidence(line: Line) -> Iterable[tuple[Any, ...]]:
    for claim in line.record.get("statements") or ():
        if isinstance(claim, Mapping):  # a plan may name statements by their ids only
            source = claim["source"]
            address = source["url"] or ""
            told = (claim["text"], claim["as_of"], source["title"], address)
            effect = round(claim["effect_log_odds"], 2)
            name = line.entry.name or line.record["name"]
            yield (name, *told, claim["method"].replace("_", " "), claim["reach"], effect)


def _costs(plan: Record) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    if curve := plan.get("curve"):
        points = [(row["applications"], row["cost"], _shown(row["p_match"])) for row in curve]
        return ("Applications", "Cost, $", "Chance to match"), points
    fees = [
        (row.item, row.season, row.amount, row.up_to, row.rule)
        for row in rows(Fee)
        if row.payer == "applicant"
    ]
    return ("Fee", "Season", "Amount, $", "Up to", "Rule"), fees


def _calendar(plan: Record) -> list[tuple[Any, ...]]:
    tasks = plan.get("calendar") or ()
    found = [
        (*(_as_day(task.get(key)) for key in ("due", "start")), task["title"], *_because(task))
        for task in tasks
    ]
    return found or [
        (None, None, "Run visamatch plan with --out to have your dates here", "", "", "")
    ]


def _because(task: Record) -> tuple[str, str, str]:
    titles = "; ".join(source["title"] for source in task.get("source") or ())
    anchor = str(task.get("anchor") or "").replace("_", " ")
    return anchor, task.get("why") or "", titles


def _as_day(text: str | None) -> date | str | None:
    return date.fromisoformat(text) if text and re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text


def _glossary() -> list[tuple[str, str]]:
    standings = {
        "confirmed": "The program or its office wrote so to you.",
        "filed": "Its employer filed for residents in the last three federal fiscal years.",
        "says_yes": "Its page says it sponsors H-1B.",
        "conditional": "H-1B on conditions; read them in the evidence.",
        "not_for_you": "H-1B exists, for others: transfers or graduates of US schools.",
        "j1_only": "It takes J-1 and refuses H-1B.",
        "no_h1b": "It refuses H-1B.",
        "unknown": "Nothing on file settles it. Ask.",
        "conflict": "Two sources of equal weight disagree. Both are shown.",
    }
    words_ = [(f"{MARKS[code]} {STANDINGS[code]}", text) for code, text in standings.items()]  # type: ignore[index]
    return words_ + [(each.title, each.meaning) for each in columns().values() if each.meaning]


def _saved(book: Any) -> bytes:
    """The workbook's bytes without the moment of saving."""
    raw, out = io.BytesIO(), io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"<dcterms:(created|modified).*?</dcterms:\1>", b"", part)
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()
