from datetime import date

import pytest

from visamatch.evidence.ages import age_years, is_stale, last_day, season_start

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("as_of", "age", "stale"),
    [
        ("undated", None, True),
        ("2014-02-26", 12, True),
        ("2026-05-31", 0, True),
        ("2026-06-01", 0, False),
        ("2026", 0, False),
        ("2025", 0, True),
        ("2027-01-01", 0, False),
    ],
)
def test_age_and_staleness(as_of, age, stale):
    assert age_years(as_of, TODAY) == age
    assert is_stale(as_of, TODAY) is stale


def test_a_season_runs_from_june_to_june():
    assert season_start(date(2027, 3, 19)) == season_start(TODAY) == date(2026, 6, 1)


def test_a_partial_date_means_its_last_day():
    assert last_day("2026-06") == date(2026, 6, 28)
    assert last_day("no date") is None
