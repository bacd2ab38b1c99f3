"""``visamatch letter``: letters to programs, the check of a statement, answers for the interview."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from visamatch.cli import output
from visamatch.cli.output import Json, On, ProfileFile
from visamatch.errors import InputError


class WriteFirst(TyperGroup):
    """``letter PROGRAM …`` writes: the name of the verb may be left out."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put ``write`` before arguments that begin with no verb."""
        named = args and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named or not args else ["write", *args])


app = typer.Typer(cls=WriteFirst, no_args_is_help=True, help="Letters; statement and interview.")


@app.command()
def write(
    program: Annotated[str, typer.Argument(help="Program id, ACGME id or NRMP code.")],
    profile: Annotated[Path, typer.Option("--profile", help="Who writes (TOML).")],
    kind: Annotated[
        str, typer.Option(help="program, resident, update, thanks or confirm.")
    ] = "program",
    area: Annotated[str, typer.Option(help="The clinical or research area you share.")] = "",
    greeting: Annotated[str, typer.Option(help="Instead of the general greeting.")] = "",
    topic: Annotated[str, typer.Option(help="For thanks: what you talked about.")] = "",
    to: Annotated[str, typer.Option(help="Mail address for --eml and the mail link.")] = "",
    eml: Annotated[Path | None, typer.Option("--eml", help="Write an unsent message file.")] = None,
    on: On = "",
    json: Json = False,
) -> None:
    """Write a letter to a program. While a field is missing there is no letter, and the field is named.

    Example: visamatch letter 1256-140 --profile examples/in-us-step3-passed.toml --kind program
    """
    from visamatch.directory.programs import directory
    from visamatch.documents.letters import letter

    given = {"area": area, "greeting": greeting, "topic": topic}
    made = letter(
        kind, directory().find(program), output.read_profile(profile), output.day(on), given
    )
    if json:
        output.print_json(
            {
                "subject": made.subject,
                "body": made.body,
                "missing": list(made.missing),
                "follow_up_on": made.follow_up_on.isoformat(),
                "mailto": None if made.missing else made.mailto(to),
            }
        )
    if made.missing:
        raise InputError(
            f"letter: {', '.join(made.missing)}", "a value; without it no letter leaves"
        )
    if eml is not None:
        output.save(eml, made.eml(to))
    elif not json:
        typer.echo(f"{made.subject}\n\n{made.body}")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A personal statement as text; - for input.")],
    json: Json = False,
) -> None:
    """Check a personal statement: how early and how often it speaks of visas.

    Example: visamatch letter check statement.txt
    """
    from visamatch.documents.letters import check_statement

    found = check_statement(output.read_text(file))
    first = f"{found['words']} words, visas named {found['count']} times"
    output.tell(json, found, [first, *(f"- {flag['says']}." for flag in found["flags"])])


@app.command("answers")
def answers_(profile: ProfileFile, json: Json = False) -> None:
    """Answers to visa questions in the interview, by the way you go.

    Example: visamatch letter answers examples/abroad-no-step3.toml
    """
    from visamatch.documents.letters import answers

    cards = answers(output.read_profile(profile))
    shown = "{question}\n  {answer}\n  Avoid: {avoided}\n"
    lines = (shown.format(avoided="; ".join(card["avoid"]), **card) for card in cards)
    output.tell(json, cards, lines)
