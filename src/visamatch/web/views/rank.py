"""The rank order list: an order to try, the chance at each rank, and what a program more or less does."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visamatch.advice.chances import J1_WORTH, open_paths
from visamatch.advice.rank_list import break_even, proposed, rank_list
from visamatch.directory.programs import directory
from visamatch.evidence.assess import assess_all
from visamatch.evidence.assessment import Assessment
from visamatch.market import scenarios
from visamatch.web.guards import mine, today
from visamatch.workspace.profile import Profile

INTERVIEWED = ("interviewed", "invited", "waitlisted")
LONGEST = 40


@require_safe
def rank(request: HttpRequest) -> HttpResponse:
    """Chances of a list in the order of the address, else as proposed from interest and visa."""
    workspace = mine(request).workspace
    known = directory()
    entries = {e.program_id: e for e in workspace.entries if e.program_id in known.programs}
    seen = {name: e for name, e in entries.items() if e.status in INTERVIEWED} or entries
    ids = list(seen)[:LONGEST]
    profile = workspace.profile or Profile()
    if not ids:
        return render(request, "rank.html", {"none": True})
    assessed = assess_all(today(), workspace.profile, workspace.statements)
    ways = open_paths([known.programs[name] for name in ids], assessed, profile, today())
    worth = {name: max(h1b, J1_WORTH * j1) for name, (h1b, j1) in zip(ids, ways, strict=True)}
    liked = {name: (seen[name].interest or 3) / 5 for name in ids}
    weight = _weight(request.GET.get("visa", ""))
    by_weight = [
        ids[at] for at in proposed(list(liked.values()), list(worth.values()), weight / 100)
    ]
    asked = [name for name in request.GET.get("order", "").split(",") if name in ids]
    order = list(dict.fromkeys([*asked, *by_weight]))
    programs = [known.programs[name] for name in order]
    made = rank_list(known, scenarios.load(), assessed, profile, programs, today())
    context = {
        "made": made,
        "rows": [
            {
                "rank": each,
                "item": assessed[name],
                "interest": seen[name].interest,
                "costs": made.anywhere - each.anywhere_without,
                "up": _moved(order, at - 1, weight) if at else "",
            }
            for at, (name, each) in enumerate(zip(order, made.ranks, strict=True))
        ],
        "weight": weight,
        "asked": bool(asked),
        "turns": _turns(order, liked, worth, assessed),
        "interviewed": seen is not entries,
        "unmatched": 1 - made.anywhere,
    }
    return render(request, "rank.html", context)


def _weight(text: str) -> int:
    """How much the visa counts, in percent; what makes no sense is the middle."""
    return min(100, int(text)) if text.isdigit() else 50


def _moved(order: list[str], at: int, weight: int) -> str:
    """The address of the list with one program and the one below it exchanged."""
    changed = [*order[:at], order[at + 1], order[at], *order[at + 2 :]]
    return "?" + urlencode({"visa": weight, "order": ",".join(changed)}, safe=",")


def _turns(
    order: list[str],
    liked: Mapping[str, float],
    worth: Mapping[str, float],
    assessed: Mapping[str, Assessment],
) -> list[tuple[str, str, int]]:
    """Neighbors whose order the visa weight turns: better program, easier visa, and from which weight."""
    found = []
    for one, other in pairwise(order):
        better, easier = sorted((one, other), key=lambda name: -liked[name])
        turn = break_even((liked[better], worth[better]), (liked[easier], worth[easier]))
        if turn is not None:
            names = (assessed[name].program.name for name in (better, easier))
            found.append((next(names), next(names), round(100 * turn)))
    return found
