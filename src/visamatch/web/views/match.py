"""The Match explained by a small market, and the national picture of the simulated one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from visamatch.market import national, report, walkthrough
from visamatch.market.scenarios import KINDS, Kind

KIND_NAMES: dict[Kind, str] = {
    "us_md": "US MD senior",
    "us_do": "US DO senior",
    "us_prior": "US graduate of an earlier year",
    "us_img": "US citizen, foreign school",
    "non_us_img": "non-US IMG, no visa needed",
    "non_us_img_visa": "non-US IMG who needs a visa",
}


@require_safe
def match(request: HttpRequest) -> HttpResponse:
    """The steps of the small market (``?step=3``) and cutoffs by specialty (``?kind=us_img``)."""
    steps = walkthrough.steps()
    wanted = request.GET.get("step", "")
    number = min(int(wanted), len(steps) - 1) if wanted.isdecimal() and len(wanted) < 4 else 0
    asked = request.GET.get("kind")
    kind: Kind = next((one for one in KINDS if one == asked), "non_us_img_visa")
    shown = national.by_specialty(kind)
    context = {
        "step": steps[number],
        "number": number,
        "last": len(steps) - 1,
        "applicants": [
            (name, _marked(name, wishes, steps[number]))
            for name, wishes in walkthrough.APPLICANTS.items()
        ],
        "programs": [
            (name, walkthrough.QUOTA[name], _marked_program(name, ranks, steps[number]))
            for name, ranks in walkthrough.PROGRAMS.items()
        ],
        "kind": kind,
        "kinds": KIND_NAMES.items(),
        "kind_name": KIND_NAMES[kind],
        "national": shown,
        "most": max(10.0, *(row.interviews[2] for row in shown)),
        "about": report.summary(),
    }
    return render(request, "match.html", context)


def _marked(name: str, wishes: tuple[str, ...], step: walkthrough.Step) -> list[tuple[str, str]]:
    return [(one, _state(name, one, step)) for one in wishes]


def _marked_program(
    name: str, ranks: tuple[str, ...], step: walkthrough.Step
) -> list[tuple[str, str]]:
    return [(one, _state(one, name, step)) for one in ranks]


def _state(applicant: str, program: str, step: walkthrough.Step) -> str:
    if applicant in step.held[program]:
        return "held"
    return "refused" if (applicant, program) in step.refused else ""


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """Targets of the calibration beside the model, validation, and where the model is wrong."""
    table = report.targets()["targets"]
    context = {
        "about": report.summary(),
        "fitted": [row for row in table if not row["held_out"]],
        "held": [row for row in table if row["held_out"]],
    }
    return render(request, "method_market.html", context)
