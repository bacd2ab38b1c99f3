"""``visamatch filings``: the official H-1B records, from download to who files for whom."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from visamatch.cli import output
from visamatch.errors import InputError

app = typer.Typer(
    no_args_is_help=True, help="The official H-1B records: load, read, resolve, count."
)

Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]
JsonLines = Annotated[bool, typer.Option("--jsonl", help="JSON lines in, JSON lines out.")]


@app.command()
def titles(jsonl: JsonLines = False) -> None:
    """Read job titles from standard input: resident, fellow, attending or other, and the specialty.

    Example: echo '{"id":1,"job_title":"PGY-2 Resident","soc":"29-1229"}' | visamatch filings titles --jsonl
    """
    from visamatch.sources.dol_lca.titles import read_title

    def answer(record: dict[str, Any]) -> dict[str, Any]:
        title = _text(record, "job_title", required=True)
        read = read_title(title, _text(record, "soc"), _text(record, "employer"))
        return {"id": record.get("id"), "label": read.label, "specialty": read.specialty}

    output.json_lines(answer)


@app.command()
def resolve(jsonl: JsonLines = False) -> None:
    """Resolve employer strings from standard input to teaching institutions.

    Example: echo '{"raw_name":"CHILDREN S HOSP CORP","city":"BOSTON","state":"MA"}' | visamatch filings resolve --jsonl
    """
    from visamatch.directory.resolve import resolver

    known = resolver()

    def answer(record: dict[str, Any]) -> dict[str, Any]:
        name = _text(record, "raw_name", required=True)
        place = [_text(record, key) for key in ("city", "state", "tax_id_last4")]
        found = known.resolve(name, *place)
        return {
            "id": record.get("id"),
            "institution_id": found.institution_id,
            "institution": found.institution,
            "relation": found.relation,
            "score": found.score,
        }

    output.json_lines(answer)


def _text(record: dict[str, Any], key: str, *, required: bool = False) -> str:
    """A text field; numbers are taken as text, null as empty."""
    value = record.get(key)
    if isinstance(value, bool | list | dict) or (required and value is None):
        raise InputError(key, "text", value)
    return "" if value is None else str(value)
