"""How strong an application is among those of its kind, as far as published figures tell.

The scenarios know the latent scale; a Step 2 CK score places a person on it and leaves most of the
spread open: what the score does not show. Nothing else is counted without a published effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from visamatch.market.scenarios import Kind, Scenarios, Strength
from visamatch.workspace.profile import Profile

Z90 = 1.6449  # half-width of a central 90 % interval in standard deviations


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing programs look at: what the profile says, whether it moves a number, and why (not)."""

    name: str
    said: str
    counted: bool
    why: str


@cache
def parameters() -> dict[str, Any]:
    """The shipped parameters, with their sources."""
    text = (files("visamatch.advice") / "parameters" / "strength.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def kind_of(profile: Profile, match_year: int) -> Kind:
    """The kind in the words of the Match: a foreign graduate with a green card is a non-US IMG."""
    person = profile.applicant
    if profile.us_graduate:
        earlier = person.graduated_on is not None and int(str(person.graduated_on)[:4]) < match_year
        return "us_prior" if earlier else "us_do" if person.school_kind == "us_do" else "us_md"
    if person.us_status == "us_citizen" or "US" in person.citizenship:
        return "us_img"
    return "non_us_img_visa" if profile.needs_visa else "non_us_img"


def strength(
    known: Scenarios, kind: Kind, specialty_id: str, profile: Profile
) -> tuple[Strength, Strength, Strength]:
    """Strength in a specialty; and at the two ends of a 90 % interval of its mean.

    The spread stays what it is: it is people who differ, not our knowledge of them.
    """
    middle = known.strength(kind, specialty_id, profile.applicant.exams.step2ck.score)
    reach = Z90 * parameters()["step2ck"]["slope_sd_share"] * abs(middle.mean)
    low, high = (Strength(middle.mean + step * reach, middle.sd) for step in (-1, 1))
    return middle, low, high


def factors(profile: Profile) -> tuple[Factor, ...]:
    """What was and was not counted for this person."""
    person, past = profile.applicant, profile.experience
    stated = {
        "attempts": person.exams.step2ck.attempts,
        "graduation": person.graduated_on,
        "us_clinical": past.us_clinical_months,
        "research": past.publications,
        "geography": profile.places.city or None,
    }
    known = parameters()
    score = person.exams.step2ck.score
    first = Factor("Step 2 CK", _said(score), score is not None, known["step2ck"]["source"])
    return (
        first,
        *(
            Factor(row["says"], _said(stated[name]), row["counted"], row["why"])
            for name, row in known["others"].items()
        ),
    )


def _said(value: object) -> str:
    return "unknown" if value is None else str(value)
