import io

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents.sheets import BIDMC, MGH, ON
from tests.documents.test_sheet import PLAN
from visamatch.directory.programs import directory
from visamatch.documents.dossier import dossier
from visamatch.documents.records import calendar_record, program_detail
from visamatch.evidence.assess import assess_all
from visamatch.schedule import calendar
from visamatch.workspace.profile import Profile


def details() -> dict:
    known, items = directory(), assess_all(ON)
    return {each: program_detail(known, items[each]) for each in (MGH, BIDMC)}


def whole() -> dict:
    rows = [
        {**row, "group": "core", "apply": row["program_id"] == MGH, "fee": 11, "signal": "gold",
         "p_match": 0.07, "reasons": ["Near home."]}
        for row in details().values()
    ]  # fmt: skip
    curve = [
        {
            "applications": n,
            "cost": 11 * n,
            "p_match": {"mean": n / 40, "low": n / 60, "high": n / 30},
        }
        for n in range(31)
    ]
    return {
        "list": rows,
        "assumes": ["nothing new"],
        "ask_first": [BIDMC],
        "curve": curve,
        "totals": {"applications": 30, "cost": 330.0, "p_match": curve[-1]["p_match"], "expected_interviews": 4.6},
        "price_of_constraints": [{"constraint": "only New England", "p_match": 0.6, "without": 0.8}],
        "calendar": calendar_record(calendar(Profile(match_year=2027), ON)),
        "paths": [{"title": "H-1B", "verdict": "blocked", "blockers": [{"means": "Step 3 is open"}], "cost_usd": 1280}],
    }  # fmt: skip


def text(body: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(body)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_every_part_is_there_and_can_be_read_aloud():
    body = dossier(whole(), ON.isoformat(), "Ada Example")
    said = text(body)
    for part in (
        "Ada Example", "Apply to 30 programs for $330", "75 % (50 to 100 %)", "about 5 interviews", "Next",
        "nothing new", "Ask first",
        "H-1B core", "Massachusetts General Hospital Internal Medicine", "Near home.", "gold", "only New England",
        "Calendar", "US Eastern", "Visa paths", "Step 3 is open", "Sources", "Already missed", "https://",
    ):  # fmt: skip
        assert part in said, part
    assert said.count("Beth Israel") == 1  # to ask first, but not to apply to
    document = pypdf.PdfReader(io.BytesIO(body))
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("en")
    assert document.metadata.title
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()


def test_the_same_plan_gives_the_same_bytes():
    assert dossier(whole(), "2026-11-27") == dossier(whole(), "2026-11-27")


@pytest.mark.parametrize("part", [*whole(), "everything"])
def test_a_part_that_is_missing_is_left_out(part):
    plan = (
        {}
        if part == "everything"
        else {key: value for key, value in whole().items() if key != part}
    )
    said = text(dossier(plan, "2026-11-27"))
    gone = {"curve": "number of applications", "calendar": "US Eastern", "paths": "Visa paths"}
    assert gone.get(part, "no such words") not in said


def test_a_plan_without_a_choice_shows_its_groups():
    assert "MGH IM" in text(dossier({"list": [{**PLAN["list"][0], "apply": False}]}))


@settings(max_examples=15, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), max_size=40))
def test_words_are_never_taken_for_markup(words):
    plan = {"list": [{**PLAN["list"][0], "name": f"#{words}*_$<a>@b"}]}
    assert dossier(plan, name=words)
