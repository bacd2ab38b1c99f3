from dataclasses import replace
from datetime import date

import pytest

from tests.advice.season import season
from visamatch.advice.plan import Season, plan
from visamatch.directory.programs import directory
from visamatch.errors import InputError
from visamatch.workspace.profile import Profile

ON = date(2026, 11, 24)


def person(h1b="prefer", year=2028, states=("MA", "CT", "NY"), names=("Psychiatry",)):
    return Profile.model_validate(
        {
            "match_year": year,
            "specialties": [{"name": name} for name in names],
            "visa": {"needed": True, "h1b": h1b},
            "applicant": {
                "school_kind": "foreign",
                "exams": {"step2ck": {"score": 245}, "step3": {"status": "not_taken"}},
            },
            "places": {"states": list(states)},
        }
    )


def at(budget=300.0):
    return Season(directory(), season(), ON, budget=budget)


@pytest.fixture(scope="module")
def made():
    return plan(at(), person())


def test_lines_tell_order_fee_and_what_each_adds(made):
    chosen = [line for line in made.lines if line.rank]
    assert [line.rank for line in chosen] == list(range(1, len(chosen) + 1))
    assert sum(line.fee for line in chosen) == made.cost <= 300
    assert sum(line.marginal for line in chosen) == pytest.approx(made.p_match.mean, abs=1e-9)
    assert len({line.placed.assessment.program.program_id for line in made.lines}) == len(
        made.lines
    )
    assert all(line.reasons[0].startswith("In: ") for line in chosen)
    assert all(line.reasons[0].startswith("Out: ") for line in made.lines if not line.rank)


def test_the_curve_rises_with_its_band_and_stops(made):
    means = [point.p_match.mean for point in made.curve]
    assert means == sorted(means)
    assert [point.applications for point in made.curve] == list(range(1, len(means) + 1))
    assert 0 < made.stop <= len(means)
    assert made.value <= made.upper_bound


def test_dropping_a_wish_never_lowers_the_chance(made):
    assert {change.name for change in made.constraints} == {"visa", "places"}
    assert all(change.points >= 0 for change in made.constraints)
    told = {change.name: change for change in made.what_ifs}
    assert told["step2ck"].points > 0
    assert told["step3"].points <= 0
    assert made.assumes


def test_whom_to_ask_first_is_open_on_the_visa_and_of_use(made):
    asked = made.ask_first
    assert asked
    worth = [line.worth_asking for line in asked]
    assert worth == sorted(worth, reverse=True)
    assert min(worth) > 0
    for line in asked:
        assert 0 < line.outlook.p_h1b < 1


def test_h1b_only_without_step_3_leaves_nothing():
    told = {change.name: change for change in plan(at(), person("must")).what_ifs}
    assert told["step3"].then == 0


def test_signals_stay_within_the_quota_and_are_never_assumed(made):
    assert made.quotas == {"psychiatry": None}
    assert {line.signal for line in made.lines if line.rank} == {None}
    told = plan(at(), person(), {"psychiatry": (1, 2)}, more=False)
    sent = [line.signal for line in told.lines if line.signal]
    assert sorted(sent) == ["gold", "silver", "silver"]
    assert all(line.signal_gain >= 0 for line in told.lines)


def test_a_published_quota_holds_for_its_season_only():
    names = ("Internal Medicine",)
    assert plan(at(), person(year=2026, names=names), more=False).quotas == {
        "internal-medicine": (3, 12)
    }
    assert plan(at(), person(year=2027, names=names), more=False).quotas == {
        "internal-medicine": None
    }


def test_more_budget_never_lowers_the_value():
    values = [plan(at(budget), person(), more=False).value for budget in (11, 60, 200, 400, 900)]
    assert values == sorted(values)


def test_locks_hold(made):
    first = made.lines[0].outlook.program_id
    last = made.lines[-1].outlook.program_id
    told = plan(replace(at(), must=(last,), never=(first,)), person(), more=False)
    chosen = [line.outlook.program_id for line in told.lines if line.rank]
    assert chosen[0] == last
    assert first not in chosen


@pytest.mark.parametrize(
    ("budget", "must", "never", "says"),
    [(15.0, 2, 0, "raise the budget to 22"), (300.0, 1, 1, "also in never")],
)
def test_locks_that_cannot_hold_are_wrong_input(made, budget, must, never, says):
    ids = [line.outlook.program_id for line in made.lines]
    with pytest.raises(InputError, match=says):
        plan(replace(at(budget), must=tuple(ids[:must]), never=tuple(ids[:never])), person())


def test_a_budget_below_one_fee_is_wrong_input():
    with pytest.raises(InputError, match="at least 11"):
        plan(at(5.0), person())


def test_without_a_budget_the_list_ends_at_the_stop_line():
    made = plan(replace(at(), budget=None), person(), more=False)
    assert 0 < len(made.curve) < len(made.lines)


def test_the_same_question_has_the_same_answer(made):
    assert plan(at(), person()).lines == made.lines
