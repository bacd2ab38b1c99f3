"""How sure this is, where the facts come from, what leaves the machine (nothing)."""

from __future__ import annotations

from collections import defaultdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visamatch.evidence.assessment import StandingCode
from visamatch.evidence.words import STANDINGS
from visamatch.facts.tables import Source, rows

MEANINGS: dict[StandingCode, str] = {
    "confirmed": "The program wrote it to you, and you noted the reply.",
    "filed": "Its employer filed H-1B papers for residents within the last years.",
    "says_yes": "Its page, or its institution’s page, says it sponsors H-1B.",
    "conditional": "It sponsors under a condition: read it, and ask whether you meet it.",
    "not_for_you": "It sponsors others, such as transfers or US graduates.",
    "j1_only": "It takes J-1 and refuses H-1B.",
    "no_h1b": "It refuses H-1B, and nothing is known of J-1.",
    "unknown": "Nobody has said yes or no. Ask.",
    "conflict": "Its sources contradict each other. Ask which holds this year.",
}


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
