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


app.command("calendar")(calendar.calendar)
app.add_typer(facts.app, name="facts")
app.add_typer(filings.app, name="filings")
app.add_typer(letter.app, name="letter")
app.add_typer(match.app, name="match")
app.add_typer(market.app, name="market")
app.command("petition")(after.petition)
app.command("plan")(plan.plan)
app.add_typer(pages.app, name="pages")
app.add_typer(policy.app, name="policy")
app.add_typer(portfolio.app, name="portfolio")
app.add_typer(programs.app, name="programs")
app.add_typer(rank.app, name="rank")
app.add_typer(rules.app, name="rules")
app.add_typer(sheet.app, name="sheet")
app.command("serve")(serve.serve)
app.command("step3")(after.step3)


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
