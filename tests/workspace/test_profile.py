from pathlib import Path

import pytest

from visamatch.errors import InputError
from visamatch.workspace.profile import Profile, profile_from_toml

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.toml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_read(path):
    profile = profile_from_toml(path.read_text(), path.name)
    assert profile.specialties
    assert profile.visa.needed is not None


def test_an_empty_profile_is_a_profile_and_unknown_is_not_no():
    profile = profile_from_toml("")
    assert profile == Profile()
    assert profile.needs_visa
    assert profile.step3_passed is None


@pytest.mark.parametrize(
    ("toml", "field", "found", "hint"),
    [
        (
            '[[specialties]]\nname = "Internal Medicin"',
            "specialties.1.name",
            "Medicin",
            "'Internal Medicine'",
        ),
        ('[[specialties]]\nname = "psychatry"', "specialties.1.name", "psychatry", "'Psychiatry'"),
        (
            "[applicant.exams.step2ck]\nscore = 400",
            "applicant.exams.step2ck.score",
            "400",
            "300 or less",
        ),
        (
            '[applicant.exams.step1]\ndate = "2026-02-30"',
            "exams.step1.date",
            "2026-02-30",
            "YYYY-MM-DD",
        ),
        ('[applicant.exams.step1]\nstatus = "pass"', "exams.step1.status", "pass", "'passed'"),
        ('[applicant]\ngraduated_on = "June 2019"', "graduated_on", "June 2019", "2019-06"),
        ('[applicant]\ncitizenship = ["India"]', "citizenship.1", "India", "two letters"),
        ('[visa]\nh1b = "maybe"', "visa.h1b", "maybe", "'must'"),
        ('[places]\nstates = ["MX"]', "places.states.1", "MX", "'MA'"),
        ("[money]\nbudget = -5", "money.budget", "-5", "0 or more"),
        ("match_year = 1999", "match_year", "1999", "2025 or more"),
        ("[visas]\nneeded = true", "visas", "visas", "'visa'"),
        ("[applicant.exams]\nstep4 = 1", "applicant.exams.step4", "step4", "'step3'"),
    ],
)
def test_what_is_wrong_gets_one_sentence(toml, field, found, hint):
    with pytest.raises(InputError) as caught:
        profile_from_toml(toml, "me.toml")
    sentence = str(caught.value)
    assert sentence.startswith("me.toml: ")
    for part in (field, found, hint):
        assert part in sentence


def test_broken_toml_names_the_place():
    with pytest.raises(InputError, match="line 2"):
        profile_from_toml("name = 'x'\nvisa = = 1", "me.toml")


def test_dates_of_toml_are_dates():
    profile = profile_from_toml("[applicant.exams.step3]\ndate = 2026-04-14")
    assert profile.applicant.exams.step3.date == "2026-04-14"
