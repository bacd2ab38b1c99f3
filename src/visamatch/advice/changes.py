"""What a wish costs and what would help: the same plan made again with one thing changed, on the same draws."""

from __future__ import annotations

from dataclasses import dataclass, replace

from visamatch.advice.choose import Chosen, Season, choose
from visamatch.errors import InputError
from visamatch.facts.specialties import specialty_named
from visamatch.workspace.profile import Profile, Wish

ALSO = (
    "internal-medicine",
    "family-medicine",
    "pediatrics",
    "psychiatry",
    "pathology",
    "neurology",
)


@dataclass(frozen=True, slots=True)
class Change:
    """The same plan with one thing changed: chance to match now, and then."""

    name: str
    says: str
    p_match: float
    then: float

    @property
    def points(self) -> float:
        """Percentage points that the change brings."""
        return round(100 * (self.then - self.p_match), 1)


def constraints(season: Season, profile: Profile, made: Chosen) -> tuple[Change, ...]:
    """What each wish of the profile costs: the chance without it; the list as it is stays open then too."""
    tried = []
    if profile.needs_visa and profile.visa.h1b in ("must", "none", "prefer"):
        says = {"must": "H-1B only", "none": "J-1 only", "prefer": "H-1B preferred"}[
            profile.visa.h1b
        ]
        tried.append(("visa", f"{says}, against either visa", _with_visa(profile, "either")))
    if profile.places.states:
        anywhere = profile.places.model_copy(update={"states": ()})
        where = ", ".join(profile.places.states)
        without = profile.model_copy(update={"places": anywhere})
        tried.append(("places", f"{where} only, against the whole country", without))
    if profile.limits:
        without = profile.model_copy(update={"limits": ()})
        tried.append(("limits", "Numbers for each part, against none", without))
    if profile.most_interviews:
        says = f"{profile.most_interviews} interviews at most, against all"
        without = profile.model_copy(update={"most_interviews": None})
        tried.append(("interviews", says, without))
    found = [_compared(season, made, *each) for each in tried]
    return tuple(replace(each, then=max(each.then, each.p_match)) for each in found)


def what_ifs(season: Season, profile: Profile, made: Chosen) -> tuple[Change, ...]:
    """What a better profile or one more specialty would bring."""
    changes = []
    exams = profile.applicant.exams
    if exams.step2ck.score is not None and exams.step2ck.score <= 290:
        better = exams.step2ck.model_copy(update={"score": exams.step2ck.score + 10})
        says = "10 points more on Step 2 CK"
        changes.append(
            _compared(season, made, "step2ck", says, _with_exams(profile, step2ck=better))
        )
    if step3_assumed(profile):
        lost = _compared(
            season,
            made,
            "step3",
            "Step 3 not passed in time: no H-1B",
            _with_visa(profile, "none"),
        )
        then = 0.0 if profile.visa.h1b == "must" else min(lost.then, lost.p_match)
        changes.append(replace(lost, then=then))
    named = {specialty_named(wish.name).specialty_id for wish in profile.specialties}
    seconds = [name for name in ALSO if name not in named and name in season.scenarios.specialties]
    added = [_compared(season, made, *_second(season, profile, name)) for name in seconds]
    return (*changes, *sorted(added, key=lambda change: -change.then)[:1])


def step3_assumed(profile: Profile) -> bool:
    """Whether the H-1B chances suppose a Step 3 that is still to be passed."""
    wants = profile.needs_visa and profile.visa.h1b != "none"
    return wants and not profile.us_graduate and profile.step3_passed is not True


def _second(season: Season, profile: Profile, name: str) -> tuple[str, str, Profile]:
    title = season.known.specialties[name].name
    wishes = (*profile.specialties, Wish(name=title, weight=1.0))
    return ("specialty", f"{title} as well", profile.model_copy(update={"specialties": wishes}))


def _with_visa(profile: Profile, wish: str) -> Profile:
    return profile.model_copy(update={"visa": profile.visa.model_copy(update={"h1b": wish})})


def _with_exams(profile: Profile, **exams: object) -> Profile:
    person = profile.applicant
    changed = person.model_copy(update={"exams": person.exams.model_copy(update=exams)})
    return profile.model_copy(update={"applicant": changed})


def _compared(season: Season, made: Chosen, name: str, says: str, other: Profile) -> Change:
    """The change; where the numbers asked for cannot be had in it, without them."""
    for tried in (other, other.model_copy(update={"limits": ()})):
        try:
            return Change(name, says, made.p_match, choose(season, tried).p_match)
        except InputError:
            continue
    return Change(name, says, made.p_match, 0.0)
