from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visamatch.directory.programs import directory
from visamatch.rules.exams import latest_sitting
from visamatch.schedule import calendar
from visamatch.schedule.step3 import chance, results, safe_sitting, step3_plan
from visamatch.workspace.profile import Profile

TODAY = date(2026, 11, 27)


def someone(**changes) -> Profile:
    base = {
        "match_year": 2027,
        "applicant": {"school_kind": "foreign", "ecfmg": {"certified": True}},
    }
    return Profile.model_validate(base | changes)


def plan(profile, *ids, on=TODAY):
    programs = [directory().programs[each] for each in ids]
    return step3_plan(profile, calendar(profile, on), programs)


@given(st.dates(date(2026, 1, 1), date(2032, 12, 31)))
def test_results_are_chances_on_later_days(sits):
    found = results(sits)
    assert sum(share for _, share in found) == pytest.approx(1)
    assert all(timedelta(21) <= day - sits <= timedelta(90) for day, _ in found)
    assert all(not (day.month == 12 and day.day >= 20) for day, _ in found)


@given(st.dates(date(2026, 3, 1), date(2032, 12, 31)))
def test_the_safe_day_is_safe_open_and_never_later_than_the_rule(needed):
    day = safe_sitting(needed)
    assert day <= latest_sitting(needed)
    assert chance(day, needed) >= 0.9
    assert not (day.month == 1 and day.day <= 14)


def test_the_known_dates():
    assert safe_sitting(date(2027, 3, 3)) == date(2026, 12, 31)
    assert safe_sitting(date(2026, 12, 31)) < date(2026, 12, 3)  # no results at Christmas
    assert (
        chance(date(2027, 1, 20), date(2027, 3, 3)) == 0.5
    )  # January waits, in half of what is known


def test_each_program_has_its_own_day():
    made = plan(someone(), "1265-040", "1256-040", "1256-140")
    brigham, bidmc, silent = made.demands
    assert (brigham.rule, brigham.needed_by) == ("date", date(2026, 12, 31))
    assert (bidmc.rule, bidmc.needed_by) == ("date", date(2027, 2, 1))
    assert silent.needed_by == date(2027, 3, 3)
    assert brigham.statement_id
    assert brigham.at_risk
    assert made.result[1] > brigham.needed_by


def test_a_booked_sitting_in_time_puts_nobody_at_risk_and_a_late_one_does():
    def booked(day):
        return someone(applicant={"exams": {"step3": {"status": "not_taken", "date": day}}})

    early = plan(booked("2026-12-03"), "1256-140")
    assert early.sits == date(2026, 12, 3)
    assert not early.demands[0].at_risk
    late = plan(booked("2027-01-20"), "1256-140")
    assert late.demands[0].at_risk
    assert "2026-12-31" in late.verdict


def test_the_way_begins_with_the_certificate():
    waiting = someone(applicant={"ecfmg": {"certified": True, "certified_on": "2027-02-01"}})
    assert plan(waiting).ready[0] > date(2027, 2, 1)


def test_who_needs_no_step3_is_told_so():
    assert not plan(someone(visa={"h1b": "none"})).needed
    assert not plan(someone(applicant={"school_kind": "us_md"})).needed
    passed = plan(someone(applicant={"exams": {"step3": {"status": "passed"}}}), "1265-040")
    assert "tell every program" in passed.verdict
    assert not passed.demands[0].at_risk
