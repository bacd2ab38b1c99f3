from datetime import date
from itertools import combinations

import numpy as np
import pytest

from tests.advice.season import season
from visamatch.advice.rank_list import _swaps, rank_list
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


def test_every_swap_is_what_working_out_the_whole_list_again_says():
    rng = np.random.default_rng(1)
    for _ in range(20):
        weight, reach = rng.dirichlet(np.ones(30)), rng.random((30, 6))
        worth = np.arange(6, 0, -1) / 6

        def value(order, weight=weight, reach=reach, worth=worth):
            open_ = np.cumprod(np.hstack([np.ones((30, 1)), 1 - reach[:, order]]), axis=1)
            return weight @ (open_[:, :-1] * reach[:, order]) @ worth[order]

        tried = []
        for a, b in combinations(range(6), 2):
            order = list(range(6))
            order[a], order[b] = order[b], order[a]
            tried.append(value(order) - value(list(range(6))))
        assert _swaps(weight, reach) == pytest.approx(tried, abs=1e-12)
        assert max(tried) < 0


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


def test_a_program_more_at_the_end_adds_what_ranking_it_would():
    *listed, extra = programs()
    made = rank_list(directory(), season(), assess_all(ON, PERSON), PERSON, listed, ON, [extra])
    whole = ranked(programs())
    assert made.adding == {extra.program_id: pytest.approx(whole.anywhere)}
    assert made.ranks[2].here == pytest.approx(whole.ranks[2].here)


def test_programs_that_did_not_invite_speak_against_the_person():
    *listed, one, other = programs()
    told = [
        rank_list(directory(), season(), assess_all(ON, PERSON), PERSON, listed, ON, silent=no)
        for no in ([], [one], [one, other])
    ]
    assert told[0].anywhere > told[1].anywhere > told[2].anywhere
