"""``visamatch programs``: the directory with who sponsors, and the evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from visamatch.cli import output
from visamatch.cli.output import Json, On, Person

if TYPE_CHECKING:
    from visamatch.workspace.profile import Profile

app = typer.Typer(no_args_is_help=True, help="Programs, who sponsors, and the evidence for it.")

State = Annotated[list[str] | None, typer.Option("--state", help="Two letters; may be repeated.")]
SpecialtyOption = Annotated[
    list[str] | None, typer.Option("--specialty", help="A name people use; may be repeated.")
]


@app.command("list")
def list_(
    state: State = None,
    specialty: SpecialtyOption = None,
    city: Annotated[str, typer.Option(help="A city, or the middle of --within.")] = "",
    within: Annotated[float | None, typer.Option(help="Miles around --city.")] = None,
    standing: Annotated[list[str] | None, typer.Option(help="Only these standings.")] = None,
    mode: Annotated[str, typer.Option(help="hide_no, only_yes or all.")] = "all",
    sort: Annotated[str, typer.Option(help="chance, name, place, quota or age.")] = "chance",
    closed: Annotated[bool, typer.Option(help="Also closed and moved programs.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many rows.")] = None,
    profile: Person = None,
    on: On = "",
    json: Json = False,
) -> None:
    """List programs with their standing on H-1B and P(sponsor).

    Example: visamatch programs list --state MA --specialty "internal medicine"
    """
    from visamatch.advice.sponsor_search import search, search_options
    from visamatch.directory.programs import directory
    from visamatch.directory.search import where
    from visamatch.documents.records import program_record
    from visamatch.evidence.assess import assess_all

    place = where(specialty or [], state or [], city, within, closed=closed)
    options = search_options(mode, standing or [], sort)
    known = directory()
    result = search(known, assess_all(output.day(on), _profile(profile)), place, *options)
    rows = result.rows[:limit]
    if json:
        output.print_json([program_record(known, item) for item in rows])
        return
    from visamatch.cli import tables

    tables.programs(known, result, len(rows))


@app.command()
def show(
    program: Annotated[str, typer.Argument(help="Program id, ACGME id or NRMP code.")],
    profile: Person = None,
    on: On = "",
    json: Json = False,
) -> None:
    """Show one program: verdict, chance, every statement with its source and effect, conflicts.

    Example: visamatch programs show 1256-140
    """
    from visamatch.directory.programs import directory
    from visamatch.documents.records import program_detail
    from visamatch.evidence.assess import assess

    known = directory()
    item = assess(known.find(program), output.day(on), _profile(profile))
    if json:
        output.print_json(program_detail(known, item))
        return
    from visamatch.cli import tables

    tables.program(known, item)


def _profile(path: Path | None) -> Profile | None:
    return None if path is None else output.read_profile(path)
