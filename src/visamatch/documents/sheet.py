"""The sponsor list as a spreadsheet: a workbook people enjoy, or CSV. The same list gives the same bytes.

A hidden column holds the stable ids and a hidden sheet the list as it stood (the *base*), so that
:mod:`visamatch.documents.differences` can tell later what the person changed.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from visamatch.documents.columns import Column, columns, named, words
from visamatch.documents.differences import MINE
from visamatch.documents.grid import BASE_SHEET, NAME, guarded
from visamatch.documents.table import Base, base_rows
from visamatch.documents.xlsx import Share, choices, color, fill, look, put, saved, typed
from visamatch.evidence.words import MARKS, MEANINGS, STANDINGS
from visamatch.facts.tables import Fee, rows
from visamatch.workspace.sponsor_list import Entry

Record = Mapping[str, Any]
SPARE_ROWS = 200  # below the list, with the same lists to choose from
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

    book, plan, sheets = openpyxl.Workbook(), plan or {}, look()["sheets"]
    _list_sheet(book.active, lines, own)
    evidence = (row for line in lines for row in _evidence(line))
    fill(book.create_sheet("Evidence"), sheets["Evidence"], evidence)
    curve = plan.get("curve")
    costs = (sheets["Costs"], _curve(curve)) if curve else (sheets["Fees"], _fees())
    fill(book.create_sheet("Costs"), *costs)
    if couple := plan.get("couple"):
        fill(book.create_sheet("Together"), sheets["Together"], _together(couple))
    fill(book.create_sheet("Calendar"), sheets["Calendar"], map(_task, plan.get("calendar") or ()))
    fill(book.create_sheet("Glossary"), sheets["Glossary"], _glossary())
    hidden = book.create_sheet(BASE_SHEET)
    hidden.sheet_state = "hidden"
    base = Base(tuple(line.entry for line in lines), starting)
    for at, row in enumerate(base_rows(base), 1):
        for to, text in enumerate(row, 1):
            put(hidden.cell(at, to), text)
    return saved(book)


def write_xlsx(plan: Record, path: Path, entries: Iterable[Entry] = ()) -> None:
    """Write a plan (the contract's record) as a workbook; ``entries`` carry the person's own columns."""
    mine = {entry.program_id: entry for entry in entries}
    lines = [Line(mine.get(row["program_id"], suggested(row)), row) for row in plan["list"]]
    own = list(dict.fromkeys(header for line in lines for header in line.entry.extra))
    path.write_bytes(workbook(lines, own, plan, starting=True))


def suggested(row: Record) -> Entry:
    """The entry that a program of a plan or a search would begin with."""
    kept = ("name", "institution", "group")
    return Entry(program_id=row["program_id"], **{key: row.get(key) or "" for key in kept})


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
    standing = record.get("standing")
    if name in Entry.model_fields:
        return getattr(entry, name)
    if column.kind == "fact":
        said = (text for key, text in entry.extra.items() if (c := named(key)) and c.field == name)
        known = (
            ", ".join(record.get("nrmp_codes") or ()) if name == "nrmp_code" else record.get(name)
        )
        return next(said, known or "")
    if name == "standing":
        return f"{MARKS[standing['code']]} {standing['label']}" if standing else ""
    if name == "standing_as_of":
        return standing["as_of"] if standing else ""
    if name in ("p_low", "p_high"):
        return (record.get("p_sponsor") or {}).get(name.removeprefix("p_"))
    return _shown(record.get(name))


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping):
        return value["mean"]
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(map(str, value)) if isinstance(value, (list, tuple)) else value


def _cell(line: Line, column: Column) -> Any:
    value = _value(line, column)
    if column.field in SHARES and value is not None:
        return Share(round(value, 3 if column.field == "marginal" else 2))
    return typed(value) if column.kind == "day" and value else value


def _list_sheet(sheet: Any, lines: Sequence[Line], own: Sequence[str]) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.workbook.defined_name import DefinedName

    shown, headers = _layout(lines, own)
    widths = [look()["widths"].get(column.field, 13) for column in shown]
    table = (
        [_cell(line, column) for column in shown]
        + [typed(line.entry.extra.get(name, "")) for name in _own(own)]
        for line in lines
    )
    sheet.title = "List"
    fill(sheet, dict(zip(headers, widths + [18] * len(own), strict=False)), table)
    sheet.freeze_panes = "C2"
    sheet.column_dimensions["A"].hidden = True
    for at, column in enumerate(shown, 1):
        letter = get_column_letter(at)
        place = DefinedName(NAME + column.field, attr_text=f"List!${letter}$1")
        sheet.parent.defined_names.add(place)
        cells = f"{letter}2:{letter}{len(lines) + 1 + SPARE_ROWS}"
        if allowed := sorted(set(words(column.kind).values()) - {""}):
            choices(sheet, cells, column.title, allowed)
        colors = look()["colors"].get(column.field, {})
        color(sheet, cells, {_word(word): code for word, code in colors.items()})


def _word(code: Any) -> str:
    """A standing with its mark; other words as they are."""
    return f"{MARKS[code]} {STANDINGS[code]}" if code in STANDINGS else code


def _evidence(line: Line) -> Iterator[tuple[Any, ...]]:
    for claim in line.record.get("statements") or ():
        if isinstance(claim, Mapping):  # a plan may name statements by their ids only
            source, name = claim["source"], line.entry.name or line.record["name"]
            told = (name, claim["text"], claim["as_of"], source["title"], source["url"] or "")
            method, effect = claim["method"].replace("_", " "), round(claim["effect_log_odds"], 2)
            yield (*told, method, claim["reach"], effect)


def _curve(curve: Iterable[Record]) -> Iterator[tuple[Any, ...]]:
    for point in curve:
        yield point["applications"], point["cost"], Share(_shown(point["p_match"]))


def _together(couple: Record) -> Iterator[tuple[Any, ...]]:
    for each in couple["lists"]:
        for at, row in enumerate(each["list"], 1):
            chance = Share(_shown(row["p_match"]))
            yield each["name"], at, row["name"], row["state"] or "", chance, row["fee"]


def _fees() -> Iterator[tuple[Any, ...]]:
    for fee in rows(Fee):
        if fee.payer == "applicant":
            yield fee.item, fee.season, fee.amount, fee.up_to, fee.rule


def _task(task: Record) -> tuple[Any, ...]:
    days = (typed(task.get(key) or "") for key in ("due", "start"))
    titles = "; ".join(source["title"] for source in task.get("source") or ())
    anchor = (task.get("anchor") or "").replace("_", " ")
    return (*days, task["title"], anchor, task.get("why") or "", titles)


def _glossary() -> Iterator[tuple[str, str]]:
    for code, meaning in MEANINGS.items():
        yield _word(code), meaning
    for column in columns().values():
        if column.meaning:
            yield column.title, column.meaning
