"""Who asks: the few facts about a person that decide whether an offer is meant for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from visamatch.workspace.profile import Profile

Fit = Literal["met", "unmet", "unknown"]

CLOSED_TO_OTHERS = {"transfer_only", "us_grad_only", "us_grad_f1_only", "non_acgme_only"}
"""Conditions that offer the H-1B to somebody else: never folded into a yes."""

STEP3 = {
    "step3_by_date",
    "step3_before_start",
    "step3_before_petition",
    "step3_unspecified_deadline",
}


@dataclass(frozen=True, slots=True)
class Asker:
    """The person a standing is worked out for. The default is an IMG who needs a visa."""

    needs_visa: bool = True
    us_graduate: bool = False
    holds_h1b: bool = False
    in_us: bool | None = None
    step3_passed: bool | None = None

    def meets(self, condition: str) -> Fit:
        """Whether this person meets a condition of an offer, as far as the facts go."""
        if condition == "transfer_only":
            return "met" if self.holds_h1b else "unmet"
        if condition in ("us_grad_only", "us_grad_f1_only"):
            return "met" if self.us_graduate else "unmet"
        if condition == "non_acgme_only":
            return "unmet"
        if condition == "other:in_us_or_existing_visa" and self.in_us is not None:
            return "met" if self.in_us else "unmet"
        if condition in STEP3 and self.step3_passed:
            return "met"
        return "unknown"

    def excluded_by(self, conditions: Sequence[str]) -> list[str]:
        """The conditions that keep an offer from this person altogether.

        Conditions for different groups stand beside each other ("transfers or US graduates"): meeting
        one of them is enough.
        """
        groups = [code for code in conditions if code in CLOSED_TO_OTHERS]
        if any(self.meets(code) == "met" for code in groups):
            groups = []
        alone = [code for code in conditions if code not in CLOSED_TO_OTHERS]
        return groups + [code for code in alone if self.meets(code) == "unmet"]


def asker(profile: Profile | None) -> Asker:
    """The asker that a profile describes; without a profile, an IMG who needs a visa."""
    if profile is None:
        return Asker()
    person = profile.applicant
    return Asker(
        needs_visa=profile.needs_visa,
        us_graduate=profile.us_graduate,
        holds_h1b=person.us_status == "H-1B",
        in_us=None if person.location is None else person.location == "us",
        step3_passed=profile.step3_passed,
    )
