import pytest

from visamatch.directory.filings import files_for, shipped, tie
from visamatch.directory.registers import trains_for
from visamatch.directory.resolve import Match, resolver
from visamatch.facts.tables import Institution, rows


def application(number, **changed):
    return {
        "case_number": f"I-200-24001-{number:06}", "job_title": "Resident in Pathology", "soc": "29-1229",
        "employer": "Baystate Medical Center, Inc", "city": "Springfield", "state": "MA",
        "fiscal_year": 2025, "status": "CERTIFIED", "wage_from": 70000.4, "prevailing_wage": 65000.0,
        "new_employment": 1, "continued_employment": 0,
    } | changed  # fmt: skip


def test_cases_of_one_petitioner_kind_and_specialty_are_one_group():
    (group,) = tie([
        application(2), application(1, employer="BAYSTATE MED CTR INC", wage_from=80000),
        application(3, status="WITHDRAWN"), application(4, job_title="Veterinary Resident"),
        application(5, job_title="Hospitalist"),
    ])  # fmt: skip
    assert group.institutions == ("baystate-medical-center",)
    assert (group.kind, group.specialty_id, group.count, group.new) == (
        "resident",
        "pathology",
        2,
        2,
    )
    assert (group.wage_min, group.wage_max, group.prevailing_max) == (70000, 80000, 65000)
    assert group.cases == ("I-200-24001-000001", "I-200-24001-000002")


def test_a_system_supports_its_institutions_jointly():
    (group,) = tie(
        [application(1, employer="Mass General Brigham Incorporated", city="Somerville")]
    )
    assert group.relation == "parent_system"
    assert {"massachusetts-general-hospital", "brigham-and-womens-hospital"} <= set(
        group.institutions
    )


def test_an_unknown_employer_is_kept_and_tied_to_nobody():
    (group,) = tie([application(1, employer="Quillfeather Zyx LLC", new_employment=None)])
    assert (group.institutions, group.relation, group.new) == ((), "not_teaching", None)


def test_a_title_that_leaves_it_open():
    groups = tie([application(1, job_title="Resident/Fellow"), application(2)])
    assert {group.kind for group in groups} == {"resident_or_fellow", "resident"}


@pytest.mark.parametrize("name", ["", "Mass General Brigham Incorporated"])
def test_whom_a_petitioner_files_for(name):
    match: Match = resolver().resolve(name, "Somerville", "MA")
    assert bool(files_for(match)) == bool(name)


def test_an_employer_without_programs_is_led_to_those_it_trains_for():
    assert "university-of-illinois-college-of-medicine-peoria-osf-il" in files_for(
        Match("osf-healthcare-il", "OSF HealthCare", "self", 1.0, "name")
    )


def test_every_employer_is_led_to_a_place_on_file():
    places = {place.institution_id for place in rows(Institution)}
    systems = {place.system_id for place in rows(Institution)}
    for target in trains_for().values():
        kind, _, name = target.rpartition(":")
        assert name in (systems if kind else places)


def test_the_shipped_groups_of_a_state():
    groups = shipped("MA", 2025)
    assert {group.state for group in groups} == {"MA"}
    assert {group.fiscal_year for group in groups} == {2025}
    named = {
        (group.institution_id, group.specialty_id): group.count
        for group in groups
        if group.kind == "resident"
    }
    assert named["beth-israel-deaconess-medical-center", "internal-medicine"] == 6
    assert groups == sorted(groups, key=lambda group: -group.count)
