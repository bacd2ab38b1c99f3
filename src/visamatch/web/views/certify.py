"""Before the rank list is certified: what is verified, what is open, what the person accepts open."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from visamatch.advice.certify import POLICY, STEP3, Checklist, my_checklist
from visamatch.errors import InputError
from visamatch.web import store
from visamatch.web.guards import mine, tell, today
from visamatch.web.views.rank import board_of
from visamatch.workspace.boundary import parse
from visamatch.workspace.diary import Mark, marked, unmarked
from visamatch.workspace.document import Workspace

NOTES = {
    "written": "Noted who wrote, and when",
    "accept": "Accepted as open",
    "open": "Opened again",
}


@require_http_methods(["GET", "HEAD", "POST"])
def certify(request: HttpRequest) -> HttpResponse:
    """Show the checklist; a POST notes a written answer, accepts a line as open, or opens it again."""
    workspace, problem = mine(request).workspace, ""
    made = my_checklist(workspace, board_of(workspace), today())
    if request.method == "POST":
        try:
            return _marked(request, made)
        except InputError as error:
            problem = str(error)
    context = {
        "made": made, "problem": problem, "typed": request.POST, "today": today(), "profile": workspace.profile,
        "early": today() < made.season,
        "in_days": (made.deadline.date - today()).days,
    }  # fmt: skip
    return render(request, "certify.html", context, status=400 if problem else 200)


def _marked(request: HttpRequest, made: Checklist) -> HttpResponse:
    form, day = request.POST, today().isoformat()
    action = next((name for name in NOTES if name in form), "")
    task = form.get("task", "")
    line = next((each for each in made.lines if each.task == task), None)
    if line is None or not action:
        raise InputError("line", "a line of the checklist", task)
    by, on = form.get("by", "").strip(), form.get("on", "").strip() or day
    if action == "written" and line.program_id and not by:
        raise InputError(line.title, "who wrote it, a name or an office")
    first = made.season.isoformat() if line.task.startswith((POLICY, STEP3)) else ""
    if not first <= (on if action == "written" else day) <= day and action != "open":
        span = (
            f"a day of this season, from {first} to today" if first else f"a day up to today, {day}"
        )
        raise InputError(line.title, span, on)

    def edit(old: Workspace) -> Workspace:
        if action == "open":
            return old.model_copy(update={"marks": unmarked(old.marks, task)})
        said = {"task": task, "state": "done" if action == "written" else "skipped", "by": by}
        mark: Mark = parse(Mark, said | {"on": on if action == "written" else day}, line.title)
        return old.model_copy(update={"marks": marked(old.marks, mark)})

    note = f"{NOTES[action]}: {line.title}"
    tell(request, f"{note}.", store.change(store.owner(request), edit, note))
    return redirect(f"{reverse('certify')}#{task}")
