import pytest

from tests.documents.sheets import BIDMC, MGH, cell, edited, imported, lines, silent, xlsx
from visamatch.documents.sheet import csv_text, workbook
from visamatch.errors import InputError
from visamatch.workspace.document import Workspace
from visamatch.workspace.sponsor_list import Entry

MINE = Workspace(
    entries=(
        Entry(program_id=MGH, name="MGH medicine", notes="wrote\nto them", interest=4, extra={"Car": "yes"}),
        Entry(program_id=BIDMC, name="BIDMC medicine", status="applied", contacted_on="2026-10-01"),
        Entry(program_id="own-x", name="Somewhere else", stated_policy="J-1 only"),
    ),
    columns=("Car",),
)  # fmt: skip
OURS = workbook(lines(MINE), MINE.columns)


def with_entry(index: int, **update) -> Workspace:
    entries = list(MINE.entries)
    entries[index] = entries[index].model_copy(update=update)
    return MINE.model_copy(update={"entries": tuple(entries)})


def facts(found):
    return [(item.row, item.field, item.old, item.new) for item in found.changed]


def test_an_unchanged_sheet_changes_nothing():
    found = imported(OURS, MINE)
    assert silent(found)
    assert found.unknown_columns_kept == ("Car",)
    assert found.workspace == MINE


def test_edits_in_the_sheet_are_changes():
    def edit(sheet):
        cell(sheet, "Notes", 2).value = "=they said yes"
        cell(sheet, "Interest", 3).value = "High"
        cell(sheet, "Contacted on", 3).value = None
        cell(sheet, "Car", 3).value = 12

    found = imported(
        edited(OURS, lambda s: (edit(s), setattr(cell(s, "Notes", 2), "data_type", "s"))), MINE
    )
    assert facts(found) == [
        (2, "notes", "wrote\nto them", "=they said yes"),
        (3, "interest", None, 4),
        (3, "contacted_on", "2026-10-01", None),
        (3, "Car", "", "12"),
    ]
    after = found.workspace.entries[1]
    assert (after.interest, after.contacted_on, after.extra) == (4, None, {"Car": "12"})


def test_what_moved_on_in_the_app_stays_and_only_a_true_conflict_is_asked():
    moved = with_entry(0, notes="they answered", interest=5)
    same = imported(OURS, moved)
    assert silent(same)
    assert same.workspace == moved
    sheet = edited(OURS, lambda s: setattr(cell(s, "Notes", 2), "value", "called them"))
    asked = imported(sheet, moved)
    assert not asked.changed
    (conflict,) = asked.conflicts
    assert (conflict.key, conflict.kind, conflict.old, conflict.new) == (
        "2:notes", "both_changed", "they answered", "called them",
    )  # fmt: skip
    assert asked.workspace == moved
    kept = imported(sheet, moved, answers={"2:notes": "they answered"})
    assert (kept.conflicts, kept.changed) == ((), ())
    taken = imported(sheet, moved, answers={"2:notes": "called them"})
    assert facts(taken) == [(2, "notes", "they answered", "called them")]
    assert taken.workspace.entries[0].notes == "called them"


def test_reordered_and_renamed_columns_and_sorted_rows_are_recognised():
    rows = [
        ("Remarks", "visamatch id", "CAR", "Relative interest", "Program name", "Shoe size"),
        ("wrote\nto them", MGH, "no", 4, "MGH medicine", 42),
        (None, "own-x", None, 2, "Somewhere else", None),
    ]
    found = imported(xlsx(*rows), MINE)
    assert (2, "Shoe size", "", "42") in facts(found)
    assert (3, "interest", None, 2) in facts(found)
    assert found.unknown_columns_kept == ("CAR", "Shoe size")
    assert found.workspace.entries[1] == MINE.entries[1]


def test_a_header_renamed_to_anything_is_known_in_our_workbook():
    def rename(sheet):
        cell(sheet, "Notes", 1).value = "What I think"
        cell(sheet, "Interest", 2).value = 2
        cell(sheet, "Interest", 1).value = "♥"

    found = imported(edited(OURS, rename), MINE)
    assert facts(found) == [(2, "interest", 4, 2)]
    assert found.unknown_columns_kept == ("Car",)


def test_a_row_that_is_gone_is_told_and_taken_off_only_on_demand():
    sheet = edited(OURS, lambda s: s.delete_rows(3))
    told = imported(sheet, MINE)
    assert told.removed == (BIDMC,)
    assert told.workspace == MINE
    gone = imported(sheet, MINE, remove=True)
    assert [entry.program_id for entry in gone.workspace.entries] == [MGH, "own-x"]
    assert imported(xlsx(("ACGME id",), ("1402411169",)), MINE, remove=True).workspace == MINE


def test_two_rows_of_one_program_are_one_entry_and_their_difference_is_asked():
    rows = [
        ("Program code", "Name", "Notes", "Interest"),
        ("1261140C0", "MGH", "a", None),
        ("1402411169", "MGH", "b", 3),
    ]
    found = imported(xlsx(*rows))
    assert [item.program_id for item in found.added] == [MGH]
    (conflict,) = found.conflicts
    assert (conflict.key, conflict.kind, conflict.choices) == ("3:notes", "two_rows", ("a", "b"))
    assert found.workspace.entries[0].interest == 3
    assert found.remarks == ("rows 2, 3 are one program and become one entry",)
    assert imported(xlsx(*rows), answers={"3:notes": "b"}).workspace.entries[0].notes == "b"


