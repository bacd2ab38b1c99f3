"""The programs page under 20 concurrent readers, against a static file of the same server."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median, quantiles

READERS, EACH = 20, 30
PAGES = {
    "static file": "/static/visamatch/visamatch.css",
    "programs, one state": "/programs/?state=MA",
    "programs, all": "/programs/",
    "one program": "/programs/1256-140/",
}


def run() -> str:
    """Serve the app, read each page with 20 readers at once, and tell the times as a table."""
    with _server() as port:
        for path in PAGES.values():
            _read(port, path)
        times = {name: _load(port, path) for name, path in PAGES.items()}
    floor = median(times["static file"])
    lines = [
        f"{READERS} readers at once, {READERS * EACH} requests a page, server and readers on one machine.",
        "",
        "| page | median ms | 99th percentile ms | median against the static file |",
        "| --- | --- | --- | --- |",
    ]
    for name, found in times.items():
        last = quantiles(found, n=100)[98]
        lines.append(
            f"| {name} | {median(found):.0f} | {last:.0f} | {median(found) / floor:.1f} x |"
        )
    return "\n".join(lines)


@contextmanager
def _server() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "visamatch", "serve", "--port", str(port)]
        environment = os.environ | {"VISAMATCH_HOME": home}
        server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        try:
            _wait(port)
            yield port
        finally:
            server.terminate()
            server.wait()


def _wait(port: int, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            _read(port, "/about/")
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit("the server did not answer within a minute")


def _load(port: int, path: str) -> list[float]:
    """Milliseconds of every request."""
    times: list[float] = []

    def reader() -> None:
        for _ in range(EACH):
            start = time.perf_counter()
            _read(port, path)
            times.append((time.perf_counter() - start) * 1000)

    threads = [threading.Thread(target=reader) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def _read(port: int, path: str) -> None:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    link.request("GET", path)
    answer = link.getresponse()
    answer.read()
    link.close()
    if answer.status != 200:
        sys.exit(f"{path} answered {answer.status}")
