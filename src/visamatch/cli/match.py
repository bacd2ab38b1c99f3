"""``visamatch match``: run the Match on a market of your own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from visamatch.cli import output

app = typer.Typer(no_args_is_help=True, help="The Match: run it on a market of your own.")


@app.callback()
def match() -> None:
    """The Match: run it on a market of your own."""


@app.command()
def solve(
    market: Annotated[Path, typer.Argument(help="A market (JSON); - is standard input.")] = Path(
        "-"
    ),
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Match applicants, couples and programs by their lists; applicants propose.

    Example: visamatch match solve --json < market.json
    """
    from visamatch.market.document import answer

    where = "standard input" if str(market) == "-" else market.name
    found = answer(output.read_text(market), where)
    if json:
        output.print_json(found)
        return
    for applicant, program in found["matches"].items():
        typer.echo(f"{applicant}  {program or 'no match'}")
    stable = "stable" if found["stable"] else f"not stable, blocked by {found['blocking'][0]}"
    typer.echo(f"The matching is {stable}.")