def test_every_report_of_a_log_is_kept():
    rows = [
        ("Program code", "Date", "Step2"),
        ("1261140C0", "10/14/2026", 255),
        ("1261140C0", "10/15/2026", 240),
    ]
    found = imported(xlsx(*rows))
    assert found.workspace.entries[0].extra == {
        "Date": "2026-10-14 | 2026-10-15",
        "Step2": "255 | 240",
    }
    assert not found.conflicts


def test_an_unsure_program_is_asked_and_not_added():
    rows = [
        ("Program", "State", "Notes"),
        ("Lahey hospital IM", "MA", "x"),
        ("MGH internal medicine", "MA", "y"),
    ]
    found = imported(xlsx(*rows))
    assert [item.program_id for item in found.added] == [MGH]
    (conflict,) = found.conflicts
    assert conflict.kind == "which_program"
    chosen = imported(xlsx(*rows), answers={"2:program": conflict.choices[0]})
    assert chosen.added[0].program_id == conflict.choices[0]
    assert chosen.added[0].name == "Lahey hospital IM"  # as the person calls it
    own = imported(xlsx(*rows), answers={"2:program": "own"}).workspace
    assert own.entries[0].program_id.startswith("own-")
    again = imported(xlsx(*rows), own)
    assert silent(again)


def test_a_program_nobody_knows_is_kept_and_found_again():
    rows = [
        ("Program", "Institution", "City", "Interest"),
        ("Family Medicine", "Clinic of the Moon", "Luna", 5),
    ]
    first = imported(xlsx(*rows)).workspace
    assert first.entries[0].extra == {"City": "Luna"}
    second = imported(xlsx(*rows), first)
    assert (second.added, second.changed) == ((), ())
    assert not imported(workbook(lines(first), first.columns), first).changed


def test_another_sheet_does_not_clear_or_rename_what_it_does_not_know():
    rows = [
        ("Program", "Notes", "City", "ERAS ID"),
        ("Mass General IM", None, "Boston", 1402411169),
    ]
    found = imported(xlsx(*rows), MINE)
    assert silent(found)


def test_an_unreadable_cell_is_asked_with_its_readings():
    rows = [("ACGME ID", "Date contacted", "My rating"), ("1402411169", "11/2/2026", 9)]
    found = imported(xlsx(*rows))
    assert {item.key: item.choices for item in found.conflicts} == {
        "2:contacted_on": ("2026-11-02", "2026-02-11"),
        "2:interest": ("1", "2", "3", "4", "5"),
    }
    after = imported(xlsx(*rows), answers={"2:contacted_on": "2026-02-11", "2:interest": "4"})
    assert not after.conflicts
    entry = after.workspace.entries[0]
    assert (entry.contacted_on, entry.interest) == ("2026-02-11", 4)


def test_the_three_styles_of_dates():
    rows = [
        ("ACGME ID", "Contacted on"),
        ("1402411169", "2026-11-02"),
        ("1402431164", "2 Nov 2026"),
        ("1402421172", "11/28/2026"),
        ("1402411142", "11/2/2026"),
    ]
    found = imported(xlsx(*rows))
    days = [entry.contacted_on for entry in found.workspace.entries]
    assert days == ["2026-11-02", "2026-11-02", "2026-11-28", "2026-11-02"]
    assert not found.conflicts


@pytest.mark.parametrize("name", ["ids.txt", "ids.csv"])
@pytest.mark.parametrize("head", ["", "Program ID\n", "ID,Last_Updated\n"])
def test_a_list_of_ids_comes_in_at_once(name, head):
    text = head + "1402411169\n1256140C0\n402421098\n1402499999\n"
    found = imported(text.encode(), name=name)
    assert [item.program_id for item in found.added][:2] == [MGH, BIDMC]
    assert [item.program_id for item in found.added][2:] == ["acgme-0402421098", "acgme-1402499999"]
    assert found.added[0].name == "Massachusetts General Hospital Internal Medicine"
    assert not found.conflicts


def test_a_starting_list_becomes_the_list():
    start = workbook(lines(MINE), MINE.columns, starting=True)
    untouched = imported(start)
    assert untouched.remarks == ("a starting list of ours: 3 programs of it come on your list",)
    assert silent(untouched)
    assert untouched.workspace == MINE
    edit = edited(start, lambda s: (s.delete_rows(3), setattr(cell(s, "Interest", 2), "value", 1)))
    found = imported(edit)
    assert facts(found) == [(2, "interest", 4, 1)]
    assert [entry.program_id for entry in found.workspace.entries] == [MGH, "own-x"]
    assert not found.removed


def test_our_csv_shows_cleared_cells_as_changes():
    text = csv_text(lines(MINE), MINE.columns)
    assert imported(text.encode(), MINE, "a.csv").workspace == MINE
    found = imported(text.replace("2026-10-01", "").encode(), MINE, "a.csv")
    assert facts(found) == [(3, "contacted_on", "2026-10-01", None)]


@pytest.mark.parametrize(
    "rows",
    [
        [("Name", "Amount", "Date"), ("Rent", 900, "2026-11-01")],
        [("ID", "Title", "Status"), ("T-1", "Fix the login", "Done")],
    ],
)
def test_a_list_of_other_things_is_refused(rows):
    with pytest.raises(InputError, match="residency programs"):
        imported(xlsx(*rows))
