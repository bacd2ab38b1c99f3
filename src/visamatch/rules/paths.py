"""The ways to train for one person at one program, on one day: each with its verdict and why.

The ways are data (``paths.yaml``): what a way brings with it, which questions must be open, what it
costs, who pays, and which documents it takes. Information, not legal advice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from visamatch.rules.book import Rule, reference, rule
from visamatch.rules.case import Facts
from visamatch.rules.engine import ask
from visamatch.rules.reading import facts_of
from visamatch.rules.ruling import Answer

ORDER = ("blocked", "unknown_verify", "conditional", "open")


@dataclass(frozen=True, slots=True)
class Reason:
    """A code in words: what it means and, where something would, what opens the way."""

    code: str
    means: str
    opens: str | None
    note: bool


@dataclass(frozen=True, slots=True)
class Path:
    """One way. ``verdict`` is open, conditional, unknown_verify or blocked, the worst of its questions.

    ``cost_usd`` are the government's fees of the petition where they are known, ``by`` the days that
    bound it (``earliest_filing_date`` and the like), ``law`` the rules behind it, each with its age.
    """

    id: str
    title: str
    verdict: str
    blockers: tuple[Reason, ...]
    conditions: tuple[Reason, ...]
    by: Mapping[str, date]
    cost_usd: float | None
    payment_usd: int | None
    who_pays: str
    documents: tuple[str, ...]
    law: tuple[Rule, ...]
    values: Mapping[str, Any]


def paths(
    applicant: Mapping[str, Any],
    program: Mapping[str, Any],
    employer: Mapping[str, Any],
    on: date,
    **more: Mapping[str, Any],
) -> list[Path]:
    """Every way for this person at this program, the open ones first.

    Args:
        applicant, program, employer: facts as in ``case.yaml``; what is left out is unknown.
        on: the day asked about, which also counts as the day of filing unless ``petition`` says so.
        more: further tables of facts (``petition``, ``license``).

    Raises:
        InputError: names the field that is wrong.
    """
    tables = {"applicant": applicant, "program": program, "employer": employer, **more}
    facts = facts_of(tables, on)
    ways = [way for way in reference("paths") if _fits(way, facts)]
    found = [_path(way, facts) for way in ways]
    return sorted(found, key=lambda path: -ORDER.index(path.verdict))


def reason(code: str) -> Reason:
    """A code in words."""
    entry = reference("codes")[code]
    return Reason(code, entry["means"], entry["opens"], entry.get("note", False))


def _fits(way: Mapping[str, Any], facts: Facts) -> bool:
    status = facts.text("applicant.us_status")
    citizen = "US" in (facts.items("applicant.citizenship") or ())
    if "only" in way:
        return citizen or status in way["only"]
    return not citizen and status not in ("us_citizen", "lpr")


def _path(way: Mapping[str, Any], facts: Facts) -> Path:
    facts = facts.given(way.get("given", {}))
    answers = [ask(question, facts) for question in way["asks"]]
    burdens = [ask(question, facts) for question in way.get("burdens", ())]
    every = answers + burdens
    blockers = dict.fromkeys(code for answer in every for code in answer.blockers)
    conditions = dict.fromkeys(code for answer in every for code in answer.conditions)
    laws = dict.fromkeys([*way["law"], *(name for answer in every for name in answer.rules)])
    return Path(
        id=way["id"],
        title=way["title"],
        verdict=_worst([*(answer.verdict for answer in answers), *map(_burden, burdens)]),
        blockers=tuple(map(reason, blockers)),
        conditions=tuple(map(reason, conditions)),
        by=_days(way, facts, every),
        cost_usd=ask("h1b_fees", facts).values.get("total_usd") if _petition(way) else None,
        payment_usd=rule("K100").value("usd") if "payment_100k_due" in conditions else None,
        who_pays=way["who_pays"],
        documents=tuple(way["documents"]),
        law=tuple(map(rule, laws)),
        values={key: value for answer in every for key, value in answer.values.items()},
    )


def _burden(answer: Answer) -> str:
    """A yes names something to obtain or accept; a no is nothing in the way."""
    return {"yes": "conditional", "no": "open"}.get(answer.verdict, answer.verdict)


def _worst(verdicts: list[str]) -> str:
    return min(verdicts, key=ORDER.index, default="open")


def _petition(way: Mapping[str, Any]) -> bool:
    return bool(way.get("given", {}).get("petition.visa_class") == "H-1B")


def _days(way: Mapping[str, Any], facts: Facts, answers: list[Answer]) -> dict[str, date]:
    found = [ask("procedure_dates", facts)] if way.get("deadline") else []
    return {
        key: value
        for answer in [*answers, *found]
        for key, value in answer.values.items()
        if isinstance(value, date)
    }
