"""How sure this is, where the facts come from, what leaves the machine (nothing)."""

from __future__ import annotations

from collections import defaultdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visamatch.evidence.words import MEANINGS, STANDINGS
from visamatch.facts.tables import Source, rows


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """The sources by publisher, with their dates."""
    publishers: dict[str, list[Source]] = defaultdict(list)
    for source in rows(Source):
        publishers[source.publisher or "No publisher named"].append(source)
    ordered = sorted(publishers.items(), key=lambda item: (-len(item[1]), item[0]))
    context = {
        "publishers": ordered,
        "sources": len(rows(Source)),
        "legend": [(code, label, MEANINGS[code]) for code, label in STANDINGS.items()],
    }
    return render(request, "about.html", context)
