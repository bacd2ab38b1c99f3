"""Who files: petitioners ranked nationally and by state."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visamatch.directory.programs import directory
from visamatch.directory.who_files import KINDS, filers
from visamatch.facts.states import STATES

A_PAGE = 50


@require_safe
def filings(request: HttpRequest) -> HttpResponse:
    """The ranking. A filter that names nothing known is left out, and said."""
    offered = {
        "state": STATES,
        "kind": {kind: f"{kind}s" for kind in KINDS},
        "specialty": {name: directory().specialties[name].name for name in _named()},
    }
    chosen, problems = {}, []
    for name, choices in offered.items():
        asked = request.GET.get(name, "")
        chosen[name] = asked if asked in choices else ""
        if asked not in ("", *choices):
            problems.append(f"{name}: found {asked!r}; it is left out")
    found = filers(**chosen)
    context = {
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "offered": offered.items(),
        "chosen": chosen,
        "problems": problems,
        "trainees": sum(bool(filer.residents or filer.fellows) for filer in found),
    }
    return render(request, "filings.html", context)


def _named() -> list[str]:
    known = directory().specialties
    named = {name for filer in filers() for name in filer.specialties}
    return sorted(named & set(known), key=lambda name: known[name].name)
