"""An answer in the making, and the order of its verdicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from visamatch.rules.book import rule
from visamatch.rules.case import Facts


def standing(f: Facts, rule_id: str, on: date) -> str:
    """How a rule stands on a day: the status of its last step, ``stale`` where that is too old to
    say, ``not_yet`` before it took effect. What the case supposes (``suppose.ID``) goes before all."""
    supposed = f.text(f"suppose.{rule_id}")
    policy = rule(rule_id)
    return supposed or ("stale" if policy.stale(on) else policy.status(on))


@dataclass(frozen=True, slots=True)
class Answer:
    """One question answered. Codes as in ``codes.yaml``; ``rules`` are ids of the rule book."""

    verdict: str
    blockers: tuple[str, ...]
    conditions: tuple[str, ...]
    values: dict[str, Any]
    rules: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """The answer as JSON, each rule with its citation, address and dates."""
        return {
            "verdict": self.verdict,
            "blockers": list(self.blockers),
            "conditions": list(self.conditions),
            "values": {key: _plain(value) for key, value in self.values.items()},
            "because": [rule(name).because() for name in self.rules],
        }


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


@dataclass(slots=True)
class Ruling:
    """What the rules have said so far. Blocked goes before unknown, unknown before conditional.

    ``answered`` is set by questions that are not about an open way: yes, no, value.
    """

    answered: str | None = None
    blockers: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)

    def cite(self, *rules: str) -> None:
        """Name rules that were applied."""
        self.rules += rules

    def block(self, code: str, *rules: str) -> None:
        """A stated fact fails a rule."""
        self.blockers.append(code)
        self.rules += rules

    def require(self, code: str, *rules: str) -> None:
        """Something must still be obtained, waited for or accepted."""
        self.conditions.append(code)
        self.rules += rules

    def doubt(self, code: str, *rules: str) -> None:
        """It cannot be known: a fact is absent, the sources are old, or they do not settle it."""
        self.doubts.append(code)
        self.rules += rules

    def note(self, code: str, *rules: str) -> None:
        """Something to know that changes no verdict."""
        self.notes.append(code)
        self.rules += rules

    def say(self, verdict: str, *rules: str) -> None:
        """Answer yes, no or value."""
        self.answered = verdict
        self.rules += rules

    def give(self, **values: Any) -> None:
        """Add values; what is not known is left out."""
        self.values.update((key, value) for key, value in values.items() if value is not None)

    def join(self, other: Ruling) -> None:
        """Take over all that another question found, except its values."""
        self.blockers += other.blockers
        self.conditions += other.conditions
        self.doubts += other.doubts
        self.notes += other.notes
        self.rules += other.rules

    def answer(self) -> Answer:
        """The answer, each code and rule once."""
        doubts = [] if self.blockers else self.doubts
        conditions = [*self.conditions, *doubts, *self.notes]
        return Answer(
            self._verdict(),
            tuple(dict.fromkeys(self.blockers)),
            tuple(dict.fromkeys(conditions)),
            self.values,
            tuple(dict.fromkeys(self.rules)),
        )

    def _verdict(self) -> str:
        if self.answered and not self.doubts:
            return self.answered
        if self.blockers:
            return "blocked"
        if self.doubts:
            return "unknown_verify"
        return "conditional" if self.conditions else "open"
