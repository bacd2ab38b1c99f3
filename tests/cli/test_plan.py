import json
from pathlib import Path

import pytest

from tests.advice.season import ship

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ON = ("--on", "2026-11-24")


@pytest.fixture(autouse=True)
def invented_season(monkeypatch):
    ship(monkeypatch)


def plan(visamatch, name, *more):
    answer = visamatch("plan", str(EXAMPLES / name), *ON, "--json", *more)
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def groups(made):
    return {row["group"] for row in made["list"]}


def test_prefer_gets_three_groups_and_is_told_about_step_3(visamatch):
    made = plan(visamatch, "abroad-no-step3.toml")
    assert groups(made) == {"core", "regional", "safety"}
    first = next(row for row in made["list"] if row["group"] == "core")
    assert any("cannot be filed yet" in reason for reason in first["reasons"])
    assert first["statements"]


def test_must_has_no_j1_group_and_no_refusal(visamatch):
    made = plan(visamatch, "in-us-step3-passed.toml")
    assert groups(made) == {"core", "regional"}
    standings = {row["standing"]["code"] for row in made["list"]}
    assert not standings & {"j1_only", "no_h1b", "not_for_you"}
    assert made["left_out"]["refuses H-1B"] > 0


def test_a_citizen_is_not_sorted_by_sponsorship(visamatch):
    made = plan(visamatch, "citizen.toml")
    assert groups(made) == {"core", "regional"}
    assert not made["left_out"]


def test_the_whole_contract(visamatch):
    made = plan(
        visamatch,
        "in-us-step3-passed.toml",
        "--budget",
        "400",
        "--signals",
        "Internal Medicine=1+2",
    )
    assert {"paths", "list", "totals", "curve", "price_of_constraints", "calendar"} <= set(made)
    chosen = [row for row in made["list"] if row["apply"]]
    assert made["totals"]["applications"] == len(chosen) == len(made["curve"])
    assert made["totals"]["cost"] == sum(row["fee"] for row in chosen) <= 400
    for row in made["list"]:
        assert {"p_sponsor", "p_interview", "p_match", "signal", "marginal", "reasons"} <= set(row)
        assert row["p_match"]["low"] <= row["p_match"]["mean"] <= row["p_match"]["high"]
    assert sorted(row["signal"] for row in chosen if row["signal"]) == ["gold", "silver", "silver"]
    assert made["signals"] == [
        {"specialty_id": "internal-medicine", "quota": {"gold": 1, "silver": 2}}
    ]
    assert {row["code"] for row in made["price_of_constraints"]} == {"visa", "places"}
    assert {"uid", "title", "start", "due"} <= set(made["calendar"][0])


def test_four_files(visamatch, tmp_path):
    profile = str(EXAMPLES / "in-us-step3-passed.toml")
    assert visamatch("plan", profile, *ON, "--out", str(tmp_path / "mine")).code == 0
    assert {path.name for path in (tmp_path / "mine").iterdir()} == {
        "plan.xlsx", "plan.ics", "plan.pdf", "plan.json",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("option", "value", "part"),
    [
        ("--budget", "5", "at least 11"),
        ("--signals", "Psychiatry=many", "its quota"),
        ("--signals", "Astrology=3", "Astrology"),
        ("--must", "nowhere", "program"),
    ],
)
def test_a_bad_option_is_one_sentence(visamatch, option, value, part):
    answer = visamatch("plan", str(EXAMPLES / "citizen.toml"), *ON, option, value)
    assert answer.code == 2
    assert part in answer.err
    assert len(answer.err.strip().splitlines()) == 1


def test_a_us_graduate_is_not_told_no_where_one_page_names_them(visamatch):
    made = plan(visamatch, "f1-us-graduate.toml")
    dartmouth = next(row for row in made["list"] if row["institution"].startswith("Dartmouth"))
    assert dartmouth["group"] == "regional"
    assert dartmouth["standing"]["code"] == "conflict"  # its two pages name different groups


@pytest.mark.parametrize(
    ("toml", "part"),
    [
        ("", "specialties"),
        ('[[specialties]]\nname = "Astrology"', "specialties.1.name"),
        ("[applicant.exams.step2ck]\nscore = 400", "score"),
    ],
)
def test_a_bad_profile_is_one_sentence(visamatch, tmp_path, toml, part):
    path = tmp_path / "me.toml"
    path.write_text(toml)
    answer = visamatch("plan", str(path))
    assert answer.code == 2
    assert part in answer.err
    assert len(answer.err.strip().splitlines()) == 1


def test_the_table_reads(visamatch):
    text = visamatch("plan", str(EXAMPLES / "abroad-no-step3.toml"), *ON).out
    for title in ("H-1B core", "H-1B in the wider region", "J-1 safety"):
        assert title in text
    assert max(map(len, text.splitlines())) <= 80
