"""Visa paths: each way into training for this person, J-1 beside H-1B, and the common questions."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visamatch.advice.paths import answers, comparison, data, licenses, paths, situation
from visamatch.errors import InputError
from visamatch.evidence.assess import assess_all
from visamatch.evidence.words import STANDINGS
from visamatch.rules.book import read_until, stale_rules
from visamatch.web.guards import mine, today
from visamatch.workspace.profile import Profile


@require_safe
def visa_paths(request: HttpRequest) -> HttpResponse:
    """A verdict a line, then why, then what to do; the switches of the address are supposed."""
    profile = mine(request).workspace.profile
    switches = data("paths")["switches"]
    chosen = {name: request.GET[name] for name in switches if request.GET.get(name)}
    try:
        case = situation(profile or Profile(), today(), switches=chosen)
    except InputError as error:
        return render(
            request, "paths.html", {"problem": str(error), "profile": profile}, status=400
        )
    found = paths(case)
    now = [path for path in found if not path.later]
    counts = Counter(item.standing.code for item in assess_all(today()).values())
    context = {
        "on_file": [(label, counts[code]) for code, label in STANDINGS.items() if counts[code]],
        "profile": profile,
        "now": now,
        "later": [path for path in found if path.later],
        "likely": [path for path in now if path.as_last_read in ("open", "conditional")],
        "free": now[0].id == "citizen_or_resident",
        "comparison": comparison(case),
        "licenses": licenses(case),
        "questions": answers(case),
        "supposed": case.supposed,
        "switches": switches,
        "chosen": chosen,
        "read_until": read_until().isoformat(),
        "stale": stale_rules(today()),
    }
    return render(request, "paths.html", context)
