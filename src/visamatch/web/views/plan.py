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
from visamatch.directory.places import RINGS
from visamatch.directory.programs import directory
from visamatch.errors import InputError
from visamatch.market import scenarios
from visamatch.web.guards import mine, today
from visamatch.workspace.document import OwnStatement
from visamatch.workspace.profile import Limit, Profile

Locks = tuple[tuple[str, ...], tuple[str, ...]]
MOST = 100_000  # dollars
NEXT_BEST = 12  # programs shown below the list


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """The plan for the profile; the address may change budget, numbers, signals and the worth of a J-1 place."""
    workspace = mine(request).workspace
    profile = workspace.profile
    if profile is None or not profile.specialties:
        return render(request, "plan.html", {"profile": profile, "none": True})
    form, more = request.GET, "more" in request.GET
    locks = _locks(form)
    typed = {key: form.get(key, "") for key in form}
    context: dict[str, Any] = {
        "profile": profile,
        "groups": GROUPS,
        "more": more,
        "budget": typed.get("budget") or profile.money.budget,
        "j1": typed.get("j1") or 100 * J1_WORTH,
        "interviews": typed.get("interviews", "" if "set" in form else profile.most_interviews),
        "numbers": _numbers(form, profile),
        "locked": [
            (key, word, directory().programs[name])
            for key, word, names in zip(("must", "never"), ("in", "out"), locks, strict=True)
            for name in names
        ],
        "sent": any(typed[key] for key in typed if key.startswith(("gold:", "silver:"))),
    }
    try:
        budget = amount(form, "budget", MOST, profile.money.budget)
        worth = amount(form, "j1", 100, 100 * J1_WORTH)
        asked = _asked(form, profile)
        made = _plan(
            asked, today(), workspace.statements, budget, worth, _quotas(form), locks, more
        )
    except InputError as error:
        # A part of a page is only put in its place where the answer is good.
        status = 200 if "HX-Request" in request.headers else 400
        return render(request, "plan.html", context | {"problem": str(error)}, status=status)
    chosen = [line for line in made.lines if line.rank]
    context |= {
        "made": made,
        "budget": budget,
        "chosen": chosen,
        "next": made.lines[len(chosen) : len(chosen) + NEXT_BEST],
        "others": max(0, len(made.lines) - len(chosen) - NEXT_BEST),
        "least": 100 * advice.STOP,
        "gap": round(100 * (1 - made.value / made.upper_bound), 1) if made.upper_bound else 0,
        "asks": any(quota is None for quota in made.quotas.values()),
    }
    return render(request, "plan.html", context)


def amount(form: QueryDict, name: str, most: float, otherwise: float | None) -> float | None:
    """A number of the form; dollars may be written as people write them."""
    text = form.get(name, "").strip().removeprefix("$").replace(",", "")
    if not text:
        return otherwise
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= most:
        raise InputError(name, f"a number from 0 to {most:,g}", text)
    return found


def _whole(form: QueryDict, name: str, least: int, most: int) -> int | None:
    found = amount(form, name, most, None)
    if found is not None and (found % 1 or found < least):
        raise InputError(name, f"a whole number from {least} to {most}", form[name])
    return None if found is None else int(found)


def _asked(form: QueryDict, profile: Profile) -> Profile:
    """The profile with the numbers of the form, once that was sent; else with its own."""
    if "set" not in form:
        return profile
    limits: dict[str, dict[str, int]] = {}
    for key in form:
        kind, _, of = key.partition(":")
        if kind in ("least", "most") and (found := _whole(form, key, 0, 500)) is not None:
            limits.setdefault(of, {})[kind] = found
    changed = {
        "limits": tuple(Limit(of=of, **numbers) for of, numbers in limits.items()),
        "most_interviews": _whole(form, "interviews", 1, 200),
    }
    return profile.model_copy(update=changed)


def _numbers(form: QueryDict, profile: Profile) -> list[tuple[str, str, str, str]]:
    """Parts that can have a least and a most: name, title, and what was typed or stands in the profile."""
    own = {limit.of: limit for limit in profile.limits}
    wishes = [wish.name for wish in profile.specialties] if len(profile.specialties) > 1 else []
    named = dict[str, str](GROUPS.items())
    named.update({of: of for of in (*RINGS, *wishes, *own) if of not in GROUPS})
    rows = []
    for of, title in named.items():
        limit = own.get(of, Limit(of=of))
        most = "" if limit.most is None else str(limit.most)
        row = (of, title, str(limit.least or ""), most)
        if "set" in form:
            row = (of, title, form.get(f"least:{of}", ""), form.get(f"most:{of}", ""))
        rows.append(row)
    return rows


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
            found.setdefault(name, [0, 0])[kind == "silver"] = _whole(form, key, 0, 60) or 0
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
