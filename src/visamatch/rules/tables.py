"""Decision tables: the questions of ``questions.yaml``, compiled once and run on the facts of a case.

A condition is true, false or unknown (Kleene's logic): an absent fact makes it unknown, and only a
true row acts. The grammar stands at the head of ``questions.yaml``.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from operator import ge, gt, le, lt
from typing import Any

from visamatch.rules.book import book, reference, words
from visamatch.rules.case import ABSENT, Facts
from visamatch.rules.names import NAMES, exam_named
from visamatch.rules.ruling import Ruling

Term = Callable[[Facts], Any]
Question = Callable[[Facts], Ruling]
Part = Callable[[Facts, Ruling], None]

QUESTIONS: dict[str, Question] = {}  # filled by @question, and by the engine with the tables
PARTS: dict[str, Part] = {}  # filled by @part: what a table may call
ACTS = ("block", "require", "doubt", "note", "say")
COMPARE = {">": gt, "<": lt, ">=": ge, "<=": le}
TOKEN = re.compile(r"[()\[\],]|>=|<=|[<>]|[^\s()\[\],<>]+")


def question(work: Part, name: str = "") -> Question:
    """Register what answers a question, under its own name."""

    def answer(f: Facts) -> Ruling:
        r = Ruling()
        work(f, r)
        return r

    QUESTIONS[name or work.__name__] = answer
    return answer


def part(work: Part) -> Part:
    """Register a piece of code that a table may call, under its own name."""
    PARTS[work.__name__] = work
    return work


class Row:
    """One row of a table, compiled; see ``questions.yaml``."""

    def __init__(self, entry: dict[str, Any]) -> None:
        self.holds = condition(entry["if"]) if "if" in entry else None
        self.needed, self.stop = entry.get("needed", False), entry.get("stop", False)
        self.law, self.use, self.ask = (_names(entry.get(key)) for key in ("law", "use", "ask"))
        self.acts = [(act, code) for act in ACTS for code in _names(entry.get(act))]
        self.give = {key: _operand(text) for key, text in entry.get("give", {}).items()}
        self.call = entry.get("call", "")
        self.rows, self.other = _rows(entry.get("rows", ())), _rows(entry.get("else", ()))

    def run(self, f: Facts, r: Ruling) -> bool:
        """Act if the row holds; says whether the table stops here."""
        holds = True if self.holds is None else self.holds(f)
        if holds is None and self.needed:
            r.doubt("fact_missing", *self.law)
        if not holds:
            return any(row.run(f, r) for row in self.other)
        r.rules += self.law
        for act, code in self.acts:
            getattr(r, act)(code)
        r.give(**{key: term(f) for key, term in self.give.items()})
        self._further(f, r)
        return any(row.run(f, r) for row in self.rows) or self.stop

    def _further(self, f: Facts, r: Ruling) -> None:
        for name in self.use:
            apply(name, f, r)
        if self.call:
            PARTS[self.call](f, r)
        for name in self.ask:
            r.join(QUESTIONS[name](f))


def apply(name: str, f: Facts, r: Ruling) -> None:
    """Run one table."""
    law, rows = _tables()[name]
    r.rules += law
    for row in rows:
        if row.run(f, r):
            return


@cache
def _tables() -> Mapping[str, tuple[tuple[str, ...], tuple[Row, ...]]]:
    found = {**reference("questions"), **reference("shared")}
    return {name: (_names(table.get("law")), _rows(table["rows"])) for name, table in found.items()}


def _rows(entries: Iterable[dict[str, Any]]) -> tuple[Row, ...]:
    return tuple(
        Row(_filled(entry, name)) for entry in entries for name in entry.get("each", ("$",))
    )


def _filled(part: Any, name: str) -> Any:
    """A row with its name put for every $."""
    if isinstance(part, dict):
        return {key: _filled(value, name) for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, name) for value in part]
    return part.replace("$", name) if isinstance(part, str) else part


def _names(found: str | list[str] | None) -> tuple[str, ...]:
    return (found,) if isinstance(found, str) else tuple(found or ())


def condition(text: str) -> Term:
    """Compile a condition: a function of the facts that gives True, False or None (unknown).

    >>> from datetime import date
    >>> holds = condition("program.level is residency and not program.pgy > 2")
    >>> holds(Facts({"program.level": "residency", "program.pgy": 1}, date(2026, 6, 15)))
    True
    """
    tokens = TOKEN.findall(text)
    term = _either(tokens)
    if tokens:
        raise ValueError(f"{text!r}: {tokens[0]!r} is left over")
    return term


def _either(tokens: list[str]) -> Term:
    return _joined(tokens, "or", _both, decides=True)


def _both(tokens: list[str]) -> Term:
    return _joined(tokens, "and", _test, decides=False)


def _joined(tokens: list[str], word: str, part: Callable[[list[str]], Term], decides: bool) -> Term:
    terms = [part(tokens)]
    while tokens[:1] == [word]:
        tokens.pop(0)
        terms.append(part(tokens))
    return terms[0] if len(terms) == 1 else lambda f: _kleene(terms, f, decides)


def _kleene(terms: list[Term], f: Facts, decides: bool) -> bool | None:
    """One term that decides is enough; else unknown if any is."""
    sure: bool | None = not decides
    for term in terms:
        found: bool | None = term(f)
        if found is decides:
            return found
        if found is None:
            sure = None
    return sure


def _test(tokens: list[str]) -> Term:
    word = tokens.pop(0)
    if word == "not":
        denied = _test(tokens)
        return lambda f: None if (found := denied(f)) is None else not found
    if word == "(":
        term = _either(tokens)
        tokens.pop(0)
        return term
    if word in ("known", "unknown"):
        terms = [_said(name) for name in _listed(tokens)]
        return lambda f: any(term(f) for term in terms) is (word == "known")
    return _compared(word, tokens)


def _compared(word: str, tokens: list[str]) -> Term:
    sign = tokens[0] if tokens else ""
    if sign in COMPARE:
        return _ordered(_operand(word), COMPARE[tokens.pop(0)], _operand(tokens.pop(0)))
    if sign not in ("is", "in", "has"):
        return _named(word) or (lambda f: f.flag(word))
    tokens.pop(0)
    left = _named(word) or (lambda f: f.text(word))
    if sign == "is":
        one = tokens.pop(0)
        return lambda f: None if (found := left(f)) is None else found == one
    group = _group(tokens)
    if sign == "in":
        return lambda f: None if (found := left(f)) is None else found in group
    return lambda f: None if (found := f.items(word)) is None else not group.isdisjoint(found)


def _group(tokens: list[str]) -> frozenset[str]:
    names = _listed(tokens)
    law, _, key = names[0].rpartition(".")
    return words(law, key) if law in book() else frozenset(names)


def _listed(tokens: list[str]) -> list[str]:
    if tokens[:1] != ["["]:
        return [tokens.pop(0)]
    end = tokens.index("]")
    names = [token for token in tokens[1:end] if token != ","]
    del tokens[: end + 1]
    return names


def _ordered(left: Term, compare: Callable[[Any, Any], bool], right: Term) -> Term:
    def holds(f: Facts) -> bool | None:
        one, other = left(f), right(f)
        if one is None or other is None or isinstance(one, date) != isinstance(other, date):
            return None
        return bool(compare(one, other))

    return holds


def _said(word: str) -> Term:
    if named := _named(word):
        return lambda f: named(f) is not None
    return lambda f: f.known(word)


def _operand(word: Any) -> Term:
    """A number, a value of the rule book, a name, a fact, or else the word itself."""
    law, _, key = str(word).rpartition(".")
    if law in book():
        return lambda f: book()[law].value(key)
    if named := _named(str(word)):
        return named
    if law:
        return lambda f: _amount(f.raw(word))
    return lambda f: int(word) if str(word).isdigit() else word


def _amount(found: Any) -> Any:
    """A number or day as stated; none counts as 0, and what is no day at all (``D/S``) as unknown."""
    return None if found is ABSENT or isinstance(found, str) else 0 if found is None else found


def _named(word: str) -> Term | None:
    """A name of ``names.py``, an exam among them (``passed.step3``)."""
    name, dot, exam = word.partition(".")
    return exam_named(name, exam) if dot else NAMES.get(word)
