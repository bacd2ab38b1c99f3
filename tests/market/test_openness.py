import numpy as np

from visamatch.directory.programs import directory
from visamatch.market.openness import covariates, expected_rate, openness, parameters


def some(specialty):
    return [p for p in directory().programs.values() if p.specialty_id == specialty][:200]


def test_scores_are_small_against_what_stays_unknown():
    score, none = openness(some("internal-medicine"))
    assert 0.1 < score.std() < 0.8 < parameters()["spread"]
    assert ((none > 0) & (none < 1)).all()


def test_specialties_that_interview_few_have_more_closed_programs():
    closed = {name: openness(some(name))[1].mean() for name in ("internal-medicine", "dermatology")}
    assert closed["internal-medicine"] < 0.35 < 0.65 < closed["dermatology"]
    assert np.mean(expected_rate(some("pediatrics"))) > np.mean(
        expected_rate(some("orthopedic-surgery"))
    )


def test_nothing_of_a_single_program_ships():
    ids = set(directory().programs) | set(directory().institutions)
    assert not ids & set(map(str, parameters()))
    assert {name for group in ("medical", "procedural") for name in parameters()[group]} - {
        "constant"
    } <= {name for one in directory().programs.values() for name in covariates(one)}
