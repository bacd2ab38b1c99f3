"""`visamatch rules`: ask the rule book, show a rule, list what is too old to trust."""

from typing import Annotated

import typer

from visamatch.cli import output
from visamatch.cli.output import Json, On, ProfileFile

app = typer.Typer(no_args_is_help=True, help="Immigration law as dated, cited data.")


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

    output.json_lines(reply)


@app.command()
def paths(
    profile: ProfileFile,
    on: On = "",
    suppose: Annotated[
        list[str] | None, typer.Option(help="A switch, such as payment=off; may be repeated.")
    ] = None,
    json: Json = False,
) -> None:
    """Every visa path of a person: verdict, why, what opens it, cost, papers and law. Not legal advice.

    Example: visamatch rules paths examples/abroad-no-step3.toml
    """
    from visamatch.advice import paths as advice
    from visamatch.documents.records import paths_record

    wanted = ("--suppose", "a switch and a choice, such as payment=off")
    switches = dict(output.pair(*wanted, text) for text in suppose or [])
    case = advice.situation(output.read_profile(profile), output.day(on), switches=switches)
    lines = []
    for path in advice.paths(case):
        last = "" if path.as_last_read == path.verdict else f" (as last read: {path.last_words})"
        lines += [f"{path.words}{last}: {path.title}"]
        lines += [f"    {reason.means}" for reason in (*path.blockers, *path.conditions)]
        lines += [f"    Opened by: {'; '.join(path.opens)}"] if path.opens else []
    lines += [f"Supposed: {'; '.join(case.supposed)}."]
    lines += ["Information, not legal advice: see counsel."]
    output.tell(json, paths_record(case), lines)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="a rule such as H1B-6YR")],
    json: Json = False,
) -> None:
    """Show one rule: what it says, where it was read and when, its numbers and its history.

    Example: visamatch rules show K100
    """
    from visamatch.rules.book import rule

    found = rule(name)
    lines = [f"{found.id}  {found.title}", found.says, found.citation, found.url or "no page"]
    lines += [
        f"read {found.as_of}, confidence {found.confidence}, law compared {found.verified_on}"
    ]
    lines += [f"  {event.on}  {event.status:9} {event.what}" for event in found.events]
    lines += [f'answers "verify" from {found.stale_from()}'] if found.stale_from() else []
    output.tell(json, found.document(), lines)


@app.command()
def stale(
    on: On = "",
    json: Json = False,
) -> None:
    """List the volatile rules whose sources are too old for a day; they answer "verify".

    Example: visamatch rules stale --on 2027-01-15
    """
    from visamatch.rules.book import stale_rules

    found = stale_rules(output.day(on))
    lines = [
        f"{rule.id:12} {rule.title} (read {rule.as_of}, verify since {rule.stale_from()})"
        for rule in found
    ]
    last = f"{len(found)} volatile rules are too old for {output.day(on)}."
    output.tell(json, [rule.document() for rule in found], [*lines, last])
