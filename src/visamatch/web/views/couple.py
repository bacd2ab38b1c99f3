"""Two people, one Match: the joint list from both lists, where it would end, and the table to type from."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from visamatch.advice.joint_list import Pair, Together, couple_of, rules
from visamatch.advice.rank_board import partner_of
from visamatch.directory.programs import directory
from visamatch.documents.differences import compare
from visamatch.documents.pairs import pairs_sheet
from visamatch.documents.pasted import pasted_interviews
from visamatch.documents.table import find_table
from visamatch.errors import InputError
from visamatch.facts.tables import Program
from visamatch.market import scenarios
from visamatch.web import store
from visamatch.web.guards import attachment, mine, tell, today
from visamatch.web.views.keep import opened_file
from visamatch.web.views.rank import board_of
from visamatch.web.views.sheets import XLSX
from visamatch.workspace.boundary import parse
from visamatch.workspace.document import Partner, Workspace
from visamatch.workspace.profile import Profile

RULES = {"city": "One city first", "state": "One state first", "any": "Distance plays no part"}
ENDS = ("Both match", "Both, in one city", "Only you", "Only your partner", "Neither")
SHOWN = 25
Lists = tuple[list[Program], list[Program]]


@require_http_methods(["GET", "HEAD", "POST"])
def couple(request: HttpRequest) -> HttpResponse:
    """Show the joint list; a POST brings the partner's list in, changes the rules, or forgets the partner."""
    problem = ""
    if request.method == "POST":
        try:
            return _changed(request)
        except InputError as error:
            problem = str(error)
    workspace = mine(request).workspace
    context: dict[str, Any] = {
        "problem": problem, "partner": workspace.partner, "rules": rules(), "choices": RULES, "shown": SHOWN,
        "typed": request.POST,
    }  # fmt: skip
    if joined := _joined(workspace):
        lists, found = joined
        rows = [(*_programs(lists, pair), pair) for pair in found.pairs]
        ends = zip(ENDS, astuple(found.couple), astuple(found.alone), strict=True)
        context |= {"found": found, "rows": rows, "ends": ends}
    return render(request, "couple.html", context, status=400 if problem else 200)


@require_safe
def pairs(request: HttpRequest, kind: str) -> HttpResponse:
    """The joint list as ``xlsx`` or ``csv``."""
    joined = _joined(mine(request).workspace)
    if joined is None:
        raise Http404("There is no joint list yet.")
    body = pairs_sheet(directory(), *joined, kind)
    return attachment(
        body, XLSX if kind == "xlsx" else "text/csv; charset=utf-8", f"couple-pairs.{kind}"
    )


def _programs(lists: Lists, pair: Pair) -> list[Program | None]:
    places = zip(lists, (pair.mine, pair.theirs), strict=True)
    return [None if place is None else part[place] for part, place in places]


def _joined(workspace: Workspace) -> tuple[Lists, Together] | None:
    """Both lists and the joint one; None while one is missing."""
    partner, board = workspace.partner, board_of(workspace)
    if partner is None or board is None:
        return None
    lists, found = couple_of(directory(), scenarios.load(), workspace, partner, board.ids, today())
    return (lists, found) if all(lists) else None


def _changed(request: HttpRequest) -> HttpResponse:
    form = request.POST

    def edit(old: Workspace) -> Workspace:
        if "forget" in form:
            return old.model_copy(update={"partner": None})
        if "rules" in form:
            said = (old.partner or Partner()).model_dump() | {
                "together": form.get("together", "city"), "apart": "apart" in form, "alone": "alone" in form,
            }  # fmt: skip
            return old.model_copy(update={"partner": parse(Partner, said, "rules")})
        return old.model_copy(update={"partner": _partner(request, old)})

    note = "Forgot the partner’s list" if "forget" in form else "Changed the joint list"
    undo = store.change(store.owner(request), edit, note)
    tell(request, f"{note}." if undo is not None else "Nothing had changed.", undo)
    return redirect("couple")


def _partner(request: HttpRequest, old: Workspace) -> Partner:
    """The partner from their visamatch file, else from pasted lines and three answers."""
    form, before = request.POST, old.partner or Partner()
    if "file" in request.FILES:
        return partner_of(directory(), scenarios.load(), opened_file(request), today(), old.partner)
    score, school, visa = (form.get(name, "").strip() for name in ("score", "school", "visa"))
    person: dict[str, Any] = {"school_kind": school or "foreign"}
    if score.isdigit():
        person["exams"] = {"step2ck": {"score": int(score)}}
    if visa == "no":
        person["us_status"] = "us_citizen"
    profile = parse(Profile, {"visa": {"needed": visa != "no"}, "applicant": person}, "partner")
    ranked = _pasted(form.get("pasted", ""))
    return before.model_copy(update={"profile": profile, "ranked": ranked})


def _pasted(text: str) -> tuple[str, ...]:
    """The programs of pasted lines in their order; a line that is not one known program is refused."""
    table = find_table((pasted_interviews(text, in_order=True),), "The partner’s list")
    found = compare(Workspace(), table, directory(), today())
    for conflict in found.conflicts:
        raise InputError(
            f"line {conflict.row - 1}",
            "one program; give its ACGME id",
            conflict.new or conflict.question,
        )
    unknown = [e for e in found.workspace.entries if e.program_id not in directory().programs]
    if unknown:
        raise InputError("the partner’s list", "programs of the directory", unknown[0].name)
    return tuple(entry.program_id for entry in found.workspace.entries)
