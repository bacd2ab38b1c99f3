"""The directory: a filtered table of programs, and the page of one program."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from itertools import chain

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from visamatch.advice.paths import license_here, paths, situation
from visamatch.directory.cap_exempt import cap_standing
from visamatch.directory.programs import directory
from visamatch.directory.who_files import filers_of
from visamatch.errors import InputError
from visamatch.evidence.ages import last_day
from visamatch.evidence.assess import assess, assess_all
from visamatch.evidence.assessment import Assessment, Weighed
from visamatch.evidence.words import J1, OFFERS, STANDINGS
from visamatch.facts.states import STATES
from visamatch.facts.tables import Program, Quota
from visamatch.web.filters import DISTANCES, MODES, SORTS, address_for, offered, read_filters
from visamatch.web.guards import mine, program_or_404, today
from visamatch.web.review import reviews_of
from visamatch.workspace.profile import Profile
from visamatch.workspace.sponsor_list import find

A_PAGE = 50
FILERS = 4  # petitioners shown with a chart


@require_safe
def programs(request: HttpRequest) -> HttpResponse:
    """The table. Without any filter in the address, the profile's own are taken."""
    workspace = mine(request).workspace
    if not request.GET and workspace.profile and workspace.profile.specialties:
        return redirect(f"{reverse('programs')}?{address_for(workspace.profile)}")
    assessments = assess_all(today(), workspace.profile, workspace.statements)
    filters = read_filters(request.GET)
    result = filters.run(assessments)
    context = {
        "filters": filters,
        "result": result,
        "page": Paginator(result.rows, A_PAGE).get_page(request.GET.get("page")),
        "asked": request.GET,
        "specialties": offered(),
        "states": STATES,
        "modes": MODES,
        "sorts": SORTS,
        "standings": STANDINGS,
        "distances": DISTANCES,
    }
    swap = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    response = render(request, "parts/results.html" if swap else "programs.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def program(request: HttpRequest, program_id: str) -> HttpResponse:
    """One program: verdict, number, evidence, facts."""
    found = program_or_404(program_id)
    if found.program_id != program_id:
        return redirect("program", program_id=found.program_id)
    return program_page(request, found)


def program_page(
    request: HttpRequest, found: Program, typed: Mapping[str, str] | None = None, problem: str = ""
) -> HttpResponse:
    """The page of a program; with the words ``typed`` into its box where they could not be read."""
    workspace, known = mine(request).workspace, directory()
    assessment = assess(found, today(), workspace.profile, workspace.statements)
    tracks = known.tracks_of.get(found.program_id, ())
    sources = {
        *found.source,
        *assessment.institution.source,
        *chain(*(row.source for row in tracks)),
    }
    context = {
        "program": found,
        "institution": assessment.institution,
        "system": known.system(assessment.institution),
        "assessment": assessment,
        "timeline": sorted(assessment.statements, key=_day, reverse=True),
        "stale": sum(item.stale for item in assessment.statements),
        "conflicts": [item for item in assessment.statements if item.conflicts_with],
        "entry": find(workspace.entries, found.program_id),
        "profile": workspace.profile,
        "j1": J1[assessment.j1],
        "names": {item.statement.statement_id: _name(item) for item in assessment.statements},
        "cap": cap_standing(assessment.institution),
        "filers": filers_of(found.institution_id)[:FILERS],
        "tracks": tracks,
        "years": _by_year(
            [track.nrmp_code for track in tracks], known.quotas_of.get(found.program_id, ())
        ),
        "history": known.history_of.get(found.program_id, ())[::-1],
        "sources": [known.sources[key] for key in sorted(sources) if key in known.sources],
        "reviews": reviews_of(workspace, found.program_id),
        "own": {item.statement_id for item in workspace.statements},
        "typed": typed or {},
        "problem": problem,
        "offers": OFFERS,
        "answers": J1,
    }
    context |= _paths(assessment, workspace.profile)
    return render(request, "program.html", context, status=400 if problem else 200)


def _paths(seen: Assessment, profile: Profile | None) -> dict[str, object]:
    """The person's ways into this program, and its state's license."""
    if profile is None:
        return {}
    try:
        case = situation(profile, today(), seen)
    except InputError as error:
        return {"path_problem": str(error)}
    return {"paths": paths(case, here=True), "license": license_here(case)}


def _name(item: Weighed) -> str:
    """What another statement calls this one when they disagree."""
    return f"{item.statement.source.title} ({item.statement.as_of[:4]})"


def _day(item: Weighed) -> date:
    """The day a statement speaks for; the undated come last."""
    return last_day(item.statement.as_of) or date.min


def _by_year(codes: list[str], quotas: tuple[Quota, ...]) -> list[tuple[int, list[Quota | None]]]:
    """Quotas as rows of a table: newest year first, one cell a track."""
    cells: dict[int, dict[str, Quota]] = defaultdict(dict)
    for quota in quotas:
        cells[quota.year][quota.nrmp_code] = quota
    years = sorted(cells, reverse=True)
    return [(year, [cells[year].get(code) for code in codes]) for year in years]
