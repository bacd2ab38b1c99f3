"""``visamatch filings``: the official H-1B records, from download to who files for whom."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from visamatch.cli import output
from visamatch.errors import InputError

app = typer.Typer(
    no_args_is_help=True, help="The official H-1B records: load, read, resolve, count."
)

SHOWN = 20  # rejected rows a person is shown
Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]
JsonLines = Annotated[bool, typer.Option("--jsonl", help="JSON lines in, JSON lines out.")]


@app.command()
def load(
    paths: Annotated[list[Path], typer.Argument(help="Official DOL or USCIS files.")],
    json: Json = False,
) -> None:
    """Read official files (xlsx, csv, zip; any year's layout) into the local store, all or none.

    Example: visamatch filings load LCA_Disclosure_Data_FY2025_Q3.xlsx --json
    """
    from visamatch.sources.store import FilingsStore

    store = FilingsStore()
    files = store.load(paths, _say)
    years = store.query(
        "SELECT 'lca' AS source, fiscal_year, count(*) AS rows FROM lca GROUP BY ALL"
        " UNION ALL SELECT 'hub', fiscal_year, count(*) FROM hub GROUP BY ALL ORDER BY ALL"
    )
    if json:
        output.print_json({"files": [asdict(report) for report in files], "store": years})
        return
    for report in files:
        typer.echo(f"{report.path}: {report.layout}, {report.kept:,} of {report.rows:,} rows kept")
        for row in report.rejected[:SHOWN]:
            typer.echo(f"  row {row['row']}: {row['why']}")
        if len(report.rejected) > SHOWN:
            typer.echo(f"  and {len(report.rejected) - SHOWN} more; --json lists them all")


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


def _say(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201  progress never goes to standard output
