import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visamatch.errors import InputError
from visamatch.workspace.document import VERSION, OwnStatement, Partner, Workspace, dump, load
from visamatch.workspace.profile import Profile, Visa
from visamatch.workspace.sponsor_list import Choice, Entry, find, interviews, ordered, put, remove

WORKSPACE = Workspace(
    profile=Profile(name="Ünïcode", visa=Visa(h1b="must")),
    entries=(
        Entry(program_id="1256-140", interest=5, notes="line one\nline two", group="core"),
        Entry(program_id="x", name="Not in the directory", extra={"LOI sent": "2026-10-01"}),
    ),
    statements=(
        OwnStatement(
            statement_id="r1",
            program_id="1256-140",
            kind="reply",
            sponsors_h1b="yes",
            as_of="2026-10-02",
        ),
    ),
    choices=(Choice(better="1256-140", worse="x"), Choice(better="x", worse="y", even=True)),
    partner=Partner(ranked=("1256-140",), together="state", alone=False),
)


def test_saving_and_loading_loses_nothing():
    assert load(dump(WORKSPACE)) == WORKSPACE
    assert dump(load(dump(WORKSPACE))) == dump(WORKSPACE)


@given(st.integers(min_value=0, max_value=len(dump(WORKSPACE)) - 3))
def test_a_document_cut_anywhere_is_refused_whole(cut):
    with pytest.raises(InputError, match="workspace file") as caught:
        load(dump(WORKSPACE)[:cut])
    assert "\n" not in str(caught.value)


@given(st.text(max_size=40))
def test_other_text_is_refused(text):
    with pytest.raises(InputError):
        load(text)


def test_a_newer_document_asks_for_an_update():
    text = json.dumps({"format": "visamatch-workspace", "version": 99})
    with pytest.raises(InputError, match="update visamatch"):
        load(text)


def test_an_unknown_key_is_named_and_not_lost():
    text = json.dumps({"format": "visamatch-workspace", "version": 1, "entrys": []})
    with pytest.raises(InputError, match="'entries'"):
        load(text)


def test_put_replaces_in_place_and_remove_undoes_put():
    entries = put((), Entry(program_id="a"))
    entries = put(entries, Entry(program_id="b"))
    entries = put(entries, Entry(program_id="a", interest=3))
    assert [entry.program_id for entry in entries] == ["a", "b"]
    assert find(entries, "a") == Entry(program_id="a", interest=3)
    assert remove(entries, "a") == (Entry(program_id="b"),)
    with pytest.raises(InputError):
        remove(entries, "c")


def old_file(version):
    return (Path(__file__).parent / "files" / f"version-{version}.json").read_text("utf-8")


def test_a_file_of_version_2_keeps_what_it_says():
    text = old_file(2)
    loaded = load(text)
    assert loaded.version == VERSION
    assert loaded.entries[0].extra == {"Rank": "1", "Rent": "2100"}
    assert loaded.entries[0].rank is None
    assert {**json.loads(dump(loaded)), "version": 2} == json.loads(text)


def test_a_file_of_version_1_becomes_one_of_this_and_loses_nothing():
    text = old_file(1)
    loaded = load(text)
    assert loaded.version == VERSION
    assert loaded.columns == ("Car", "LOI sent", "Rent")
    assert loaded.entries[0].extra == {"Car": "yes", "LOI sent": "2026-10-01"}
    assert loaded.entries[0].notes == "line one\nline two"
    assert (loaded.profile.name, loaded.statements[0].sponsors_h1b) == ("Ünïcode", "yes")
    assert load(dump(loaded)) == loaded
    old = json.loads(text)
    new = json.loads(dump(loaded))
    assert {**new, "version": 1} == {**old, "columns": ["Car", "LOI sent", "Rent"]}


@pytest.mark.parametrize("entries", [5, [5], [{"extra": 5}], None, {"a": 1}])
def test_a_damaged_file_of_an_earlier_version_is_one_sentence(entries):
    text = json.dumps({"format": "visamatch-workspace", "version": 1, "entries": entries})
    with pytest.raises(InputError, match="entries"):
        load(text)


LIST = (
    Entry(program_id="a", status="interviewed"),
    Entry(program_id="b", rank=2),
    Entry(program_id="c", status="applied"),
    Entry(program_id="d", status="invited", rank=1),
    Entry(program_id="e", status="withdrawn", rank=3),
)


def test_interviews_stand_in_the_order_kept_and_new_ones_last():
    assert [entry.program_id for entry in interviews(LIST)] == ["d", "b", "a"]


def test_an_order_is_kept_in_the_entries():
    after = ordered(LIST, ["a", "d", "b"])
    assert [entry.program_id for entry in after] == list("abcde")
    assert [entry.rank for entry in after] == [1, 3, None, 2, None]
    assert [entry.program_id for entry in interviews(after)] == ["a", "d", "b"]
    assert ordered(LIST, ["a"], besides=["b"])[1].rank == 2
