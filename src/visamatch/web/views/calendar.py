"""The calendar: what to do next, this month and in all, Step 3, and the file for one's own calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from visamatch.directory.programs import directory
from visamatch.documents.ics import calendar_file
from visamatch.errors import InputError
from visamatch.evidence.assess import assess_all
from visamatch.schedule import Calendar, calendar
from visamatch.schedule.step3 import Step3Plan, step3_plan
from visamatch.web import store
from visamatch.web.guards import mine, tell, today
from visamatch.workspace.diary import Mark, marked, unmarked
from visamatch.workspace.document import Workspace
from visamatch.workspace.profile import Profile

WEEK = timedelta(days=7)
SAID = {"done": "Done", "skipped": "Skipped", "snoozed": "Put off a week", "open": "Open again"}


@require_http_methods(["GET", "HEAD", "POST"])
def board(request: HttpRequest) -> HttpResponse:
    """Show the plan; a POST marks one task done, skipped, put off or open again."""
    workspace = mine(request).workspace
    plan = plan_of(workspace)
    if request.method == "POST":
        return _mark(request, plan)
    end = plan.today.replace(day=monthrange(plan.today.year, plan.today.month)[1])
    context = {
        "plan": plan,
        "profile": workspace.profile,
        "next": plan.open[:3],
        "month": [task for task in plan.open if task.due <= end],
        "phases": [
            (phase, [task for task in plan.tasks if task.phase == phase.phase])
            for phase in plan.phases
        ],
        "step3": step3_of(workspace, plan),
        "programs": directory().programs,
    }
    return render(request, "calendar.html", context)


@require_safe
def ics(request: HttpRequest) -> HttpResponse:
    """The plan as a calendar file, to import again whenever it has changed."""
    body = calendar_file(plan_of(mine(request).workspace))
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="visamatch.ics"'
    return response


def plan_of(workspace: Workspace) -> Calendar:
    """The plan of a workspace as of today."""
    profile = workspace.profile or Profile()
    return calendar(profile, today(), workspace.marks, workspace.contacts)


def step3_of(workspace: Workspace, plan: Calendar) -> Step3Plan:
    """Step 3 for the programs on the list."""
    every = assess_all(plan.today, workspace.profile, workspace.statements)
    listed = [every[each.program_id] for each in workspace.entries if each.program_id in every]
    return step3_plan(workspace.profile or Profile(), plan, listed)


def _mark(request: HttpRequest, plan: Calendar) -> HttpResponse:
    state = next((name for name in SAID if name in request.POST), "")
    task_id = request.POST.get(state, "")
    titles = {task.task_id: task for task in plan.tasks}
    if task_id not in titles:
        raise InputError("task", "a task of your calendar", task_id)
    task = titles[task_id]
    text = f"{SAID[state]}: {task.title}"
    undo = store.change(
        store.owner(request), lambda old: marking(old, task_id, state, plan.today, task.due), text
    )
    tell(request, f"{text}.", undo)
    return redirect("calendar")


def marking(old: Workspace, task: str, state: str, on: date, due: date) -> Workspace:
    """The workspace with a task marked; ``open`` takes its mark away."""
    if state == "open":
        return old.model_copy(update={"marks": unmarked(old.marks, task)})
    until = (max(due, on) + WEEK).isoformat() if state == "snoozed" else None
    mark = Mark.model_validate({"task": task, "state": state, "on": on.isoformat(), "until": until})
    return old.model_copy(update={"marks": marked(old.marks, mark)})
