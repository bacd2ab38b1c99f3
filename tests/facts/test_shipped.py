"""Facts that the issue and the requirements name, on the shipped tables."""

import json
from collections import Counter
from dataclasses import asdict

import pytest
from typer.testing import CliRunner

from visamatch.cli import app
from visamatch.facts import coverage
from visamatch.facts.tables import (
    DATA,
    Filings,
    Institution,
    Petitioner,
    Policy,
    Program,
    Quota,
    Specialty,
    Track,
    rows,
)  # fmt: skip

PROGRAMS = {program.program_id: program for program in rows(Program)}


def count(petitioner, year=2025, **wanted):
    return sum(
        row.count for row in rows(Filings)
        if row.petitioner_id == petitioner and row.fiscal_year == year
        and all(getattr(row, name) == value for name, value in wanted.items())
    )  # fmt: skip


def test_the_whole_2026_match_is_there():
    assert sum(track.current for track in rows(Track)) == 6687
    home = {track.nrmp_code: PROGRAMS[track.program_id].state for track in rows(Track)}
    massachusetts = [row for row in rows(Quota) if home[row.nrmp_code] == "MA"]
    assert (len(massachusetts), sum(row.quota for row in massachusetts)) == (214, 1479)
    assert {row.year for row in rows(Quota)} == {2026}  # earlier years are not ours to ship


def test_filings_of_massachusetts_equal_the_extract():
    assert (
        count(
            "beth-israel-deaconess-medical-center-inc",
            kind="resident",
            specialty_id="internal-medicine",
        )
        == 6
    )
    assert count("beth-israel-deaconess-medical-center-inc", kind="resident") == 14
    assert count("beth-israel-deaconess-medical-center-inc", kind="fellow") == 28
    assert count("mass-general-brigham-incorporated", kind="resident", specialty_id="") == 43
    assert count("mass-general-brigham-incorporated") == 43
    assert count("university-of-massachusetts-chan-medical-school") == 4
    assert count("trustees-of-tufts-college") == 0  # veterinary residents in North Grafton


def test_a_system_level_petitioner_names_all_it_may_file_for():
    petitioner = next(
        p for p in rows(Petitioner) if p.petitioner_id == "mass-general-brigham-incorporated"
    )
    assert petitioner.relation == "parent_system"
    assert {"massachusetts-general-hospital", "brigham-and-womens-hospital"} <= set(
        petitioner.institutions
    )


def test_closures_moves_and_renames():
    assert PROGRAMS["1258-140"].status == "closed"
    assert PROGRAMS["1266-140"].status == "current"
    assert PROGRAMS["1263-320"].status == "closed"
    moved = PROGRAMS["1265-180"]
    assert (moved.status, moved.successor) == ("moved", "2395-180")
    assert "inferred" in moved.status_note
    assert "unconfirmed" in PROGRAMS["1284-140"].status_note
    for program in PROGRAMS.values():
        assert (
            not program.successor
            or PROGRAMS[program.successor].specialty_id == program.specialty_id
        )
    brighton = next(p for p in rows(Institution) if "1266" in p.nrmp_codes)
    assert brighton.name == "Boston Medical Center - Brighton"
    assert "St Elizabeth's Medical Center" in brighton.aliases
    assert PROGRAMS["2478-120"].institution_id == "lowell-community-health-center"


@pytest.mark.parametrize(
    ("subject", "h1b", "condition"),
    [
        ("baystate-medical-center", "case_by_case", "exceptional_only"),
        ("dartmouth-hitchcock-medical-center-nh", "conditional", "transfer_only"),
        ("1265-140", "yes", ""),
        ("1256-040", "conditional", "step3_by_date"),
    ],
)
def test_policies_of_new_england(subject, h1b, condition):
    found = [policy for policy in rows(Policy) if policy.subject == subject]
    assert any(one.sponsors_h1b == h1b and condition in (*one.h1b_conditions, "") for one in found)


def test_specialties_answer_to_the_names_people_use():
    names = Counter(
        alias.lower()
        for kind in rows(Specialty)
        if kind.level != "fellowship"
        for alias in (kind.name, *kind.aliases)
    )
    assert {
        "im",
        "fm",
        "peds",
        "ob/gyn",
        "med-peds",
        "radiology",
        "pathology-anatomic and clinical",
    } <= set(names)
    assert not [name for name, times in names.items() if times > 1]


def test_no_restricted_source_ships():
    for file in DATA.iterdir():
        text = file.read_text(encoding="utf-8").lower()
        assert "freida-admin" not in text, file.name
        assert "freida.ama" not in text, file.name
        assert "reviewmyresidency" not in text, file.name


def test_stats_and_check_on_the_command_line():
    run = CliRunner().invoke
    proved = run(app, ["facts", "check"])
    assert proved.exit_code == 0, proved.output
    table = run(app, ["facts", "stats"]).output
    assert max(map(len, table.splitlines())) <= 80
    document = json.loads(run(app, ["facts", "stats", "--json"]).output)
    assert document["total"] == asdict(coverage.total())
    assert sum(line["programs"] for line in document["states"]) == document["total"]["programs"]
    assert document["total"]["none"] < document["total"]["programs"]
