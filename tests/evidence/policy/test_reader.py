"""The policy reader against cases a domain expert can read and extend (``cases/*.yaml``)."""

from pathlib import Path

import pytest
import yaml

from visamatch.evidence.policy import read_policy

FILES = sorted(Path(__file__).parent.glob("cases/*.yaml"))
CASES = [
    pytest.param(case, id=f"{path.stem}-{number}")
    for path in FILES
    for number, case in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1)
]
YES_NO = {True: "yes", False: "no"}  # YAML's yes and no


def answers(value: object) -> set[object]:
    """The answers a case allows: one, or any of a list where readers may differ."""
    values = value if isinstance(value, list) else [value]
    return {YES_NO.get(v, v) if isinstance(v, bool) else v for v in values}


@pytest.mark.parametrize("case", CASES)
def test_case(case):
    reading = read_policy(case["text"])
    if (label := case.get("label", "policy")) != "any":
        assert reading.label == label
    if "j1" in case:
        assert reading.sponsors_j1 in answers(case["j1"])
    if "h1b" in case:
        assert reading.sponsors_h1b in answers(case["h1b"])
    assert set(case.get("conditions", [])) <= set(reading.h1b_conditions)
    assert set(case.get("others", [])) <= set(reading.other_visas)
    if "work_only" in case:
        assert reading.needs_us_work_authorization_only is case["work_only"]
    if "policy" in case:
        assert reading.img_policy == case["policy"]


def test_enough_cases():
    assert len(CASES) >= 400
    assert len({p.values[0]["text"] for p in CASES}) == len(CASES)
