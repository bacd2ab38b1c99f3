import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visamatch.errors import InputError
from visamatch.rules import QUESTIONS, evaluate
from visamatch.rules.book import reference

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CASE = {"id": "A", "asked_on": "2026-06-15", "question": "h1b_exam"}
VERDICTS = {"open", "conditional", "blocked", "yes", "no", "value", "unknown_verify"}


def line(**facts):
    return json.dumps(CASE | facts) + "\n"


def test_one_answer_a_line_in_order(visamatch):
    cases = line(id="A", applicant={"school_kind": "us_md"}) + line(id="B", applicant={})
    answer = visamatch("rules", "evaluate", "--jsonl", stdin=cases)
    rows = [json.loads(row) for row in answer.out.splitlines()]
    assert answer.code == 0
    assert [row["id"] for row in rows] == ["A", "B"]
    assert rows[0]["because"][0].keys() == {
        "rule", "citation", "url", "effective_from", "verified_on"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"applicant": {"citizenship": ["XX"]}}, "citizenship"),
        ({"applicant": {"exams": {"step1": {"status": "passed", "date": "2026-06-16"}}}}, "step1"),
        (
            {
                "applicant": {
                    "school_kind": "foreign",
                    "exams": {"step1": {"status": "not_taken"}, "step3": {"status": "passed"}},
                }
            },
            "step3",
        ),
        (
            {
                "applicant": {
                    "school_kind": "foreign",
                    "exams": {
                        "step1": {"status": "passed", "date": "2025-05-01"},
                        "step3": {"status": "passed", "date": "2025-04-30"},
                    },
                }
            },
            "step3.date",
        ),
        (
            {"applicant": {"h1b": {"used_months": 12, "recapturable_months": 13}}},
            "recapturable_months",
        ),
        ({"applicant": {"graduated_on": "2026-13"}}, "graduated_on"),
        ({"petition": {"filed_on": "soon"}}, "petition.filed_on"),
        ({"petition": {"registration_fiscal_year": 1}}, "registration_fiscal_year"),
        ({"applicant": []}, "applicant"),
        ({"question": "weather"}, "question"),
        ({"asked_on": None}, "asked_on"),
    ],
)
def test_wrong_facts_are_one_sentence_with_the_field(visamatch, facts, field):
    answer = visamatch("rules", "evaluate", "--jsonl", stdin=line(**facts))
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.count("\n") == 1
    assert field in answer.err


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 400) | st.floats(0, 1) | st.text(max_size=6)
    | st.dates().map(str) | st.sampled_from(["IN", "NG", "passed", "J-1", "H-1B", "us", "conrad30"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@st.composite
def cases(draw):
    """A question with facts under known names, whatever they hold."""
    facts = {}
    for table, form in reference("case").items():
        names = draw(st.lists(st.sampled_from(sorted(form)), max_size=4, unique=True))
        facts[table] = {name: draw(ANYTHING) for name in names}
    return CASE | {"question": draw(st.sampled_from(sorted(QUESTIONS)))} | facts


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_any_case_is_answered_in_known_words_or_refused_by_field(case):
    try:
        answer = evaluate(case).document()
    except InputError as error:
        assert error.where  # noqa: PT017  any case may be refused, if it says where
        return
    assert answer["verdict"] in VERDICTS
    assert set(answer["blockers"]) | set(answer["conditions"]) <= set(reference("codes"))
    json.dumps(answer)


def test_stale_lists_what_is_too_old_on_a_day(visamatch):
    fresh = visamatch("rules", "stale", "--on", "2026-08-19")
    late = visamatch("rules", "stale", "--on", "2026-08-20", "--json")
    assert "0 volatile rules" in fresh.out
    assert {"K100", "BAN-2026", "HOLD", "DS-RULE"} <= {row["rule"] for row in json.loads(late.out)}


def test_paths_as_json_and_as_text(visamatch):
    profile = str(EXAMPLES / "abroad-no-step3.toml")
    made = json.loads(visamatch("rules", "paths", profile, "--on", "2026-11-27", "--json").out)
    h1b = next(path for path in made["paths"] if path["path"] == "h1b")
    assert h1b["verdict"] == "blocked"
    assert h1b["law"][0]["citation"]
    shown = visamatch("rules", "paths", profile, "--on", "2026-11-27")
    assert "Not yet: H-1B" in shown.out
    assert shown.out.count("not legal advice") == 1


def test_a_switch_without_a_choice_is_refused(visamatch):
    profile = str(EXAMPLES / "abroad-no-step3.toml")
    assert visamatch("rules", "paths", profile, "--suppose", "payment").code == 2
