"""Cells of official files, read strictly: a value, None for an empty cell, or :class:`UnreadableError`."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from visamatch.facts.states import STATES, postal

BLANK = frozenset(("", "N/A", "NA", "NULL", "NONE", "NAN", "-"))
_EXCEL_DAY_ZERO = date(1899, 12, 30)
_YEAR = {"YEAR": 1, "YR": 1, "Y": 1, "MONTH": 12, "MTH": 12, "M": 12, "BI-WEEKLY": 26, "BI": 26,
         "WEEK": 52, "WK": 52, "W": 52, "HOUR": 2080, "HR": 2080, "H": 2080}  # fmt: skip


class UnreadableError(ValueError):
    """A cell that holds something else than it should; the message says what."""


def header_key(text: str) -> str:
    """A column name without its drift in case, blanks, hyphens and doubled underscores."""
    return re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_")


def found_columns(header: Iterable[str]) -> str:
    """The first columns of a header, for a message."""
    names = list(header)
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def text(cell: str) -> str | None:
    """A text: entities and wrong decodings mended, blanks collapsed, Excel's ``="…"`` removed."""
    value = " ".join(cell.replace("&AMP;", "&").replace("&amp;", "&").split())
    if "â€" in value or "Ã" in value:
        value = _redecoded(value)
    if value.startswith('="') and value.endswith('"'):
        value = value[2:-1].replace('""', '"')
    if value.startswith("=") and len(value) > 1:
        raise UnreadableError(f"a formula ({value[:40]}) where a value belongs")
    return None if value.upper() in BLANK else value


def _redecoded(value: str) -> str:
    try:
        return value.encode("cp1252").decode()
    except UnicodeError:
        return value


def day(cell: str) -> str | None:
    """An ISO date of 2000 to 2099, from ISO, US (``2/26/14``) or Excel's day number."""
    value = text(cell)
    if value is None:
        return None
    value = value.split(" ")[0].split("T")[0]
    try:
        if re.fullmatch(r"\d{5}(\.0+)?", value):
            found = _EXCEL_DAY_ZERO + timedelta(int(float(value)))
        elif us := re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-](\d{2}|\d{4})", value):
            month, number, year = map(int, us.groups())
            found = date(year + 2000 if year < 100 else year, month, number)
        else:
            found = date.fromisoformat(value)
    except ValueError:
        raise UnreadableError(f"{value[:40]!r} is no date") from None
    if not 2000 <= found.year < 2100:
        raise UnreadableError(f"the year of {value[:40]!r} cannot be")
    return found.isoformat()


def whole(cell: str) -> int | None:
    """A count, with thousands' commas or a spreadsheet's ``.0``."""
    value = text(cell)
    if value is None:
        return None
    if not re.fullmatch(r"-?\d[\d,]*(\.0*)?", value):
        raise UnreadableError(f"{value[:40]!r} is no count")
    return int(value.split(".")[0].replace(",", ""))


def amount(cell: str) -> float | None:
    """Dollars; ``$``, commas and the open range of FY2015 (``20000 -``) are understood."""
    value = text(cell)
    if value is None:
        return None
    value = value.split(" - ")[0].rstrip("- ").lstrip("$").replace(",", "")
    try:
        return float(value)
    except ValueError:
        raise UnreadableError(f"{value[:40]!r} is no amount") from None


def periods_a_year(cell: str) -> int | None:
    """How many pay periods a year has; a year of hours is 2,080."""
    value = text(cell)
    if value is None:
        return None
    try:
        return _YEAR[value.upper()]
    except KeyError:
        raise UnreadableError(f"{value[:40]!r} is no pay period") from None


def state(cell: str) -> str | None:
    """Two letters, from the code or the full name."""
    value = (text(cell) or "").upper()
    if value and postal(value) not in STATES:
        raise UnreadableError(f"{value[:40]!r} is no state")
    return postal(value) or None


def digits(cell: str, length: int) -> str | None:
    """A code of digits with its lost leading zeros restored."""
    value = text(cell)
    if value is None:
        return None
    value = value.split(".")[0].replace("-", "")
    if not value.isdigit():
        raise UnreadableError(f"{value[:40]!r} is no number of {length} digits")
    return value.zfill(length)
