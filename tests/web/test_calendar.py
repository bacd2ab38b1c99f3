import pytest
from django.test import Client

from visamatch.web.guards import today

pytestmark = pytest.mark.django_db
BIDMC = "1256-140"


@pytest.fixture
def sample(client):
    client.post("/profile/sample/abroad-no-step3/")
    client.post("/list/add/", {"program": BIDMC})
    return client


def text(client: Client, path: str, **query) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_calendar_works_without_a_profile(read):
    page = read("/calendar/")
    assert "Tell who you are" in page
    assert "Today: the next three" in page


def test_a_task_is_done_and_can_be_opened_again(sample, saved):
    assert sample.post("/calendar/", {"done": "statement"}).url == "/calendar/"
    assert [(mark.task, mark.state) for mark in saved().marks] == [("statement", "done")]
    assert "Open again: Polish" in text(sample, "/calendar/")
    sample.post("/calendar/", {"open": "statement"})
    assert saved().marks == ()


def test_putting_off_moves_a_task_and_undo_brings_it_back(sample, saved):
    sample.post("/calendar/", {"snoozed": "decide-visa"})
    assert saved().marks[0].until > today().isoformat()
    page = text(sample, "/calendar/")
    number = page.split('name="number" value="')[1].split('"')[0]
    sample.post("/file/restore/", {"number": number})
    assert saved().marks == ()


@pytest.mark.parametrize("form", [{}, {"done": "no-such-task"}])
def test_an_unknown_task_is_refused(sample, saved, form):
    assert sample.post("/calendar/", form).status_code == 400
    assert saved().marks == ()


def test_the_file_is_a_calendar_with_the_marks(sample):
    sample.post("/calendar/", {"skipped": "statement"})
    answer = sample.get("/calendar/visamatch.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    assert b"UID:2028-statement@visamatch" in answer.content
    assert b"STATUS:CANCELLED" in answer.content


def test_step3_of_the_listed_programs(sample):
    page = text(sample, "/calendar/")
    assert "Last safe sitting" in page
    assert f"/letters/{BIDMC}/?kind=update" in page


def test_after_the_match_gives_ways_steps_papers_and_the_waiver(sample, saved):
    page = text(sample, "/after/", state="ma", fellowship="3")
    for words in (
        "H-1B through the consulate",
        "J-1 as a fallback",
        "$100,000",
        "Papers",
        "decides",
    ):
        assert words in page
    assert (
        page.index("Fellowship on a J-1")
        < page.index("Conrad 30 or")
        < page.index("Three years of service")
    )
    form = {"done": "petition-license", "next": "/after/?state=MA"}
    answer = sample.post("/calendar/", form)
    assert answer.url == "/after/?state=MA"
    assert saved().marks[0].task == "petition-license"


def test_after_the_match_for_a_citizen_and_for_wrong_questions(client):
    client.post("/profile/sample/citizen/")
    assert "nothing to file" in text(client, "/after/")
    assert client.get("/after/", {"state": "ZZ"}).status_code == 400
    assert client.get("/after/", {"fellowship": "ten"}).status_code == 400
    assert client.post("/calendar/", {"done": "petition-x"}).status_code == 400
