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


PERSON = """
match_year = 2028
most_interviews = 4
[visa]
needed = true
h1b = "prefer"
[[specialties]]
name = "Psychiatry"
[applicant.exams.step2ck]
score = 245
[money]
budget = 400
[[limits]]
of = "safety"
least = 6
most = 9
[[limits]]
of = "core"
most = 1
"""


@pytest.fixture
def me(tmp_path):
    path = tmp_path / "me.toml"
    path.write_text(PERSON)
    return path


def test_numbers_of_the_profile_hold(visamatch, me):
    made = json.loads(visamatch("plan", str(me), *ON, "--json").out)
    chosen = [row["group"] for row in made["list"] if row["apply"]]
    assert 6 <= chosen.count("safety") <= 9
    assert chosen.count("core") <= 1
    parts = {part["of"]: part for part in made["parts"]}
    assert parts["safety"]["applications"] == chosen.count("safety")
    assert sum(part["applications"] for part in made["parts"]) == len(chosen)
    assert made["totals"]["most_interviews"] == 4
    assert made["totals"]["expected_interviews"] <= 4
    assert {"limits", "interviews"} <= {row["code"] for row in made["price_of_constraints"]}


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("least = 6", "least = 99", "a least of 9 or fewer, the most"),
        ("most = 9", "most = 4", "a least of 4 or fewer, the most"),
        ('of = "core"', 'of = "nowhere"', "a group or ring"),
        ('of = "core"', 'of = "New England"', "share"),
        ("budget = 400", "budget = 55", "raise the budget to 66 or lower the least of safety to 5"),
        ("most_interviews = 4", "most_interviews = 0", "most_interviews"),
        ('h1b = "prefer"', 'h1b = "must"', "a least of 0 or fewer, all there are"),
    ],
)
def test_numbers_that_cannot_hold_are_one_sentence(visamatch, me, old, new, part):
    me.write_text(me.read_text().replace(old, new))
    answer = visamatch("plan", str(me), *ON)
    assert answer.code == 2
    assert part in answer.err
    assert len(answer.err.strip().splitlines()) == 1


def test_a_plan_for_two(visamatch, me, tmp_path):
    other = ("--partner", str(EXAMPLES / "citizen.toml"), "--near", "state")
    made = json.loads(visamatch("plan", str(me), *ON, *other, "--json").out)["couple"]
    for part in ("ends", "each_alone", "same_place_only"):
        ends = {key: share["mean"] for key, share in made[part].items()}
        assert ends["near"] <= ends["both"]
        whole = ends["both"] + ends["only_first"] + ends["only_second"] + ends["neither"]
        assert whole == pytest.approx(1, abs=5e-4)
    strict = made["same_place_only"]
    assert strict["both"]["mean"] == strict["near"]["mean"]
    assert made["ends"]["near"]["mean"] > made["each_alone"]["near"]["mean"]
    assert made["lists"][0]["cost"] <= 400
    assert visamatch("plan", str(me), *ON, *other, "--out", str(tmp_path / "two")).code == 0
    assert (tmp_path / "two" / "plan.pdf").stat().st_size > 10_000
    text = visamatch("plan", str(me), *ON, *other).out
    assert "both, in one place" in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(
    ("option", "value"), [("--near", "far"), ("--near", "-3"), ("--near", "nan")]
)
def test_a_bad_distance_is_one_sentence(visamatch, me, option, value):
    answer = visamatch(
        "plan", str(me), *ON, "--partner", str(EXAMPLES / "citizen.toml"), option, value
    )
    assert answer.code == 2
    assert "--near" in answer.err
