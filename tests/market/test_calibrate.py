from dataclasses import replace

import numpy as np
import pytest

from tests.shared import shared
from visamatch.errors import InputError
from visamatch.market import calibrate, report
from visamatch.market.population import country, parameters
from visamatch.market.published import fit_margins, read
from visamatch.market.targets import Target, loss, targets


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


@pytest.fixture(scope="module")
def compared():
    """Three fresh seasons of the shipped parameters beside the published figures."""
    known, published = report.read_published(shared("data"))
    got = calibrate.measure(known, 3, 77)
    return published, known, got


def test_shipped_parameters_reproduce_the_headline_figures(compared):
    found = {target.name: target for target in targets(*compared)}
    assert abs(found["match rate to PGY-1, us_md"].off) < 0.05
    assert abs(found["match rate to PGY-1, non_us_img"].off) < 0.08
    assert found["chance with 1 contiguous ranks, non-US IMG, internal-medicine"].model < 0.3
    assert found["chance with 12 contiguous ranks, non-US IMG, internal-medicine"].model > 0.8
    assert sum(target.met for target in found.values() if not target.held_out) > 60
    interviews = compared[2].img[4]
    assert (interviews == 0).mean() > 0.1  # many without any interview
    assert 0.2 < ((interviews > 0) & (interviews < 4)).mean() < 0.6  # and many with one to three


def test_few_applications_of_img_are_invited_where_no_figure_is_published(compared):
    published, _, got = compared
    plastic = published.index["plastic-surgery-integrated"]
    assert got.rate[plastic, 0] > 0.08 > 2 * got.rate[plastic, 4] > 0


def test_a_step_moves_toward_the_target():
    known, published = report.read_published(shared("data"))
    m = calibrate.begin(published)
    easy = replace(
        m, late=m.late - np.array([0, 0, 0, 0, 5.0])
    )  # ranked far too high: too many match
    here = easy.put(known)
    moved = calibrate.step(easy, published, here, calibrate.measure(here, 1, 7), 1.0)
    psychiatry = published.index["psychiatry"]
    assert moved.late[psychiatry, 4] > easy.late[psychiatry, 4]


def test_parameters_are_written_as_they_are_read():
    known, published = report.read_published(shared("data"))
    m = calibrate.begin(published)
    again = country(parameters() | calibrate.written(m, known))
    here = m.put(known)
    for name in ("handicap", "late", "margin", "noise_program", "first_choice", "applicants"):
        assert np.allclose(getattr(again, name), getattr(here, name), atol=2e-3, rtol=1e-3), name


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(InputError, match="nrmp_match_rates_by_year_type"):
        read(tmp_path, None, None)
