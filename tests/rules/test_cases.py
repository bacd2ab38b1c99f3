"""The cases a lawyer can read, run through the engine; and the development cases where they are."""

from pathlib import Path

import pytest
import yaml

from tests.shared import FOLDER, shared
from visamatch.rules import QUESTIONS, evaluate

OWN = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
CASES = [case for path in OWN for case in yaml.safe_load(path.read_text())]


def wrong(case):
    """What is wrong with the answer to a case, by the scoring rule of the schema; empty = right."""
    asked = {key: case[key] for key in case if key not in ("score", "plain", "expect")}
    answer, expect = evaluate(asked).document(), case["expect"]
    faults = []
    if answer["verdict"] != expect["verdict"]:
        faults.append(f"verdict {answer['verdict']}, not {expect['verdict']}")
    for part in ("blockers", "conditions"):
        if missing := set(expect.get(part) or ()) - set(answer[part]):
            faults.append(f"{part} lack {sorted(missing)}")
    for key, value in (expect.get("values") or {}).items():
        if not _same(answer["values"].get(key), value):
            faults.append(f"{key} is {answer['values'].get(key)!r}, not {value!r}")
    return faults


def _same(found, expected):
    if isinstance(expected, list) and isinstance(found, list):
        return set(map(str, found)) == set(map(str, expected))
    return found == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_own_cases(case):
    assert not wrong(case)


def test_every_question_has_a_case_and_ids_are_unique():
    assert {case["question"] for case in CASES} == set(QUESTIONS)
    assert len({case["id"] for case in CASES}) == len(CASES) >= 100


def test_every_answer_cites_its_rules():
    for case in CASES:
        asked = {key: case[key] for key in case if key not in ("score", "plain", "expect")}
        for because in evaluate(asked).document()["because"]:
            assert because["rule"]
            assert because["citation"] or because["url"]


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the raw data folder is not part of a clone")
def test_the_development_cases():
    cases = yaml.safe_load(shared("data/rules/cases.yaml").read_text())
    scored = [case for case in cases if case.get("score", True)]
    faults = {case["id"]: found for case in scored if (found := wrong(case))}
    assert len(faults) <= 0.05 * len(scored), faults
