from datetime import date

import pytest

from tests.advice.season import season
from visamatch.advice.rank_list import break_even, proposed, rank_list
from visamatch.directory.programs import directory
from visamatch.evidence.assess import assess_all
from visamatch.workspace.profile import Profile

ON = date(2026, 11, 24)
PERSON = Profile.model_validate(
    {
        "specialties": [{"name": "Psychiatry"}],
        "visa": {"needed": True},
        "applicant": {"school_kind": "foreign", "exams": {"step2ck": {"score": 245}}},
    }
)


def programs(count=8):
    found = [p for p in directory().programs.values() if p.specialty_id == "psychiatry"]
    return found[: 3 * count : 3]


def ranked(order, person=PERSON):
    return rank_list(directory(), season(), assess_all(ON, person), person, order, ON)


def test_chances_by_rank_add_up_to_anywhere():
    made = ranked(programs())
    assert sum(rank.here for rank in made.ranks) == pytest.approx(made.anywhere)
    assert 0 < made.anywhere < 1
    assert made.ranks[0].here == pytest.approx(made.ranks[0].if_reached)


def test_no_swap_of_a_true_list_helps():
    made = ranked(programs())
    assert made.swaps == 28
    assert made.best_swap <= 1e-12


def test_the_order_does_not_change_the_chance_anywhere():
    assert ranked(programs()).anywhere == pytest.approx(ranked(programs()[::-1]).anywhere)


def test_a_program_less_never_helps():
    made = ranked(programs())
    for rank in made.ranks:
        assert rank.anywhere_without <= made.anywhere
    shorter = ranked(programs()[1:])
    assert shorter.anywhere < made.anywhere


def test_a_long_list_of_interviews_speaks_for_the_person():
    """The first program is likelier to take someone whom seven others invited too."""
    assert ranked(programs()).ranks[0].if_reached > ranked(programs(1)).ranks[0].if_reached


def test_an_empty_list():
    assert ranked([]).anywhere == 0.0


def test_a_heavier_visa_weight_never_lowers_a_program_with_the_better_visa():
    quality, visa = [0.9, 0.6, 0.3, 0.5], [0.1, 0.8, 1.0, 0.4]
    places = [proposed(quality, visa, w / 10).index(2) for w in range(11)]
    assert places == sorted(places, reverse=True)
    assert proposed(quality, visa, 0.0) == [0, 1, 3, 2]
    assert proposed(quality, visa, 1.0) == [2, 1, 3, 0]


def test_the_break_even_turns_the_order():
    turn = break_even((0.9, 0.2), (0.5, 1.0))
    assert turn == pytest.approx(1 / 3)
    assert proposed([0.9, 0.5], [0.2, 1.0], turn - 0.01) == [0, 1]
    assert proposed([0.9, 0.5], [0.2, 1.0], turn + 0.01) == [1, 0]
    assert break_even((0.9, 1.0), (0.5, 1.0)) is None
