from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from scripts import fit_openness
from tests.shared import shared
from visamatch.directory.programs import directory
from visamatch.market.openness import (
    LARGE,
    METROS,
    covariates,
    expected_rate,
    mean_rates,
    metros,
    openness,
    parameters,
    place,
)


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


def test_a_more_open_program_has_a_better_place_a_higher_rate_and_is_less_often_closed():
    programs = some("neurology")
    score, none = openness(programs)
    order = np.argsort(score)
    assert (np.diff(none[order]) <= 0).all()
    assert (np.diff(place(programs)[order]) >= 0).all()
    assert (np.diff(expected_rate(programs)[order]) >= 0).all()


def test_a_specialty_without_a_fit_stands_in_the_middle():
    [level] = place([replace(some("neurology")[0], specialty_id="nuclear-medicine")])
    assert abs(level - parameters()["place"]["level"]["other"]) < 0.3
    assert "nuclear-medicine" not in mean_rates("us_img")


def test_mean_rates_are_shares():
    for group in ("us_img", "non_us_img"):
        assert all(0 < rate < 0.5 for rate in mean_rates(group).values())


def test_coefficients_concern_ten_institutions_or_are_of_a_state_or_kind():
    known, p = directory(), parameters()
    used = {name for one in known.programs.values() for name in covariates(one)}
    for group in ("medical", "procedural"):
        assert set(p[group]) - {"constant"} <= used
        assert not set(known.programs) & {name.split("_", 1)[-1] for name in p[group]}
    homes = [known.institutions[name] for name in known.programs_of]
    near = Counter(metro for home in homes for metro in metros(home))
    assert set(near) == set(METROS)
    assert min(near.values()) >= LARGE
    systems = Counter(f"system_{home.system_id}" for home in homes)
    fitted = [name for name in p["medical"] if name.startswith("system_")]
    assert fitted
    assert all(systems[name] >= LARGE for name in fitted)


def a_sample(rng, n=600):
    """Rates that follow one covariate, of two specialties; institutions of three programs."""
    programs = [
        replace(one, institution_id=f"home-{number // 3}", program_id=str(number))
        for number, one in enumerate((some("internal-medicine") + some("general-surgery")) * 2)
    ][:n]
    x = rng.normal(size=(len(programs), 3))
    rate = np.round(np.maximum(0.05 * x[:, 0] + rng.normal(0, 0.02, len(programs)), 0), 2)
    of = np.array([one.specialty_id for one in programs], dtype=object)
    target = fit_openness.ranks(rate, of)
    return fit_openness.Sample(programs, ["a", "b", "c"], x, target, rate, rate)


def test_the_fit_finds_what_orders_rates_and_nothing_where_nothing_does():
    sample = a_sample(np.random.default_rng(0))
    units = [one.institution_id for one in sample.programs]
    assert fit_openness.summary(sample, units)["within_specialties"] > 0.8
    blind = replace(sample, x=sample.x[:, 1:], names=["b", "c"])
    assert abs(fit_openness.summary(blind, units)["within_specialties"]) < 0.15


def test_no_institution_is_in_two_folds():
    units = [f"home-{number % 40}" for number in range(200)]
    fold = fit_openness.folds(units, 3)
    assert len(set(zip(units, fold.tolist(), strict=True))) == 40
    assert len(set(fold)) == 10


def test_mean_rates_are_drawn_toward_all_where_programs_are_few():
    of = np.array(["many"] * 200 + ["few"] * 10, dtype=object)
    rate = np.where(of == "many", 0.02, 0.2)
    level = fit_openness.mean_of(rate, of, np.zeros(210))["level"]
    assert np.exp(level["many"]) == pytest.approx(0.02, rel=0.05)
    assert 0.1 < np.exp(level["few"]) < 0.18


def test_order_on_institutions_left_out():
    sample = fit_openness.read(shared("data"))
    found = fit_openness.summary(sample, [one.institution_id for one in sample.programs])
    assert found["over_all"] > 0.375
    assert found["within_specialties"] > 0.195
