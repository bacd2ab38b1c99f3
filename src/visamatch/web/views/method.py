"""How P(sponsor) is worked out, how right it was, and common sayings beside the data."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visamatch.evidence import persistence, practice
from visamatch.evidence.myths import myths
from visamatch.shipped import shipped


@require_safe
def methods(request: HttpRequest) -> HttpResponse:
    """P(sponsor): model, figures on programs it had not seen, limits."""
    tried = practice.validation()
    context = {
        "tried": tried,
        "ours": tried["by_institution"]["this model"],
        "known": practice.parameters(),
        "ahead": persistence.parameters(),
        "myths": myths(),
    }
    return render(request, "method.html", context)


@require_safe
def portfolio(request: HttpRequest) -> HttpResponse:
    """The chances tried on whole populations, beside what is published (``scripts/validate_chances.py``)."""
    tried = shipped("advice/parameters/validation.yaml")
    gaps = [
        (row, round(100 * (row["model"] - row["published"])))
        for row in tried["ranks"]
        if row["model"]
    ]
    off = [(row, gap) for row, gap in gaps if abs(gap) > 5]
    return render(request, "method_portfolio.html", {"tried": tried, "off": off})
