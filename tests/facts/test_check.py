"""Each check finds what it is for: one broken row at a time, on the shipped tables."""

from dataclasses import replace

import pytest

from visamatch.facts import check
from visamatch.facts.tables import Quota


@pytest.fixture(scope="module")
def shipped():
    return check.load()


def broken(shipped, table, **changes):
    """The problems of the shipped tables after one change to the first row of one of them."""
    first, *others = shipped[table]
    return check.problems({**shipped, table: (replace(first, **changes), *others)})


def test_shipped_tables_hold(shipped):
    assert check.problems(shipped) == []


@pytest.mark.parametrize(
    ("table", "changes", "said"),
    [
        ("programs", {"source": ()}, "has no source"),
        ("programs", {"source": ("nowhere",)}, "source leads nowhere"),
        ("programs", {"acgme_id": "14024"}, "acgme_id is malformed"),
        ("programs", {"state": "ZZ"}, "state is malformed"),
        ("programs", {"status": "open"}, "status is 'open'"),
        ("programs", {"institution_id": "nowhere"}, "institution_id leads nowhere"),
        ("programs", {"successor": "9999-999"}, "successor leads nowhere"),
        ("programs", {"lat": 91.0}, "lat is 91.0"),
        ("institutions", {"cms_ccn": "22"}, "cms_ccn is malformed"),
        ("institutions", {"nrmp_codes": ("125",)}, "nrmp_codes is malformed"),
        ("tracks", {"nrmp_code": "1256140X0"}, "nrmp_code is malformed"),
        ("quotas", {"nrmp_code": "9999999C9"}, "has no track"),
        ("quotas", {"filled": 119}, "fills more places"),
        ("policies", {"page_date": "2014-13"}, "page_date is malformed"),
        ("policies", {"sponsors_h1b": "maybe"}, "sponsors_h1b is 'maybe'"),
        ("policies", {"subject": "nowhere"}, "subject leads nowhere"),
        ("filings", {"count": 0}, "count is 0"),
        ("sources", {"source_id": "unused"}, "is cited by no row"),
        ("sources", {"url": "ftp:x"}, "url is malformed"),
        ("specialties", {"parent": "nowhere"}, "parent leads nowhere"),
    ],
)
def test_a_broken_row_is_found(shipped, table, changes, said):
    assert any(said in problem.what for problem in broken(shipped, table, **changes))


def test_repeated_ids_are_found(shipped):
    twice = {**shipped, "programs": (*shipped["programs"], shipped["programs"][0])}
    assert any("more than once" in problem.what for problem in check.problems(twice))
    with_id = next(one for one in shipped["programs"][1:] if one.acgme_id)
    found = broken(shipped, "programs", acgme_id=with_id.acgme_id)
    assert [problem.row for problem in found if "used twice" in problem.what] == [with_id.acgme_id]


def test_tables_and_sums_out_of_bounds_are_found(shipped):
    found = check.problems({**shipped, "fees": ()})
    assert any(problem.table == "fees" and "0 rows" in problem.what for problem in found)
    fewer = {
        **shipped,
        "quotas": tuple(replace(one, quota=one.filled) for one in shipped["quotas"]),
    }
    assert any("adds up to" in problem.what for problem in check.problems(fewer))


def test_ages_count_undated_rows(shipped):
    ages = {age.table: age for age in check.ages(shipped)}
    assert ages["quotas"].newest == "2026-03"
    assert ages["policies"].undated == sum(p.page_date == "undated" for p in shipped["policies"])
    assert ages["quotas"].rows == len(shipped["quotas"]) == 6687
    assert isinstance(shipped["quotas"][0], Quota)
