import json

import pytest

from tests.advice.season import ship
from visamatch.directory.programs import directory
from visamatch.workspace.document import Workspace, dump, load
from visamatch.workspace.profile import Profile
from visamatch.workspace.sponsor_list import Entry

IDS = [p.program_id for p in directory().programs.values() if p.specialty_id == "psychiatry"][:3]
PERSON = Profile.model_validate(
    {
        "match_year": 2027,
        "specialties": [{"name": "Psychiatry"}],
        "visa": {"needed": True},
        "applicant": {"school_kind": "foreign", "exams": {"step3": {"status": "passed"}}},
    }
)


@pytest.fixture(autouse=True)
def invented_season(monkeypatch):
    ship(monkeypatch)


@pytest.fixture
def file(tmp_path):
    entries = tuple(
        Entry(program_id=name, status="interviewed", interest=at + 2) for at, name in enumerate(IDS)
    )
    path = tmp_path / "mine.json"
    path.write_text(dump(Workspace(profile=PERSON, entries=entries)), "utf-8")
    return path


def rank(visamatch, *words, file):
    return visamatch("rank", *words, "--workspace", str(file))


def test_the_list_as_json(visamatch, file):
    told = json.loads(rank(visamatch, "show", "--json", "--on", "2026-11-28", file=file).out)
    assert [each["program_id"] for each in told["order"]] == told["proposed"]
    assert told["proposed"][0] == IDS[2]
    assert sum(each["here"] for each in told["order"]) == pytest.approx(told["p_match"])
    assert told["best_swap"] <= 0
    assert set(told["ask_next"]) <= set(IDS)
    assert not told["own_order"]


def test_an_order_is_kept_and_shown(visamatch, file):
    assert rank(visamatch, "order", *IDS, file=file).code == 0
    assert [entry.rank for entry in load(file.read_text("utf-8")).entries] == [1, 2, 3]
    told = rank(visamatch, "show", "--on", "2026-11-28", file=file).out
    assert "Your ratings and choices propose" in told
    assert "swaps tried" in told


def test_wrong_orders_change_nothing(visamatch, file):
    before = file.read_text("utf-8")
    for words in (("order", IDS[0], IDS[0]), ("order", "0000-000")):
        found = rank(visamatch, *words, file=file)
        assert found.code == 2
    assert file.read_text("utf-8") == before


def test_the_checklist_fails_while_a_line_is_open(visamatch, file):
    found = rank(visamatch, "check", "--on", "2027-02-10", "--json", file=file)
    assert found.code == 1
    told = json.loads(found.out)
    assert not told["ready"]
    assert {f"policy-{name}" for name in IDS} <= {line["task"] for line in told["lines"]}


def test_a_couple_and_the_table_of_pairs(visamatch, file, tmp_path):
    out = tmp_path / "pairs.csv"
    told = rank(visamatch, "couple", str(file), "--out", str(out), "--on", "2026-11-28", file=file)
    assert "15 pairs" in told.out
    assert len(out.read_text("utf-8-sig").splitlines()) == 16
    assert rank(visamatch, "couple", str(file), "--out", "pairs.pdf", file=file).code == 2


def test_an_empty_list_is_one_sentence(visamatch, tmp_path):
    found = rank(visamatch, "show", file=tmp_path / "none.json")
    assert found.code == 2
    assert "programs on your list" in found.err
