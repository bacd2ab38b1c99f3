"""After the Match: the way to the first day, and the way on from a J-1."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from visamatch.directory.programs import directory
from visamatch.errors import InputError
from visamatch.facts.specialties import specialty_named
from visamatch.facts.states import STATES
from visamatch.facts.tables import Program
from visamatch.rules.paths import reason
from visamatch.schedule.calendar import CONDITIONS
from visamatch.schedule.petition import MARK, after_match
from visamatch.schedule.waiver import waiver_plan
from visamatch.web import store
from visamatch.web.guards import mine, tell, today
from visamatch.web.views.calendar import marking, plan_of, step3_of
from visamatch.workspace.document import Workspace
from visamatch.workspace.profile import Profile

YEARS = range(5)


@require_http_methods(["GET", "HEAD", "POST"])
def after(request: HttpRequest) -> HttpResponse:
    """The petition plan for a state, and the waiver plan; a POST marks a step as over."""
    workspace = mine(request).workspace
    profile, plan = workspace.profile or Profile(), plan_of(workspace)
    program = _matched(workspace)
    state = request.GET.get("state", program.state if program else "").upper()
    if state and state not in STATES:
        raise InputError("state", "two letters of a state", state)
    if request.method == "POST":
        return _mark(request)
    step3 = step3_of(workspace, plan)
    result = step3.result[1] if step3.needed and not step3.passed else None
    found = after_match(profile, plan, state, workspace.marks, result)
    training, further = _training(profile, program), _years(request)
    context = {
        "plan": plan, "profile": workspace.profile, "program": program, "state": state, "states": STATES,
        "found": found, "best": found.ways[0] if found.ways else None, "step3": step3,
        "reasons": [reason(code) for code in found.payment["conditions"]],
        "further": further, "years": YEARS, "training": training,
        "waiver": waiver_plan(
            plan.anchors["training_starts"].date, training, further, filter(None, (state, "MA", "CT", "NH"))
        ) if training and CONDITIONS["j1_open"](profile) else None,
    }  # fmt: skip
    return render(request, "after.html", context)


def _mark(request: HttpRequest) -> HttpResponse:
    state = "done" if "done" in request.POST else "open"
    step = request.POST.get(state, "")
    if not step.isalnum():
        raise InputError("step", "a step of the plan", step)
    note = f"{'Over' if state == 'done' else 'Open again'}: {step}"
    day = today()
    undo = store.change(
        store.owner(request), lambda old: marking(old, MARK + step, state, day, day), note
    )
    tell(request, f"{note}.", undo)
    query = request.GET.urlencode()
    return redirect(f"{reverse('after')}{'?' * bool(query)}{query}")


def _matched(workspace: Workspace) -> Program | None:
    known = directory().programs
    ids = (entry.program_id for entry in workspace.entries if entry.status == "matched")
    return next((known[each] for each in ids if each in known), None)


def _training(profile: Profile, program: Program | None) -> int:
    """Years of the residency in question; 0 when unknown."""
    if program:
        return int(directory().specialty(program).years or 0)
    if not profile.specialties:
        return 0
    return int(specialty_named(profile.specialties[0].name).years or 0)


def _years(request: HttpRequest) -> int:
    text = request.GET.get("fellowship", "0")
    if not text.isdigit() or int(text) not in YEARS:
        raise InputError("fellowship", f"a number of years up to {YEARS[-1]}", text)
    return int(text)
