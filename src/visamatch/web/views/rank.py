"""The rank order list: kept and moved, its chances, what the person's choices say, and two paths side by side."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from visamatch.advice.rank_board import Board, rank_board
from visamatch.advice.two_paths import two_paths
from visamatch.directory.programs import directory
from visamatch.errors import InputError
from visamatch.evidence.assess import assess_all
from visamatch.market import scenarios
from visamatch.web import store
from visamatch.web.guards import mine, tell, today
from visamatch.web.views.calendar import plan_of
from visamatch.web.views.my_list import STATUSES
from visamatch.workspace.boundary import parse
from visamatch.workspace.document import Workspace
from visamatch.workspace.sponsor_list import Choice, Entry, chosen, forgotten, ordered

RATINGS = {
    "interest": "All in all", "quality_rating": "Training", "fit_rating": "Fit", "place_rating": "Place",
}  # fmt: skip
YEARS = range(4)
FAINT = 0.01  # a chance after an interview of which the model knows next to nothing


@require_http_methods(["GET", "HEAD", "POST"])
def rank(request: HttpRequest) -> HttpResponse:
    """Show the list; a POST moves, adds, takes off, rates, or answers a choice, and can be undone."""
    if request.method == "POST":
        return _changed(request)
    workspace, query = mine(request).workspace, request.GET
    visa = _share(query.get("visa", ""))
    board = board_of(workspace, visa)
    if board is None:
        return render(request, "rank.html", {"none": True})
    assessed = assess_all(today(), workspace.profile, workspace.statements)
    shares = board.learned.shares()
    pair = board.learned.question()
    years = next((each for each in YEARS if str(each) == query.get("fellowship")), 0)
    paths = two_paths(
        directory(), board, workspace, plan_of(workspace), query.get("j1", ""), query.get("h1b", ""), years
    )  # fmt: skip
    context = {
        "board": board,
        "named": {name: assessed[name].program.name for name in board.learned.ids},
        "rows": [
            (entry, chance, assessed[entry.program_id], board.made.anywhere - chance.anywhere_without)
            for entry, chance in zip(board.order, board.made.ranks, strict=True)
        ],
        "aside": [
            (entry, assessed[entry.program_id], board.made.adding[entry.program_id] - board.made.anywhere)
            for entry in board.aside
        ],
        "faint": any(chance.if_reached < FAINT and chance.simulated for chance in board.made.ranks),
        "outside": sum(not chance.simulated for chance in board.made.ranks),
        "unmatched": 1 - board.made.anywhere,
        "pair": [assessed[name] for name in pair or ()],
        "answers": board.learned.choices[::-1],
        "shares": shares,
        "turns": [
            (better, easier, at, shares["visa"].low <= at <= shares["visa"].high)
            for better, easier, at in board.learned.turns(board.proposed)
        ],
        "visa": visa,
        "against": board.learned.against(board.ids) if board.kept else (),
        "circle": list(zip(board.circle, [*board.circle[1:], *board.circle[:1]], strict=True)),
        "ratings": RATINGS,
        "statuses": STATUSES,
        "rated": [
            (entry, [(field, title, getattr(entry, field)) for field, title in RATINGS.items()])
            for entry in (*board.order, *board.aside)
        ],
        "paths": paths,
        "years": YEARS,
        "fellowship": years,
        "profile": workspace.profile,
    }  # fmt: skip
    return render(request, "rank.html", context)


def board_of(workspace: Workspace, visa: float | None = None) -> Board | None:
    """The board of a workspace as of today."""
    assessed = assess_all(today(), workspace.profile, workspace.statements)
    return rank_board(directory(), scenarios.load(), assessed, workspace, today(), visa)


def _share(text: str) -> float | None:
    """How much the visa counts, typed in percent; what makes no sense is what the choices say."""
    return min(100, int(text)) / 100 if text.isdigit() else None


def _changed(request: HttpRequest) -> HttpResponse:
    form, note, after = request.POST, "Changed the rank list", ""

    def edit(old: Workspace) -> Workspace:
        nonlocal note, after
        new, note, after = _edited(old, form)
        return new

    undo = store.change(store.owner(request), edit, note)
    tell(request, f"{note}." if undo is not None else "Nothing had changed.", undo)
    return redirect(reverse("rank") + after)


def _edited(old: Workspace, form: QueryDict) -> tuple[Workspace, str, str]:
    """The workspace after one press of a button, what was done, and where on the page to go on."""
    if "better" in form or "even" in form or "forget" in form:
        choices, note = _chosen(old, form)
        return old.model_copy(update={"choices": choices}), note, "#choose"
    if "rate" in form:
        entries = tuple(_rated(entry, form) for entry in old.entries)
        return old.model_copy(update={"entries": entries}), "Kept ratings and status", "#ratings"
    board = board_of(old, _share(form.get("visa", "")))
    if board is None:
        raise InputError("rank list", "programs on your list")
    ids, note, moved = _moved(board, form)
    besides = [entry.program_id for entry in board.unknown]
    place = f"#p-{moved}" if moved else "#order"
    return old.model_copy(update={"entries": ordered(old.entries, ids, besides)}), note, place


def _moved(board: Board, form: QueryDict) -> tuple[list[str], str, str]:
    """The order after a move, what was done, and the program that moved."""
    ids = board.ids
    if "take" in form:
        return list(board.proposed), "Took the proposed order", ""
    for verb, step in (("up", -1), ("down", 1)):
        if (name := form.get(verb, "")) in ids:
            at = ids.index(name)
            to = min(max(at + step, 0), len(ids) - 1)
            ids.insert(to, ids.pop(at))
            return ids, f"Moved {verb}: {board.order[at].name or name}", name
    if (name := form.get("off", "")) in ids:
        ids.remove(name)
        return ids, "Taken off the rank list", name
    if (name := form.get("add", "")) in [entry.program_id for entry in board.aside]:
        return [*ids, name], "Added at the end of the rank list", name
    return _typed(board, form), "Kept your order", ""


def _typed(board: Board, form: QueryDict) -> list[str]:
    """The order by the numbers typed; of two with one number the one that was changed goes first."""
    keys = {}
    for at, name in enumerate(board.ids, 1):
        text = form.get(f"place:{name}", "").strip() or str(at)
        if not text.isdigit():
            raise InputError("place on the list", "a number such as 3", text)
        wanted = int(text)
        keys[name] = wanted, (wanted >= at) + (wanted > at), at  # upwards before, downwards behind
    return sorted(keys, key=lambda name: keys[name])


def _chosen(old: Workspace, form: QueryDict) -> tuple[tuple[Choice, ...], str]:
    """The choices with one more, or one less."""
    first, _, second = form.get("pair", "").partition(",")
    known = [entry.program_id for entry in old.entries]
    better = form.get("better", first)
    if not {first, second} <= set(known) or better not in (first, second):
        raise InputError("choice", "two programs of your list", form.get("pair", ""))
    if "forget" in form:
        return forgotten(old.choices, first, second), "Took the choice back"
    worse = second if better == first else first
    return chosen(old.choices, better, worse, "even" in form), "Noted your choice"


def _rated(entry: Entry, form: QueryDict) -> Entry:
    said: dict[str, Any] = {}
    for field in RATINGS:
        text = form.get(f"{field}:{entry.program_id}")
        if text is not None:
            said[field] = int(text) if text.isdigit() else None
    status = form.get(f"status:{entry.program_id}")
    said |= {} if status is None else {"status": status}
    changed: Entry = parse(Entry, entry.model_dump() | said, entry.name or entry.program_id)
    return changed
