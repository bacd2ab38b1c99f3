"""The command line: parse, call, print. One module a noun; heavy imports stay inside the commands.

Exit codes: 0 done; 2 the input is wrong (one line on standard error); 1 a failure of our own.
"""

import sys

import typer

from visamatch.cli import (
    after,
    calendar,
    facts,
    filings,
    letter,
    market,
    match,
    pages,
    plan,
    policy,
    portfolio,
    programs,
    rank,
    rules,
    serve,
    sheet,
)
from visamatch.errors import InputError

app = typer.Typer(
    name="visamatch",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Which US residency programs will sponsor your visa, and what to do by when.",
)


@app.callback()
def root() -> None:
    """Which US residency programs will sponsor your visa, and what to do by when."""


for noun in (
    facts, filings, letter, match, market, pages, policy, portfolio, programs, rank, rules,
    sheet,
):  # fmt: skip
    app.add_typer(noun.app, name=noun.__name__.rpartition(".")[2])
for verb in (calendar.calendar, after.petition, plan.plan, serve.serve, after.step3):
    app.command(verb.__name__)(verb)


def main() -> None:
    """Run the command line; wrong input becomes one line and exit code 2."""
    try:
        app()
    except InputError as error:
        print(f"visamatch: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except BrokenPipeError:  # the reader (head, less) has seen enough
        sys.stderr.close()
        sys.exit(0)
