from datetime import date, timedelta

import numpy as np
import pytest

from visamatch.facts.states import STATES
from visamatch.rules.days import add_business_days
from visamatch.schedule import calendar, petition
from visamatch.schedule.book import source, table
from visamatch.schedule.petition import after_match
from visamatch.schedule.waiver import waiver_plan
from visamatch.workspace.diary import Mark
from visamatch.workspace.profile import Profile

TODAY = date(2026, 11, 27)


def someone(location="abroad", **visa) -> Profile:
    return Profile.model_validate(
        {"match_year": 2027, "visa": visa, "applicant": {"location": location}}
    )


def after(profile, state="NY", on=TODAY, **options):
    return after_match(profile, calendar(profile, on), state, **options)


def test_same_seed_same_answer_and_another_seed_is_near():
    first, again, other = (after(someone(), seed=seed).ways[0].chance for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert abs(first.mean - other.mean) < 0.05
    assert 0 <= first.low < first.mean < first.high <= 1


def test_premium_a_known_license_and_staying_in_the_country_each_help():
    abroad = {way.name: way.chance.mean for way in after(someone()).ways}
    premium, regular = (
        abroad[f"H-1B through the consulate, {kind} processing"] for kind in ("premium", "regular")
    )
    assert premium > regular + 0.5
    assert after(someone(), "MA").ways[0].chance.mean < premium
    inside = after(someone("us")).ways
    assert "change of status" in inside[0].name
    assert inside[0].chance.mean > premium


def test_the_days_along_the_longest_chain_add_up():
    rows = petition._rows("h1b", "consulate", True, "MA")
    began, ended = petition._simulate(rows, date(2027, 3, 19), {}, 1)
    cost = petition._critical(rows, began, ended, {})
    assert sum(cost.values()) == pytest.approx(ended["onboard"].mean())


def test_the_critical_step_is_the_one_that_helps_when_it_is_over():
    way = after(someone(), "MA").ways[0]
    assert way.critical.id == "license"
    done = [Mark(task="petition-license", state="done", on="2027-03-25")]
    better = after(someone(), "MA", on=date(2027, 3, 26), marks=done).ways[0]
    assert better.chance.mean > way.chance.mean + 0.2
    assert next(step for step in better.steps if step.id == "license").done
    assert better.critical.id != "license"


def test_who_may_not_change_status_goes_through_the_consulate():
    lost = Profile.model_validate({"applicant": {"location": "us", "us_status": "out_of_status"}})
    found = after(lost)
    assert found.change["verdict"] == "blocked"
    assert all("consulate" in way.name for way in found.ways)


def test_a_late_step3_result_holds_the_petition():
    late = after(someone(), step3_result=date(2027, 6, 20)).ways[0]
    assert late.chance.mean < 0.05
    assert not next(step for step in late.steps if step.id == "step3").done


def test_every_paper_has_who_and_when_and_moves_with_the_plan():
    before, moved = (after(someone(), on=day).ways[0] for day in (TODAY, date(2027, 4, 20)))
    assert all(paper.who and paper.title for paper in before.papers)
    assert all(b.due > a.due for a, b in zip(before.papers, moved.papers, strict=True))


def test_the_j1_way_agrees_with_what_was_reported():
    """82 % of first-year J-1 physicians of 2003 arrived within 31 days of the start (AMA, ECFMG)."""
    rows = petition._rows("j1", "consulate", False, "")
    ended = petition._simulate(rows, date(2027, 3, 19), {}, 1)[1]["onboard"]
    assert (ended <= 104 + 31).mean() > 0.82
    assert 0.6 < (ended <= 104).mean() < 0.9


def test_the_fallback_has_its_days_unless_a_j1_is_ruled_out():
    found = after(someone())
    assert found.fallback_safe < found.fallback_even < date(2027, 7, 1)
    assert after(someone(h1b="must")).fallback_safe is None
    assert {way.route for way in after(someone(h1b="must")).ways} == {"h1b"}
    assert {way.route for way in after(someone(h1b="none")).ways} == {"j1"}


def test_the_payment_is_answered_by_the_rule_book():
    assert after(someone()).payment["verdict"] == "unknown_verify"
    assert after(someone()).payment["because"]


def test_business_days_are_those_of_the_rule_book():
    begin = date(2027, 5, 20)
    for ahead in range(12):
        ends = petition._business(begin, np.full((1, 1), float(ahead)), np.full((1, 1), 15.0))
        there = begin + timedelta(int(ends[0, 0]))
        assert there == add_business_days(begin + timedelta(ahead), 15)


def test_the_files_hold_together():
    for route, via, premium in (
        ("h1b", "consulate", True),
        ("h1b", "change", False),
        ("j1", "consulate", False),
    ):
        rows = petition._rows(route, via, premium, "")
        ids = [row["id"] for row in rows]
        assert len(ids) == len(set(ids))
        assert ids[-1] == "onboard"
        for at, row in enumerate(rows):
            assert set(row["after"]) <= set(ids[:at])
            assert [source(key) for key in row["source"]]
            low, mode, high = row.get("business") or row["days"]
            assert low <= mode <= high
    steps = {row["id"] for row in table("petition")["steps"]}
    assert {row["for"] for row in table("petition")["documents"]} <= steps


@pytest.mark.parametrize("fellowship", [0, 3])
def test_a_fellowship_never_follows_the_waiver(fellowship):
    plan = waiver_plan(date(2027, 7, 1), 3, fellowship, ["MA", "TX"])
    titles = [stage.title for stage in plan.stages]
    assert titles[-2:] == [
        "Conrad 30 or a federal waiver",
        "Three years of service on H-1B, cap-exempt",
    ]
    assert ("Fellowship on a J-1" in titles[:-2]) == bool(fellowship)
    assert plan.fits
    ends = plan.stages[-1].start
    assert plan.stages[-2].start == date(ends.year - 1, 10, 1)
    massachusetts, texas = plan.states
    assert (massachusetts.start, massachusetts.due) == (
        date(ends.year - 1, 10, 1),
        date(ends.year - 1, 12, 31),
    )
    assert texas.start is None
    assert "unknown" in texas.title


def test_more_than_seven_years_raise_an_alarm():
    assert not waiver_plan(date(2027, 7, 1), 5, 3).fits
    assert set(table("waiver")["states"]) <= set(STATES)
