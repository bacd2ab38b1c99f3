"""Downloads that can be interrupted: resumed by range, checked by length and checksum, polite.

The network is the caller's: it passes the client and the way to wait. A download lives in
``NAME.part`` with its validators beside it until it is whole.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from visamatch.errors import InputError
from visamatch.shipped import shipped

ATTEMPTS = 6  # of one file; each goes on where the last stopped
LONGEST_WAIT = 60.0  # seconds
AGENT = "visamatch (open source; one request at a time)"
HEADERS = {
    "User-Agent": AGENT,
    "Accept-Encoding": "identity",  # a compressed stream cannot be resumed
}
Wait = Callable[[float], None]
Progress = Callable[[str, int, int | None], None]  # name, bytes so far, bytes in all


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole file on disk. ``changed``: it differs from the copy that was there before."""

    path: str
    url: str
    bytes: int
    sha256: str
    changed: bool


@dataclass(frozen=True, slots=True)
class _Partial:
    """What the server said of the file whose beginning is on disk."""

    url: str = ""
    validator: str = ""  # ETag, else Last-Modified
    total: int | None = None


def source(name: str) -> Any:
    """The description of a source: ``dol_lca`` or ``uscis_hub``."""
    return shipped(f"sources/{name}/source.yaml")


def addresses(name: str, year: int, quarter: int | None = None, base: str = "") -> list[str]:
    """The addresses to try for a fiscal year, in order: publishers misspell their own names.

    Raises:
        InputError: a year the source has no file for, or a quarter that is missing or does not exist.
    """
    described = source(name)
    known = described.get("files", {}).get(year)
    if known is None and name == "dol_lca":
        if year < 2020:
            raise InputError("--year", f"one of {min(described['files'])} to today", year)
        if quarter not in (1, 2, 3, 4):
            raise InputError("--quarter", "1, 2, 3 or 4 (files are quarterly from 2020)", quarter)
    if known is None and name == "uscis_hub" and year < 2009:
        raise InputError("--year", "2009 or later", year)
    patterns = known or described.get("quarterly") or described["yearly"]
    return [
        (base or described["base"]) + pattern.format(yyyy=year, q=quarter) for pattern in patterns
    ]


def fetch(
    client: httpx.Client, urls: Iterable[str], folder: Path, wait: Wait, progress: Progress
) -> Fetched:
    """Download the first address that exists.

    Raises:
        InputError: none exists, or the server keeps failing; what came so far stays for the next time.
    """
    tried = []
    for url in urls:
        tried.append(url)
        found = _download(client, url, folder, wait, progress)
        if found:
            return found
        wait(1.0)
    raise InputError("fetch", f"a file at one of {len(tried)} addresses, {tried[0]} and its like")


def _download(
    client: httpx.Client, url: str, folder: Path, wait: Wait, progress: Progress
) -> Fetched | None:
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / url.rsplit("/", 1)[-1]
    part = target.with_name(target.name + ".part")
    problem = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            wait(min(2.0**attempt, LONGEST_WAIT))
        try:
            outcome = _attempt(client, url, part, progress)
        except httpx.HTTPError as error:  # a stall, a cut connection: go on from what is there
            problem = str(error) or type(error).__name__
            continue
        if outcome == "missing":
            return None
        if outcome == "whole":
            return _finish(url, part, target)
        problem = outcome
    raise InputError(
        url, f"a server that answers; after {ATTEMPTS} tries: {problem}. Run it again to go on"
    )


def _attempt(client: httpx.Client, url: str, part: Path, progress: Progress) -> str:
    """One request: ``whole``, ``missing``, or what went wrong."""
    known = _read_partial(part)
    have = part.stat().st_size if part.exists() and known.url == url and known.validator else 0
    headers = dict(HEADERS)
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": known.validator}
    with client.stream("GET", url, headers=headers) as response:
        if response.status_code == 404:
            return "missing"
        if response.status_code == 416:  # nothing is left, or what is there is not of this file
            part.unlink(missing_ok=True)
            return "the file changed on the server"
        if response.status_code not in (200, 206):
            return f"status {response.status_code}"
        if response.status_code == 200:
            have = 0
        now = _described(url, response, have)
        _sidecar(part).write_text(json.dumps(asdict(now)), "utf-8")
        with part.open("r+b" if have else "wb") as out:
            out.seek(have)
            out.truncate()
            for block in response.iter_raw():
                out.write(block)
                have += len(block)
                progress(url.rsplit("/", 1)[-1], have, now.total)
    return "whole" if now.total in (None, have) else f"{have} of {now.total} bytes"


def _described(url: str, response: httpx.Response, have: int) -> _Partial:
    length = response.headers.get("Content-Length")
    validator = response.headers.get("ETag", "")
    if not validator or validator.startswith("W/"):  # weak tags do not vouch for bytes
        validator = response.headers.get("Last-Modified", "")
    return _Partial(url, validator, have + int(length) if length else None)


def _sidecar(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _read_partial(part: Path) -> _Partial:
    try:
        return _Partial(**json.loads(_sidecar(part).read_text("utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return _Partial()


def _finish(url: str, part: Path, target: Path) -> Fetched:
    digest = checksum(part)
    changed = not target.exists() or checksum(target) != digest
    part.replace(target)
    _sidecar(part).unlink(missing_ok=True)
    target.with_name(target.name + ".sha256").write_text(f"{digest}  {target.name}\n", "utf-8")
    return Fetched(str(target), url, target.stat().st_size, digest, changed)


def checksum(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
