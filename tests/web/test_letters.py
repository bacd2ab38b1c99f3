import pytest

from visamatch.directory.programs import directory
from visamatch.evidence.assess import assess
from visamatch.web.guards import today

pytestmark = pytest.mark.django_db
BIDMC = "1256-140"
HERE = f"/letters/{BIDMC}/"


@pytest.fixture
def sample(client):
    client.post("/profile/sample/in-us-step3-passed/")
    return client


def test_a_letter_with_a_gap_shows_no_text(client):
    client.post("/profile/sample/abroad-no-step3/")
    page = client.get(HERE).content.decode()
    assert "Still missing: <b>area</b>" in page
    assert "mailto:" not in page
    assert "Dear" not in page.split("Make it yours")[0]
    assert "Dear Program" in client.get(HERE, {"area": "sepsis"}).content.decode()


def test_the_message_file(sample):
    answer = sample.get(HERE, {"as": "eml", "to": "office@example.org"})
    assert answer["Content-Type"] == "message/rfc822"
    assert b"To: office@example.org" in answer.content


def test_sending_is_logged_and_brings_a_reminder(sample, saved):
    sample.post("/list/add/", {"program": BIDMC})
    sample.post(HERE + "?kind=program", {"to": "office@example.org"})
    contact = saved().contacts[0]
    assert (contact.kind, contact.to) == ("program", "office@example.org")
    assert saved().entries[0].contacted_on == today().isoformat()
    assert "ask once more, kindly" in sample.get("/calendar/").content.decode()
    sample.post(HERE + "?kind=program")
    assert len(saved().contacts) == 1


def test_a_reply_is_kept_word_for_word_and_moves_the_evidence_once_accepted(sample, saved):
    program = directory().find(BIDMC)
    before = assess(program, today())
    sample.post(HERE + "?kind=program")
    contact = saved().contacts[0].contact_id
    words = "Thank you. We only sponsor J-1 visas for our residents."
    answer = sample.post(HERE, {"contact": contact, "reply": words})
    assert answer.url == f"/programs/{BIDMC}/#review"
    assert saved().statements == ()
    reading = saved().pending[0].reading_id
    form = {"reading": reading, "action": "accept", "j1": "yes", "h1b": "no", "as_of": "2026-11-20"}
    sample.post(f"/programs/{BIDMC}/decide/", form)
    workspace = saved()
    assert (workspace.contacts[0].reply, workspace.pending) == (words, ())
    assert (workspace.statements[0].sponsors_j1, workspace.statements[0].sponsors_h1b) == (
        "yes",
        "no",
    )
    after = assess(program, today(), own=workspace.statements)
    assert after.p_sponsor.mean < before.p_sponsor.mean
    assert words in sample.get(HERE).content.decode()
    assert "ask once more" not in sample.get("/calendar/").content.decode()


def test_the_person_may_say_what_the_reply_means(sample, saved):
    sample.post(HERE + "?kind=program")
    form = {
        "contact": saved().contacts[0].contact_id,
        "reply": "Please call us.",
        "h1b": "yes",
        "j1": "yes",
    }
    sample.post(HERE, form)
    assert saved().statements[0].sponsors_h1b == "yes"


@pytest.mark.parametrize(
    "form", [{"contact": "none", "reply": "x"}, {"contact": "none", "reply": " "}]
)
def test_a_reply_without_letter_or_words_is_refused(sample, saved, form):
    assert sample.post(HERE, form).status_code == 400
    assert saved().statements == ()


def test_wrong_kinds_programs_and_people_are_told(sample, client):
    assert sample.get(HERE, {"kind": "love"}).status_code == 400
    assert sample.post(HERE + "?kind=love").status_code == 400
    assert sample.get("/letters/nowhere/").status_code == 404
    client.post("/profile/sample/citizen/")
    assert client.get(HERE, {"kind": "program"}).status_code == 400
    page = client.get(HERE).content.decode()
    assert "Ask the program" not in page
    assert "Thank you for the time" in client.get(HERE, {"kind": "thanks"}).content.decode()
