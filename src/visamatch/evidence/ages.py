"""How old a claim is, and whether that is too old for the current season."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

SEASON_OPENS_MONTH = 6  # MyERAS opens in June: what was written before speaks of an earlier season


def season_start(on: date) -> date:
    """First day of the application season that ``on`` lies in."""
    return date(on.year if on.month >= SEASON_OPENS_MONTH else on.year - 1, SEASON_OPENS_MONTH, 1)


@cache
def last_day(as_of: str) -> date | None:
    """The last day that a partial ISO date may mean; None when undated.

    >>> last_day("2019-06")
    datetime.date(2019, 6, 28)
    """
    match = re.match(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", as_of)
    if match is None:
        return None
    year, month, day = match.groups()
    return date(int(year), int(month or 12), int(day or 28))


def age_years(as_of: str, on: date) -> int | None:
    """Whole years between a claim and ``on`` (never negative); None when undated."""
    day = last_day(as_of)
    return None if day is None else max(0, (on - day).days // 365)


def is_stale(as_of: str, on: date) -> bool:
    """Whether a claim is undated or older than the current season."""
    day = last_day(as_of)
    return day is None or day < season_start(on)
