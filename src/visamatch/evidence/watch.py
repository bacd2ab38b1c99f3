"""Watch program pages: read what was fetched, tell what changed, and which readings wait for a person."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Literal

from visamatch.errors import InputError
from visamatch.evidence.policy import Reading, read_policy
from visamatch.evidence.policy.text import plain
from visamatch.sources.program_page.extract import paragraph, read_page
from visamatch.sources.program_page.fetch import Answer
from visamatch.sources.program_page.snapshot import Snapshot, Snapshots, digest

Get = Callable[[str, str, str], Answer]  # address, etag, last modified
_TOKEN = re.compile(r"\w+(?:[-\u2010-\u2013]\w+)*\s*|[^\w\s]\s*|^\s+")
Step = tuple[Literal["same", "gone", "new"], str]
Decision = Literal["accepted", "dropped"]


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a page gave.

    Attributes:
        state: ``new`` (the first snapshot), ``same``, or ``changed`` words.
        difference: the paragraph on visas, word by word, against the snapshot before.
        reread: the reading differs from the one before, so its review is open again.
        review: ``open``, ``accepted`` or ``dropped``.
    """

    snapshot: Snapshot
    reading: Reading
    state: Literal["new", "same", "changed"]
    difference: tuple[Step, ...]
    reread: bool
    review: str


def look(program_id: str, url: str, day: str, get: Get, kept: Snapshots) -> Look:
    """Fetch a page on ``day`` (ISO), keep its words, and compare them with the last time."""
    before = next(iter(reversed(kept.of(program_id))), None)
    known = before if before and before.url == url else None
    answer = get(url, known.etag if known else "", known.last_modified if known else "")
    if answer.status == 304 and known:
        now = replace(known, last_seen=day)
    else:
        page = read_page(answer.body, answer.headers.get("content-type", ""))
        now = Snapshot(
            program_id, url, day, day, page.text, paragraph(page.text), digest(page.text),
            answer.headers.get("etag", ""), answer.headers.get("last-modified", ""), page.date,
        )  # fmt: skip
    now = kept.keep(now)
    reading = read(now)
    changed = before is not None and before.sha256 != now.sha256
    return Look(
        now,
        reading,
        "changed" if changed else "same" if before else "new",
        difference(before.paragraph, now.paragraph) if before and changed else (),
        before is not None and changed and said(read(before)) != said(reading),
        Reviews(kept.folder).of(program_id, reading),
    )


def read(snapshot: Snapshot) -> Reading:
    """The reading of a snapshot's words."""
    return read_policy(
        snapshot.text, html_date=snapshot.page_date, http_date=snapshot.last_modified
    )


def said(reading: Reading) -> dict[str, Any]:
    """What a reading says of visas: two pages that agree in it say the same to an applicant."""
    answers = reading.answers()
    keys = ("label", "sponsors_j1", "sponsors_h1b", "h1b_conditions", "other_visas")
    return {key: answers[key] for key in keys}


def difference(before: str, after: str) -> tuple[Step, ...]:
    """Two texts word by word: what stayed, what is gone, what is new, in reading order.

    Case and the kind of dash make no difference.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    steps: list[Step] = []
    match = SequenceMatcher(None, _keys(old), _keys(new), autojunk=False)
    for kind, a, b, c, d in match.get_opcodes():
        if kind == "equal":
            steps.append(("same", "".join(new[c:d])))
            continue
        steps += [("gone", "".join(old[a:b]))] if a < b else []
        steps += [("new", "".join(new[c:d]))] if c < d else []
    return tuple(steps)


def _keys(tokens: list[str]) -> list[str]:
    return [plain(token).strip() for token in tokens]


def changed_since(kept: Snapshots, day: str) -> list[tuple[Snapshot, Snapshot]]:
    """Programs whose reading differs from that of the last snapshot begun on or before ``day``: then, now."""
    found = []
    for program_id in kept.programs():
        snapshots = kept.of(program_id)
        then = [snapshot for snapshot in snapshots if snapshot.first_seen <= day]
        if then and said(read(then[-1])) != said(read(snapshots[-1])):
            found.append((then[-1], snapshots[-1]))
    return found


class Reviews:
    """The ledger of decisions on readings. A decision holds for what was read then, not for what comes after."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "reviews.json"

    def _all(self) -> dict[str, Any]:
        try:
            ledger: dict[str, Any] = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:
            raise InputError(str(self.path), "the ledger of reviews") from None
        return ledger

    def of(self, program_id: str, reading: Reading) -> str:
        """``accepted`` or ``dropped`` where this very reading was decided, else ``open``."""
        entry = self._all().get(program_id)
        return entry["decision"] if entry and entry["read"] == _plain(reading) else "open"

    def decide(self, program_id: str, reading: Reading, decision: Decision, day: str) -> None:
        """Write a decision on a reading."""
        entry = {"decision": decision, "on": day, "read": _plain(reading)}
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(self._all() | {program_id: entry}, indent=1), "utf-8")
        part.replace(self.path)


def _plain(reading: Reading) -> Any:
    return json.loads(json.dumps(said(reading)))
