"""The list on paper: as a spreadsheet and as a dossier, and a sheet back in with its differences shown first."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from visamatch.directory.programs import directory
from visamatch.documents.differences import Difference, compare
from visamatch.documents.dossier import dossier
from visamatch.documents.grid import MAX_BYTES, Grid, read_grids
from visamatch.documents.my_list import list_lines, list_plan
from visamatch.documents.pasted import pasted_interviews
from visamatch.documents.sheet import csv_text, workbook
from visamatch.documents.table import Table, find_table
from visamatch.errors import InputError
from visamatch.evidence.words import plural
from visamatch.web import store
from visamatch.web.guards import attachment, go_back, mine, tell, today, uploaded
from visamatch.workspace.document import Workspace

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The list as ``xlsx``, ``csv`` or ``pdf``; a starting list while it is empty."""
    workspace, on = mine(request).workspace, today()
    lines = list_lines(workspace, on)
    plan = list_plan(workspace, lines, on)
    if kind == "pdf":
        name = workspace.profile.name if workspace.profile else ""
        body, media = dossier(plan, on.isoformat(), name), "application/pdf"
    elif kind == "csv":
        body, media = csv_text(lines, workspace.columns).encode(), "text/csv; charset=utf-8"
    else:
        starting = not workspace.entries
        body, media = workbook(lines, workspace.columns, plan, starting=starting), XLSX
    return attachment(body, media, f"visamatch-list.{kind}")


@require_POST
def sheet(request: HttpRequest) -> HttpResponse:
    """Show what an uploaded sheet would change; nothing is changed yet."""
    try:
        name, grids = _pasted(request) if "pasted" in request.POST else _uploaded(request)
        found = _compared(mine(request).workspace, find_table(grids, name))
    except InputError as error:
        return render(request, "sheet.html", {"problem": str(error)}, status=400)
    plain = {"name": name, "grids": [astuple(grid) for grid in grids]}
    context = {
        "name": name,
        "found": found,
        "gone": [
            each for each in mine(request).workspace.entries if each.program_id in found.removed
        ],
        "silent": found.workspace == mine(request).workspace and not found.conflicts,
        "token": signing.dumps(plain, compress=True),
        "next": request.POST.get("next", ""),
    }
    return render(request, "sheet.html", context)


@require_POST
def apply(request: HttpRequest) -> HttpResponse:
    """Change the list as the page before showed it, with the answers given there."""
    try:
        plain: dict[str, Any] = signing.loads(request.POST.get("token", ""))
    except signing.BadSignature:
        raise InputError("sheet", "the sheet that was shown; upload it again") from None
    grids = [
        Grid(title, tuple(map(tuple, rows)), (), names) for title, rows, _, names in plain["grids"]
    ]
    table = find_table(grids, plain["name"])
    given = {key.removeprefix("answer:"): str(text) for key, text in request.POST.items()}
    remove, open_ = "remove" in request.POST, 0

    def edit(old: Workspace) -> Workspace:
        nonlocal open_
        found = _compared(old, table, given, remove)
        open_ = len(found.conflicts)
        return found.workspace

    undo = store.change(store.owner(request), edit, f"Imported {plain['name']}")
    left = f" {plural(open_, 'question')} left open." if open_ else ""
    done = f"Imported {plain['name']}." if undo is not None else "Nothing had changed."
    tell(request, done + left, undo)
    return go_back(request, "list")


def _compared(
    workspace: Workspace, table: Table, answers: dict[str, str] | None = None, remove: bool = False
) -> Difference:
    return compare(workspace, table, directory(), today(), answers, remove)


def _pasted(request: HttpRequest) -> tuple[str, tuple[Grid, ...]]:
    profile = mine(request).workspace.profile
    wish = profile.specialties[0].name if profile and profile.specialties else ""
    grid = pasted_interviews(request.POST["pasted"], wish, "ordered" in request.POST)
    return "the pasted lines", (grid,)


def _uploaded(request: HttpRequest) -> tuple[str, tuple[Grid, ...]]:
    name, body = uploaded(request, "a sheet", MAX_BYTES + 1)
    return name, read_grids(body, name)
