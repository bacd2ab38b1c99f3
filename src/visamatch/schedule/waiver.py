"""On a J-1 with an H-1B later: fellowship first, then the waiver, then three years of service."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from visamatch.errors import InputError, one_of
from visamatch.facts.states import STATES
from visamatch.rules.book import number
from visamatch.rules.days import add_months
from visamatch.schedule.book import Item, source, table
from visamatch.schedule.calendar import shift


@dataclass(frozen=True, slots=True)
class WaiverPlan:
    """Stages in order, what to do when, the states' windows, and whether seven years suffice."""

    fits: bool
    training_months: int
    limit_months: int
    stages: tuple[Item, ...]
    steps: tuple[Item, ...]
    states: tuple[Item, ...]
    federal: tuple[Item, ...]


def waiver_plan(
    start: date, residency_years: int, fellowship_years: int = 0, states: Iterable[str] = ()
) -> WaiverPlan:
    """Plan from the first day of residency. A fellowship always stands before the waiver.

    Source: INA 212(e), 214(l); rules J1-7Y, J1-CONRAD, TR-J1H1.
    """
    book, months = table("waiver"), 12 * (residency_years + fellowship_years)
    middle, end = add_months(start, 12 * residency_years), add_months(start, months)
    opens = date(end.year - (end.month < 10), 10, 1)
    served = add_months(end, number("J1-CONRAD", "service_months"))
    stages = [
        Item("Residency on a J-1", start, middle - timedelta(1)),
        Item("Fellowship on a J-1", middle, end - timedelta(1)),
        Item("Conrad 30 or a federal waiver", opens, end),
        Item("Three years of service on H-1B, cap-exempt", end, served),
    ]
    return WaiverPlan(
        fits=months <= number("J1-7Y", "maximum_months"),
        training_months=months,
        limit_months=number("J1-7Y", "maximum_months"),
        stages=tuple(stages if fellowship_years else stages[:1] + stages[2:]),
        steps=tuple(
            Item(
                row["title"],
                shift(opens if "opens" in row else end, row["window"][0]),
                shift(opens if "opens" in row else end, row["window"][1]),
                source=tuple(source(key) for key in row["source"]),
            )
            for row in book["steps"]
        ),
        states=tuple(_state(state, opens) for state in dict.fromkeys(states)),
        federal=tuple(
            Item(row["title"], None, None, source=(source(row["source"]),))
            for row in book["federal"]
        ),
    )


def _state(code: str, opens: date) -> Item:
    if code not in STATES:
        raise InputError("state", one_of(STATES, code), code)
    row = table("waiver")["states"].get(code)
    if row is None:
        return Item(f"{STATES[code]}: unknown; ask its health department", None, None)
    first = date.fromisoformat(f"{opens.year}-{row['opens']}")
    last = date.fromisoformat(f"{opens.year + (row['closes'] < '09')}-{row['closes']}")
    return Item(f"{STATES[code]}: {row['note']}", first, last, source=(source(row["source"]),))
