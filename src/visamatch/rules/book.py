"""The rule book: one YAML file a concept, with its citation, its dates and its numbers.

A number of law stands there and nowhere in the code. A rule that no one has read (``unverified``)
or on which sources disagree (``conflict``) may warn, but gives no number. ``book.yaml`` names the
day up to which the sources of volatile rules were followed; a term later they answer "verify".
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from visamatch.errors import InputError, one_of
from visamatch.shipped import shipped

UNPROVEN = ("unverified", "conflict")
STATUSES = ("in_force", "vacated", "stayed", "restored", "lifted", "expired", "unknown")


@dataclass(frozen=True, slots=True)
class Event:
    """One dated step of a policy. ``stayed``: the order against it is stayed, so it applies."""

    on: date
    status: str
    what: str
    url: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One concept of law, in our words, with where and when it was read.

    ``effective_from`` may be partial (``2000``) or None = not known. ``as_of`` dates the page read;
    ``verified_on`` is the day on which somebody compared the text of the law itself.
    """

    id: str
    title: str
    says: str
    citation: str
    url: str | None
    as_of: str
    confidence: str
    effective_from: str | None = None
    verified_on: str | None = None
    volatile: bool = False
    term_ends: date | None = None  # of a term that may have been extended since
    values: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[Event, ...] = ()

    def value(self, key: str, on: date | None = None) -> Any:
        """A number, list or table of the rule, as it stood on a day."""
        if self.confidence in UNPROVEN:
            raise LookupError(f"{self.id} is {self.confidence}: it has no numbers to give")
        found = self.values[key]
        if isinstance(found, list) and found and isinstance(found[0], dict):
            return _dated(found, on or read_until())
        return found

    def status(self, on: date) -> str:
        """What had become of a policy by that day (``not_yet`` before it took effect)."""
        begun = not self.effective_from or date.fromisoformat(self.effective_from) <= on
        status = "in_force" if begun and not self.events else "not_yet"
        for event in self.events:
            if event.on <= on:
                status = event.status
        return status

    def stale_from(self) -> date | None:
        """First day on which it answers "verify": its sources are old, or its term is over."""
        if not self.volatile:
            return None
        limit = read_until() + timedelta(days=reference("book")["volatile_days"] + 1)
        return min(limit, self.term_ends + timedelta(days=1)) if self.term_ends else limit

    def stale(self, on: date) -> bool:
        """Is the rule volatile, and too old for that day?"""
        limit = self.stale_from()
        return limit is not None and on >= limit

    def document(self) -> dict[str, Any]:
        """The whole rule as JSON."""
        limit = self.stale_from()
        return {
            **self.because(),
            "title": self.title,
            "says": self.says,
            "as_of": self.as_of,
            "confidence": self.confidence,
            "stale_from": limit.isoformat() if limit else None,
            "events": [{**asdict(event), "on": event.on.isoformat()} for event in self.events],
        }

    def because(self) -> dict[str, str | None]:
        """The reason as it stands in an answer."""
        return {
            "rule": self.id,
            "citation": self.citation,
            "url": self.url,
            "effective_from": self.effective_from,
            "verified_on": self.verified_on,
        }


def _dated(steps: list[dict[str, Any]], on: date) -> Any:
    current = steps[0]
    for step in steps:
        if "from" in step and date.fromisoformat(step["from"]) <= on:
            current = step
    return current["value"]


@cache
def book() -> Mapping[str, Rule]:
    """All rules by id, in the order of their files."""
    folder = files("visamatch.rules") / "book"
    pages = sorted(
        f"{part.name}/{page.name}"
        for part in folder.iterdir() if part.is_dir()
        for page in part.iterdir() if page.name.endswith(".yaml")
    )  # fmt: skip
    return {rule.id: rule for rule in (_rule(f"rules/book/{page}") for page in pages)}


def rule(rule_id: str) -> Rule:
    """One rule; an unknown id is wrong input."""
    found = book().get(rule_id)
    if found is None:
        raise InputError("rule", one_of(book(), rule_id), rule_id)
    return found


def value(rule_id: str, key: str, on: date | None = None) -> Any:
    """A number, list or table of one rule, as it stood on a day."""
    return book()[rule_id].value(key, on)


def number(rule_id: str, key: str, on: date | None = None) -> int:
    """A whole number of one rule: days, months, dollars or years."""
    return int(value(rule_id, key, on))


def since(rule_id: str) -> date:
    """The day from which a rule is in force."""
    return date.fromisoformat(str(rule(rule_id).effective_from))


@cache
def words(rule_id: str, key: str) -> frozenset[str]:
    """A list of one rule: countries, classes, codes."""
    return frozenset(book()[rule_id].value(key))


def stale_rules(on: date) -> list[Rule]:
    """The volatile rules that are too old for that day."""
    return [rule for rule in book().values() if rule.stale(on)]


@cache
def read_until() -> date:
    """The day up to which the sources of volatile rules were followed."""
    return date.fromisoformat(reference("book")["read_until"])


def reference(name: str) -> Any:
    """A table beside the book: ``book`` (its age), ``case`` (the form), ``codes``, ``questions``."""
    return shipped(f"rules/{name}.yaml")


def _rule(path: str) -> Rule:
    page = dict(shipped(path))
    events = tuple(
        Event(date.fromisoformat(step["date"]), step["status"], step["what"], step["url"])
        for step in page.pop("events", ())
    )
    ends = page.pop("term_ends", None)
    return Rule(**page, events=events, term_ends=date.fromisoformat(ends) if ends else None)
