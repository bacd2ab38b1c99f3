import re

import pytest

from visamatch.directory.who_files import Year, filers
from visamatch.web import figures


def test_the_ranking_names_tie_counts_and_case_numbers(read):
    page = read("/filings/")
    first = filers()[0]
    assert f'<th scope="row">{first.petitioner.name}' in page
    assert f'<td class="num" data-name="resident cases">{first.residents}</td>' in page
    assert first.cases[0] in page
    assert re.search(r"supports \d+ institutions jointly", page)


def test_filters_narrow_and_stay_in_the_form(read):
    page = read("/filings/", state="MA", kind="resident")
    states = set(re.findall(r"<td>([A-Z]{2})</td>", page))
    assert states == {"MA"}
    assert '<option value="MA" selected>' in page
    assert "Brigham and Women's Physicians" not in page  # files for fellows only


def test_a_filter_that_names_nothing_known_is_left_out_and_said(read):
    assert "state: found 'XX'" in read("/filings/", state="XX", page="9999")


def test_no_employer_is_not_a_no(read):
    assert "not a no" in read("/filings/", state="WY", kind="fellow")


def test_a_program_shows_who_files_with_chart_and_table(read):
    page = read("/programs/1265-140/")
    assert "Who files here" in page
    assert '<svg class="columns"' in page
    assert "Filings and approvals by federal fiscal year" in page
    assert re.search(r"I-\d{3}-\d{5}-\d{6}", page)


@pytest.mark.parametrize("part", [False, True])
def test_columns_stand_as_tall_as_their_counts(part):
    drawn = figures.columns([Year(2025, 1, 1, part=part), Year(2022, initial=4)])
    assert drawn.index("’22") < drawn.index("’25")
    tall = [float(height) for height in re.findall(r'<rect[^>]* height="([\d.]+)"', drawn)]
    assert tall[0] == 2 * tall[1]
    assert ('class="cases part"' in drawn) == part
    assert "style" not in drawn
