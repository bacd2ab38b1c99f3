"""Writing workbooks: tables with a frozen, filtered header, typed cells, and bytes that depend on nothing else."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import date
from typing import Any

from visamatch.documents.grid import escape
from visamatch.errors import InputError
from visamatch.shipped import shipped

CELL_LIMIT = 32_767  # characters, of every spreadsheet program


class Share(float):
    """A number that is shown in percent."""


def look() -> Any:
    """Widths, colors and words of the workbook."""
    return shipped("documents/sheet.yaml")


def typed(text: str) -> int | float | date | str:
    """A text as the number, share or day that reads exactly like it, so that it sorts; else itself."""
    if re.fullmatch(r"-?(0|[1-9]\d{0,14})(\.\d{0,6}[1-9])?%?", text):
        number = float(text.rstrip("%"))
        if text.endswith("%"):
            return Share(round(number / 100, 12))
        return number if "." in text else int(text)
    if re.fullmatch(r"(19[1-9]\d|20\d\d)-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])", text):
        return date.fromisoformat(text)
    return text


def fill(sheet: Any, headers: Mapping[str, int], rows: Iterable[Sequence[Any]]) -> None:
    """Write a table into an empty sheet; ``headers`` are titles with their widths in characters."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for at, width in enumerate(headers.values(), 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    for number, row in enumerate([list(headers), *rows], 1):
        for at, value in enumerate(row, 1):
            put(sheet.cell(number, at), value)
    for cell in sheet[1]:
        cell.font = Font(name="Calibri", bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", start_color=look()["accent"])
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    sheet.page_margins.left = sheet.page_margins.right = 0.3  # inches
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def put(cell: Any, value: Any) -> None:
    """Write one value; a text is never a formula.

    Raises:
        InputError: a text is longer than a cell holds.
    """
    if isinstance(value, str):
        text = escape(value)
        if len(text) > CELL_LIMIT:
            raise InputError(cell.coordinate, f"at most {CELL_LIMIT} characters in a cell", text)
        cell.value, cell.data_type = text or None, "s"
    else:
        cell.value = value
    width = cell.parent.column_dimensions[cell.column_letter].width
    long = isinstance(value, str) and len(value) > 1.25 * width
    form = "yyyy-mm-dd" if isinstance(value, date) else "General"
    if isinstance(value, Share):
        form = "0%" if round(value * 100, 8).is_integer() else "0.0%"
    _style(cell, form, long, isinstance(value, str) and value[:1] in ("=", "+", "-", "@"))


def _style(cell: Any, form: str, wrap: bool, literal: bool) -> None:
    """Style a cell; openpyxl makes a style slowly, so each is made once a workbook and shared."""
    from openpyxl.styles import Alignment

    made: dict[tuple[str, bool, bool], Any] = cell.parent.parent.__dict__.setdefault("made", {})
    key = (form, wrap, literal)
    if key not in made:
        cell.number_format, cell.quotePrefix = form, literal
        cell.alignment = Alignment(vertical="top", wrap_text=wrap)
        made[key] = cell._style
    cell._style = copy(made[key])


def choices(sheet: Any, cells: str, title: str, allowed: Sequence[str]) -> None:
    """Let the cells choose from a list."""
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation("list", formula1=f'"{",".join(allowed)}"', allow_blank=True)
    rule.errorTitle, rule.error = title, "Choose one of the list, or leave it empty."
    sheet.add_data_validation(rule)
    rule.add(cells)


def color(sheet: Any, cells: str, colors: Mapping[str, str]) -> None:
    """Give every word its color."""
    from openpyxl.formatting.rule import CellIsRule
    from openpyxl.styles import PatternFill

    for word, code in colors.items():
        rule = CellIsRule("equal", [f'"{word}"'], fill=PatternFill("solid", bgColor=code))
        sheet.conditional_formatting.add(cells, rule)


def saved(book: Any) -> bytes:
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
