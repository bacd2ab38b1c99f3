"""The start page: one question, what this is, two answers to begin with."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visamatch.directory.programs import directory
from visamatch.evidence.assess import assess_all
from visamatch.evidence.words import STANDINGS
from visamatch.web import samples
from visamatch.web.filters import offered
from visamatch.web.guards import today


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Who will sponsor your visa? What is known today, and where to begin."""
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
