"""On a J-1 with an H-1B later: fellowship first, then the waiver, then three years of service."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from visamatch.errors import InputError, one_of
from visamatch.facts.states import STATES
from visamatch.facts.tables import Source
from visamatch.rules.book import number
from visamatch.rules.days import add_months
from visamatch.schedule.book import source, table
from visamatch.schedule.calendar import shift


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the years to come: ``training``, ``waiver`` or ``service``."""

    kind: str
    title: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Item:
    """Something to do in a window, with its sources; a state's window has ``state`` set."""

    title: str
    start: date | None
    due: date | None
    source: tuple[Source, ...]
    state: str = ""


@dataclass(frozen=True, slots=True)
class WaiverPlan:
    """Stages in order, what to do when, the states' windows, and whether seven years suffice."""

    stages: tuple[Stage, ...]
    steps: tuple[Item, ...]
    states: tuple[Item, ...]
    federal: tuple[Item, ...]
    training_months: int
    limit_months: int

    @property
    def fits(self) -> bool:
        """Does the training fit into the seven years of a J-1?"""
        return self.training_months <= self.limit_months


def waiver_plan(
    start: date, residency_years: int, fellowship_years: int = 0, states: Iterable[str] = ()
) -> WaiverPlan:
    """Plan from the first day of residency. A fellowship always stands before the waiver.

    Source: INA 212(e), 214(l); rules J1-7Y, J1-CONRAD, TR-J1H1.
    """
    book, stages, day = table("waiver"), [], start
    for title, years in (("Residency", residency_years), ("Fellowship", fellowship_years)):
        if years:
            end = add_months(day, 12 * years)
            stages.append(Stage("training", f"{title} on a J-1", day, end - timedelta(1)))
            day = end
    opens = date(day.year - (day.month < 10), 10, 1)
    served = add_months(day, number("J1-CONRAD", "service_months"))
    stages.append(Stage("waiver", "Conrad 30 or a federal waiver", opens, day))
    stages.append(Stage("service", "Three years of service on H-1B, cap-exempt", day, served))
    return WaiverPlan(
        stages=tuple(stages),
        steps=tuple(
            Item(
                row["title"],
                shift(day, row["window"][0]) if "window" in row else opens,
                shift(day, row["window"][1]) if "window" in row else shift(opens, row["opens"]),
                tuple(source(key) for key in row["source"]),
            )
            for row in book["steps"]
        ),
        states=tuple(_state(state, opens) for state in dict.fromkeys(states)),
        federal=tuple(
            Item(row["title"], None, None, (source(row["source"]),)) for row in book["federal"]
        ),
        training_months=12 * (residency_years + fellowship_years),
        limit_months=number("J1-7Y", "maximum_months"),
    )


def _state(code: str, opens: date) -> Item:
    if code not in STATES:
        raise InputError("state", one_of(STATES, code), code)
    row = table("waiver")["states"].get(code)
    if row is None:
        return Item(f"{STATES[code]}: unknown; ask its health department", None, None, (), code)
    first = date.fromisoformat(f"{opens.year}-{row['opens']}")
    last = date.fromisoformat(f"{opens.year + (row['closes'] < '09')}-{row['closes']}")
    title = f"{STATES[code]}: {row['note']}"
    return Item(title, first, last, (source(row["source"]),), code)
