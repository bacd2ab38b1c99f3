import pytest

from visamatch.workspace.sponsor_list import find

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


@pytest.fixture
def listed(client, program_with):
    program = program_with("unknown")
    client.post("/list/add/", {"program": program.program_id})
    return program.program_id


def test_an_empty_list_says_what_to_do(read):
    page = read("/list/")
    assert "Your list is empty." in page
    assert "Find programs" in page


def test_adding_goes_back_to_the_row(client, saved, program_with):
    program = program_with("filed").program_id
    answer = client.post("/list/add/", {"program": program, "next": "/programs/?state=MA"})
    assert answer.url == f"/programs/?state=MA#p-{program}"
    assert [entry.program_id for entry in saved().entries] == [program]


def test_adding_twice_is_adding_once(client, saved, listed):
    client.post("/list/add/", {"program": listed})
    assert len(saved().entries) == 1


def test_no_form_leads_to_another_site(client, listed):
    answer = client.post("/list/add/", {"program": listed, "next": "https://elsewhere.example/"})
    assert answer.url == "/list/"


def test_htmx_gets_the_link_the_count_and_the_undo(client, program_with):
    program = program_with("filed").program_id
    answer = client.post("/list/add/", {"program": program}, headers=HX)
    page = answer.content.decode()
    assert f'id="add-{program}" class="on-list"' in page
    assert 'hx-swap-oob="true">1</span>' in page
    assert "Undo" in page


def test_weighing_grouping_and_noting(client, saved, listed):
    form = {
        f"interest:{listed}": "4",
        f"group:{listed}": "core",
        f"notes:{listed}": " Asked twice ",
    }
    assert client.post("/list/", form).status_code == 302
    entry = find(saved().entries, listed)
    assert (entry.interest, entry.group, entry.notes) == (4, "core", "Asked twice")
    assert "where you most want to train" in client.get("/list/").content.decode()


def test_a_bad_answer_is_told_and_the_notes_stay(client, saved, listed):
    answer = client.post("/list/", {f"interest:{listed}": "9", f"notes:{listed}": "long thought"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "interest" in page
    assert "long thought" in page
    assert find(saved().entries, listed).notes == ""


def test_removing_keeps_what_was_typed_elsewhere_and_can_be_undone(
    client, saved, listed, program_with
):
    other = program_with("filed").program_id
    client.post("/list/add/", {"program": other})
    client.post("/list/", {"remove": listed, f"notes:{other}": "kept"})
    assert [(entry.program_id, entry.notes) for entry in saved().entries] == [(other, "kept")]
    page = client.get("/list/").content.decode()
    number = page.split('name="number" value="')[1].split('"')[0]
    client.post("/file/restore/", {"number": number})
    assert {entry.program_id for entry in saved().entries} == {listed, other}


def test_a_program_that_is_not_listed_cannot_be_removed(client, saved, listed):
    assert client.post("/list/", {"remove": "0000-000"}).status_code == 400
    assert len(saved().entries) == 1
