"""The applicant's own list: add, weigh, note, group, remove. Every change can be undone."""

from __future__ import annotations

from typing import Any, get_args

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from visamatch.directory.programs import directory
from visamatch.errors import InputError
from visamatch.evidence.assess import assess_all
from visamatch.evidence.assessment import Assessment
from visamatch.shipped import shipped
from visamatch.web import store
from visamatch.web.guards import change, go_back, mine, program_or_404, tell, today
from visamatch.workspace.boundary import parse
from visamatch.workspace.document import Workspace
from visamatch.workspace.sponsor_list import ApplicationStatus, Entry, find, put, remove

GROUPS: dict[str, tuple[str, str]] = shipped("web/words.yaml")["groups"]
ASK = ("unknown", "conditional", "conflict")
EDITED = ("interest", "group", "status", "notes")
STATUSES = [word for word in get_args(ApplicationStatus) if word]


@require_http_methods(["GET", "HEAD", "POST"])
def my_list(request: HttpRequest) -> HttpResponse:
    """Show the list; a POST saves every field of it and removes the entry named by ``remove``."""
    problem = ""
    if request.method == "POST":
        try:
            return _save(request)
        except InputError as error:
            problem = str(error)
    workspace = mine(request).workspace
    assessments = assess_all(today(), workspace.profile, workspace.statements)
    rows = [
        (entry.model_copy(update=_typed(entry, request.POST)), assessments.get(entry.program_id))
        for entry in workspace.entries
    ]
    context = {
        "groups": _grouped(rows),
        "choices": GROUPS,
        "statuses": STATUSES,
        "asking": sum(row.standing.code in ASK for _, row in rows if row),
        "problem": problem,
    }
    return render(request, "my_list.html", context, status=400 if problem else 200)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put a program on the list, then go back to where the button was."""
    program = program_or_404(request.POST.get("program", ""))
    entry = Entry(
        program_id=program.program_id,
        name=program.name,
        institution=directory().institution(program).name,
        added_on=today().isoformat(),
    )

    def edit(old: Workspace) -> Workspace:
        if find(old.entries, entry.program_id):
            return old
        return old.model_copy(update={"entries": put(old.entries, entry)})

    change(request, edit, f"Added {program.name}", f"{program.name} is on your list.")
    if request.htmx:  # type: ignore[attr-defined]
        context = {"program": program, "here": request.POST.get("next", "")}
        return render(request, "parts/added.html", context)
    return go_back(request, "list", f"p-{program.program_id}")


def _save(request: HttpRequest) -> HttpResponse:
    gone = request.POST.get("remove", "")

    def edit(old: Workspace) -> Workspace:
        entries = tuple(_edited(entry, request.POST) for entry in old.entries)
        return old.model_copy(update={"entries": remove(entries, gone) if gone else entries})

    entry = find(mine(request).workspace.entries, gone)
    note = f"Removed {entry.name or gone}" if entry else "Changed the list"
    undo = store.change(store.owner(request), edit, note)
    tell(request, f"{note}." if undo is not None else "Nothing had changed.", undo)
    return redirect("list")


def _typed(entry: Entry, form: QueryDict) -> dict[str, Any]:
    """What the form says of an entry; a form that does not hold a field says nothing of it."""
    names = {field: f"{field}:{entry.program_id}" for field in EDITED}
    typed = {field: str(form[name]).strip() for field, name in names.items() if name in form}
    if "interest" in typed:
        return typed | {"interest": int(typed["interest"]) if typed["interest"].isdigit() else None}
    return dict(typed)


def _edited(entry: Entry, form: QueryDict) -> Entry:
    where = entry.name or entry.program_id
    edited: Entry = parse(Entry, entry.model_dump() | _typed(entry, form), where)
    return edited


def _grouped(
    rows: list[tuple[Entry, Assessment | None]],
) -> list[tuple[str, str, list[tuple[Entry, Assessment | None]]]]:
    """The list in its three groups, dearest first; without groups, one without a title."""
    groups = []
    for code, (title, meaning) in GROUPS.items():
        members = [row for row in rows if row[0].group == code]
        members.sort(key=lambda row: -(row[0].interest or 0))
        if members:
            groups.append((title if len(members) < len(rows) or code else "", meaning, members))
    return groups
