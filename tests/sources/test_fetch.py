import http.server
import threading
import time
from typing import ClassVar

import httpx
import pytest

from visamatch.errors import InputError
from visamatch.sources.fetch import addresses, checksum, fetch

BODY = bytes(range(256)) * 400  # about 100 kB
CHANGED = BODY[::-1]


class Handler(http.server.BaseHTTPRequestHandler):
    """A server that misbehaves as the script of its address says, one step a request."""

    protocol_version = "HTTP/1.1"
    script: ClassVar[dict] = {}
    seen: ClassVar[list] = []

    def log_message(self, *_):
        """Silence."""

    def do_GET(self):
        steps = self.script.get(self.path)
        self.seen.append((self.path, self.headers.get("Range")))
        if steps is None:
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        step = steps.pop(0) if len(steps) > 1 else steps[0]
        self._serve(**step)

    def _serve(self, body=BODY, tag='"v1"', cut=None, stall=0.0, status=None):
        start, wanted = 0, self.headers.get("Range")
        if wanted and self.headers.get("If-Range") == tag:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        self.send_response(status or (206 if start else 200))
        self.send_header("ETag", tag)
        rest = b"" if status else body[start:]
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest if cut is None else rest[:cut])
        self.wfile.flush()
        time.sleep(stall)
        if cut is not None:
            self.close_connection = True


@pytest.fixture
def server():
    Handler.script, Handler.seen = {}, []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}", Handler
        running.shutdown()


@pytest.fixture
def get(server, tmp_path):
    waits = []

    def run(*names):
        with httpx.Client(timeout=0.4) as client:
            urls = [f"{server[0]}/{name}" for name in names]
            return fetch(client, urls, tmp_path / "to", waits.append, lambda *_: None)

    run.waits = waits
    return run


def test_the_first_address_that_exists_is_taken(server, get, tmp_path):
    server[1].script["/b.xlsx"] = [{}]
    found = get("a.xlsx", "b.xlsx")
    assert found.url.endswith("b.xlsx")
    assert (tmp_path / "to" / "b.xlsx").read_bytes() == BODY
    assert (tmp_path / "to" / "b.xlsx.sha256").read_text().split()[0] == found.sha256
    assert get.waits  # a pause between requests


def test_a_cut_connection_is_resumed_where_it_stopped(server, get, tmp_path):
    server[1].script["/f"] = [{"cut": 40_000}, {"cut": 10_000}, {}]
    get("f")
    assert (tmp_path / "to" / "f").read_bytes() == BODY
    assert [wanted for _, wanted in server[1].seen] == [None, "bytes=40000-", "bytes=50000-"]
    assert not list((tmp_path / "to").glob("*.part*"))


def test_a_stall_times_out_and_goes_on(server, get, tmp_path):
    server[1].script["/f"] = [{"cut": 30_000, "stall": 1.0}, {}]
    get("f")
    assert (tmp_path / "to" / "f").read_bytes() == BODY


def test_a_file_that_changes_half_way_starts_again(server, get, tmp_path):
    server[1].script["/f"] = [{"cut": 40_000}, {"body": CHANGED, "tag": '"v2"'}]
    get("f")
    assert (tmp_path / "to" / "f").read_bytes() == CHANGED


def test_a_busy_server_is_given_time_then_told_of(server, get):
    server[1].script["/f"] = [{"status": 503}]
    with pytest.raises(InputError, match="status 503"):
        get("f")
    assert get.waits == sorted(get.waits)
    assert get.waits[-1] > get.waits[0]


def test_what_came_stays_for_the_next_time(server, get, tmp_path):
    server[1].script["/f"] = [{"cut": 10_000}] + [{"status": 503}] * 5 + [{}]
    with pytest.raises(InputError, match="Run it again"):
        get("f")
    assert (tmp_path / "to" / "f.part").stat().st_size == 10_000
    get("f")
    assert (tmp_path / "to" / "f").read_bytes() == BODY
    assert server[1].seen[-1] == ("/f", "bytes=10000-")


def test_none_exists(get):
    with pytest.raises(InputError, match="at one of 2 addresses"):
        get("a", "b")


def test_a_new_copy_says_whether_it_changed(server, get, tmp_path):
    server[1].script["/f"] = [{}, {}, {"body": CHANGED, "tag": '"v2"'}]
    assert [get("f").changed for _ in range(3)] == [True, False, True]
    assert checksum(tmp_path / "to" / "f") == get("f").sha256


def test_addresses_follow_the_publisher_and_its_misspellings():
    urls = addresses("dol_lca", 2026, 2)
    assert urls[0].endswith("/LCA_Disclosure_Data_FY2026_Q2.xlsx")
    assert any("Dislclosure" in url for url in urls)
    assert addresses("dol_lca", 2014)[0].endswith("/H-1B_FY14_Q4.xlsx")
    assert addresses("uscis_hub", 2022)[0].endswith("/h1b_datahubexport-2022.csv")
    for year, quarter in ((2025, None), (2025, 5), (1999, None)):
        with pytest.raises(InputError):
            addresses("dol_lca", year, quarter)
