import re

from visamatch.directory.programs import directory
from visamatch.web.samples import about, samples


def test_the_first_page_asks_two_things_and_says_how_much_is_known(read):
    page = read("/")
    assert "Which residency programs will sponsor your visa?" in page
    assert f"{len(directory().programs):,} US programs" in page
    assert page.count('name="specialties.1.name"') == 1
    assert page.count('name="visa.needed"') == 2
    assert "Unknown" in page


def test_samples_are_offered_with_what_they_are(read):
    page = read("/")
    assert len(samples()) >= 4
    for name, profile in samples().items():
        assert profile.name in page
        assert about(name) in page


def test_someone_who_was_here_sees_what_is_next(client, read):
    client.post("/profile/sample/citizen/")
    page = read("/")
    assert "<h1>Today</h1>" in page
    assert "See who may sponsor you" in page
    assert page.count('class="task"') == 3
    assert "No interview yet" in page


def test_a_task_done_on_the_first_page_leaves_it_there(client, read):
    client.post("/profile/sample/citizen/")
    first = re.search(r'name="done" value="([^"]+)"', read("/"))[1]
    answer = client.post("/calendar/", {"done": first, "next": "/"})
    assert answer["Location"] == "/"
    assert f'name="done" value="{first}"' not in read("/")


def test_the_first_page_counts_the_list_and_the_interviews(client, read):
    client.post("/profile/sample/citizen/")
    program = next(iter(directory().programs))
    client.post("/list/add/", {"program": program})
    client.post("/list/", {f"status:{program}": "invited"})
    page = read("/")
    assert "1 program, 1 applied to." in page
    assert "1 interview: put them in your order." in page
    assert "Plan where to apply" in page


def test_security_headers_forbid_everything_foreign(client, db):
    answer = client.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "https:" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
