"""``visamatch calendar``: what is due by when, as a table, JSON or a calendar file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from visamatch.cli import output
from visamatch.errors import InputError


def calendar(
    profile: Annotated[Path, typer.Argument(help="The profile (TOML); see examples/.")],
    ics: Annotated[
        Path | None, typer.Option("--ics", help="Write a calendar file, or renew it.")
    ] = None,
    anchor: Annotated[
        list[str] | None,
        typer.Option("--anchor", help="A date you know better: eras_submission=2027-09-08."),
    ] = None,
    on: Annotated[str, typer.Option("--on", help="Plan as of this day (ISO).")] = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """List the tasks of your season with their days; late starters get a compressed plan.

    Example: visamatch calendar examples/abroad-no-step3.toml --ics plan.ics
    """
    from visamatch.documents.ics import calendar_file
    from visamatch.documents.records import calendar_record
    from visamatch.schedule import calendar as make

    dates = dict(_dated(each) for each in anchor or ())
    plan = make(output.read_profile(profile), output.day(on), dates=dates)
    if ics is not None:
        output.save(ics, calendar_file(plan, _before(ics)))
    if json:
        output.print_json(calendar_record(plan))
    elif ics is None:
        from visamatch.cli import tables

        tables.calendar(plan)


def _dated(text: str) -> tuple[str, date]:
    name, _, day = text.partition("=")
    try:
        return name, date.fromisoformat(day)
    except ValueError:
        raise InputError(
            "--anchor", "an event and its day: rol_deadline=2027-03-03", text
        ) from None


def _before(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.is_file() else b""
    except OSError as error:
        raise InputError(str(path), f"a file that can be read ({error.strerror})") from None
