"""``visamatch market``: calibrate, simulate, verify and report the simulated national Match."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from visamatch.cli import output
from visamatch.errors import InputError

app = typer.Typer(
    no_args_is_help=True, help="The simulated national Match: calibrate, simulate, verify, report."
)

Data = Annotated[
    Path, typer.Option(help="Raw data folder with match/*.csv (not part of visamatch).")
]
Seed = Annotated[
    int, typer.Option(min=0, help="Seed; every season is a function of it and its number.")
]


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _count(done: int, of: int) -> None:
    if sys.stderr.isatty() or done == of:
        typer.echo(f"\r{done} of {of} seasons", err=True, nl=done == of)


@app.command()
def calibrate(
    data: Data,
    rounds: Annotated[int, typer.Option(min=1, help="Steps of the margins.")] = 30,
    seed: Seed = 5,
    shape: Annotated[bool, typer.Option(help="Also search noises and tastes (slow).")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the YAML files; default: shown only.")
    ] = None,
    on: Annotated[str, typer.Option("--on", help="Date the parameters bear (ISO).")] = "",
    json: Annotated[bool, typer.Option("--json", help="Targets as one JSON document.")] = False,
) -> None:
    """Fit the free parameters to published figures; print every target beside the model's.

    Example: visamatch market calibrate --data ../shared/data --out src/visamatch/market/parameters
    """
    from visamatch.market import calibrate as fitting
    from visamatch.market import report

    known, published = report.read_published(data)
    p, compared = fitting.calibrate(published, known, rounds, seed, shape, _say)
    if out is not None:
        report.write(out, p, compared, output.day(on))
    if json:
        output.print_json([report.record(target) for target in compared])
        return
    for line in report.lines(compared):
        typer.echo(line)


@app.command()
def simulate(
    out: Annotated[Path, typer.Argument(help="The scenario file to write (.npz).")],
    scenarios: Annotated[int, typer.Option(min=1, help="Seasons to play.")] = 1000,
    workers: Annotated[int, typer.Option(min=1, help="Processes; 1 plays in this one.")] = 1,
    seed: Seed = 2026,
    dask: Annotated[str, typer.Option(help="Play on the Dask cluster at this address.")] = "",
    keep: Annotated[
        Path | None, typer.Option(help="Folder of finished parts; a broken run goes on there.")
    ] = None,
) -> None:
    """Play seasons and write the scenario file; the same bytes for any number of workers.

    Example: visamatch market simulate scenarios.npz --scenarios 1000 --workers 4 --keep parts
    """
    from visamatch.market import simulate as seasons
    from visamatch.market.scenarios import save

    runner: Any = (
        seasons.dask(dask) if dask else seasons.pool(workers) if workers > 1 else seasons.in_process
    )
    command = f"visamatch market simulate --scenarios {scenarios} --seed {seed}"
    if not out.absolute().parent.is_dir():
        raise InputError(str(out), "a path in a folder that exists")
    save(seasons.simulate(scenarios, seed, runner, keep, _count, command), out)


@app.command()
def verify(
    file: Annotated[
        Path | None, typer.Argument(help="A scenario file; default: the shipped one.")
    ] = None,
    sample: Annotated[int, typer.Option(min=1, help="Seasons to play again.")] = 5,
) -> None:
    """Play some seasons of a scenario file again and compare, byte for byte.

    Example: visamatch market verify --sample 10
    """
    from visamatch.market import simulate as seasons
    from visamatch.market.scenarios import load, read

    shipped = read(file) if file else load()
    differ = seasons.verify(shipped, sample)
    if differ:
        _say(
            f"{len(differ)} of {min(sample, shipped.count)} seasons differ: {', '.join(map(str, differ))}"
        )
        raise typer.Exit(1)
    _say(f"{min(sample, shipped.count)} of {shipped.count} seasons played again: the same bytes")


@app.command()
def report(
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("docs/method/market.md"),
) -> None:
    """Rebuild the method page from the shipped parameters, targets and scenarios.

    Example: visamatch market report
    """
    from visamatch.market.report import page

    out.write_text(page(), encoding="utf-8")
