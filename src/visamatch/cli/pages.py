"""``visamatch pages``: fetch programs' own pages politely, watch them, and review what they say."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from visamatch.cli import output
from visamatch.cli.output import Json, On
from visamatch.errors import InputError

if TYPE_CHECKING:
    from visamatch.evidence.watch import Decision, Look
    from visamatch.sources.program_page.snapshot import Snapshots

app = typer.Typer(no_args_is_help=True, help="Programs' own pages: fetch, watch, review.")

Folder = Annotated[Path | None, typer.Option("--to", help="Folder. Default: the data folder.")]
Offline = Annotated[bool, typer.Option(help="Forbid the network.")]
Hosted = Annotated[bool, typer.Option(help="Only addresses on the public internet.")]
Programs = Annotated[list[str] | None, typer.Argument(help="Program, ACGME or NRMP ids.")]


@app.command()
def fetch(
    program: Programs = None,
    url: Annotated[str, typer.Option(help="The page, for one program.")] = "",
    list_: Annotated[
        Path | None, typer.Option("--list", help="CSV with the columns program_id and url.")
    ] = None,
    to: Folder = None,
    hosted: Hosted = False,
    offline: Offline = False,
    on: On = "",
    json: Json = False,
) -> None:
    """Fetch programs' pages: robots.txt obeyed, one request a host at a time; kept on this machine only.

    Example: visamatch pages fetch 1256-140 --url https://www.example.org/residency/visas
    """
    kept = _kept(to)
    wanted = list(_from_list(list_)) if list_ else []
    if url and len(program or []) != 1:
        raise InputError("--url", "one program to go with it", f"{len(program or [])} programs")
    wanted += [(one, url) for one in program or []]
    _run(wanted, kept, on, hosted, offline, json)


@app.command()
def check(
    program: Programs = None,
    since: Annotated[
        str, typer.Option(help="Also list what changed since this day. Default: a year ago.")
    ] = "",
    to: Folder = None,
    hosted: Hosted = False,
    offline: Offline = False,
    on: On = "",
    json: Json = False,
) -> None:
    """Fetch known pages again: words gone and new, readings that changed, reviews open again.

    Example: visamatch pages check --since 2025-09-01
    """
    kept = _kept(to)
    wanted = [(one, "") for one in program or kept.programs()]
    if not wanted:
        raise InputError("pages", "pages to check; `visamatch pages fetch` brings the first")
    today = output.day(on)
    day = output.day(since).isoformat() if since else f"{today.year - 1}{today.isoformat()[4:]}"
    _run(wanted, kept, on, hosted, offline, json, day)


@app.command()
def accept(
    program: Annotated[str, typer.Argument(help="Program, ACGME or NRMP id.")],
    drop: Annotated[
        bool, typer.Option("--drop", help="The reading is wrong or not of use.")
    ] = False,
    to: Folder = None,
    on: On = "",
) -> None:
    """Accept, or drop, the reading of a program's newest page. A changed reading opens the review again.

    Example: visamatch pages accept 1256-140
    """
    from visamatch.directory.programs import directory
    from visamatch.evidence.watch import Reviews, read

    kept = _kept(to)
    program_id = directory().find(program).program_id
    snapshots = kept.of(program_id)
    if not snapshots:
        raise InputError(program, "a program with a page; `visamatch pages fetch` brings it")
    decision: Decision = "dropped" if drop else "accepted"
    day = output.day(on).isoformat()
    Reviews(kept.folder).decide(program_id, read(snapshots[-1]), decision, day)
    typer.echo(f"{program_id}: {decision}")


def _kept(to: Path | None) -> Snapshots:
    from visamatch.sources.program_page.snapshot import Snapshots
    from visamatch.sources.store import home

    return Snapshots(to or home() / "pages")


def _from_list(path: Path) -> Iterator[tuple[str, str]]:
    table = csv.DictReader(io.StringIO(output.read_text(path)))
    if not {"program_id", "url"} <= set(table.fieldnames or []):
        raise InputError(str(path), "a CSV with the columns program_id and url", table.fieldnames)
    for row in table:
        yield row["program_id"] or "", row["url"] or ""


def _run(
    wanted: list[tuple[str, str]],
    kept: Snapshots,
    on: str,
    hosted: bool,
    offline: bool,
    json: bool,
    since: str = "",
) -> None:
    """Look at each page in turn; a page that cannot be read is told and does not stop the others."""
    import time

    from visamatch.evidence.watch import changed_since, look
    from visamatch.sources.program_page.fetch import Visitor

    named = [_address(program, url, kept) for program, url in wanted]
    if not named:
        raise InputError("pages fetch", "a program, or --list with a file of them")
    if offline:
        raise InputError("--offline", f"no network; without it this would read {named[0][1]}")
    visitor = Visitor(time.monotonic, time.sleep, hosted)
    day = output.day(on).isoformat()
    pages: list[dict[str, Any]] = []
    for program_id, url in named:
        try:
            pages.append(_record(look(program_id, url, day, visitor.get, kept)))
        except InputError as error:
            if len(named) == 1:
                raise
            pages.append({"program_id": program_id, "url": url, "problem": str(error)})
        if not json:
            typer.echo(_words(pages[-1]))
    changes = [
        {"program_id": now.program_id, "then": _read(then), "now": _read(now)}
        for then, now in (changed_since(kept, since) if since else [])
    ]
    if json:
        output.print_json(
            {"pages": pages} | ({"since": since, "changed": changes} if since else {})
        )
    elif since:
        typer.echo(f"\nReadings changed since {since}: {len(changes)}")
        for change in changes:
            typer.echo(f"{change['program_id']}: {change['then']} → {change['now']}")


def _address(program: str, url: str, kept: Snapshots) -> tuple[str, str]:
    from visamatch.directory.programs import directory

    found = directory().find(program)
    last = kept.of(found.program_id)
    url = url or (last[-1].url if last else found.website)
    if not url:
        raise InputError(found.program_id, "the address of its page (--url); none is on file")
    return found.program_id, url


def _record(seen: Look) -> dict[str, Any]:
    snapshot = asdict(seen.snapshot)
    del snapshot["text"]
    reading = seen.reading.answers()
    del reading["spans"]  # places in the page's words, which are not shown here
    return snapshot | {
        "state": seen.state,
        "reading": reading,
        "difference": [list(step) for step in seen.difference],
        "reread": seen.reread,
        "review": seen.review,
    }


def _read(snapshot: Any) -> dict[str, Any]:
    from visamatch.evidence.watch import read, said

    return said(read(snapshot)) | {"seen": snapshot.first_seen}


MARKS = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}


def _words(page: dict[str, Any]) -> str:
    """A page's record for a person."""
    if "problem" in page:
        return f"{page['program_id']}: {page['problem']}"
    reading = page["reading"]
    said = f"J-1 {reading['sponsors_j1']}, H-1B {reading['sponsors_h1b'].replace('_', ' ')}"
    lines = [f"{page['program_id']}: {page['state']}; {said}; review {page['review']}"]
    lines += ["  the reading changed: please review it again"] if page["reread"] else []
    words = "".join(MARKS[kind].format(text) for kind, text in page["difference"])
    lines += (
        [f"  {words}"] if words else [f"  {line}" for line in page["paragraph"].splitlines()[:8]]
    )
    return "\n".join(lines)
