"""After the Match: the way to the first day, and the way on from a J-1."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visamatch.advice.paths import reason
from visamatch.directory.programs import directory
from visamatch.errors import InputError
from visamatch.facts.specialties import specialty_named
from visamatch.facts.states import STATES
from visamatch.facts.tables import Program
from visamatch.schedule.calendar import CONDITIONS
from visamatch.schedule.petition import after_match
from visamatch.schedule.waiver import waiver_plan
from visamatch.web.guards import mine
from visamatch.web.views.calendar import plan_of, step3_of
from visamatch.workspace.document import Workspace
from visamatch.workspace.profile import Profile

YEARS = {str(years): years for years in range(5)}


@require_safe
def after(request: HttpRequest) -> HttpResponse:
    """The petition plan for a state, and the waiver plan with some years of fellowship."""
    workspace = mine(request).workspace
    profile, plan, program = workspace.profile or Profile(), plan_of(workspace), _matched(workspace)
    state = request.GET.get("state", program.state if program else "").upper()
    if state and state not in STATES:
        raise InputError("state", "two letters of a state", state)
    fellowship = request.GET.get("fellowship", "0")
    if fellowship not in YEARS:
        raise InputError("fellowship", f"a number of years up to {len(YEARS) - 1}", fellowship)
    step3 = step3_of(workspace, plan)
    result = step3.result[1] if step3.needed and not step3.passed else None
    found = after_match(profile, plan, state, workspace.marks, result)
    residency = _years(profile, program) if CONDITIONS["j1_open"](profile) else 0
    states = filter(None, (state, "MA", "CT", "NH"))
    waiver = waiver_plan(found.start, residency, YEARS[fellowship], states) if residency else None
    context = {
        "plan": plan, "program": program, "state": state, "states": STATES, "found": found,
        "best": found.ways[0] if found.ways else None, "waiver": waiver,
        "reasons": [reason(code) for code in found.payment["conditions"]],
        "fellowship": fellowship, "years": YEARS,
    }  # fmt: skip
    return render(request, "after.html", context)


def _matched(workspace: Workspace) -> Program | None:
    known = directory().programs
    ids = (entry.program_id for entry in workspace.entries if entry.status == "matched")
    return next((known[each] for each in ids if each in known), None)


def _years(profile: Profile, program: Program | None) -> int:
    """Years of the residency in question; 0 when unknown."""
    wished = [specialty_named(wish.name) for wish in profile.specialties[:1]]
    named = [directory().specialty(program)] if program else wished
    return int(named[0].years or 0) if named else 0
