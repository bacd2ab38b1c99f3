"""The decision tables: every word of them is known, and unknown stays unknown."""

from datetime import date

import pytest

from visamatch.rules.book import STATUSES, book, reference
from visamatch.rules.case import Facts
from visamatch.rules.names import NAMES, exam_named
from visamatch.rules.tables import ACTS, PARTS, TOKEN, _filled, condition

TABLES = {**reference("questions"), **reference("shared")}
KEYS = {"if", "needed", "stop", "law", "give", "use", "call", "ask", "each", "rows", "else", *ACTS}
GRAMMAR = {"and", "or", "not", "is", "in", "has", "known", "unknown", *"()[],<>", ">=", "<="}


def rows_of(entries):
    for entry in entries:
        for name in entry.get("each", [""]):
            row = _filled(entry, name) if name else entry
            yield row
            yield from rows_of(row.get("rows", []))
            yield from rows_of(row.get("else", []))


ROWS = [row for table in TABLES.values() for row in rows_of(table["rows"])]


def listed(value):
    return [value] if isinstance(value, str) else value or []


def paths(form, where):
    for name, part in form.items():
        yield f"{where}.{name}"
        if isinstance(part, dict):
            yield from paths(part, f"{where}.{name}")


FACTS = {path for table, form in reference("case").items() for path in paths(form, table)}


def test_rows_say_only_what_is_known():
    for row in ROWS:
        assert set(row) <= KEYS, row
        for act in ("block", "require", "doubt", "note"):
            assert set(listed(row.get(act))) <= set(reference("codes")), row
        assert set(listed(row.get("law"))) <= set(book()), row
        assert set(listed(row.get("use"))) <= set(TABLES), row
        assert row.get("call", "") in {"", *PARTS}, row


def known(token):
    law, _, key = token.rpartition(".")
    return (
        token in GRAMMAR
        or token in FACTS
        or (law in book() and key in book()[law].values)
        or ("." in token and exam_named(*token.split(".", 1)) is not None)
    )


def test_conditions_name_facts_rules_and_names_that_exist():
    words = {token for row in ROWS for token in TOKEN.findall(row.get("if", ""))}
    unknown = {word for word in words if not known(word) and ("." in word or "_" in word)}
    values = {value for form in _choices(reference("case")) for value in form}
    standings = {"not_yet", "stale", *STATUSES, *reference("codes")}
    assert unknown - set(NAMES) - values - standings == set()


def _choices(form):
    for part in form.values():
        if isinstance(part, dict):
            yield from _choices(part)
        elif isinstance(part, list) and isinstance(part[0], str):
            yield part


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("program.pgy > 1", True),
        ("program.pgy > 2", False),
        ("employer.fte > 2", None),
        ("not employer.fte > 2", None),
        ("employer.fte > 2 or program.pgy > 1", True),
        ("employer.fte > 2 and program.pgy > 2", False),
        ("employer.fte > 2 and program.pgy > 1", None),
        ("program.level is residency and (program.state is MA or program.state is NY)", True),
        ("program.level in [fellowship, faculty]", False),
        ("unknown [employer.fte, employer.type]", True),
        ("known [employer.fte, program.pgy]", True),
        ("applicant.citizenship has TN.citizens_of", True),
        ("applicant.j1.home_months < 1", True),  # never a J-1: none counts as nothing
    ],
)
def test_conditions_follow_kleenes_logic(text, expected):
    stated = {
        "program.pgy": 2,
        "program.level": "residency",
        "program.state": "NY",
        "applicant.citizenship": ["IN", "CA"],
        "applicant.j1": None,
    }
    assert condition(text)(Facts(stated, date(2026, 6, 15))) is expected


def test_what_is_left_over_is_an_error():
    with pytest.raises(ValueError, match="left over"):
        condition("program.pgy > 1 program.level")
