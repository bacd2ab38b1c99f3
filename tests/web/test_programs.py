import re

import pytest

from visamatch.directory.programs import directory

HX = {"HX-Request": "true"}


def found(page: str) -> int:
    return int(re.search(r'id="found"[^>]*>([\d,]+) program', page)[1].replace(",", ""))


def test_unknowns_are_kept_and_refusals_are_hidden_and_both_are_counted(read):
    every = found(read("/programs/", mode="all"))
    page = read("/programs/", mode="hide_no")
    hidden = int(re.search(r"([\d,]+) hidden because they say no", page)[1].replace(",", ""))
    assert found(page) + hidden == every
    assert re.search(r"[\d,]+ unknown, kept\.", page)


def test_only_yes_says_how_many_unknowns_it_hid(read):
    page = read("/programs/", mode="only_yes")
    assert re.search(r"[\d,]+ unknown hidden\.", page)
    assert 'standing"><svg class="mark no' not in page


@pytest.mark.parametrize("sort", ["chance", "name", "place", "quota", "age"])
def test_each_sort_is_marked_for_screen_readers(read, sort):
    page = read("/programs/", state="MA", sort=sort)
    assert ("aria-sort" in page) or sort == "place"
    assert f'<option value="{sort}" selected>' in page


def test_filters_narrow_and_stay_in_the_form(read):
    page = read("/programs/", state="MA", specialty="psychiatry", city="Boston, MA", within="25")
    names = re.findall(r'<span class="where">([^<]+)</span>', page)
    assert names
    assert all(name.startswith("Psychiatry") and name.endswith(", MA") for name in names)
    assert 'value="Boston, MA"' in page
    assert re.search(r'value="psychiatry" checked', page)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"state": "XX"}, "state: found 'XX'"),
        ({"specialty": "pediatric"}, "perhaps 'Pediatrics'"),
        ({"city": "Bostn"}, "city: found 'Bostn'"),
        (
            {"city": "Boston, MA", "within": "far"},
            "within: found 'far'; expected a number of miles",
        ),
        ({"mode": "maybe"}, "150"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named_and_left_out(read, query, says):
    page = read("/programs/", **query)
    assert found(page) > 1000 or "within" in query
    assert says in page or "mode" in query


def test_pages_hold_fifty_rows_and_keep_the_filters(read):
    page = read("/programs/", mode="all", state="NY", page=2)
    assert page.count('<tr id="p-') == 50
    assert "mode=all&state=NY&page=3" in page


def test_htmx_gets_the_results_alone(client, db):
    answer = client.get("/programs/", {"state": "MA"}, headers=HX)
    assert answer.content.lstrip().startswith(b'<div class="results-head">')
    assert "HX-Request" in answer.headers["Vary"]


def test_nothing_found_says_what_to_do(read):
    page = read("/programs/", text="xyzzy hospital")
    assert "No program fits all of these filters." in page
    assert "clear the filters" in page


def test_a_profile_brings_its_own_filters(client, db):
    client.post("/profile/sample/in-us-step3-passed/")
    assert client.get("/programs/").url.startswith("/programs/?specialty=internal-medicine")


def test_a_program_page_leads_from_verdict_to_method(read, program_with):
    for code in ("filed", "conflict", "j1_only", "unknown"):
        page = read(f"/programs/{program_with(code).program_id}/")
        order = ["verdict", "90% interval", "Why this number?", "The facts"]
        places = [page.index(text) for text in order]
        assert places == sorted(places)


def test_conflicts_are_named_on_both_sides(read, program_with):
    page = read(f"/programs/{program_with('conflict').program_id}/")
    assert page.count("Contradicts ") >= 2


def test_every_statement_leads_to_its_source(read, program_with):
    page = read(f"/programs/{program_with('conflict').program_id}/")
    timeline = page[page.index('class="timeline"') : page.index("</ol>")]
    assert timeline.count("<li ") == timeline.count("<a rel=")


def test_other_codes_lead_to_the_program(client, db):
    track = next(iter(directory().tracks_of.values()))[0]
    assert client.get(f"/programs/{track.nrmp_code}/").url == f"/programs/{track.program_id}/"


def test_the_acgme_id_is_a_plain_link_to_freida(read):
    program = next(row for row in directory().programs.values() if row.acgme_id)
    page = read(f"/programs/{program.program_id}/")
    assert f'href="https://freida.ama-assn.org/program/{program.acgme_id}"' in page


def test_an_unknown_program_names_the_nearest(read):
    assert "perhaps" in read("/programs/9999-999/", status=404)
