import io
import shutil
import subprocess
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents.sheets import BIDMC, MGH, ON, cell, edited, imported, lines, saved, silent
from visamatch.directory.programs import directory
from visamatch.documents.records import program_detail, program_record
from visamatch.documents.sheet import Line, csv_text, suggested, workbook, write_xlsx
from visamatch.errors import InputError
from visamatch.evidence.assess import assess_all
from visamatch.evidence.words import MARKS, STANDINGS
from visamatch.workspace.document import Workspace
from visamatch.workspace.sponsor_list import Entry

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=30)
HEADER = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=12).map(
    lambda text: " ".join(text.split())
)
ODD_HEADERS = st.sampled_from(
    ["Comments", "LOI date", "notes", "Standing on H-1B", "City", "Column B"]
)
ODD = st.sampled_from(["5", "0.5", "25%", "2026-11-02", "+1 617", "=A1", "1402411169", "MA", "1e5"])
DAY = st.none() | st.dates().map(str)
ENTRY = st.builds(
    Entry,
    program_id=st.just(""),
    name=TEXT,
    institution=TEXT,
    stated_policy=st.sampled_from(["", "J-1 only", "J-1/H-1B", "uncertain"]),
    notes=TEXT | st.sampled_from(["=1+1", "-5", "'=x", "2026-11-02", "007", "1e5", "_x0041_", "  a  "]),
    interest=st.none() | st.integers(1, 5),
    group=st.sampled_from(["", "core", "regional", "safety"]),
    status=st.sampled_from(["", "applied", "invited", "matched"]),
    added_on=DAY,
    contacted_on=DAY,
    extra=st.dictionaries(HEADER.filter(bool) | ODD_HEADERS, (TEXT | ODD).filter(str.strip), max_size=4),
)  # fmt: skip


@st.composite
def workspaces(draw):
    ids = draw(
        st.lists(st.sampled_from([MGH, BIDMC, "own-x", "acgme-1402499999", "own-é"]), unique=True)
    )
    entries = tuple(draw(ENTRY).model_copy(update={"program_id": each}) for each in ids)
    headers = dict.fromkeys(name for entry in entries for name in entry.extra)
    return Workspace(entries=entries, columns=tuple(draw(st.permutations(list(headers)))))


def known_lines(workspace: Workspace) -> list[Line]:
    known, items = directory(), assess_all(ON)
    return [
        Line(e, program_record(known, items[e.program_id]) if e.program_id in items else {})
        for e in workspace.entries
    ]


@settings(max_examples=40, deadline=None)
@given(workspaces())
def test_export_then_import_is_identity(mine):
    if not mine.entries:
        return
    for found in (
        imported(workbook(known_lines(mine), mine.columns), mine),
        imported(csv_text(known_lines(mine), mine.columns).encode(), mine, "a.csv"),
    ):
        assert silent(found)
        assert found.workspace.entries == mine.entries


def start(states=("MA",), limit=None) -> list[Line]:
    known, items = directory(), assess_all(ON)
    programs = [program for program in known.programs.values() if program.state in states][:limit]
    rows = [program_detail(known, items[program.program_id]) for program in programs]
    return [Line(suggested(row), row) for row in rows]


def test_the_workbook_is_one_people_enjoy():
    data = workbook(start(limit=20), ["Car"])
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames[:5] == ["List", "Evidence", "Costs", "Calendar", "Glossary"]
    sheet = book["List"]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref.startswith("A1:")
    assert sheet.column_dimensions["A"].hidden
    assert [each.sheet_state for each in book][5:] == ["hidden"]
    headers = [each.value for each in sheet[1]]
    assert headers[1:6] == [
        "Program and specialty",
        "Institution / affiliation",
        "Stated visa policy",
        "Notes",
        "Interest",
    ]
    assert headers[-1] == "Car"
    lists = " ".join(rule.formula1 for rule in sheet.data_validations.dataValidation)
    for word in ("J-1 only", "waitlisted", "regional"):
        assert word in lists
    assert len(sheet.conditional_formatting) == 2
    assert cell(sheet, "Standing on H-1B", 2).value in {
        f"{MARKS[code]} {STANDINGS[code]}" for code in STANDINGS
    }
    assert book["Evidence"].max_row > 20
    assert book["Costs"]["A2"].value.startswith("ECFMG")


def test_the_same_list_gives_the_same_bytes():
    data = workbook(start(limit=5))
    assert data == workbook(start(limit=5))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert {part.date_time[0] for part in parts.infolist()} == {1980}
        assert b"created" not in parts.read("docProps/core.xml")


