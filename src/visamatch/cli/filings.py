"""``visamatch filings``: the official H-1B records, from download to who files for whom."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from visamatch.cli import output
from visamatch.cli.output import Json
from visamatch.errors import InputError, one_of

app = typer.Typer(
    no_args_is_help=True, help="The official H-1B records: load, read, resolve, count."
)

SHOWN = 20  # rejected rows a person is shown
JsonLines = Annotated[bool, typer.Option("--jsonl", help="JSON lines in, JSON lines out.")]


@app.command()
def fetch(
    year: Annotated[int, typer.Option(help="Federal fiscal year, e.g. 2025.")],
    quarter: Annotated[int | None, typer.Option(help="1 to 4, for DOL files from 2020 on.")] = None,
    source: Annotated[str, typer.Option(help="dol_lca or uscis_hub.")] = "dol_lca",
    to: Annotated[Path | None, typer.Option(help="Folder. Default: the data folder.")] = None,
    base: Annotated[str, typer.Option(help="A mirror's address instead of the publisher's.")] = "",
    offline: Annotated[
        bool, typer.Option(help="Forbid the network; only say what it would try.")
    ] = False,
    json: Json = False,
) -> None:
    """Download an official file: resumed where it was cut, checked, one request at a time.

    Example: visamatch filings fetch --year 2025 --quarter 3
    """
    import time

    import httpx

    from visamatch.sources.fetch import addresses
    from visamatch.sources.fetch import fetch as download
    from visamatch.sources.fetch import source as describe
    from visamatch.sources.store import home

    if source not in ("dol_lca", "uscis_hub"):
        raise InputError("--source", "dol_lca or uscis_hub", source)
    urls = addresses(source, year, quarter, base)
    if offline:
        raise InputError(
            "--offline", f"no network; without it this would try {urls[0]} and its like"
        )
    _say(f"{describe(source)['publisher']}: {describe(source)['page']}")
    with httpx.Client(timeout=30, follow_redirects=True) as client:
        found = download(client, urls, to or home() / "downloads", time.sleep, _show_bytes)
    output.tell(json, asdict(found), [f"{found.path}  sha256 {found.sha256}"])


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
    lines = []
    for report in files:
        lines += [f"{report.path}: {report.layout}, {report.kept:,} of {report.rows:,} rows kept"]
        lines += [f"  row {row['row']}: {row['why']}" for row in report.rejected[:SHOWN]]
        if len(report.rejected) > SHOWN:
            lines += [f"  and {len(report.rejected) - SHOWN} more; --json lists them all"]
    output.tell(json, {"files": [asdict(report) for report in files], "store": years}, lines)


@app.command()
def summary(
    state: Annotated[str, typer.Option(help="Two letters: where the work is.")] = "",
    year: Annotated[int | None, typer.Option(help="Federal fiscal year.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many lines.")] = 50,
    json: Json = False,
) -> None:
    """Who filed for residents and fellows, for whom, and in which specialty.

    From the local store where official files were loaded; else from the shipped facts.

    Example: visamatch filings summary --state MA
    """
    from visamatch.directory.filings import MAY_BE_TRAINEE, shipped, tie
    from visamatch.facts.states import STATES
    from visamatch.sources.store import FilingsStore

    if state and state.upper() not in STATES:
        raise InputError("--state", one_of(STATES, state.upper()), state)
    applications = FilingsStore().query(
        "SELECT * FROM lca WHERE regexp_matches(lower(job_title), ?) AND (? = '' OR worksite_state = ?)"
        " AND (?::INTEGER IS NULL OR fiscal_year = ?) ORDER BY case_number",
        [MAY_BE_TRAINEE, state.upper(), state.upper(), year, year],
    )
    groups = tie(applications) or shipped(state.upper(), year)
    if json:
        output.print_json([asdict(group) for group in groups])
        return
    if not groups:
        typer.echo("No trainee filings on file. Load official files: visamatch filings load PATH…")
    for group in groups[:limit]:
        whom = f"{group.relation} of {group.institution}" if group.institution else "tied to nobody"
        named = f" in {group.specialty}" if group.specialty else ""
        what = f"{group.count:4} {group.kind}{named}"
        typer.echo(f"FY{group.fiscal_year} {what}: {group.petitioner} ({whom})")


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


def _show_bytes(name: str, have: int, total: int | None) -> None:
    share = f" {have / total:4.0%}" if total else ""
    print(f"\r{name}{share} {have / 1e6:,.1f} MB", end="", file=sys.stderr, flush=True)  # noqa: T201
