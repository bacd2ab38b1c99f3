"""The calendar: what to do next, this month and in all, Step 3, and the file for one's own calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from visamatch.directory.programs import directory
from visamatch.documents.ics import calendar_file
from visamatch.errors import InputError
from visamatch.schedule import Calendar, calendar
from visamatch.schedule.book import table
from visamatch.schedule.petition import MARK
from visamatch.schedule.step3 import Step3Plan, step3_plan
from visamatch.web.guards import attachment, change, go_back, mine, today
from visamatch.workspace.diary import Mark, marked, unmarked
from visamatch.workspace.document import Workspace
from visamatch.workspace.profile import Profile

SAID = {"done": "Done", "skipped": "Skipped", "snoozed": "Put off a week", "open": "Open again"}


@require_http_methods(["GET", "HEAD", "POST"])
def board(request: HttpRequest) -> HttpResponse:
    """Show the plan; a POST marks one task or petition step done, skipped, put off or open again."""
    workspace = mine(request).workspace
    plan = plan_of(workspace)
    if request.method == "POST":
        return _mark(request, plan)
    month_ends = plan.today.replace(day=monthrange(plan.today.year, plan.today.month)[1])
    context = {
        "plan": plan,
        "profile": workspace.profile,
        "next": plan.open[:3],
        "month": [task for task in plan.open if task.due <= month_ends],
        "phases": _phases(plan),
        "step3": step3_of(workspace, plan),
        "programs": directory().programs,
    }
    return render(request, "calendar.html", context)


@require_safe
def ics(request: HttpRequest) -> HttpResponse:
    """The plan as a calendar file, to import again whenever it has changed."""
    body = calendar_file(plan_of(mine(request).workspace))
    return attachment(body, "text/calendar; charset=utf-8", "visamatch.ics")


def plan_of(workspace: Workspace) -> Calendar:
    """The plan of a workspace as of today."""
    profile = workspace.profile or Profile()
    return calendar(profile, today(), workspace.marks, workspace.contacts)


def step3_of(workspace: Workspace, plan: Calendar) -> Step3Plan:
    """Step 3 for the programs on the list."""
    known = directory().programs
    listed = [known[each.program_id] for each in workspace.entries if each.program_id in known]
    return step3_plan(workspace.profile or Profile(), plan, listed, workspace.statements)


def _phases(plan: Calendar) -> list[tuple[Any, ...]]:
    """Title, days, titles of phases that overlap, and tasks of each phase."""
    titles, spans = table("tasks")["phases"], plan.phases
    return [
        (
            titles[phase],
            span,
            [
                titles[o]
                for o, (a, b) in spans.items()
                if o != phase and a < span[1] and span[0] < b
            ],
            [task for task in plan.tasks if task.phase == phase],
        )
        for phase, span in spans.items()
    ]


def _mark(request: HttpRequest, plan: Calendar) -> HttpResponse:
    state = next((name for name in SAID if name in request.POST), "")
    name = request.POST.get(state, "")
    steps = {MARK + step["id"]: (step["title"], plan.today) for step in table("petition")["steps"]}
    known = {task.task_id: (task.title, task.due) for task in plan.tasks} | steps
    if name not in known:
        raise InputError("task", "a task of your calendar", name)
    (title, due), on = known[name], plan.today
    until = max(due, on) + timedelta(7) if state == "snoozed" else None

    def edit(old: Workspace) -> Workspace:
        if state == "open":
            return old.model_copy(update={"marks": unmarked(old.marks, name)})
        mark = Mark.model_validate({"task": name, "state": state, "on": on, "until": until})
        return old.model_copy(update={"marks": marked(old.marks, mark)})

    text = f"{SAID[state]}: {title}"
    change(request, edit, text, f"{text}.")
    return go_back(request, "calendar")