def test_a_text_that_fits_no_cell_is_refused():
    with pytest.raises(InputError, match="32767"):
        workbook(lines(Workspace(entries=(Entry(program_id="x", notes="a" * 40_000),))))


def test_ids_keep_their_zeros_and_a_note_is_no_formula():
    mine = Workspace(
        entries=(Entry(program_id=MGH, notes='=HYPERLINK("x")', extra={"Code": "007"}),)
    )
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(lines(mine), ["Code"])))["List"]
    assert (cell(sheet, "Notes", 2).data_type, cell(sheet, "Code", 2).value) == ("s", "007")


PLAN = {
    "list": [
        {
            "program_id": MGH, "name": "MGH IM", "institution": "MGH", "group": "core",
            "p_sponsor": {"mean": 0.5, "low": 0.2, "high": 0.8},
            "p_interview": {"mean": 0.1, "low": 0, "high": 1}, "p_match": None, "apply": True,
            "signal": None, "fee": 11, "marginal": 0.01, "reasons": ["Near.", "Asked."],
        },
    ],
    "curve": [{"applications": 1, "cost": 11, "p_match": {"mean": 0.1, "low": 0.05, "high": 0.2}}],
    "calendar": [
        {"uid": "a", "title": "Sit Step 3", "start": None, "due": "2027-01-15", "anchor": "ROL",
         "why": "Before ranking.", "source": [{"title": "USMLE"}]},
    ],
}  # fmt: skip


def test_a_plan_becomes_a_workbook_that_can_be_read_back(tmp_path):
    write_xlsx(PLAN, tmp_path / "plan.xlsx")
    data = (tmp_path / "plan.xlsx").read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert cell(book["List"], "Why", 2).value == "Near. Asked."
    assert cell(book["List"], "Apply", 2).value == "yes"
    assert [each.value for each in book["Costs"][2]] == [1, 11, 0.1]
    assert str(book["Calendar"]["A2"].value)[:10] == "2027-01-15"
    assert imported(data).workspace.entries[0].group == "core"


def formulas_and_colors() -> bytes:
    """500 rows as a person keeps them: formulas, colors, an own order of columns."""
    from openpyxl.styles import PatternFill

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["My score", "Program", "State", "Residency #", "Weight", "Contacted"])
    programs = [row.record for row in start(("MA", "NY", "CT", "PA"), 500)]
    for number, row in enumerate(programs, 2):
        sheet.append(
            [f"=E{number}*2", row["name"], row["state"], row["program_id"], number % 7, None]
        )
        sheet.cell(number, 6).value = ON
        sheet.cell(number, 2).fill = PatternFill("solid", start_color="FFEE99")
    return saved(book)


soffice = pytest.mark.skipif(
    not shutil.which("soffice"), reason="libreoffice-calc is not installed"
)


def through_libreoffice(folder, data: bytes, to: str) -> bytes:
    (folder / "in.xlsx").write_bytes(data)
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", to,
         "--outdir", str(folder / "out"), str(folder / "in.xlsx")],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return (folder / "out" / f"in.{to.split(':')[0]}").read_bytes()


@soffice
def test_round_trip_through_libreoffice(tmp_path):
    entries = [
        line.entry.model_copy(
            update={"notes": f"=note {at}\nÜ", "interest": at % 5 + 1, "extra": {"Own": str(at)}}
            | {"contacted_on": "2026-11-02"}
        )
        for at, line in enumerate(start(limit=120))
    ]
    mine = Workspace(entries=tuple(entries), columns=("Own",))
    renamed = edited(
        workbook(known_lines(mine), mine.columns),
        lambda s: setattr(cell(s, "Notes", 1), "value", "X"),
    )
    found = imported(through_libreoffice(tmp_path, renamed, "xlsx"), mine)
    assert silent(found)
    assert found.workspace == mine


@soffice
def test_500_rows_with_formulas_and_colors(tmp_path):
    with pytest.raises(InputError, match="formula"):
        imported(formulas_and_colors())
    found = imported(through_libreoffice(tmp_path, formulas_and_colors(), "xlsx"))
    assert len(found.added) + len(found.conflicts) == 500
    assert len(found.added) > 480
    assert {item.kind for item in found.conflicts} <= {"which_program"}
    assert found.workspace.entries[3].extra["My score"] == "10"
    assert "500 cells are colored" in " ".join(found.remarks)


def test_an_edit_in_excel_keeps_the_base(tmp_path):
    mine = Workspace(entries=(Entry(program_id=MGH, notes="a"),))
    data = edited(workbook(lines(mine)), lambda s: setattr(cell(s, "Notes", 2), "value", "b"))
    assert imported(data, mine).changed[0].new == "b"
