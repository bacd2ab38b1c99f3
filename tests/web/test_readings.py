from html import unescape

import pytest

from visamatch.directory.programs import directory
from visamatch.evidence.assess import assess
from visamatch.evidence.policy import Span
from visamatch.web.guards import today
from visamatch.web.review import pieces, says

pytestmark = pytest.mark.django_db
ID = "1256-140"
PAGE, READ, DECIDE = (f"/programs/{ID}/{name}" for name in ("", "read/", "decide/"))
WORDS = "Visas (Revised 2/26/2026)\nWe sponsor J-1 visas. H-1B visas are considered case by case."


@pytest.fixture
def waiting(client, saved):
    """The id of a reading that waits."""
    answer = client.post(READ, {"text": WORDS, "kind": "page", "url": "https://a.example/visas"})
    assert answer.url == PAGE + "#review"
    return saved().pending[0].reading_id


def decide(client, reading, action, **said):
    return client.post(DECIDE, {"reading": reading, "action": action, **said})


def test_pasted_words_are_read_and_wait(client, saved, waiting):
    page = unescape(client.get(PAGE).content.decode())
    assert "Takes J-1; decides on H-1B case by case." in page
    assert "<mark>H-1B visas are considered" in page
    assert 'value="2026-02-26"' in page  # the day the words give themselves
    assert "It does not count yet." in page
    assert saved().statements == ()


def test_a_month_is_taken_from_its_first_day(client):
    client.post(READ, {"text": "J-1 visas only. Updated March 2025.", "kind": "page"})
    assert 'value="2025-03-01"' in client.get(PAGE).content.decode()


def test_what_waits_does_not_count(client, saved, waiting):
    program = directory().find(ID)
    before = assess(program, today()).p_sponsor
    assert assess(program, today(), own=saved().statements).p_sponsor == before


def test_accepting_makes_a_statement_with_source_and_day(client, saved, waiting):
    said = {"j1": "yes", "h1b": "case_by_case", "condition": "case_by_case", "as_of": "2026-02-26"}
    answer = decide(client, waiting, "accept", **said)
    assert answer.status_code == 302
    [statement] = saved().statements
    assert (statement.sponsors_j1, statement.sponsors_h1b) == ("yes", "case_by_case")
    assert (statement.conditions, statement.as_of) == (("case_by_case",), "2026-02-26")
    assert statement.url == "https://a.example/visas"
    assert "considered case by case" in statement.note
    assert saved().pending == ()
    page = unescape(client.get(PAGE).content.decode())
    assert "Withdraw this" in page
    assert "Accepted." in page
    assert "Undo" in page


def test_the_person_corrects_what_was_read(client, saved, waiting):
    said = {"j1": "yes", "h1b": "no", "condition": "case_by_case", "as_of": "2026-03-01"}
    decide(client, waiting, "accept", **said)
    [statement] = saved().statements
    assert (statement.sponsors_h1b, statement.conditions) == ("no", ())


def test_dropping_withdrawing_and_undoing(client, saved, waiting):
    decide(client, waiting, "drop")
    assert (saved().pending, saved().statements) == ((), ())
    undo = client.get(PAGE).content.decode().split('name="number" value="')[1].split('"')[0]
    client.post("/file/restore/", {"number": undo})
    assert [each.reading_id for each in saved().pending] == [waiting]
    decide(client, waiting, "accept", j1="yes", h1b="no", as_of="2026-03-01")
    decide(client, waiting, "withdraw")
    assert saved().statements == ()


def test_the_same_words_wait_once(client, saved, waiting):
    client.post(READ, {"text": WORDS, "kind": "page"})
    assert len(saved().pending) == 1


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"text": "  "}, "the box was empty"),
        ({"text": "x" * 20_001}, "20"),
        ({"text": "J-1 only", "kind": "rumor"}, "kind"),
        ({"text": "J-1 only", "kind": "page", "url": "javascript:alert(1)"}, "url"),
    ],
)
def test_what_cannot_be_read_keeps_what_was_typed(client, saved, form, told):
    answer = client.post(READ, form)
    page = unescape(answer.content.decode())
    assert answer.status_code == 400
    assert told in page
    assert form["text"].strip()[:50] in page
    assert saved().pending == ()


def test_words_are_shown_as_words(client):
    client.post(
        READ, {"text": "<script>alert(1)</script> We sponsor J-1 <b>visas</b>.", "kind": "page"}
    )
    assert "<script>alert" not in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "form",
    [
        {"reading": "none", "action": "accept"},
        {"reading": "none", "action": "burn"},
        {"action": "drop"},
    ],
)
def test_a_decision_on_nothing_is_refused(client, saved, form):
    assert client.post(DECIDE, form).status_code == 400
    assert saved().statements == ()


def test_an_impossible_day_is_refused_and_nothing_is_lost(client, saved, waiting):
    answer = decide(client, waiting, "accept", j1="yes", h1b="no", as_of="2026-02-31")
    assert answer.status_code == 400
    assert len(saved().pending) == 1


def test_pieces_are_the_text_and_say_what_their_spans_say():
    spans = (Span(3, 8, "j1: offer"), Span(5, 10, "h1b: refuse"))
    cut = pieces("We J-1 and H", spans)
    assert "".join(words for words, _ in cut) == "We J-1 and H"
    assert [said for _, said in cut] == [
        "",
        "J-1 taken",
        "J-1 taken; H-1B refused",
        "H-1B refused",
        "",
    ]
    assert says("yog_limit: 5") == "years since graduation, at most: 5"
    assert says("usce_required: False") == "US clinical experience required: no"
    assert says("h1b condition: step3_by_date") == "H-1B Step 3 passed by a date"
