"""``visamatch sheet``: the sponsor list as a spreadsheet, out and in again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from visamatch.cli import my_file, output
from visamatch.errors import InputError

if TYPE_CHECKING:
    from visamatch.documents.differences import Difference
    from visamatch.workspace.document import Workspace

app = typer.Typer(no_args_is_help=True, help="The sponsor list as a spreadsheet, out and in again.")

WHERE = "The visamatch file of the list. Default: the list of the app on this machine."
On = Annotated[str, typer.Option("--on", help="As of this day (ISO). Default: today.")]


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="Where to write: .xlsx, or .csv.")],
    workspace: Annotated[Path | None, typer.Option("--workspace", "--list", help=WHERE)] = None,
    profile: Annotated[
        Path | None, typer.Option("--profile", help="Answer for this person (TOML).")
    ] = None,
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
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show what a sheet would change on the list; with --apply, change it.

    Example: visamatch sheet import sponsors.xlsx --json
    """
    from visamatch.directory.programs import directory
    from visamatch.documents.differences import compare, read_table

    table = read_table(_bytes(file), file.name)
    answers = dict(_answer(text) for text in answer or [])

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


def _answer(text: str) -> tuple[str, str]:
    key, sign, choice = text.partition("=")
    if not sign or ":" not in key:
        raise InputError("--answer", "ROW:FIELD=CHOICE, for example 12:interest=4", text)
    return key, choice


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(str(file), f"a file that can be read ({error.strerror})") from None
