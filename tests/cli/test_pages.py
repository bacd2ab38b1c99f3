import json

import pytest

from tests.sources.program_page.site import Page, serving
from visamatch.sources.program_page import fetch

ON = ("--on", "2026-11-24")


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(fetch, "PAUSE", 0.0)


@pytest.fixture
def site():
    with serving() as running:
        running.pages["/visas"] = Page("<p>We sponsor J‑1 visas only.</p>".encode())
        yield running


def test_fetch_then_accept_then_check(visamatch, site, tmp_path):
    to = ("--to", str(tmp_path))
    url = site.address + "/visas"
    answer = visamatch("pages", "fetch", "1256-140", "--url", url, *to, *ON, "--json")
    assert answer.code == 0, answer.err
    [page] = json.loads(answer.out)["pages"]
    assert (page["state"], page["first_seen"], page["review"]) == ("new", "2026-11-24", "open")
    assert (page["reading"]["sponsors_j1"], page["reading"]["sponsors_h1b"]) == ("yes", "no")
    assert page["paragraph"] == "We sponsor J‑1 visas only."
    assert visamatch("pages", "accept", "1256-140", *to, *ON).code == 0
    site.pages["/visas"] = Page(b"<p>We sponsor J-1 and H-1B visas.</p>")
    again = visamatch(
        "pages", "check", *to, "--on", "2027-09-01", "--since", "2026-12-01", "--json"
    )
    told = json.loads(again.out)
    [page] = told["pages"]
    assert (page["state"], page["reread"], page["review"]) == ("changed", True, "open")
    assert ["new", "and H-1B "] in page["difference"]
    assert ["gone", "only"] in page["difference"]
    assert [change["program_id"] for change in told["changed"]] == ["1256-140"]


def test_words_for_a_person(visamatch, site, tmp_path):
    to = ("--to", str(tmp_path), *ON)
    url = site.address + "/visas"
    first = visamatch("pages", "fetch", "1256-140", "--url", url, *to)
    assert "1256-140: new; J-1 yes, H-1B no; review open" in first.out
    site.pages["/visas"] = Page(b"<p>We sponsor J-1 and H-1B visas.</p>")
    second = visamatch("pages", "check", *to)
    assert "the reading changed: please review it again" in second.out
    assert "We sponsor J-1 {+and H-1B +}visas" in second.out


def test_a_list_goes_on_past_a_page_that_fails(visamatch, site, tmp_path):
    table = tmp_path / "list.csv"
    table.write_text(
        f"program_id,url\n1256-140,{site.address}/gone\n1256-040,{site.address}/visas\n", "utf-8"
    )
    answer = visamatch(
        "pages", "fetch", "--list", str(table), "--to", str(tmp_path / "p"), "--json"
    )
    pages = json.loads(answer.out)["pages"]
    assert ["problem" in page for page in pages] == [True, False]


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (("fetch", "1256-140", "--url", "http://127.0.0.1:1/", "--offline"), "offline"),
        (("fetch", "1256-140", "--url", "http://127.0.0.1/", "--hosted"), "public"),
        (("fetch", "1256-140", "--url", "nowhere"), "https://"),
        (("fetch", "--url", "https://a.example/"), "one program"),
        (("fetch",), "a program"),
        (("check",), "pages to check"),
        (("accept", "1256-140"), "pages fetch"),
    ],
)
def test_wrong_input_is_one_line(visamatch, tmp_path, args, word):
    answer = visamatch("pages", *args, "--to", str(tmp_path))
    assert (answer.code, answer.out) == (2, "")
    assert word in answer.err
    assert answer.err.count("\n") == 1
    assert not list(tmp_path.rglob("*.json"))
