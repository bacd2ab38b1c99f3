import pytest

from tests.advice.season import season
from visamatch.advice.strength import factors, kind_of, strength
from visamatch.workspace.profile import Profile


def person(**applicant):
    return Profile.model_validate({"applicant": applicant})


@pytest.mark.parametrize(
    ("applicant", "kind"),
    [
        ({"school_kind": "us_md"}, "us_md"),
        ({"school_kind": "us_do"}, "us_do"),
        ({"school_kind": "us_md", "graduated_on": "2024-05"}, "us_prior"),
        ({"school_kind": "foreign", "us_status": "us_citizen"}, "us_img"),
        ({"school_kind": "foreign", "us_status": "lpr"}, "non_us_img"),
        ({"school_kind": "foreign", "us_status": "F-1"}, "non_us_img_visa"),
        ({}, "non_us_img_visa"),
    ],
)
def test_kinds_as_the_match_counts_them(applicant, kind):
    assert kind_of(person(**applicant), 2027) == kind


def test_a_score_moves_the_mean_and_leaves_the_spread():
    weak, none, strong = (
        strength(
            season(), "non_us_img", "internal-medicine", person(exams={"step2ck": {"score": s}})
        )
        for s in (230, None, 260)
    )
    assert weak[0].mean < none[0].mean == 0 < strong[0].mean
    assert none[0] == none[1] == none[2]
    low, high = strong[1:]
    assert low.mean < strong[0].mean < high.mean
    assert low.sd == strong[0].sd < 1


def test_nothing_is_counted_without_a_published_effect():
    told = {factor.name: factor for factor in factors(person(exams={"step2ck": {"score": 250}}))}
    assert told.pop("Step 2 CK").counted
    assert told
    assert not any(factor.counted for factor in told.values())
    assert all(factor.why for factor in told.values())
