"""Whether an institution's H-1B petitions look free of the annual cap, and why.

Three kinds of employer are exempt (INA 214(g)(5)): institutions of higher education, nonprofits
affiliated with one, and nonprofit or government research organizations. What is shown here is read
from the directory; the written affiliation agreement, which decides, is not public.
"""

from dataclasses import dataclass
from typing import Literal

from visamatch.facts.tables import Institution
from visamatch.shipped import shipped

Verdict = Literal["exempt", "likely", "possible", "not_shown", "unknown"]


@dataclass(frozen=True, slots=True)
class CapStanding:
    """A verdict, in a word and as people read it, and the reason in one sentence."""

    verdict: Verdict
    label: str
    reason: str


def cap_standing(place: Institution) -> CapStanding:
    """Read the cap-exempt standing of an institution off its ownership and affiliation."""
    book, affiliated = shipped("directory/data/cap_exempt.yaml"), bool(place.university)
    ownership = "itself" if place.kind in ("university", "school") else place.ownership
    row = next(
        row for row in book["seen"]
        if row.get("ownership", ownership) == ownership and row.get("affiliated", affiliated) == affiliated
    )  # fmt: skip
    reason = row["reason"].format(university=place.university)
    return CapStanding(row["verdict"], book["labels"][row["verdict"]], reason)
