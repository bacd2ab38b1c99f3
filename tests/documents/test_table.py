import pytest

from visamatch.documents.columns import columns
from visamatch.documents.grid import Grid
from visamatch.documents.table import Unclear, day_first, find_table, own_columns, value_of
from visamatch.errors import InputError


def table(*rows, title="Sheet"):
    width = max(map(len, rows))
    return find_table(
        [Grid(title, tuple((*row, *[""] * (width - len(row))) for row in rows))], "a.csv"
    )


def day(text, first=None):
    return value_of(text, columns()["contacted_on"], first)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-02",
        "2026-11-02 00:00",
        "2 Nov 2026",
        "Nov 2, 2026",
        "November 2nd, 2026",
        "2.11.2026",
        "2-Nov-26",
        "2026/11/2",
    ],
)
def test_days_in_the_styles_people_write(text):
    assert day(text) == "2026-11-02"


def test_a_day_that_may_be_two_days_is_asked_unless_the_column_proves_the_order():
    unclear = day("11/2/2026")
    assert isinstance(unclear, Unclear)
    assert unclear.choices == ("2026-11-02", "2026-02-11")
    assert day("11/2/2026", day_first(["11/2/2026", "11/28/2026"])) == "2026-11-02"
    assert day("11/2/2026", day_first(["11/2/2026", "28/11/2026"])) == "2026-02-11"
    assert day_first(["28/11/2026", "11/28/2026"]) is None
    assert day("11/28/2026") == "2026-11-28"
    assert day("5/5/2026") == "2026-05-05"
    assert isinstance(day("30/2/2026"), Unclear)
    assert isinstance(day("soon"), Unclear)
    assert day("") is None


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("stated_policy", "J1 / H1B", "J-1/H-1B"),
        ("stated_policy", "j-1 ONLY", "J-1 only"),
        ("stated_policy", "?", "uncertain"),
        ("status", "Interview offered", "invited"),
        ("status", "", ""),
        ("group", "Safety", "safety"),
        ("interest", "High", 4),
        ("interest", "★★★", 3),
        ("interest", "5/5", 5),
        ("interest", "4.0", 4),
        ("interest", "", None),
        ("notes", "=1+1", "=1+1"),
    ],
)
def test_words_become_ours(field, text, value):
    assert value_of(text, columns()[field], None) == value


@pytest.mark.parametrize(
    ("field", "text"), [("interest", "7"), ("status", "hm"), ("stated_policy", "O-1")]
)
def test_other_words_are_asked(field, text):
    assert isinstance(value_of(text, columns()[field], None), Unclear)


def test_the_header_is_found_below_titles_and_empty_headers_get_names():
    found = table(
        ["List of 2026"], [], ["Program", "", "Notes", "Notes", ""], ["A", "x", "n", "m", ""]
    )
    assert found.headers == ("Program", "Column B", "Notes", "Notes (2)")
    assert own_columns(found) == ("Column B", "Notes (2)")
    assert found.rows[0].number == 4
    assert found.rows[0].cells == ("A", "x", "n", "m")


def test_ids_without_a_header_are_a_list():
    found = table(["1402411169", "one"], ["0402421098", "two"])
    assert found.headers == ("ACGME id", "Column B")
    assert [row.number for row in found.rows] == [1, 2]


@pytest.mark.parametrize("rows", [[["Invoice", "Amount"], ["17", "3.50"]], [["x"]]])
def test_a_sheet_of_another_tool_is_refused(rows):
    with pytest.raises(InputError, match="header row"):
        table(*rows)


def test_the_sheet_with_the_programs_is_chosen():
    grids = [
        Grid("Budget", (("Month", "$"), ("May", "3"))),
        Grid("IM", (("Program", "City"), ("A", "B"))),
    ]
    found = find_table(grids, "a.xlsx")
    assert found.rows[0].cells == ("A", "B")
    assert found.remarks == ("sheet 'Budget' was not read",)


def test_a_file_of_far_more_rows_than_programs_is_refused():
    with pytest.raises(InputError, match="20,000 rows"):
        table(["Program"], *([str(number)] for number in range(20_001)))
