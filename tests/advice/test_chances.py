from datetime import date

import numpy as np
import pytest

from tests.advice.season import season
from visamatch.advice.chances import Sample, chances, shut_paths
from visamatch.directory.programs import directory
from visamatch.evidence.assess import assess_all
from visamatch.workspace.profile import Profile

ON = date(2026, 11, 24)


def profile(h1b="either", score=245, needed=True, **applicant):
    return Profile.model_validate(
        {
            "specialties": [{"name": "Psychiatry"}],
            "visa": {"needed": needed, "h1b": h1b},
            "applicant": {
                "school_kind": "foreign",
                "exams": {"step2ck": {"score": score}},
                **applicant,
            },
        }
    )


def psychiatry(count=150):
    found = [p for p in directory().programs.values() if p.specialty_id == "psychiatry"]
    return found[:count]


def seen(person, programs=None, sample=None):
    programs = psychiatry() if programs is None else programs
    return chances(
        directory(), season(), programs, assess_all(ON, person), person, ON, sample=sample
    )


def test_every_interval_holds_its_mean_and_matching_takes_an_interview():
    for outlook in seen(profile()).outlooks():
        for chance in (outlook.p_interview, outlook.p_match):
            assert 0 <= chance.low <= chance.mean <= chance.high <= 1
        assert outlook.p_match.mean <= outlook.p_interview.mean


def test_a_program_keeps_its_rows_whatever_else_is_asked():
    everything, three = seen(profile()), seen(profile(), psychiatry()[5:8])
    assert (everything.matched[0][:, 5:8] == three.matched[0]).all()


def test_a_list_is_worth_less_than_independent_chances_would_say():
    """B4: outcomes move together, so no match at all is likelier than the product says."""
    made = seen(profile())
    alone = made.matched[0].mean(axis=0)
    chosen = np.argsort(-alone)[:15].tolist()
    assert made.p_list(chosen).mean < 1 - np.prod(1 - alone[chosen])
    assert made.p_list(chosen[:5]).mean <= made.p_list(chosen).mean


def test_a_better_score_and_a_wider_visa_wish_never_hurt():
    size = range(len(psychiatry()))
    assert seen(profile(score=230)).p_list(size).mean < seen(profile(score=260)).p_list(size).mean
    assert (seen(profile("must")).matched[0] <= seen(profile("either")).matched[0]).all()


def test_h1b_only_has_no_chance_where_h1b_is_refused_and_says_why():
    person = profile("must")
    assessed = assess_all(ON, person)
    refusing = [
        p
        for p in directory().programs.values()
        if assessed[p.program_id].standing.code == "j1_only"
    ]
    for outlook in seen(person, refusing).outlooks():
        assert outlook.p_match.mean == 0
        assert "you take H-1B only" in outlook.blocked


def test_a_lasting_legal_block_closes_the_path_and_step_3_does_not():
    bound = profile(
        j1={"category": "physician", "two_year_requirement": "subject"}, citizenship=["IN"]
    )
    assert "h1b" in shut_paths(bound, ON)
    assert "h1b" not in shut_paths(profile(exams={"step3": {"status": "not_taken"}}), ON)


def test_without_visa_need_no_sponsor_is_asked():
    made = seen(profile(needed=False, us_status="us_citizen"))
    assert (made.p_h1b == 1).all()
    assert (made.matched[0] == made.could[1]).all()


def test_a_signal_never_lowers_a_chance():
    made = seen(profile())
    assert (made.matched[0] <= made.signaled()[1]).all()
    assert made.signaled()[1].sum() > made.matched[0].sum()


def test_a_program_outside_the_scenarios_has_no_chance():
    closed = [p for p in directory().programs.values() if p.status == "closed"]
    assert closed
    assert all(
        "In no simulated season" in o.blocked
        for o in seen(profile(needed=False), closed).outlooks()
    )


@pytest.mark.parametrize("sample", [Sample(seed=3), Sample(seed=3, rows=400, end_rows=0)])
def test_other_draws_agree_within_their_noise(sample):
    size = range(len(psychiatry()))
    assert seen(profile(), sample=sample).matched[0][:, size].any(axis=1).mean() == pytest.approx(
        seen(profile()).p_list(size).mean, abs=0.12
    )
