"""Everything that is the applicant's, as one JSON document to save and load."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field

from visamatch.errors import InputError
from visamatch.workspace.boundary import Day, Record, parse
from visamatch.workspace.diary import Contact, Mark
from visamatch.workspace.profile import Profile
from visamatch.workspace.sponsor_list import Choice, Entry

VERSION = 3


class OwnStatement(Record):
    """Evidence that the person found or was told: it joins the ledger as theirs."""

    statement_id: str
    program_id: str
    kind: Literal["reply", "alumni", "page"]
    sponsors_j1: Literal["yes", "no", "unknown"] = "unknown"
    sponsors_h1b: Literal["yes", "no", "conditional", "case_by_case", "unknown"] = "unknown"
    conditions: tuple[str, ...] = ()
    url: str = ""
    note: str = ""
    as_of: Day


class Pending(Record):
    """Words that were read and wait for the person: no evidence until accepted.

    The reading is worked out from ``text`` whenever it is shown; ``contact_id`` names the letter it answers.
    """

    reading_id: str
    program_id: str
    kind: Literal["reply", "page"]
    text: str = Field(min_length=1, max_length=20_000)
    url: str = Field(default="", max_length=2_000, pattern="^(https?://.*)?$")
    read_on: Day
    contact_id: str = ""


class Partner(Record):
    """The other half of a couple in the Match, and the rules by which the two lists are joined.

    ``ranked`` are program ids, best first. ``together``: pairs in one city come before other pairs, pairs in one
    state, or distance plays no part. ``apart`` keeps pairs that are farther; ``alone`` ends with places of one only.
    """

    name: str = Field(default="", max_length=100)
    profile: Profile = Profile()
    ranked: tuple[str, ...] = ()
    together: Literal["city", "state", "any"] = "city"
    apart: bool = True
    alone: bool = True


class Workspace(Record):
    """The document: the profile, the sponsor list, own evidence, tasks marked and letters sent.

    ``partner`` plans and ranks together with the person.
    ``columns`` are the headers of the person's own columns (``Entry.extra``) in the order of their sheet.
    ``choices`` between two programs teach what counts for the rank list.
    """

    format: Literal["visamatch-workspace"] = "visamatch-workspace"
    version: int = Field(default=VERSION, ge=1, le=VERSION)
    profile: Profile | None = None
    entries: tuple[Entry, ...] = ()
    columns: tuple[str, ...] = ()
    statements: tuple[OwnStatement, ...] = ()
    pending: tuple[Pending, ...] = ()
    marks: tuple[Mark, ...] = ()
    contacts: tuple[Contact, ...] = ()
    choices: tuple[Choice, ...] = ()
    partner: Partner | None = None


def _from_1(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 kept own columns without their order."""
    entries = data.get("entries")
    old = (
        [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    )
    extras = [entry["extra"] for entry in old if isinstance(entry.get("extra"), dict)]
    return {**data, "columns": list(dict.fromkeys(name for extra in extras for name in extra))}


MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_1, 2: dict}
"""What turns a document of a version into one of the next; version 3 only adds: ranks, ratings, choices, a partner."""


def dump(workspace: Workspace) -> str:
    """The document as text; the same workspace always gives the same bytes."""
    plain = workspace.model_dump(mode="json", exclude_defaults=True)
    head = {"format": workspace.format, "version": workspace.version}
    return json.dumps(head | plain, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def load(text: str, where: str = "workspace file") -> Workspace:
    """Read a document of this or an earlier version; a file that was cut or is of another kind is refused whole."""
    if not text.strip():
        raise InputError(where, "a visamatch workspace; the file is empty")
    try:
        data: Any = json.loads(text)
    except json.JSONDecodeError as error:
        ends_early = error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated")
        hint = "the file ends early, it may have been cut" if ends_early else error.msg
        place = f"{where} line {error.lineno} column {error.colno}"
        raise InputError(place, f"a whole JSON document ({hint})") from None
    if not isinstance(data, dict) or data.get("format") != "visamatch-workspace":
        raise InputError(where, 'a document with "format": "visamatch-workspace"')
    version = data.get("version")
    if isinstance(version, int) and version > VERSION:
        raise InputError(f"{where}: version", f"{VERSION} or less; update visamatch", version)
    while version in MIGRATIONS:
        version, data = version + 1, {**MIGRATIONS[version](data), "version": version + 1}
    workspace: Workspace = parse(Workspace, data, where)
    return workspace
