import csv
import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.documents.sheets import saved, xlsx
from visamatch.documents.grid import escape, guarded, read_grids, unescape
from visamatch.errors import InputError


def rows(data, name="list.csv"):
    return read_grids(data if isinstance(data, bytes) else data.encode(), name)[0].rows


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_of_any_dialect(sign, mark, end):
    text = end.join([f"Name{sign}Notes", f'"A{sign}B"{sign}"two{end}lines"', f"Ü{sign}", "", ""])
    assert rows(mark + text) == (("Name", "Notes"), (f"A{sign}B", "two\nlines"), ("Ü", ""))


def test_csv_as_excel_writes_it():
    assert rows("sep=;\nName;Notes\na,b;c") == (("", ""), ("Name", "Notes"), ("a,b", "c"))
    assert rows("Name\tNotes\nä\tb".encode("utf-16")) == (("Name", "Notes"), ("ä", "b"))
    grid = read_grids("Name;Notes\nMünchen;b".encode("cp1252"), "a.csv")[0]
    assert grid.rows[1][0] == "München"
    assert "Windows-1252" in grid.remarks[0]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_a_guarded_cell_comes_back(text):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["name", "said", "of", "whom"], ["x", guarded(text)]])
    assert not guarded("=1+1").startswith("=")
    assert rows(out.getvalue())[1][1:2] == (text.strip(),)


@given(st.text(max_size=30))
def test_an_escaped_text_comes_back(text):
    text = text.replace("\r\n", "\n")
    assert unescape(escape(text)) == text
    assert all(sign in "\t\n" or sign.isprintable() or ord(sign) > 31 for sign in escape(text))


def test_values_of_a_workbook_become_plain_text():
    from datetime import date, datetime

    def style(sheet):
        sheet["D1"].number_format = "0.0%"
        sheet["F1"].hyperlink = "https://example.org/im"

    data = xlsx(
        (
            1402411169,
            3.5,
            True,
            0.256,
            date(2026, 11, 2),
            "page",
            datetime(2026, 1, 2, 9, 5),  # noqa: DTZ001  cells have no zone
        ),
        edit=style,
    )
    assert rows(data, "a.xlsx") == (
        (
            "1402411169",
            "3.5",
            "TRUE",
            "25.6%",
            "2026-11-02",
            "page <https://example.org/im>",
            "2026-01-02 09:05",
        ),
    )


def test_merged_cells_titles_and_colors():
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    def edit(sheet):
        sheet.merge_cells("A1:D1")
        sheet.merge_cells("A3:A4")
        sheet["B3"].fill = sheet["B4"].fill = PatternFill("solid", start_color="FFFF00")
        sheet["C3"].comment = sheet["C4"].comment = Comment("x", "me")
        for column in "ABCD":
            sheet[f"{column}2"].fill = PatternFill("solid", start_color="FFFF00")

    data = xlsx(
        ("My list", None, None, None),
        ("Name", "City", "A", "B"),
        ("P", "c", 1, 2),
        (None, "d", 1, 2),
        edit=edit,
    )
    grid = read_grids(data, "a.xlsx")[0]
    assert grid.rows[0] == ("", "", "", "")
    assert [row[0] for row in grid.rows[2:]] == ["P", "P"]
    told = " ".join(grid.remarks)
    for part in ("My list", "2 cells are colored", "2 cells carry a comment"):
        assert part in told


def test_a_formula_without_a_value_is_named():
    with pytest.raises(InputError, match=r"cell B2.*save it, try again"):
        read_grids(xlsx(("Name", "Sum"), ("a", "=1+1")), "a.xlsx")


def test_a_stray_cell_far_away_does_not_stop_the_machine():
    with pytest.raises(InputError, match="below the list"):
        read_grids(xlsx(("Name",), edit=lambda sheet: sheet.cell(1_000_000, 200, "x")), "a.xlsx")


def cut(data):
    return data[: len(data) // 2]


def damaged(data):
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, body[: len(body) // 2] if "sheet1" in name else body)
    return out.getvalue()


WHOLE = saved(openpyxl.Workbook())
LOCKED = b"\xd0\xcf\x11\xe0" + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.xlsx", b"", "empty"),
        ("a.csv", b" \n", "empty"),
        ("a.xlsx", cut(WHOLE), "cut or damaged"),
        ("a.xlsx", damaged(WHOLE), "cannot be read"),
        ("a.xlsx", LOCKED, "without a password"),
        ("a.xlsx", LOCKED[:100], "Excel 2007"),
        ("a.xlsx", b"Name,City\n", "something else"),
        ("a.csv", WHOLE, "something else"),
        ("a.csv", b"%PDF-1.7 ...", "something else"),
        ("a.csv", b'Name,City\n"never ends', "does not end"),
        ("a.numbers", b"x", ".xlsx"),
    ],
)
def test_a_bad_file_gets_one_sentence(name, data, says):
    with pytest.raises(InputError, match=says) as caught:
        read_grids(data, name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
