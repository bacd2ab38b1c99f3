"""``visamatch policy``: what a page, a reply or a directory entry says about visas."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from visamatch.cli import output
from visamatch.errors import InputError

if TYPE_CHECKING:
    from visamatch.evidence.policy.reading import Reading

app = typer.Typer(no_args_is_help=True, help="Read what a text says about visas.")


@app.callback()
def policy() -> None:
    """Read what a text says about visas."""


@app.command()
def read(
    path: Annotated[
        Path | None, typer.Argument(help="A text or HTML file, or - for input.")
    ] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='{"id","text"} a line in, one out.')
    ] = False,
) -> None:
    """Read visa policies: J-1, H-1B with conditions, other visas, what is asked of IMGs.

    Example: echo "We sponsor J-1 visas only." | visamatch policy read -
    """
    from visamatch.evidence.policy.reader import read_policy

    if jsonl:
        output.json_lines(_answer)
        return
    if path is None:
        raise InputError("path", "a file, or - to read from standard input")
    text = output.read_text(path)
    output.print_json(_record(read_policy(text), text))


def _answer(record: dict[str, Any]) -> dict[str, Any]:
    from visamatch.evidence.policy.reader import read_policy

    text = record.get("text")
    if not isinstance(text, str):
        raise InputError("text", "a text", text)
    return {"id": record.get("id"), **_record(read_policy(text), text)}


def _record(reading: Reading, given: str) -> dict[str, Any]:
    """The answers; of HTML also the visible text, into which the spans count then."""
    answers = reading.answers() | ({} if reading.text == given else {"text": reading.text})
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in answers.items()
    }
