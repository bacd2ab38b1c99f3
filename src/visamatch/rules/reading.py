"""Read a case: values are checked against the form in ``case.yaml``, wrong ones named.

A value that does not fit, an unknown country or question and an impossible fact are refused. A name
that the form does not know is left unread; :func:`unread` names it.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from functools import cache, partial
from typing import Any

from visamatch.errors import InputError, one_of
from visamatch.rules.book import reference
from visamatch.rules.case import Facts, span_of
from visamatch.rules.person import school

Reader = Callable[[Any, str], Any]
HEAD = ("id", "score", "plain", "asked_on", "question", "expect")
_VISA = re.compile(
    r"EAD|immigrant|none|[A-Z]-\d/[A-Z]-\d|[A-Z]{1,2}(-?\d{1,2}[A-Z]{0,2}\d?)?( [A-Za-z]+)?"
)
_STANDING = ("us_citizen", "lpr", "out_of_status")


def read(case: Mapping[str, Any], questions: Collection[str]) -> Facts:
    """Read a case and return the view of its facts.

    Raises:
        InputError: names the field, what stood there and what belongs there.
    """
    if case.get("asked_on") is None:
        raise InputError("asked_on", "a day such as 2026-06-15")
    if case.get("question") not in questions:
        question = case.get("question")
        raise InputError("question", one_of(questions, str(question)), question)
    return facts_of(case, _day(case["asked_on"], "asked_on"))


def facts_of(tables: Mapping[str, Any], on: date) -> Facts:
    """Read tables of facts (``applicant``, ``program``, …) as they stand on a day."""
    stated: dict[str, Any] = {}
    for name, table in _form().items():
        if name in tables:
            table.read(tables[name], stated)
    facts = Facts(stated, on)
    _possible(facts)
    return facts


def unread(case: Mapping[str, Any]) -> list[str]:
    """Names in a case that the form does not know, with their place."""
    form = {**dict.fromkeys(HEAD, "text"), **reference("case")}
    return list(_unknown(case, form, ""))


def _unknown(stated: Any, form: Any, where: str) -> Iterator[str]:
    if isinstance(form, list) and isinstance(form[0], dict) and isinstance(stated, list):
        for entry in stated:
            yield from _unknown(entry, form[0], where)
    elif isinstance(form, dict) and isinstance(stated, dict):
        for name, value in stated.items():
            place = f"{where}.{name}" if where else name
            if name in form:
                yield from _unknown(value, form[name], place)
            else:
                yield place


class _Table:
    """Reads one table of facts into the flat record, each fact under its full path."""

    def __init__(self, form: Mapping[str, Any], path: str) -> None:
        self.path = path
        self.tables = {
            name: _Table(part, f"{path}.{name}")
            for name, part in form.items()
            if isinstance(part, dict)
        }
        self.fields = {
            name: (f"{path}.{name}", _reader(part)) for name, part in form.items()
            if not isinstance(part, dict)
        }  # fmt: skip

    def read(self, found: Any, stated: dict[str, Any]) -> None:
        stated[self.path] = found
        if found is None:
            return
        if not isinstance(found, dict):
            raise InputError(self.path, "a table of facts", found)
        for name, value in found.items():
            field = self.fields.get(name)
            if field is not None:
                path, reader = field
                stated[path] = None if value is None else reader(value, path)
            elif name in self.tables:
                self.tables[name].read(value, stated)


@cache
def _form() -> dict[str, _Table]:
    return {name: _Table(form, name) for name, form in reference("case").items()}


def _reader(form: Any) -> Reader:
    if isinstance(form, list) and isinstance(form[0], dict):
        return partial(
            _list, partial(_entry, {name: _reader(part) for name, part in form[0].items()})
        )
    if isinstance(form, list):
        return partial(_choice, frozenset(form))
    return _KINDS[form]


def _entry(readers: Mapping[str, Reader], found: Any, where: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise InputError(where, "a table of facts", found)
    return {
        name: None if value is None else readers[name](value, f"{where}.{name}")
        for name, value in found.items()
        if name in readers
    }


def _list(reader: Reader, found: Any, where: str) -> list[Any]:
    if not isinstance(found, list):
        raise InputError(where, "a list", found)
    return [reader(entry, f"{where} {number}") for number, entry in enumerate(found, 1)]


def _several(reader: Reader, found: Any, where: str) -> list[Any]:
    return _list(reader, [found] if isinstance(found, str) else found, where)


def _choice(choices: frozenset[Any], found: Any, where: str) -> Any:
    if isinstance(found, list | dict | bool) or found not in choices:
        raise InputError(where, "one of " + ", ".join(sorted(map(str, choices))), found)
    return found


def _day(found: Any, where: str) -> date:
    try:
        return date.fromisoformat(found)
    except (TypeError, ValueError):
        raise InputError(where, "a day as YYYY-MM-DD", found) from None


def _month(found: Any, where: str) -> tuple[date, date]:
    try:
        return span_of(str(found))
    except (TypeError, ValueError):
        raise InputError(where, "YYYY, YYYY-MM or YYYY-MM-DD", found) from None


def _flag(found: Any, where: str) -> bool:
    if not isinstance(found, bool):
        raise InputError(where, "true or false", found)
    return found


def _or(words: Collection[str], reader: Reader, found: Any, where: str) -> Any:
    return found if found in words else reader(found, where)


def _number(found: Any, where: str, most: float = 1e6, least: float = 0) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float) or not least <= found <= most:
        raise InputError(where, f"a number from {least:g} to {most:g}", found)
    return found


def _text(found: Any, where: str) -> str:
    if not isinstance(found, str):
        raise InputError(where, "a word or sentence", found)
    return found


def _place(kind: str, found: Any, where: str) -> Any:
    if not isinstance(found, str) or found not in _places(kind):
        example = {"countries": "a country as two letters (ISO 3166), such as IN"}
        raise InputError(where, example.get(kind, "a US state as two letters, such as MA"), found)
    return found


@cache
def _places(kind: str) -> frozenset[str]:
    return frozenset(reference("places")[kind].split())


def _visa(found: Any, where: str) -> Any:
    if not isinstance(found, str) or not _VISA.fullmatch(found):
        raise InputError(where, "a visa class such as H-1B, or immigrant", found)
    return found


_KINDS: dict[str, Reader] = {
    "flag": _flag, "number": _number, "share": partial(_number, most=1), "text": _text,
    "year": partial(_number, least=1990, most=2100),
    "texts": partial(_several, _text), "day": _day, "days": partial(_list, _day), "month": _month,
    "day_or_ds": partial(_or, ("D/S",), _day), "score": partial(_or, ("pass", "fail"), _number),
    "visa": _visa, "visa_or_standing": partial(_or, _STANDING, _visa),
    "country": partial(_place, "countries"), "state": partial(_place, "states"),
    "countries": partial(_several, partial(_place, "countries")),
}  # fmt: skip


def _possible(f: Facts) -> None:
    """Refuse facts that contradict each other or the calendar."""
    latest = max(f.asked_on, f.filed_on)
    exams = f.raw("applicant.exams")
    for name in exams if isinstance(exams, dict) else ():
        where = f"applicant.exams.{name}"
        day = f.day(f"{where}.date")
        if day and day > latest and f.text(f"{where}.status") == "passed":
            raise InputError(
                f"{where}.date", f"a day up to {latest} for an exam that is passed", day
            )
    back = f.number("applicant.h1b.recapturable_months")
    used = f.number("applicant.h1b.used_months")
    if back and used is not None and back > used + (f.number("applicant.h1b.l_used_months") or 0):
        raise InputError("applicant.h1b.recapturable_months", "no more than the months used", back)
    told = f.known("applicant.school_kind", "applicant.school_country")
    if told and school(f) == "foreign" and f.text("applicant.exams.step3.status") == "passed":
        _step3_last(f)


def _step3_last(f: Facts) -> None:
    """For a foreign graduate Step 3 comes after Steps 1 and 2 CK, or after another series' part."""
    where = "applicant.exams.step3"
    others = ("nbme1", "nbme2", "flex", "lmcc")
    mixed = f.known(*(f"applicant.exams.{name}" for name in others))
    lacking = f.text("applicant.exams.step1.status") in ("not_taken", "failed", "not_passed")
    if lacking and not mixed:
        raise InputError(
            f"{where}.status", "Step 1 passed before Step 3 for a foreign graduate", "passed"
        )
    sat = f.day(f"{where}.date")
    for name in ("step1", "step2ck"):
        before = f.day(f"applicant.exams.{name}.date")
        if before and sat and sat < before:
            raise InputError(f"{where}.date", f"a day after {name} ({before})", sat)
