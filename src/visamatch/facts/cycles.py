"""The dated events of a Match cycle, and the rules that project those nobody has published.

Source: ``data/cycles.yaml``, written by hand; every rule and event there names its sources.
"""

from __future__ import annotations

from collections.abc import Callable
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
    return RULES[rule["kind"]](rule, cycle)


def calendar() -> Any:
    """The calendar file as it stands: ``zone``, ``rules`` by event name, ``events``."""
    return shipped("facts/data/cycles.yaml")


def _event(name: str, cycle: int, known: dict[str, Any] | None) -> Event:
    rule = calendar()["rules"][name]
    day = known["date"] if known else project(name, cycle)
    standing = known["standing"] if known else "projected"
    source = tuple((known or rule)["source"])
    zone = calendar()["zone"]
    return Event(
        name,
        cycle,
        rule["title"],
        rule["system"],
        day,
        rule.get("time", ""),
        zone,
        standing,
        source,
    )


def _nth_weekday(rule: dict[str, Any], cycle: int) -> date:
    first = date(cycle + rule["year"], rule["month"], 1)
    ahead = (WEEKDAYS.index(rule["weekday"]) - first.weekday()) % 7
    return first + timedelta(days=ahead + 7 * (rule["n"] - 1))


def _fixed(rule: dict[str, Any], cycle: int) -> date:
    return date(cycle + rule["year"], rule["month"], rule["day"])


def _first_business_day(rule: dict[str, Any], cycle: int) -> date:
    day = date(cycle + rule["year"], rule["month"], 1)
    return day + timedelta(days=7 - day.weekday() if day.weekday() > 4 else 0)


def _last_business_day(rule: dict[str, Any], cycle: int) -> date:
    year, month = cycle + rule["year"], rule["month"]
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last - timedelta(days=max(0, last.weekday() - 4))


def _before(rule: dict[str, Any], cycle: int) -> date:
    return project(rule["anchor"], cycle) - timedelta(days=rule["days"])


def _after(rule: dict[str, Any], cycle: int) -> date:
    return project(rule["anchor"], cycle) + timedelta(days=rule["days"])


RULES: dict[str, Callable[[dict[str, Any], int], date]] = {
    "nth_weekday": _nth_weekday,
    "fixed": _fixed,
    "first_business_day": _first_business_day,
    "last_business_day": _last_business_day,
    "before": _before,
    "after": _after,
}
