"""The three groups of an application list: H-1B core, H-1B region, J-1 safety (REQUIREMENTS S6).

The first plan: programs are sorted into groups by place and standing and ordered by P(sponsor) and
the person's weight for the specialty. It says nothing yet of the chance to match.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from visamatch.directory.places import ring_of
from visamatch.directory.programs import Directory
from visamatch.directory.search import Where, programs_where
from visamatch.errors import InputError
from visamatch.evidence.assessment import Assessment
from visamatch.facts.specialties import specialty_named
from visamatch.facts.tables import Program
from visamatch.workspace.profile import Profile

GroupName = Literal["core", "regional", "safety"]
GROUPS: dict[GroupName, str] = {
    "core": "H-1B core",
    "regional": "H-1B in the wider region",
    "safety": "J-1 safety",
}
CORE_CITY, CORE_STATE = "Boston", "MA"
WORTH_ASKING = 0.10  # below this chance of an H-1B a program is not on an H-1B list


@dataclass(frozen=True, slots=True)
class Placed:
    """A program in a group, with why it is in (or would come in)."""

    assessment: Assessment
    group: GroupName
    reasons: tuple[str, ...]
    score: float  # order within the group: P(sponsor) times the weight of the specialty


@dataclass(frozen=True, slots=True)
class Plan:
    """The grouped list, and how many programs were left out for which reason."""

    placed: tuple[Placed, ...]
    left_out: dict[str, int]

    def group(self, name: GroupName) -> tuple[Placed, ...]:
        """The programs of one group, best first."""
        return tuple(item for item in self.placed if item.group == name)


def plan(known: Directory, assessments: Mapping[str, Assessment], profile: Profile) -> Plan:
    """Group every open program of the person's specialties.

    Raises:
        InputError: the profile names no specialty.
    """
    if not profile.specialties:
        raise InputError("profile: specialties", "at least one specialty")
    weights = {specialty_named(wish.name).specialty_id: wish.weight for wish in profile.specialties}
    where = Where(specialties=tuple(weights), states=profile.places.states)
    placed: list[Placed] = []
    left_out: dict[str, int] = {}
    for program in programs_where(known, where):
        item = assessments[program.program_id]
        group, reasons = _place(item, program, profile)
        if group is None:
            left_out[reasons[0]] = left_out.get(reasons[0], 0) + 1
            continue
        score = _worth(item, group, profile) * weights[program.specialty_id]
        placed.append(Placed(item, group, reasons, round(score, 6)))
    order = list(GROUPS)
    placed.sort(key=lambda p: (order.index(p.group), -p.score, p.assessment.program.program_id))
    return Plan(tuple(placed), left_out)


def _worth(item: Assessment, group: GroupName, profile: Profile) -> float:
    if not profile.needs_visa:
        return 1.0
    return item.p_sponsor.mean if group != "safety" else 1.0 - item.p_sponsor.mean


def _place(
    item: Assessment, program: Program, profile: Profile
) -> tuple[GroupName | None, tuple[str, ...]]:
    near = _near(program, profile)
    if not profile.needs_visa:
        return near, ("You need no visa sponsor.",)
    wants = profile.visa.h1b
    refused = item.standing.code in ("j1_only", "no_h1b", "not_for_you")
    if wants != "none" and not refused and item.p_sponsor.mean >= WORTH_ASKING:
        return near, (item.standing.reason, *_step3(item, profile))
    if wants == "must":
        return None, ("refuses H-1B" if refused else "H-1B is unlikely",)
    if item.j1 == "no":
        return None, ("takes neither visa",)
    j1 = (
        "It takes J-1."
        if item.j1 == "yes"
        else "Most programs with IMGs take J-1; this one is silent."
    )
    return "safety", (j1, *((item.standing.reason,) if refused else ()))


def _near(program: Program, profile: Profile) -> GroupName:
    city = profile.places.city or CORE_CITY
    state = profile.places.city_state or (CORE_STATE if city == CORE_CITY else None)
    if city == CORE_CITY and state == CORE_STATE:
        return "core" if ring_of(program) == "Boston" else "regional"
    here = program.city.lower() == city.lower() and state in (None, program.state)
    return "core" if here else "regional"


def _step3(item: Assessment, profile: Profile) -> tuple[str, ...]:
    if profile.us_graduate or profile.step3_passed:
        return ()
    return ("Without Step 3 the H-1B petition cannot be filed yet.",)
