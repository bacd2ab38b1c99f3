"""A web site on this machine that behaves, or misbehaves, as its pages say."""

import gzip
import http.server
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Page:
    """One page; ``drip`` sends it one byte a beat, ``endless`` never stops, ``slow_head`` drips its headers."""

    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict = field(default_factory=dict)
    packed: bool = False
    drip: float = 0.0
    endless: bool = False
    slow_head: float = 0.0


@dataclass
class Site:
    address: str
    pages: dict = field(default_factory=dict)
    seen: list = field(default_factory=list)  # path, headers

    def paths(self):
        return [path for path, _ in self.seen]


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def log_message(self, *_):
        """Silence."""

    def do_GET(self):
        self.site.seen.append((self.path, dict(self.headers)))
        page = self.site.pages.get(self.path)
        if page is None:
            page = Page(status=404)
        elif page.headers.get("ETag") and page.headers["ETag"] == self.headers.get("If-None-Match"):
            page = Page(status=304)
        with suppress(OSError):  # the visitor left, as it should
            self._send(page)
        self.close_connection = page.endless or bool(page.drip or page.slow_head)

    def _send(self, page):
        body = gzip.compress(page.body) if page.packed else page.body
        self.send_response(page.status)
        if page.slow_head:
            for number in range(100):
                self.send_header(f"X-{number}", "a")
                self.flush_headers()
                time.sleep(page.slow_head)
        self.send_header("Content-Type", page.kind)
        for name, value in page.headers.items():
            self.send_header(name, value)
        if page.packed:
            self.send_header("Content-Encoding", "gzip")
        if not page.endless:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if page.endless:
            for _ in range(10_000):
                self.wfile.write(b"visa " * 2_000)
        step = 1 if page.drip else len(body) or 1
        for start in range(0, len(body), step):
            self.wfile.write(body[start : start + step])
            self.wfile.flush()
            time.sleep(page.drip)


@contextmanager
def serving():
    """A running site."""
    handler = type("Handler", (_Handler,), {})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        handler.site = Site(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield handler.site
        server.shutdown()
