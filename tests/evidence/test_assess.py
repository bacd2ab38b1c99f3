"""Assessments of real programs on the shipped facts."""

from datetime import date

import pytest

from visamatch.directory.programs import directory
from visamatch.evidence.assess import assess, assess_all
from visamatch.evidence.statement import TraineeFilings
from visamatch.workspace.document import OwnStatement

ON = date(2026, 11, 24)


def of(program_id, **more):
    return assess(directory().find(program_id), ON, **more)


def filings(item, reach):
    return [
        weighed.statement.value
        for weighed in item.statements
        if weighed.reach == reach and isinstance(weighed.statement.value, TraineeFilings)
    ]


def test_a_department_that_is_named_counts_as_the_program():
    item = of("1256-140")
    assert [filed.count for filed in filings(item, "program")] == [6]
    assert item.standing.code == "filed"


def test_a_parent_that_files_for_many_hospitals_stays_at_system_level():
    item = of("1261-160")
    assert not filings(item, "program")
    assert not filings(item, "institution")
    assert 43 in [filed.count for filed in filings(item, "system")]
    assert item.standing.code == "unknown"


@pytest.mark.parametrize(
    ("program_id", "code"),
    [
        ("1286-140", "conditional"),  # Baystate: exceptional cases only
        ("3050-120", "conflict"),  # UMass Chan prefers J-1, and filed for residents
        ("1377-140", "not_for_you"),  # Dartmouth: US graduates only
        ("1266-040", "no_h1b"),  # St. Elizabeth's anesthesiology refuses
        ("1266-400", "unknown"),  # only its former owner filed
    ],
)
def test_standings_of_known_programs(program_id, code):
    assert of(program_id).standing.code == code


def test_a_conflict_names_both_sides():
    pairs = {item.statement.property for item in of("3050-120").statements if item.conflicts_with}
    assert pairs == {"policy", "trainee_filings"}


def test_a_closed_program_says_so_first():
    assert of("1258-140").verdict.startswith("This program is closed.")


def test_a_reply_moves_the_standing_and_taking_it_back_restores_it():
    reply = OwnStatement(
        statement_id="r", program_id="1268-140", kind="reply", sponsors_h1b="no",
        sponsors_j1="yes", as_of="2026-11-20",
    )  # fmt: skip
    before, told = of("1268-140"), of("1268-140", own=[reply])
    assert told.standing.code == "j1_only"
    assert told.p_sponsor.mean < before.p_sponsor.mean
    again = of("1268-140")
    assert (again, again.statements) == (before, before.statements)


def test_silence_is_said_and_lowers_the_chance_a_little():
    silent = next(
        item for item in of("1269-140").statements if item.statement.property == "silence"
    )
    assert -1 < silent.effect_log_odds < 0


def test_all_programs_can_be_assessed_and_none_is_certain():
    every = assess_all(ON)
    assert len(every) == len(directory().programs)
    assert all(
        0 < item.p_sponsor.low <= item.p_sponsor.mean <= item.p_sponsor.high < 1
        for item in every.values()
    )


def test_a_filing_counted_for_one_institution_takes_nothing_off_another():
    """Its employer files for the school, and the statement reaches the university's own program too."""
    found = assess(directory().find("acgme-1403721326"), ON)
    assert any(each.statement.property == "trainee_filings" for each in found.statements)
