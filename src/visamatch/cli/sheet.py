"""``visamatch sheet``: the sponsor list as a spreadsheet, out and in again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from visamatch.cli import my_file, output
from visamatch.cli.output import Json, On, Person
from visamatch.errors import InputError

if TYPE_CHECKING:
    from visamatch.documents.differences import Difference
    from visamatch.workspace.document import Workspace

app = typer.Typer(no_args_is_help=True, help="The sponsor list as a spreadsheet, out and in again.")

WHERE = "The visamatch file of the list. Default: the list of the app on this machine."


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="Where to write: .xlsx, or .csv.")],
    workspace: Annotated[Path | None, typer.Option("--workspace", "--list", help=WHERE)] = None,
    profile: Person = None,
    state: Annotated[
        list[str] | None, typer.Option(help="States of the starting list. Default: MA.")
    ] = None,
    on: On = "",
) -> None:
    """Write the list; where it is still empty, a starting list: your plan, or the programs of a state.

    Example: visamatch sheet export sponsors.xlsx --profile examples/abroad-no-step3.toml
    """
    from visamatch.documents.my_list import list_lines, list_plan
    from visamatch.documents.sheet import csv_text, workbook

    mine = my_file.load(workspace)
    person = output.read_profile(profile) if profile else mine.profile
    mine = mine.model_copy(update={"profile": person})
    day = output.day(on)
    lines = list_lines(mine, day, state or [])
    suffix = file.suffix.lower()
    if suffix == ".xlsx":
        plan = list_plan(mine, lines, day)
        body = workbook(lines, mine.columns, plan, starting=not mine.entries)
    elif suffix == ".csv":
        body = csv_text(lines, mine.columns).encode()
    else:
        raise InputError(str(file), "a name ending in .xlsx or .csv")
    output.save(file, body)
    what = "Your list" if mine.entries else "A starting list (yours is empty)"
    typer.echo(f"{what}: {len(lines)} programs in {file}", err=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A sheet: .xlsx, .csv, .tsv or .txt.")],
    into: Annotated[Path | None, typer.Option("--into", "--workspace", help=WHERE)] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Change the list, not only show.")] = False,
    answer: Annotated[
        list[str] | None, typer.Option(help="Settle a conflict: ROW:FIELD=CHOICE; may be repeated.")
    ] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Also take off programs whose row is gone.")
    ] = False,
    on: On = "",
    json: Json = False,
) -> None:
    """Show what a sheet would change on the list; with --apply, change it.

    Example: visamatch sheet import sponsors.xlsx --json
    """
    from visamatch.directory.programs import directory
    from visamatch.documents.differences import compare, read_table

    table = read_table(output.read_bytes(file), file.name)
    wanted = ("--answer", "ROW:FIELD=CHOICE, for example 12:interest=4")
    answers = dict(output.pair(*wanted, text) for text in answer or [])
    for key in answers:
        if ":" not in key:
            raise InputError(*wanted, key)

    def difference(mine: Workspace) -> Difference:
        return compare(mine, table, directory(), output.day(on), answers, remove)

    found = difference(my_file.load(into))
    if apply:
        my_file.change(into, lambda old: difference(old).workspace, f"Imported {file.name}")
    if json:
        output.print_json(found.record())
        return
    from visamatch.cli import tables

    tables.difference(found, applied=apply)
