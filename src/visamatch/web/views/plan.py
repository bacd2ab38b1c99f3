"""Where to apply: the list with reasons, what each program adds, where to stop, what each wish costs."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visamatch.advice import plan as advice
from visamatch.advice.chances import J1_WORTH
from visamatch.advice.groups import GROUPS
from visamatch.directory.programs import directory
from visamatch.errors import InputError
from visamatch.market import scenarios
from visamatch.web.guards import mine, today
from visamatch.workspace.document import OwnStatement
from visamatch.workspace.profile import Profile

Locks = tuple[tuple[str, ...], tuple[str, ...]]
MOST = 100_000  # dollars
NEXT_BEST = 12  # programs shown below the list


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """The plan for the profile; the address may change the budget, the worth of a J-1 place, the signals."""
    workspace = mine(request).workspace
    profile = workspace.profile
    if profile is None or not profile.specialties:
        return render(request, "plan.html", {"profile": profile, "none": True})
    context: dict[str, Any] = {"profile": profile, "budget": request.GET.get("budget", "")}
    try:
        budget = _amount(request.GET, "budget", MOST, profile.money.budget)
        worth = _amount(request.GET, "j1", 100, 100 * J1_WORTH)
        quotas = _quotas(request.GET)
        more = "more" in request.GET
        locks = _locks(request.GET)
        made = _plan(profile, today(), workspace.statements, budget, worth, quotas, locks, more)
    except InputError as error:
        return render(request, "plan.html", context | {"problem": str(error)}, status=400)
    chosen = [line for line in made.lines if line.rank]
    context |= {
        "made": made,
        "budget": budget,
        "j1": worth,
        "chosen": chosen,
        "next": made.lines[len(chosen) : len(chosen) + NEXT_BEST],
        "others": max(0, len(made.lines) - len(chosen) - NEXT_BEST),
        "least": 100 * advice.STOP,
        "gap": round(100 * (1 - made.value / made.upper_bound), 1) if made.upper_bound else 0,
        "more": more,
        "groups": GROUPS,
        "locked": [
            (key, word, directory().programs[name])
            for key, word, names in zip(("must", "never"), ("in", "out"), locks, strict=True)
            for name in names
        ],
        "sent": bool(quotas),
        "asks": any(quota is None for quota in made.quotas.values()),
    }
    return render(request, "plan.html", context)


def _amount(form: QueryDict, name: str, most: float, otherwise: float | None) -> float | None:
    text = form.get(name, "").strip().removeprefix("$").replace(",", "")
    if not text:
        return otherwise
    try:
        amount = float(text)
    except ValueError:
        amount = -1.0
    if not 0 <= amount <= most:
        raise InputError(name, f"a number from 0 to {most:,g}", text)
    return amount


def _locks(form: QueryDict) -> Locks:
    """Programs locked in and out; the newest word counts, and ``free`` takes a lock off."""
    known = directory().programs
    off = form.getlist("free")
    must, never = (
        [name for name in form.getlist(key) if name in known and name not in off]
        for key in ("must", "never")
    )
    return tuple(dict.fromkeys(must)), tuple(n for n in dict.fromkeys(never) if n not in must)


def _quotas(form: QueryDict) -> tuple[tuple[str, advice.Quota], ...]:
    """Signals by specialty, as typed in ``gold:…`` and ``silver:…``."""
    found: dict[str, list[int]] = {}
    for key in form:
        kind, _, name = key.partition(":")
        if kind in ("gold", "silver") and form.get(key, "") and name in directory().specialties:
            count = _amount(form, key, 60, 0.0) or 0.0
            found.setdefault(name, [0, 0])[kind == "silver"] = int(count)
    return tuple((name, (gold, silver)) for name, (gold, silver) in sorted(found.items()))


@lru_cache(maxsize=16)
def _plan(
    profile: Profile,
    on: date,
    own: tuple[OwnStatement, ...],
    budget: float | None,
    worth: float,
    quotas: tuple[tuple[str, advice.Quota], ...],
    locks: Locks,
    more: bool,
) -> advice.Plan:
    season = advice.Season(directory(), scenarios.load(), on, own, budget, worth / 100, *locks)
    return advice.plan(season, profile, dict(quotas), more)
