"""Counting days: calendar months, business days, and the months between two days."""

from calendar import monthrange
from datetime import date, timedelta
from functools import cache

from visamatch.facts.cycles import nth_weekday

DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def whole_months(first: date, last: date) -> int:
    """Whole calendar months from the first day to the last, both included (0 if none)."""
    months = (last.year - first.year) * 12 + last.month - first.month
    while months > 0 and add_months(first, months) > last + DAY:
        months -= 1
    if add_months(first, months + 1) <= last + DAY:
        months += 1
    return max(0, months)


def add_business_days(received: date, count: int) -> date:
    """The day that is ``count`` business days after receipt; the day after receipt is the first."""
    day = received
    while count:
        day += DAY
        count -= day.weekday() < 5 and day not in federal_holidays(day.year)
    return day


@cache
def federal_holidays(year: int) -> frozenset[date]:
    """Federal holidays as observed in a year (5 U.S.C. 6103)."""
    fixed = [(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)]
    moving = [(1, 0, 3), (2, 0, 3), (9, 0, 1), (10, 0, 2), (11, 3, 4)]  # month, weekday, which
    days = [_observed(date(year, month, day)) for month, day in fixed]
    days.append(_observed(date(year + 1, 1, 1)))
    days += [nth_weekday(year, *rule) for rule in moving]
    memorial = date(year, 5, 31)
    days.append(memorial - timedelta(days=memorial.weekday()))
    return frozenset(days)


def _observed(day: date) -> date:
    return day + {5: -DAY, 6: DAY}.get(day.weekday(), timedelta())
