from datetime import date

import pytest

from visamatch.advice.paths import (
    answers,
    comparison,
    data,
    license_here,
    licenses,
    paths,
    say,
    situation,
)
from visamatch.directory.programs import directory
from visamatch.errors import InputError
from visamatch.evidence.assess import assess
from visamatch.rules.book import rule
from visamatch.workspace.profile import profile_from_toml

NOW, SPRING = date(2026, 11, 27), date(2026, 4, 2)
ABROAD = """
match_year = 2027
[[specialties]]
name = "Internal Medicine"
[applicant]
citizenship = ["IN"]
location = "abroad"
school_kind = "foreign"
[applicant.exams.step1]
status = "passed"
[applicant.exams.step2ck]
status = "passed"
[applicant.ecfmg]
certified = true
[applicant.exams.step3]
"""
READY = ABROAD + 'status = "passed"\n'
WITHOUT = ABROAD + 'status = "not_taken"\n'


def way(text, name, on=SPRING, **switches):
    case = situation(profile_from_toml(text), on, switches=switches)
    return next(path for path in paths(case) if path.id == name)


def codes(reasons):
    return {reason.code for reason in reasons}


def test_without_step_3_the_petition_waits_and_is_not_called_impossible():
    path = way(WITHOUT, "h1b")
    assert path.verdict == "blocked"
    assert path.words == "Not yet"
    assert codes(path.blockers) == {"step3_not_passed"}
    assert "Step 3 passed before the petition is filed" in path.opens


def test_the_payment_falls_on_people_abroad_and_not_on_a_change_of_status():
    abroad, inside = way(READY, "h1b"), way(READY, "h1b", place="us")
    assert abroad.payment_usd == rule("K100").value("usd")
    assert "payment_100k_due" in codes(abroad.conditions)
    assert inside.payment_usd is None


def test_someone_in_h1b_moves_without_the_payment_and_on_what_is_left_of_six_years():
    inside = READY.replace('location = "abroad"', 'location = "us"\nus_status = "H-1B"')
    told = inside + "[applicant.h1b]\nused_months = 48\nrecapturable_months = 0\n"
    path = way(told, "h1b")
    assert path.payment_usd is None
    assert codes(path.blockers) == {"six_year_limit"}  # 24 months for a residency of three years
    assert any("labor certification" in text for text in path.opens)


def test_a_volatile_rule_past_its_limit_says_verify_and_what_was_last_read():
    path = way(READY, "h1b", NOW)
    assert path.verdict == "unknown_verify"
    assert path.as_last_read == "conditional"
    assert any("$100,000" in reason.means for reason in path.conditions)


def test_switches_suppose_and_nothing_else_changes():
    settled = way(READY, "h1b", NOW, payment="off", ban="off")
    assert settled.verdict == "open"
    assert way(READY, "j1", NOW, j1="paused").verdict == "blocked"
    due = way(READY, "h1b", NOW, payment="on", ban="off")
    assert "payment_100k_due" in codes(due.conditions)


@pytest.mark.parametrize("switches", [{"weather": "on"}, {"payment": "perhaps"}])
def test_an_unknown_switch_is_named(switches):
    with pytest.raises(InputError, match="switch"):
        situation(profile_from_toml(READY), NOW, switches=switches)


def test_a_partial_ban_closes_j1_and_leaves_h1b():
    nigerian = READY.replace('["IN"]', '["NG"]').replace(
        'location = "abroad"',
        'location = "abroad"\nat_ban_start = {location = "abroad", valid_visa = false}',
    )
    assert "travel_ban_partial" in codes(way(nigerian, "j1").blockers)
    assert way(nigerian, "h1b").verdict == "conditional"  # the payment


def test_the_clocks_run_over_residency_and_fellowship():
    long = READY + "".join(
        f'[[training]]\nlevel = "{level}"\nlength_months = {months}\n'
        for level, months in (("residency", 60), ("fellowship", 24))
    )
    case = situation(profile_from_toml(long), SPRING)
    rows = {point: (j1, h1b) for point, j1, h1b in comparison(case)}
    j1, h1b = rows["Years"]
    assert "with 0 to spare" in j1.text
    assert h1b.verdict == "blocked"
    assert "12 are lacking" in h1b.text


def test_j1_then_h1b_fellowship_is_closed_whatever_the_profile_says():
    for extra in ("", '[applicant.j1]\ntwo_year_requirement = "none"\n'):
        assert "two_year_requirement" in codes(way(READY + extra, "j1_then_h1b").blockers)


def test_a_permanent_resident_has_one_way_and_it_is_open():
    found = paths(situation(profile_from_toml('[applicant]\nus_status = "lpr"'), NOW))
    assert [(path.id, path.verdict) for path in found] == [("citizen_or_resident", "open")]


def test_the_first_four_questions_are_those_of_every_guide():
    told = {entry["id"]: said for entry, said in answers(situation(profile_from_toml(READY), NOW))}
    assert list(told)[:4] == ["willing", "step3", "j1_to_h1b", "cap"]
    assert told["j1_to_h1b"].verdict == "blocked"
    assert "not inside the same program" in told["j1_to_h1b"].text


def test_every_answer_cites_a_rule_or_a_source():
    case = situation(profile_from_toml(READY), NOW)
    assert all(said.law or entry.get("source") for entry, said in answers(case))
    for point, j1, h1b in comparison(case):
        assert j1.text, point
        assert h1b.text, point
        assert j1.law, point
        assert h1b.law, point


def test_every_text_of_every_verdict_can_be_shown():
    """No text names a value that its question cannot give."""
    empty = situation(profile_from_toml(""), NOW).facts
    cells = [row[side] for row in data("compare") for side in ("j1", "h1b")]
    for entry in [*cells, *data("answers")["questions"]]:
        assert say(entry, empty).text


def test_licenses_name_the_document_or_say_unknown():
    told = dict(licenses(situation(profile_from_toml(READY), NOW)))
    assert "limited license" in told["MA"].text
    assert told["NH"].verdict == "unknown_verify"


def test_a_program_is_asked_about_with_its_own_cap_standing_and_state():
    seen = _in_massachusetts()
    case = situation(profile_from_toml(READY), SPRING, seen)
    assert {path.id for path in paths(case, here=True)} == {"ead", "j1", "h1b"}
    assert "H-1B with this hospital" in {path.title for path in paths(case, here=True)}
    assert "limited license" in license_here(case).text


def _in_massachusetts():
    found = next(each for each in directory().programs.values() if each.state == "MA")
    return assess(found, NOW)
