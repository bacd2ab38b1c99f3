import gzip
import time

import pytest

from visamatch.errors import InputError
from visamatch.sources.fetch import AGENT
from visamatch.sources.program_page import fetch
from visamatch.sources.program_page.fetch import Visitor, public

from .site import Page, serving


@pytest.fixture
def site():
    with serving() as running:
        running.pages["/visas"] = Page(b"<p>We sponsor J-1 visas.</p>")
        yield running


@pytest.fixture
def waits():
    return []


@pytest.fixture
def visitor(waits):
    return Visitor(time.monotonic, waits.append)


def refused(visitor, url):
    with pytest.raises(InputError) as caught:
        visitor.get(url)
    return str(caught.value)


def test_a_page_comes_after_robots_txt_with_our_name_and_a_pause(site, visitor, waits):
    answer = visitor.get(site.address + "/visas")
    assert answer.body == b"<p>We sponsor J-1 visas.</p>"
    assert site.paths() == ["/robots.txt", "/visas"]
    assert {headers["User-Agent"] for _, headers in site.seen} == {AGENT}
    assert len(waits) == 1
    assert waits[0] == pytest.approx(fetch.PAUSE, abs=0.5)


def test_robots_are_read_once_and_their_delay_is_kept(site, visitor, waits):
    site.pages["/robots.txt"] = Page(b"User-agent: *\nCrawl-delay: 7\n", "text/plain")
    visitor.get(site.address + "/visas")
    visitor.get(site.address + "/visas")
    assert site.paths() == ["/robots.txt", "/visas", "/visas"]
    assert waits[1] == pytest.approx(7, abs=0.5)


def test_forbidding_robots_are_obeyed(site, visitor):
    site.pages["/robots.txt"] = Page(b"User-agent: visamatch\nDisallow: /visas\n", "text/plain")
    assert "robots.txt" in refused(visitor, site.address + "/visas")
    assert site.paths() == ["/robots.txt"]


def test_a_host_whose_robots_fail_is_left_alone(site, visitor):
    site.pages["/robots.txt"] = Page(status=503)
    assert "robots.txt" in refused(visitor, site.address + "/visas")


def test_redirects_are_followed_and_robots_asked_again(site, visitor):
    with serving() as other:
        other.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /secret\n", "text/plain")
        other.pages["/new"] = Page(b"here")
        site.pages["/old"] = Page(status=301, headers={"Location": "/older"})
        site.pages["/older"] = Page(status=302, headers={"Location": other.address + "/new"})
        site.pages["/trap"] = Page(status=302, headers={"Location": other.address + "/secret"})
        answer = visitor.get(site.address + "/old")
        assert (answer.url, answer.body) == (other.address + "/new", b"here")
        assert "robots.txt" in refused(visitor, site.address + "/trap")


def test_a_circle_of_redirects_ends(site, visitor):
    site.pages["/round"] = Page(status=302, headers={"Location": "/round"})
    assert "redirects" in refused(visitor, site.address + "/round")


def test_packed_pages_are_unpacked_and_bombs_refused(site, visitor):
    site.pages["/packed"] = Page(b"J-1 only", packed=True)
    assert visitor.get(site.address + "/packed").body == b"J-1 only"
    bomb = gzip.compress(b"0" * 50_000_000)
    site.pages["/bomb"] = Page(bomb, headers={"Content-Encoding": "gzip"})
    assert "at most 5 MB" in refused(visitor, site.address + "/bomb")


def test_an_unchanged_page_is_not_sent_again(site, visitor):
    site.pages["/tagged"] = Page(b"words", headers={"ETag": '"a"'})
    first = visitor.get(site.address + "/tagged")
    again = visitor.get(site.address + "/tagged", first.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def test_endless_and_large_answers_are_bounded(site, visitor):
    site.pages["/endless"] = Page(endless=True)
    assert "at most 5 MB" in refused(visitor, site.address + "/endless")


@pytest.mark.parametrize("slow", [{"body": b"x" * 500, "drip": 0.1}, {"slow_head": 0.1}])
def test_slow_answers_are_bounded_in_time(site, visitor, monkeypatch, slow):
    monkeypatch.setattr(fetch, "LONGEST", 0.6)
    site.pages["/slow"] = Page(**slow)
    start = time.monotonic()
    assert "within" in refused(visitor, site.address + "/slow")
    assert time.monotonic() - start < 3


def test_other_statuses_and_empty_pages_are_told(site, visitor):
    assert "404" in refused(visitor, site.address + "/nothing")
    site.pages["/empty"] = Page(b"")
    assert "empty" in refused(visitor, site.address + "/empty")


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/x", "file:///etc/passwd", "/visas", "http://u:p@a.example/", "http://[::1/"],
)
def test_only_web_addresses_are_visited(visitor, url):
    assert "https://" in refused(visitor, url)


def test_a_hosted_app_visits_public_addresses_only(site, waits):
    hosted = Visitor(time.monotonic, waits.append, hosted=True, resolver=lambda *_: ["127.0.0.1"])
    assert "public internet" in refused(hosted, "http://innocent.example/visas")
    assert "usual port" in refused(hosted, site.address + "/visas")
    assert site.seen == []


def test_a_name_with_one_private_address_is_refused(waits):
    both = Visitor(time.monotonic, waits.append, True, lambda *_: ["93.184.215.14", "10.0.0.1"])
    assert "public internet" in refused(both, "http://rebinding.example/")


def test_the_judged_address_is_the_one_that_is_visited(site, waits):
    asked = []

    def resolver(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["192.0.2.1"]  # a name that changes its mind

    pinned = Visitor(time.monotonic, waits.append, resolver=resolver)
    port = site.address.rsplit(":", 1)[1]
    assert pinned.get(f"http://changing.example:{port}/visas").status == 200
    assert asked == ["changing.example"]
    assert site.seen[0][1]["Host"] == f"changing.example:{port}"


@pytest.mark.parametrize(
    ("address", "open_"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
    ],
)
def test_which_addresses_are_public(address, open_):
    assert public(address) is open_
