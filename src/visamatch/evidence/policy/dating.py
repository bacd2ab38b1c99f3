"""The date a text speaks for, and how it was found."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from functools import cache

from visamatch.shipped import shipped

_MONTHS = [name.lower() for name in calendar.month_name[1:]]
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if name[3:] else name for name in _MONTHS) + "|sept"
_YEAR = r"(?:19|20)\d\d"
_DATED = re.compile(r"(?:19|20)\d\d|\d[/.-]\d")
_SPACED = re.compile(r" (\??)")


@cache
def _ways() -> list[tuple[str, re.Pattern[str]]]:
    book = shipped("evidence/policy/patterns.yaml")
    dates = "(?:" + "|".join(book["dates"]).replace("MONTH", _MONTH) + ")"
    filled = ((way, text.replace("DATE", dates)) for way, text in book["dating"])
    spaced = (
        (way, _SPACED.sub(lambda m: r"\s*" if m[1] else r"\s+", text)) for way, text in filled
    )
    return [(way, re.compile(text.replace("YEAR", _YEAR))) for way, text in spaced]


@dataclass(frozen=True, slots=True)
class AsOf:
    """A date and where it comes from.

    Attributes:
        date: ISO, possibly partial (``2014-02``, ``2025``).
        found: ``revised``, ``effective``, ``cycle``, ``copyright``, ``page`` (HTML) or ``http``.
        words: what was read.
        cycle: the application cycle named, such as ``2026-2027``, or empty.
    """

    date: str
    found: str
    words: str
    cycle: str = ""


def date_of(low: str, *, html_date: str = "", http_date: str = "") -> AsOf | None:
    """The best date for a plain text: its own words first, then the page's, then the server's.

    A copyright year and the server's ``Last-Modified`` are weak: templates change without the words.
    """
    ways = _ways() if _DATED.search(low) else ()
    found = [a for way, pattern in ways for a in _matches(way, pattern, low)]
    cycle = max((a.cycle for a in found), default="")
    strong = [a for a in found if a.found != "copyright"]
    if strong:
        best = strong[0]
        return AsOf(best.date, best.found, best.words, cycle)
    if html_date and (iso := _iso_prefix(html_date)):
        return AsOf(iso, "page", html_date, cycle)
    if http_date and (iso := _http(http_date)):
        return AsOf(iso, "http", http_date, cycle)
    return found[0] if found else None


def _matches(way: str, pattern: re.Pattern[str], low: str) -> list[AsOf]:
    found = []
    for match in pattern.finditer(low):
        parts = {k.rstrip("23456"): v for k, v in match.groupdict().items() if v}
        if way == "cycle":
            first = parts["from"]
            last = parts.get("to", "")
            if last and (int(last) - int(first)) % 100 != 1:
                continue  # a span of years, not a cycle
            cycle = f"{first}-{int(first) + 1}" if last else first
            found.append(AsOf(first, way, match.group().strip(), cycle))
        elif iso := _iso(parts):
            found.append(AsOf(iso, way, match.group().strip()))
    return sorted(found, key=lambda a: a.date, reverse=True)


def _iso(parts: dict[str, str]) -> str:
    year = int(parts["year"])
    year += 0 if year > 99 else 2000 if year < 70 else 1900
    month_text = parts.get("month", "")
    if not month_text:
        return str(year)
    month = int(month_text) if month_text.isdigit() else _month(month_text)
    if not 1 <= month <= 12:
        return ""
    if "day" not in parts:
        return f"{year}-{month:02d}"
    try:
        return date(year, month, int(parts["day"])).isoformat()
    except ValueError:
        return ""


def _month(word: str) -> int:
    return next(i for i, name in enumerate(_MONTHS, 1) if name.startswith(word[:3]))


def _iso_prefix(text: str) -> str:
    match = re.match(r"(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?", text.strip())
    return match.group() if match else ""


def _http(text: str) -> str:
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except ValueError:
        return ""
