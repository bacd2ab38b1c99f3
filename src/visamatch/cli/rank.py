"""``visamatch rank``: the rank order list, what counts, the checklist before certifying, and a couple's joint list."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from visamatch.cli import my_file, output
from visamatch.cli.output import Json, On
from visamatch.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from visamatch.advice.rank_board import Board
    from visamatch.workspace.document import Workspace

app = typer.Typer(no_args_is_help=True, help="Rank the programs that interviewed you.")

Mine = Annotated[
    Path | None,
    typer.Option("--workspace", "--list", help="The visamatch file. Default: the list of the app."),
]


@app.command()
def show(
    workspace: Mine = None,
    visa: Annotated[
        float | None, typer.Option(min=0, max=1, help="What the visa counts, 0 to 1.")
    ] = None,
    on: On = "",
    json: Json = False,
) -> None:
    """The list in its order: chance at each rank and anywhere, the proposed order, the pair to ask next.

    Example: visamatch rank show --workspace visamatch.json --json
    """
    board = _board(my_file.load(workspace), output.day(on), visa)
    output.tell(json, _record(board), _lines(board))


@app.command()
def order(
    programs: Annotated[list[str], typer.Argument(help="Programs, best first: ids or codes.")],
    workspace: Mine = None,
) -> None:
    """Keep this order; interviews that are not named leave the rank list, not the sponsor list.

    Example: visamatch rank order 1265-140 1256-140 --workspace visamatch.json
    """
    from visamatch.directory.programs import directory
    from visamatch.workspace.sponsor_list import ordered

    def unknown(old: Workspace) -> set[str]:
        return {entry.program_id for entry in old.entries} - directory().programs.keys()

    ids = [_listed(my_file.load(workspace), text) for text in programs]
    if len(set(ids)) < len(ids):
        raise InputError("programs", "each program once", next(i for i in ids if ids.count(i) > 1))
    my_file.change(
        workspace,
        lambda old: old.model_copy(update={"entries": ordered(old.entries, ids, unknown(old))}),
        "Kept the order of the rank list",
    )


@app.command()
def check(workspace: Mine = None, on: On = "", json: Json = False) -> None:
    """What must be verified, or accepted as open, before the list is certified. Exit 1 while a line is open.

    Example: visamatch rank check --workspace visamatch.json
    """
    from visamatch.advice.certify import my_checklist
    from visamatch.documents.records import plain

    mine, day = my_file.load(workspace), output.day(on)
    made = my_checklist(mine, _board(mine, day), day)
    told = [
        f"{line.state:9} {line.title}: {line.says}"
        + (f" ({line.by}, {line.on})" if line.by else "")
        for line in made.lines
    ]
    told.append(f"{'Not ready' if made.open else 'Ready'}; the list closes {made.deadline.date}.")
    output.tell(json, plain(made) | {"ready": not made.open}, told)
    if made.open:
        raise typer.Exit(1)


@app.command()
def couple(
    partner: Annotated[Path, typer.Argument(help="The partner's visamatch file.")],
    workspace: Mine = None,
    out: Annotated[Path | None, typer.Option(help="Write the pairs: .xlsx or .csv.")] = None,
    on: On = "",
    json: Json = False,
) -> None:
    """The joint list of a couple, by the rules kept in your file, and the chance of both, one or neither.

    Example: visamatch rank couple theirs.json --out pairs.xlsx
    """
    from visamatch.advice.joint_list import couple_of
    from visamatch.advice.rank_board import partner_of
    from visamatch.directory.programs import directory
    from visamatch.documents.pairs import pairs_sheet
    from visamatch.documents.records import plain
    from visamatch.market import scenarios

    mine, day = my_file.load(workspace), output.day(on)
    known, seasons = directory(), scenarios.load()
    theirs = partner_of(known, seasons, my_file.load(partner), day, mine.partner)
    lists, found = couple_of(known, seasons, mine, theirs, _board(mine, day).ids, day)
    if out is not None:
        kind = out.suffix.lower().removeprefix(".")
        if kind not in ("xlsx", "csv"):
            raise InputError(str(out), "a name ending in .xlsx or .csv")
        output.save(out, pairs_sheet(known, lists, found, kind))
    ends = found.couple
    told = [
        f"{len(found.pairs)} pairs. Both match {ends.both:.1%}, in one city {ends.one_city:.1%};",
        f"only you {ends.only_me:.1%}, only your partner {ends.only_them:.1%}, neither {ends.neither:.1%}.",
    ]
    ids = [[program.program_id for program in part] for part in lists]
    output.tell(json, plain(found) | {"lists": ids}, told)


def _board(mine: Workspace, on: date, visa: float | None = None) -> Board:
    from visamatch.advice.rank_board import rank_board
    from visamatch.directory.programs import directory
    from visamatch.evidence.assess import assess_all
    from visamatch.market import scenarios

    assessed = assess_all(on, mine.profile, mine.statements)
    board = rank_board(directory(), scenarios.load(), assessed, mine, on, visa)
    if board is None:
        raise InputError(
            "rank list", "programs on your list; bring them in with visamatch sheet import"
        )
    return board


def _lines(board: Board) -> Iterator[str]:
    names = {
        entry.program_id: entry.name or entry.program_id for entry in (*board.order, *board.aside)
    }
    for at, chance in enumerate(board.made.ranks, 1):
        told = f"{chance.here:6.1%} here {chance.if_reached:6.1%} if reached"
        if not chance.simulated:
            told = "unknown: in no simulated season  "
        yield f"{at:3} {told}  {names[chance.program_id]}"
    yield f"{board.made.anywhere:.1%} anywhere; {board.made.swaps} swaps tried, none helps."
    if list(board.proposed) != board.ids:
        yield "Your ratings and choices propose: " + ", ".join(
            names[name] for name in board.proposed
        )


def _listed(mine: Workspace, text: str) -> str:
    from visamatch.directory.programs import directory
    from visamatch.workspace.sponsor_list import find

    found = directory().find(text).program_id
    if find(mine.entries, found) is None:
        raise InputError("program", "a program on your list", text)
    return found


def _record(board: Board) -> dict[str, object]:
    return {
        "order": [asdict(chance) for chance in board.made.ranks],
        "own_order": board.kept,
        "p_match": board.made.anywhere,
        "denominator": "everybody with this profile and these interviews",
        "swaps_tried": board.made.swaps,
        "best_swap": board.made.best_swap,
        "adding": dict(board.made.adding),
        "proposed": list(board.proposed),
        "counts": {name: asdict(share) for name, share in board.learned.shares().items()},
        "turns": [
            {"better": better, "easier": easier, "visa_counts": at}
            for better, easier, at in board.learned.turns(board.proposed)
        ],
        "ask_next": board.learned.question(),
        "circle": board.circle,
    }
