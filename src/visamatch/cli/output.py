"""How commands speak: the options they share, JSON documents and lines, files, the date that counts as today."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from visamatch.errors import InputError

if TYPE_CHECKING:
    from visamatch.workspace.profile import Profile


Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]
On = Annotated[str, typer.Option("--on", help="As of this day (ISO). Default: today.")]
ProfileFile = Annotated[Path, typer.Argument(help="The profile (TOML); see examples/.")]
Person = Annotated[Path | None, typer.Option("--profile", help="Answer for this person (TOML).")]


def tell(as_json: bool, document: object, lines: Iterable[str]) -> None:
    """Answer with the document, or with lines for a person."""
    if as_json:
        print_json(document)
        return
    for line in lines:
        typer.echo(line)


def print_json(document: object) -> None:
    """Write one JSON document to standard output."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def json_lines(
    answer: Callable[[dict[str, Any]], dict[str, Any]], stream: TextIO | None = None
) -> None:
    """Answer every JSON object of standard input with one line, in order, as it comes.

    A line that is no JSON object stops the stream with its number; what was answered stays answered.
    """
    for number, record in _records(stream or sys.stdin):
        try:
            reply = answer(record)
        except InputError as error:
            raise InputError(f"line {number}, {error.where}", error.expected, error.found) from None
        sys.stdout.write(json.dumps(reply, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def _records(stream: TextIO) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"line {number}", f"a JSON object ({error.msg})", line) from None
        if not isinstance(record, dict):
            raise InputError(f"line {number}", "a JSON object", line)
        yield number, record


def read_text(path: Path) -> str:
    """Read a UTF-8 text file, or standard input when the path is ``-``."""
    where = "standard input" if str(path) == "-" else str(path)
    try:
        return sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(str(path), "a file; there is none of that name") from None
    except IsADirectoryError:
        raise InputError(str(path), "a file; this is a folder") from None
    except UnicodeDecodeError as error:
        raise InputError(where, f"text in UTF-8 (byte {error.start} is not)") from None


def read_bytes(path: Path) -> bytes:
    """Read a file whole."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(str(path), f"a file that can be read ({error.strerror})") from None


def pair(option: str, wanted: str, text: str) -> tuple[str, str]:
    """The name and the choice of an option that is written ``name=choice``."""
    name, equals, choice = text.partition("=")
    if not equals:
        raise InputError(option, wanted, text)
    return name, choice


def save(path: Path, body: bytes) -> None:
    """Write a file whole or not at all; a place that cannot be written is wrong input."""
    if not path.name or (path.exists() and not path.is_file()):
        raise InputError(str(path), "the name of a file; this is a folder or a device")
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(body)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True) if part.parent.is_dir() else None
        reason = (error.strerror or str(error)).lower()
        raise InputError(str(path), f"a place where a file can be written ({reason})") from None


def day(text: str, option: str = "--on", wanted: str = "a day written YYYY-MM-DD") -> date:
    """The date an option names, or today when it names none: the only clock of the command line."""
    if not text:
        return date.today()  # noqa: DTZ011  the applicant's own day
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(option, wanted, text) from None


def read_profile(path: Path) -> Profile:
    """Read a profile from a TOML file."""
    from visamatch.workspace.profile import profile_from_toml

    return profile_from_toml(read_text(path), str(path))
