"""``visamatch calendar``: what is due by when, as a table, JSON or a calendar file."""

from pathlib import Path
from typing import Annotated

import typer

from visamatch.cli import output
from visamatch.cli.output import Json, On, ProfileFile


def calendar(
    profile: ProfileFile,
    ics: Annotated[
        Path | None, typer.Option("--ics", help="Write a calendar file, or renew it.")
    ] = None,
    anchor: Annotated[
        list[str] | None,
        typer.Option("--anchor", help="A date you know better: eras_submission=2027-09-08."),
    ] = None,
    on: On = "",
    json: Json = False,
) -> None:
    """List the tasks of your season with their days; late starters get a compressed plan.

    Example: visamatch calendar examples/abroad-no-step3.toml --ics plan.ics
    """
    from visamatch.documents.ics import calendar_file
    from visamatch.documents.records import calendar_record
    from visamatch.schedule import calendar as make

    wanted = ("--anchor", "an event and its day: rol_deadline=2027-03-03")
    named = [(each, *output.pair(*wanted, each)) for each in anchor or ()]
    dates = {name: output.day(day or text, *wanted) for text, name, day in named}
    plan = make(output.read_profile(profile), output.day(on), dates=dates)
    if ics is not None:
        before = output.read_bytes(ics) if ics.is_file() else b""
        output.save(ics, calendar_file(plan, before))
    if json:
        output.print_json(calendar_record(plan))
    elif ics is None:
        from visamatch.cli import tables

        tables.calendar(plan)
