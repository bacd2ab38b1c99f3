"""The start page: two questions for someone new; for someone who was here, today's tasks and the way on."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visamatch.directory.programs import directory
from visamatch.evidence.assess import assess_all
from visamatch.evidence.words import STANDINGS
from visamatch.web import samples
from visamatch.web.filters import offered
from visamatch.web.guards import mine, today
from visamatch.web.views.calendar import plan_of
from visamatch.workspace.document import Workspace


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Who will sponsor your visa? Where to begin, or where you stand."""
    workspace = mine(request).workspace
    if workspace.profile:
        return render(request, "today.html", _today(workspace))
    counts = Counter(item.standing.code for item in assess_all(today()).values())
    context = {
        "programs": len(directory().programs),
        "known": [(code, label, counts[code]) for code, label in STANDINGS.items()],
        "most": max(counts.values(), default=1),
        "specialties": offered(),
        "samples": [
            (name, profile, samples.about(name)) for name, profile in samples.samples().items()
        ],
    }
    return render(request, "start.html", context)


def _today(workspace: Workspace) -> dict[str, Any]:
    """The next three tasks, and how far each part of the season is."""
    plan = plan_of(workspace)
    late = [task for task in plan.open if task.state == "late"]
    statuses = Counter(entry.status for entry in workspace.entries)
    waiting = [each for each in workspace.contacts if not each.reply]
    return {
        "plan": plan,
        "next": plan.open[:3],
        "late": len(late),
        "days": (plan.anchors["match_day"].date - plan.today).days,
        "waiting": len(waiting),
        "answered": len(workspace.contacts) - len(waiting),
        "interviews": statuses["invited"] + statuses["interviewed"],
        "applied": len(workspace.entries) - statuses[""],
        "samples": samples.samples(),
    }
