from datetime import date

import pytest

from visamatch.advice.groups import WORTH_ASKING, plan
from visamatch.directory.programs import directory
from visamatch.errors import InputError
from visamatch.evidence.assess import assess_all
from visamatch.workspace.profile import Places, Profile, Visa, Wish

ON = date(2026, 11, 24)
REFUSALS = {"j1_only", "no_h1b", "not_for_you"}


def made(h1b="prefer", needed=True, **more):
    more = {"specialties": (Wish(name="Internal Medicine"),)} | more
    person = Profile(visa=Visa(needed=needed, h1b=h1b), **more)
    return plan(directory(), assess_all(ON, person), person)


def test_every_open_program_is_placed_or_counted_as_left_out():
    first, second = made("must"), made("prefer")
    assert len(first.placed) + sum(first.left_out.values()) == len(second.placed) + sum(
        second.left_out.values()
    )


def test_must_leaves_refusals_out_and_has_no_safety_group():
    strict = made("must")
    assert not strict.group("safety")
    assert not REFUSALS & {item.assessment.standing.code for item in strict.placed}
    assert all(item.assessment.p_sponsor.mean >= WORTH_ASKING for item in strict.placed)


def test_prefer_keeps_the_h1b_groups_of_must_and_adds_safety():
    strict, open_ = made("must"), made("prefer")
    for name in ("core", "regional"):
        assert [item.assessment.program for item in strict.group(name)] == [
            item.assessment.program for item in open_.group(name)
        ]
    assert open_.group("safety")


def test_none_puts_everything_in_safety():
    assert {item.group for item in made("none").placed} == {"safety"}


def test_core_is_boston_unless_another_city_is_wished():
    near = {item.assessment.program.city for item in made().group("core")}
    assert "Boston" in near
    assert "Worcester" not in near
    there = made(places=Places(city="Worcester", city_state="MA"))
    assert {item.assessment.program.city for item in there.group("core")} == {"Worcester"}


def test_groups_are_ordered_by_chance_and_weight():
    scores = [item.score for item in made().group("regional")]
    assert scores == sorted(scores, reverse=True)
    two = (Wish(name="Internal Medicine", weight=0.1), Wish(name="Psychiatry"))
    first = made(specialties=two).group("regional")[0]
    assert first.assessment.program.specialty_id == "psychiatry"


def test_every_place_has_a_reason():
    assert all(item.reasons for item in made().placed)


def test_a_profile_without_a_specialty_is_asked_for_one():
    with pytest.raises(InputError, match="specialty"):
        made(specialties=())
