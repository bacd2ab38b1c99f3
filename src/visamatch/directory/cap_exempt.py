"""Whether an institution's H-1B petitions look free of the annual cap, and why.

Three kinds of employer are exempt (INA 214(g)(5)): institutions of higher education, nonprofits
affiliated with one, and nonprofit or government research organizations. What is shown here is read
from the directory; the written affiliation agreement, which decides, is not public.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from visamatch.facts.tables import Institution

Verdict = Literal["exempt", "likely", "possible", "not_shown", "unknown"]
Kind = Literal["higher_education", "affiliated_nonprofit", "government", "none_seen", ""]

LABELS: dict[Verdict, str] = {
    "exempt": "Cap-exempt",
    "likely": "Likely cap-exempt",
    "possible": "Possibly cap-exempt",
    "not_shown": "Cap exemption not shown",
    "unknown": "Cap-exempt standing unknown",
}


@dataclass(frozen=True, slots=True)
class CapStanding:
    """A verdict, the kind of employer it rests on, and the reason in one sentence."""

    verdict: Verdict
    kind: Kind
    reason: str
    source: tuple[str, ...]

    @property
    def label(self) -> str:
        """The verdict in words."""
        return LABELS[self.verdict]


def cap_standing(institution: Institution) -> CapStanding:
    """Read the cap-exempt standing of an institution off its ownership and affiliation."""
    verdict, kind, reason = _verdict(institution)
    return CapStanding(verdict, kind, reason, institution.source)


def _verdict(place: Institution) -> tuple[Verdict, Kind, str]:
    university = place.university
    if place.kind in ("university", "school"):
        return "exempt", "higher_education", "It is itself an institution of higher education."
    if place.ownership == "for_profit":
        tie = f", although it is affiliated with {university}" if university else ""
        return (
            "not_shown",
            "none_seen",
            f"It is run for profit{tie}; only work done at a qualifying site could be exempt.",
        )
    if place.ownership == "nonprofit" and university:
        return (
            "likely",
            "affiliated_nonprofit",
            f"A nonprofit affiliated with {university}; the agreement itself is not public.",
        )
    if place.ownership == "government":
        if university:
            return (
                "likely",
                "affiliated_nonprofit",
                f"A public hospital affiliated with {university}.",
            )
        return (
            "possible",
            "government",
            "A public hospital; exempt if affiliated with a university or a research organization.",
        )
    if place.ownership == "nonprofit":
        return (
            "possible",
            "none_seen",
            "A nonprofit; exempt if affiliated with a university, and no affiliation is on file.",
        )
    return "unknown", "", "Neither ownership nor affiliation is on file."
