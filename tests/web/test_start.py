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


def test_someone_who_was_here_goes_on(client, read):
    client.post("/profile/sample/citizen/")
    assert "Continue to your programs" in read("/")


def test_security_headers_forbid_everything_foreign(client, db):
    answer = client.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "https:" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
