import copy

import numpy as np
import pytest

from tests.shared import shared
from visamatch.errors import InputError
from visamatch.market import report
from visamatch.market.calibrate import Target, loss, simulate, step_margins, targets
from visamatch.market.population import parameters
from visamatch.market.published import fit_margins, read


def test_proportional_fitting_meets_both_margins():
    made = fit_margins(np.array([[1.0, 2], [3, 1]]), np.array([10.0, 20]), np.array([12.0, 18]))
    assert np.allclose(made.sum(axis=0), [12, 18])
    assert np.allclose(made.sum(axis=1), [10, 20])


def test_a_target_is_met_within_five_percent_or_its_own_error():
    assert Target("a", 100, 104.9, 0, "").met
    assert not Target("a", 100, 106, 0, "").met
    assert Target("a", 100, 106, 0.04, "").met


def test_held_out_figures_are_no_part_of_the_loss():
    off, held = Target("a", 1, 2, 0, ""), Target("b", 1, 9, 0, "", held_out=True)
    assert loss([off]) == loss([off, held]) > 0


def test_a_figure_that_may_not_ship_is_written_as_a_deviation():
    row = report.record(Target("places", 123.0, 130.0, 0.1, "table", citable=False))
    assert "published" not in row
    assert row["off"] == pytest.approx(0.057)
    assert "123" not in str(row)


def test_shipped_parameters_reproduce_the_headline_figures():
    known, published, _ = report.read_published(shared("data"))
    _, got = simulate(parameters(), 1, 77)
    found = {target.name: target for target in targets(published, known, got)}
    assert abs(found["match rate to PGY-1, us_md"].off) < 0.08
    assert abs(found["match rate to PGY-1, non_us_img"].off) < 0.12
    assert found["chance with 1 contiguous ranks, non-US IMG, internal-medicine"].model < 0.3
    assert found["chance with 12 contiguous ranks, non-US IMG, internal-medicine"].model > 0.8
    img = got.img[4]
    assert (img == 0).mean() > 0.1  # many without any interview
    assert 0.2 < ((img > 0) & (img < 4)).mean() < 0.6  # and many with one to three


def test_a_step_moves_toward_the_target():
    known, published, _ = report.read_published(shared("data"))
    p = copy.deepcopy(parameters())
    for kind in ("non_us_img", "non_us_img_visa"):
        for name in p["late"]:
            p["late"][name][kind] -= 3.0  # ranked far too high: too many match
    _, got = simulate(p, 1, 7)
    before = p["late"]["psychiatry"]["non_us_img"]
    step_margins(p, published, known, got, 1.0)
    assert p["late"]["psychiatry"]["non_us_img"] > before


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(InputError, match="nrmp_match_rates_by_year_type"):
        read(tmp_path, None, None)
