from datetime import date

import pytest

from tests.advice.season import season
from visamatch.advice.rank_board import rank_board
from visamatch.advice.two_paths import two_paths
from visamatch.directory.programs import directory
from visamatch.errors import InputError
from visamatch.evidence.assess import assess_all
from visamatch.schedule import calendar
from visamatch.workspace.document import Workspace
from visamatch.workspace.profile import Profile
from visamatch.workspace.sponsor_list import Entry

ON = date(2026, 11, 24)
PERSON = Profile.model_validate(
    {
        "specialties": [{"name": "Internal Medicine"}],
        "visa": {"needed": True, "h1b": "prefer"},
        "applicant": {"school_kind": "foreign", "location": "abroad", "citizenship": ["IN"]},
    }
)


def compared(person=PERSON, likings=(5, 3), **asked):
    assessed = assess_all(ON, person)
    medicine = [i for i in assessed.values() if i.program.specialty_id == "internal-medicine"]
    j1 = next(i for i in medicine if i.standing.code == "j1_only")
    h1b = max(medicine, key=lambda i: i.p_sponsor.mean)
    entries = tuple(
        Entry(program_id=i.program.program_id, interest=liking, status="interviewed")
        for i, liking in zip((j1, h1b), likings, strict=True)
    )
    mine = Workspace(profile=person, entries=entries)
    board = rank_board(directory(), season(), assessed, mine, ON)
    return two_paths(directory(), board, mine, calendar(person, ON), **asked), entries


def test_the_better_one_on_j1_and_the_lesser_on_h1b_with_years_and_odds():
    found, entries = compared()
    assert [found.j1.program_id, found.h1b.program_id] == [e.program_id for e in entries]
    assert (found.j1.training, found.j1.bound) == (3, 6)
    assert (found.h1b.training, found.h1b.bound) == (3, 3)
    assert found.j1.takes == 1.0
    assert 0 < found.h1b.ready.low < found.h1b.ready.high <= 1
    assert found.a_year == pytest.approx((5 - 3) / 3)
    assert all(j1.law and h1b.law for _, j1, h1b in found.law)


def test_the_break_even_is_where_the_order_turns():
    found, _ = compared()
    assert 0 < found.turns_at < 1
    assert found.j1_first == (found.share.mean < found.turns_at)
    assert found.turns_if_written <= found.turns_at


def test_a_longer_training_may_not_fit_and_says_so():
    found, _ = compared(fellowship=4)
    assert found.j1.bound == 10
    assert found.h1b.bound is None
    assert found.a_year is None


def test_a_better_program_with_the_easier_visa_never_turns():
    found, _ = compared(likings=(2, 5))
    assert found.turns_at is None
    assert not found.j1_first


def test_who_needs_no_visa_or_has_no_such_pair_gets_no_comparison():
    free = PERSON.model_copy(update={"visa": PERSON.visa.model_copy(update={"needed": False})})
    assert compared(free)[0] is None
    must = PERSON.model_copy(update={"visa": PERSON.visa.model_copy(update={"h1b": "must"})})
    assert compared(must)[0] is None


def test_a_program_that_is_not_on_the_list_is_refused():
    with pytest.raises(InputError, match="rank list"):
        compared(j1="nowhere")
