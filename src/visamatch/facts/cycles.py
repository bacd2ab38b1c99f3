"""The dated events of a Match cycle, and the rules that project those nobody has published.

Source: ``data/cycles.yaml``, written by hand; every rule and event there names its sources.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from visamatch.errors import InputError, one_of
from visamatch.shipped import shipped

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Event:
    """One dated step of the cycle that is named by its Match year.

    ``time`` is ``HH:MM`` in ``zone`` and empty for a whole day. ``standing``: ``official``,
    ``secondary`` (someone quotes the publisher) or ``projected`` (by the rule).
    """

    event: str
    cycle: int
    title: str
    system: str  # ERAS, NRMP or GME
    date: date
    time: str
    zone: str
    standing: str
    source: tuple[str, ...]


def events(cycle: int) -> tuple[Event, ...]:
    """All events of a cycle by date: those on file, and projections for the rest."""
    book = calendar()
    known = {row["event"]: row for row in book["events"] if row["cycle"] == cycle}
    made = (_event(name, cycle, known.get(name)) for name in book["rules"])
    return tuple(sorted(made, key=lambda event: (event.date, event.time, event.event)))


def project(name: str, cycle: int) -> date:
    """The date that the rule gives, whatever is on file."""
    rules = calendar()["rules"]
    if name not in rules:
        raise InputError("event", one_of(rules, name), name)
    rule = rules[name]
    kind, days = rule["kind"], timedelta(rule.get("days", 0))
    if kind in ("before", "after"):
        anchor = project(rule["anchor"], cycle)
        return anchor - days if kind == "before" else anchor + days
    year, month = cycle + rule["year"], rule["month"]
    if kind == "nth_weekday":
        return nth_weekday(year, month, WEEKDAYS.index(rule["weekday"]), rule["n"])
    first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
    if kind == "first_business_day":
        return first + timedelta(7 - first.weekday() if first.weekday() > 4 else 0)
    if kind == "last_business_day":
        return last - timedelta(max(0, last.weekday() - 4))
    return date(year, month, rule["day"])


def nth_weekday(year: int, month: int, weekday: int, n: int) -> date:
    """The n-th Monday (0) to Sunday (6) of a month."""
    first = date(year, month, 1)
    return first + timedelta((weekday - first.weekday()) % 7 + 7 * (n - 1))


def calendar() -> Any:
    """The calendar file as it stands: ``zone``, ``rules`` by event name, ``events``."""
    return shipped("facts/data/cycles.yaml")


def _event(name: str, cycle: int, known: dict[str, Any] | None) -> Event:
    rule, zone = calendar()["rules"][name], calendar()["zone"]
    day = known["date"] if known else project(name, cycle)
    standing = known["standing"] if known else "projected"
    title, system, time = rule["title"], rule["system"], rule.get("time", "")
    source = tuple((known or rule)["source"])
    return Event(name, cycle, title, system, day, time, zone, standing, source)
