import pytest

from tests.documents.sheets import BIDMC, MGH
from visamatch.documents.pasted import pasted_interviews
from visamatch.documents.table import find_table
from visamatch.errors import InputError


def test_names_and_ids_become_interviews():
    grid = pasted_interviews(f"1. {MGH}\n\n- Boston Medical Center\n", "Psychiatry")
    assert grid.rows[1:] == (
        (MGH, "", "interviewed", ""),
        ("", "Boston Medical Center Psychiatry", "interviewed", ""),
    )


def test_a_line_that_names_its_specialty_keeps_it_and_the_order_counts_on_wish():
    grid = pasted_interviews(f"Boston Medical Center Neurology\r\n{BIDMC}", "Psychiatry", True)
    assert [row[1] for row in grid.rows[1:]] == ["Boston Medical Center Neurology", ""]
    assert [row[3] for row in grid.rows[1:]] == ["1", "2"]


def test_cells_of_a_spreadsheet_are_read_by_their_header():
    grid = pasted_interviews("Program\tInterview status\tRating\nBoston Medical Center\tIV\t4")
    table = find_table((grid,), "pasted")
    assert [column.field for column in table.columns] == ["name", "status", "interest"]


@pytest.mark.parametrize("text", ["", " \n\t\n", "x\n" * 501])
def test_nothing_and_too_much_are_one_sentence(text):
    with pytest.raises(InputError, match="pasted lines"):
        pasted_interviews(text)
