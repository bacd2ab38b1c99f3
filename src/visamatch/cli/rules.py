"""`visamatch rules`: ask the rule book, show a rule, list what is too old to trust."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from visamatch.cli import output
from visamatch.cli.output import json_lines, print_json, today
from visamatch.errors import InputError

app = typer.Typer(no_args_is_help=True, help="Immigration law as dated, cited data.")

On = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="the day that counts")]


@app.command()
def evaluate(
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="one case a line in, one answer out")
    ] = True,
) -> None:
    """Answer one case a line: a question about one person on one day. Information, not legal advice.

    Example: visamatch rules evaluate --jsonl < cases.jsonl
    """
    import sys
    from typing import Any

    from visamatch.rules import evaluate as answer
    from visamatch.rules import unread

    def reply(case: dict[str, Any]) -> dict[str, Any]:
        for name in unread(case):
            print(f"visamatch: {case.get('id')}: {name} is no fact known here", file=sys.stderr)  # noqa: T201
        return {"id": case.get("id"), **answer(case).document()}

    json_lines(reply)


@app.command()
def paths(
    profile: Annotated[Path, typer.Argument(help="The profile (TOML); see examples/.")],
    on: Annotated[str, typer.Option("--on", help="As of this day (ISO). Default: today.")] = "",
    suppose: Annotated[
        list[str] | None, typer.Option(help="A switch, such as payment=off; may be repeated.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="one JSON document")] = False,
) -> None:
    """Every visa path of a person: verdict, why, what opens it, cost, papers and law. Not legal advice.

    Example: visamatch rules paths examples/abroad-no-step3.toml
    """
    from visamatch.advice import paths as advice
    from visamatch.documents.records import paths_record

    switches = dict(_switch(text) for text in suppose or [])
    case = advice.situation(output.read_profile(profile), output.day(on), switches=switches)
    if json:
        print_json(paths_record(case))
        return
    for path in advice.paths(case):
        last = "" if path.as_last_read == path.verdict else f" (as last read: {path.last_words})"
        typer.echo(f"{path.words}{last}: {path.title}")
        for reason in (*path.blockers, *path.conditions):
            typer.echo(f"    {reason.means}")
        if path.opens:
            typer.echo(f"    Opened by: {'; '.join(path.opens)}")
    typer.echo(
        f"Supposed: {'; '.join(case.supposed)}.\nInformation, not legal advice: see counsel."
    )


def _switch(text: str) -> tuple[str, str]:
    name, equals, choice = text.partition("=")
    if not equals:
        raise InputError("--suppose", "a switch and a choice, such as payment=off", text)
    return name, choice


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="a rule such as H1B-6YR")],
    json: Annotated[bool, typer.Option("--json", help="one JSON document")] = False,
) -> None:
    """Show one rule: what it says, where it was read and when, its numbers and its history.

    Example: visamatch rules show K100
    """
    from visamatch.rules.book import rule

    found = rule(name)
    if json:
        print_json(found.document())
        return
    typer.echo(
        f"{found.id}  {found.title}\n{found.says}\n{found.citation}\n{found.url or 'no page'}"
    )
    typer.echo(
        f"read {found.as_of}, confidence {found.confidence}, law compared {found.verified_on}"
    )
    for event in found.events:
        typer.echo(f"  {event.on}  {event.status:9} {event.what}")
    if found.stale_from():
        typer.echo(f'answers "verify" from {found.stale_from()}')


@app.command()
def stale(
    on: On = None,
    json: Annotated[bool, typer.Option("--json", help="one JSON document")] = False,
) -> None:
    """List the volatile rules whose sources are too old for a day; they answer "verify".

    Example: visamatch rules stale --on 2027-01-15
    """
    from visamatch.rules.book import stale_rules

    day = on.date() if on else today()
    found = stale_rules(day)
    if json:
        print_json([rule.document() for rule in found])
        return
    for rule in found:
        typer.echo(
            f"{rule.id:12} {rule.title} (read {rule.as_of}, verify since {rule.stale_from()})"
        )
    typer.echo(f"{len(found)} volatile rules are too old for {day}.")
