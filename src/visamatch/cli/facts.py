"""``visamatch facts``: prove the shipped tables, and say how much they cover."""

from dataclasses import asdict

import typer

from visamatch.cli.output import Json, print_json

app = typer.Typer(help="The shipped reference facts: proof and coverage.", no_args_is_help=True)
HEADS = ("all", "match", "acgme", "place", "polcy", "uscis", "filed", "named", "none")


@app.command()
def check(json: Json = False) -> None:
    """Prove sources, ids, codes, links, bounds and calendar; print the age of each table.

    Ends with 1 when something is wrong. Example: visamatch facts check
    """
    from visamatch.facts import check as proof

    rows = proof.load()
    problems, ages = proof.problems(rows), proof.ages(rows)
    if json:
        print_json(
            {"problems": [asdict(one) for one in problems], "ages": [asdict(age) for age in ages]}
        )
    else:
        typer.echo(f"{'table':<14}{'rows':>7}  {'oldest':<12}{'newest':<12}{'undated':>7}")
        for age in ages:
            typer.echo(
                f"{age.table:<14}{age.rows:>7,}  {age.oldest:<12}{age.newest:<12}{age.undated:>7,}"
            )
        for one in problems:
            typer.echo(f"{one.table}: {one.row}: {one.what}", err=True)
        typer.echo(f"{len(problems)} problems" if problems else "every check holds")
    raise typer.Exit(1 if problems else 0)


@app.command()
def stats(json: Json = False) -> None:
    """Count programs, and for how many of them there is evidence, by state and specialty.

    Example: visamatch facts stats
    """
    from visamatch.facts import coverage
    from visamatch.facts.tables import Specialty
    from visamatch.facts.tables import rows as facts

    states, specialties, total = coverage.by_state(), coverage.by_specialty(), coverage.total()
    if json:
        print_json({
            "total": asdict(total), "states": [asdict(line) for line in states],
            "specialties": [asdict(line) for line in specialties],
        })  # fmt: skip
        return
    names = {kind.specialty_id: kind.name for kind in facts(Specialty)}
    for title, lines in (("state", [*states, total]), ("specialty", specialties)):
        typer.echo(f"{title:<24}" + "".join(f"{head:>6}" for head in HEADS))
        for line in lines:
            label = names.get(line.name, line.name)
            cells = "".join(f"{getattr(line, count):>6}" for count in coverage.COUNTS)
            typer.echo(f"{label if len(label) < 25 else label[:23] + '…':<24}{cells}")
        typer.echo("")
    typer.echo("all: programs; match: in the 2026 Match list; acgme: with an ACGME id;")
    typer.echo("place: with coordinates; polcy: a visa policy; uscis: approvals of a petitioner;")
    typer.echo("filed: trainee filings; named: one that names the specialty; none: no evidence.")
