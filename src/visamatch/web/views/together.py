"""Two who plan together: a list for each, and what becomes of the pair."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from visamatch.advice.choose import Season
from visamatch.advice.couple import CouplePlan, Wish, plan_couple
from visamatch.directory.programs import directory
from visamatch.errors import InputError
from visamatch.market import scenarios
from visamatch.web.guards import change, mine, today, uploaded
from visamatch.web.views.plan import amount
from visamatch.workspace import document
from visamatch.workspace.document import OwnStatement, Partner, Workspace
from visamatch.workspace.profile import Profile, profile_from_toml

ENDS = (
    ("both", "Both match"),
    ("near", "Both, in one place"),
    ("only_first", "Only you"),
    ("only_second", "Only your partner"),
    ("neither", "Neither"),
)


@require_http_methods(["GET", "HEAD", "POST"])
def together(request: HttpRequest) -> HttpResponse:
    """The plan for two; a POST takes the other's file in."""
    try:
        if request.method == "POST":
            return _changed(request)
        context = _context(request)
    except InputError as error:
        workspace = mine(request).workspace
        context = {
            "problem": str(error),
            "profile": workspace.profile,
            "partner": _profile(workspace),
        }
    return render(request, "together.html", context, status=400 if "problem" in context else 200)


def _context(request: HttpRequest) -> dict[str, Any]:
    workspace, form = mine(request).workspace, request.GET
    one, other = workspace.profile, _profile(workspace)
    ready = one is not None and other is not None and one.specialties and other.specialties
    context: dict[str, Any] = {"profile": one, "partner": other, "ready": ready}
    if one is None or other is None or not ready:
        return context
    wish = _wish(form)
    context |= {"wish": wish, "state": wish.within is None, "more": "more" in form}
    if "more" in form:
        made = _plan(one, other, today(), workspace.statements, wish)
        context["made"] = made
        context["ends"] = [
            (title, *(getattr(each, name) for each in (made.ends, made.separate, made.insisting)))
            for name, title in ENDS
        ]
        context["lists"] = [
            (name, lines, cost)
            for name, lines, cost in zip(
                ("Your list", "Your partner’s list"), made.lists, made.costs, strict=True
            )
        ]
    return context


def _wish(form: QueryDict) -> Wish:
    alone, apart = ((amount(form, name, 100, 50.0) or 0.0) / 100 for name in ("alone", "apart"))
    within = None if form.get("place") == "state" else amount(form, "miles", 3000, 50.0)
    return Wish(within, alone, apart)


def _profile(workspace: Workspace) -> Profile | None:
    """The partner's profile, where it can be planned with."""
    found = workspace.partner and workspace.partner.profile
    return found if found and found.specialties else None


def _changed(request: HttpRequest) -> HttpResponse:
    """Keep the partner's profile, from a profile (TOML) or a visamatch file; what is known of the rank list stays."""
    name, body = uploaded(request, "a visamatch file or a profile")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(name, f"text in UTF-8 (byte {error.start} is not)") from None
    ours = text.lstrip().startswith("{")
    found = document.load(text, name).profile if ours else profile_from_toml(text, name)
    if found is None or not found.specialties:
        raise InputError(name, "a profile with at least one specialty")

    def edit(old: Workspace) -> Workspace:
        changed = {"profile": found, "name": found.full_name or found.name}
        partner = (old.partner or Partner()).model_copy(update=changed)
        return old.model_copy(update={"partner": partner})

    change(request, edit, "Plans together", "You plan together.")
    return redirect("together")


@lru_cache(maxsize=8)
def _plan(
    one: Profile, other: Profile, on: date, own: tuple[OwnStatement, ...], wish: Wish
) -> CouplePlan:
    first, second = (
        Season(directory(), scenarios.load(), on, own, each.money.budget) for each in (one, other)
    )
    return plan_couple((first, second), (one, other), wish)
