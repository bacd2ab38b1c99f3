"""One case: a question about one person on one day, read through a typed view.

Absent and null are told apart here and nowhere else. Each reader of :class:`Facts` gives ``None``
for a fact that is absent (unknown), and its kind's "none" for a null: ``False``, ``0``, ``"none"``
or ``[]``. A day has no such value: ask :meth:`Facts.none`. Whatever hangs under a null is none too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from visamatch.rules.days import DAY, add_months

ABSENT: Final = object()


class Facts:
    """A typed, read-only view of the facts of one case, by path (``"applicant.h1b.used_months"``).

    ``stated`` holds what was said, days as dates, and the path of every table that was opened.
    """

    __slots__ = ("_nulls", "asked_on", "stated")

    def __init__(self, stated: Mapping[str, Any], asked_on: date) -> None:
        self.stated = stated
        self.asked_on = asked_on
        self._nulls = tuple(f"{path}." for path, value in stated.items() if value is None)

    def given(self, facts: Mapping[str, Any]) -> Facts:
        """The same case with further facts stated, by path."""
        return Facts({**self.stated, **facts}, self.asked_on)

    def raw(self, path: str) -> Any:
        """The fact as stated, None for none, :data:`ABSENT` where nothing is said."""
        found = self.stated.get(path, ABSENT)
        if found is ABSENT and self._nulls and path.startswith(self._nulls):
            return None
        return found

    def known(self, *paths: str) -> bool:
        """Is anything said of one of these, be it that there is none?"""
        return any(self.raw(path) is not ABSENT for path in paths)

    def none(self, path: str) -> bool:
        """Is it known that there is none?"""
        found = self.raw(path)
        return found is None or found == []

    def text(self, path: str) -> str | None:
        """A word or code; ``"none"`` for a null."""
        found = self.raw(path)
        return None if found is ABSENT else "none" if found is None else str(found)

    def flag(self, path: str) -> bool | None:
        """True, False, or None for unknown."""
        found = self.raw(path)
        return None if found is ABSENT else bool(found)

    def number(self, path: str) -> float | None:
        """A number; 0 for a null."""
        found = self.raw(path)
        return None if found is ABSENT else found or 0

    def items(self, path: str) -> list[Any] | None:
        """A list; empty for a null."""
        found = self.raw(path)
        return None if found is ABSENT else found or []

    def day(self, path: str) -> date | None:
        """A day, or None where it is absent, none, or no day at all (``D/S``)."""
        found = self.raw(path)
        return found if isinstance(found, date) else None

    def span(self, path: str) -> tuple[date, date] | None:
        """First and last day of a date that may name only its month or year."""
        found = self.raw(path)
        return found if isinstance(found, tuple) else None

    @property
    def filed_on(self) -> date:
        """The day that decides wherever a rule speaks of filing."""
        return self.day("petition.filed_on") or self.asked_on

    @property
    def start(self) -> date:
        """The start asked for; without one, the day asked."""
        return self.day("program.start_date") or self.asked_on

    @property
    def visa_class(self) -> str | None:
        """The class wanted, of the visa or of the petition."""
        return self.text("visa.visa_class") or self.text("petition.visa_class")

    @property
    def state(self) -> str | None:
        """The state of the license, else of the program."""
        return self.text("license.state") or self.text("program.state")


def span_of(text: str) -> tuple[date, date]:
    """First and last day of ``2026``, ``2026-09`` or ``2026-09-15``."""
    numbers = [int(part) for part in text.split("-")]
    if len(numbers) == 1:
        return date(numbers[0], 1, 1), date(numbers[0], 12, 31)
    if len(numbers) == 2:
        first = date(numbers[0], numbers[1], 1)
        return first, add_months(first, 1) - DAY
    day = date.fromisoformat(text)
    return day, day
