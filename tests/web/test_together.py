from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.advice.season import ship

pytestmark = pytest.mark.django_db
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(autouse=True)
def invented_season(monkeypatch):
    ship(monkeypatch)


@pytest.fixture
def someone(client):
    client.post("/profile/sample/in-us-step3-passed/")


def bring(client, text: bytes, name="partner.toml"):
    return client.post("/plan/together/", {"file": SimpleUploadedFile(name, text)})


def test_it_says_what_to_do_first(read, client, someone):
    assert "Bring in your partner" in read("/plan/together/")


def test_without_a_profile_it_asks_for_one(read):
    assert "your own profile first" in read("/plan/together/")


def test_two_plan_together(read, client, saved, someone):
    assert bring(client, (EXAMPLES / "citizen.toml").read_bytes()).status_code == 302
    assert saved().partner.profile.name == "Citizen, no visa need"
    assert "What becomes of you" not in read("/plan/together/")  # comes when asked for
    page = read("/plan/together/", more=1, place="state", alone=20, apart=30)
    for text in (
        "What becomes of you",
        "Both, in one place",
        "Your list: ",
        "Your partner’s list: ",
    ):
        assert text in page


def test_a_partner_may_bring_a_saved_file(client, saved, someone):
    mine = client.get("/file/visamatch.json").content
    assert bring(client, mine, "visamatch.json").status_code == 302
    assert saved().partner.profile == saved().profile


@pytest.mark.parametrize("text", [b"", b"{", b"specialties = 3", b"name = 'nobody'", b"\xff"])
def test_a_bad_file_changes_nothing(client, saved, someone, text):
    assert bring(client, text).status_code == 400
    assert saved().partner is None


def test_bad_weights_are_told(read, client, someone):
    bring(client, (EXAMPLES / "citizen.toml").read_bytes())
    assert "Please look at one answer" in read("/plan/together/", 400, more=1, alone="half")
