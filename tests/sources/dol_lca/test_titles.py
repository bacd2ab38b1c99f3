import csv
from collections import Counter

import pytest

from tests.shared import shared
from visamatch.sources.dol_lca.titles import field_of, read_title

PHYSICIAN, CATCH_ALL, SCIENTIST = "29-1229.00", "29-9099.00", "19-1042"


@pytest.mark.parametrize(
    ("title", "soc", "employer", "label", "specialty"),
    [
        ("PGY-2 Psychiatry Resident", PHYSICIAN, "Any Hospital", "resident", "psychiatry"),
        ("Med-Peds Resident", CATCH_ALL, "", "resident", "internal medicine/pediatrics"),
        ("House Officer III", "29-1069", "A University", "resident", None),
        ("Graduate Medical Trainee", PHYSICIAN, "", "resident", None),
        ("Resident, Urology", SCIENTIST, "A Clinic", "resident", "urology"),
        ("Res Phys", PHYSICIAN, "", "resident", None),
        ("Resident Physician", "11-9111", "", "resident", None),
        ("Clinical Microbiology Fellow", SCIENTIST, "", "other", None),
        ("Intern, Transitional Year", PHYSICIAN, "", "resident", "transitional year"),
        ("Resident or Fellow", PHYSICIAN, "", "resident", None),
        ("Resident “ Neurology", "70", "", "resident", "neurology"),
        ("Clinical Fellow, Hepatology", SCIENTIST, "", "fellow", "gastroenterology"),
        ("Resident Physician PGY-6 (Stroke Fellow)", PHYSICIAN, "", "fellow", "neurology"),
        ("Instructor, Retina Fellow", "29-1241", "", "fellow", "ophthalmology"),
        ("Pediatric Nephrology Fellow", PHYSICIAN, "", "fellow", "pediatric subspecialty"),
        ("Fellowship Director, Cardiology", "29-1212", "", "attending", "cardiology"),
        ("Residency Faculty, Family Medicine", "29-1215", "", "attending", "family medicine"),
        ("Consultant, Nephrology", PHYSICIAN, "", "attending", "nephrology"),
        ("House Physician", PHYSICIAN, "", "attending", None),
        ("Hospitalist", "11-1011", "", "attending", None),
        ("Fellow", SCIENTIST, "A Medical School", "other", None),
        ("Postdoctoral Fellow", PHYSICIAN, "", "other", None),
        ("Clinical Pharmacy Resident PGY1", CATCH_ALL, "", "other", None),
        ("Small Animal Surgery Resident", CATCH_ALL, "", "other", None),
        ("Resident in Cardiology", CATCH_ALL, "Tufts University", "other", None),
        ("Medical Physics Resident", CATCH_ALL, "", "other", None),
        ("Podiatric Surgery Resident", PHYSICIAN, "", "other", None),
        ("Resident Engineer", "17-2051", "", "other", None),
        ("Hall Resident Director", "39-9041", "A University", "other", None),
        ("Vice President", PHYSICIAN, "", "other", None),
        ("Resident", "Nov-21", "", "other", None),
    ],
)
def test_title(title, soc, employer, label, specialty):
    read = read_title(title, soc, employer)
    assert (read.label, read.specialty) == (label, specialty)


def test_a_title_that_leaves_open_which_says_so():
    assert read_title("Resident/Fellow", PHYSICIAN).resident_or_fellow
    assert not read_title("Resident", PHYSICIAN).resident_or_fellow


@pytest.mark.parametrize(
    ("soc", "field"),
    [
        *((soc, "physician") for soc in ("29-1063.00", "291249", "70")),
        *((soc, "any_health") for soc in ("29-1299", "")),
        *((soc, "outside") for soc in ("15-1252", "Nov-31")),
        ("072", "other_health"),
    ],
)
def test_field_of_an_occupation_code(soc, field):
    assert field_of(soc) == field


def test_figures_on_the_labelled_titles():
    """Read by eye while the words were written: guards against regress, is no figure to quote."""
    with shared("data/labelled/titles_labelled.csv").open(encoding="utf-8") as stream:
        rows = [r for r in csv.DictReader(stream) if not r["note"].startswith("ambiguous")]
    pairs = Counter(
        (r["label"], read_title(r["job_title"], r["soc"], r["employer"]).label) for r in rows
    )
    trainee = {"resident", "fellow"}
    hit = sum(n for (a, b), n in pairs.items() if a in trainee and b in trainee)
    assert hit / sum(n for (_, b), n in pairs.items() if b in trainee) >= 0.99
    assert hit / sum(n for (a, _), n in pairs.items() if a in trainee) >= 0.98
    assert _macro_f1(pairs) >= 0.97


def _macro_f1(pairs):
    scores = []
    for label in ("resident", "fellow", "attending", "other"):
        true = sum(n for (a, _), n in pairs.items() if a == label)
        said = sum(n for (_, b), n in pairs.items() if b == label)
        scores.append(2 * pairs[label, label] / (true + said))
    return sum(scores) / len(scores)
