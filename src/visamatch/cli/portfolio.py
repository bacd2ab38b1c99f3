"""``visamatch portfolio``: the set of applications that is worth most."""

from __future__ import annotations

import json as json_text
from pathlib import Path
from typing import Annotated

import typer

from visamatch.cli import output
from visamatch.errors import InputError

app = typer.Typer(no_args_is_help=True, help="Which applications are worth most under a budget.")


@app.callback()
def portfolio() -> None:
    """Which applications are worth most under a budget."""


@app.command()
def solve(
    path: Annotated[Path, typer.Argument(help="A JSON file, or - for input.")] = Path("-"),
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Choose programs from utilities and scenarios, or independent schools from chances.

    Example: echo '{"f": [0.2, 0.5], "t": [10, 4], "max_applications": 1}' | visamatch portfolio solve --json
    """
    from visamatch.advice.portfolio.document import answer

    try:
        document = json_text.loads(output.read_text(path))
    except json_text.JSONDecodeError as error:
        raise InputError(f"input, line {error.lineno}", f"a JSON object ({error.msg})") from None
    made = answer(document)
    if json:
        output.print_json(made)
        return
    for item, value in zip(made["chosen"], made["values"], strict=True):
        typer.echo(f"{item:>6}  {value:.6g}")
    typer.echo(
        f"value {made['value']:.6g}, at most {made['upper_bound']:.6g}, cost {made['cost']:g}"
    )
