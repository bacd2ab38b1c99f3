"""The profile as a form: which facts are asked, in which words. The profile's own model checks them.

A field is named by its path in the profile (``applicant.exams.step3.score``; lists count from 1), so
a problem that the model finds leads straight to the field. Facts that the form does not ask stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import QueryDict
from pydantic import ValidationError

from visamatch.advice.groups import GROUPS
from visamatch.directory.places import RINGS
from visamatch.errors import InputError
from visamatch.facts.states import STATES
from visamatch.web.countries import countries
from visamatch.web.filters import offered
from visamatch.workspace.boundary import problems
from visamatch.workspace.profile import Profile

YES_NO = {"true": "Yes", "false": "No"}
H1B = {
    "must": "It must be H-1B",
    "prefer": "I would rather have H-1B, J-1 is possible",
    "either": "Either will do",
    "none": "J-1 only",
}
US_STATUS = {
    "F-1": "F-1", "J-1": "J-1", "J-2": "J-2", "H-1B": "H-1B", "H-4": "H-4", "L-1": "L-1",
    "L-2": "L-2", "B-2": "B-2 visitor", "O-1": "O-1", "TN": "TN", "E-3": "E-3",
    "lpr": "Permanent resident", "us_citizen": "US citizen", "out_of_status": "Out of status",
}  # fmt: skip
SCHOOL = {
    "foreign": "Outside the US and Canada",
    "canadian": "Canada",
    "us_md": "US, MD",
    "us_do": "US, DO",
}
PLACE = {"abroad": "Outside the US", "us": "In the US"}
J1_CATEGORY = {
    "physician": "Physician in training", "research_scholar": "Research scholar",
    "professor": "Professor", "student": "Student", "other": "Other",
}  # fmt: skip
DUTY = {"subject": "Binds me", "waived": "Waived", "fulfilled": "Served", "none": "Never applied"}
NEED = {
    "issued": "Issued", "requested": "Asked for", "not_requested": "Not asked for", "refused": "Refused"
}  # fmt: skip
PERMIT = {
    "asylum_pending": "Pending asylum", "adjustment_pending": "Pending green card",
    "h4": "H-4 spouse", "j2": "J-2 spouse", "l2s": "L-2 spouse", "opt": "OPT",
    "stem_opt": "STEM OPT", "asylee_refugee": "Asylee or refugee", "tps": "TPS", "other": "Other",
}  # fmt: skip
EXAM = {"passed": "Passed", "failed": "Failed", "not_taken": "Not taken yet"}
FIRST_CHOICES = (1.0, 0.5, 0.25)  # weights of the first, second and third specialty


@dataclass(frozen=True)
class Field:
    """One question. Kinds: text, number, date, select, radio, many (checkboxes), list (comma text)."""

    path: str
    label: str
    kind: str = "text"
    choices: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""


@dataclass(frozen=True)
class Group:
    """Questions that belong together."""

    title: str
    intro: str
    fields: tuple[Field, ...]


def _exam(name: str, title: str, scored: bool = True) -> Group:
    at = f"applicant.exams.{name}"
    score = (Field(f"{at}.score", "Score", "number", hint="three digits"),) if scored else ()
    return Group(
        title,
        "",
        (
            Field(f"{at}.status", "Result", "select", EXAM),
            Field(f"{at}.date", "Date taken or booked", "date"),
            *score,
            Field(f"{at}.attempts", "Attempts", "number"),
        ),
    )


def _limit(number: int, wishes: Mapping[str, str]) -> tuple[Field, ...]:
    at = f"limits.{number}"
    parts = dict[str, str](GROUPS.items()) | {ring: ring for ring in RINGS} | dict(wishes)
    return (
        Field(f"{at}.of", "Part", "select", parts),
        Field(f"{at}.least", "At least", "number"),
        Field(f"{at}.most", "At most", "number"),
    )


@cache
def groups() -> tuple[Group, ...]:
    """The form. The first group is all that is needed."""
    wishes = {name: name for name in offered().values()}
    return (
        Group(
            "To begin",
            "",
            (
                Field("specialties.1.name", "Specialty", "select", wishes),
                Field("visa.needed", "Do you need a visa to train in the US?", "radio", YES_NO),
            ),
        ),
        Group(
            "The visa you want",
            "A J-1 brings a two-year home requirement; an H-1B needs Step 3 before it can be filed.",
            (
                Field("visa.h1b", "H-1B", "radio", H1B),
                Field("visa.reason", "Why, for your own record"),
            ),
        ),
        Group(
            "Places, further specialties, budget",
            "",
            (
                Field("specialties.2.name", "Second specialty", "select", wishes),
                Field("specialties.3.name", "Third specialty", "select", wishes),
                Field("match_year", "Match year", "number", hint="the year you would start"),
                Field("money.budget", "Budget for applications", "number", hint="dollars"),
                Field("most_interviews", "Interviews you can attend, at most", "number"),
                Field("places.states", "States", "many", STATES),
            ),
        ),
        Group(
            "How many of each",
            "Applications to a group, a place or a specialty. Leave empty what may be as it comes.",
            tuple(each for number in (1, 2, 3) for each in _limit(number, wishes)),
        ),
        Group(
            "You",
            "",
            (
                Field("full_name", "Your name", hint="signs your letters"),
                Field("school", "Name of your medical school", hint="for letters"),
                Field("applicant.citizenship.1", "Citizenship", "select", countries()),
                Field("applicant.citizenship.2", "Second citizenship", "select", countries()),
                Field(
                    "applicant.location", "Where you are", "select", PLACE
                ),
                Field("applicant.us_status", "Status, if in the US", "select", US_STATUS),
                Field("applicant.school_kind", "Medical school", "select", SCHOOL),
                Field("applicant.school_country", "Country of the school", "select", countries()),
                Field("applicant.graduated_on", "Graduated", hint="2019 or 2019-06"),
                Field("applicant.ecfmg.certified", "ECFMG certified", "select", YES_NO),
            ),
        ),
        Group(
            "Visa history",
            "Only what touches you: each answer makes a path surer.",
            (
                Field("applicant.permanent_resident_of", "Country of last permanent residence", "select", countries()),
                Field("applicant.residence_country", "Country you live in", "select", countries()),
                Field("applicant.h1b.used_months", "Months used in H-1B", "number"),
                Field("applicant.h1b.recapturable_months", "Of these, spent abroad", "number"),
                Field("applicant.j1.category", "Earlier J-1 as", "select", J1_CATEGORY),
                Field("applicant.j1.sponsorship_months_used", "Months as J-1 physician", "number"),
                Field("applicant.j1.two_year_requirement", "Two-year requirement", "select", DUTY),
                Field("applicant.statement_of_need.status", "Statement of Need", "select", NEED),
                Field("applicant.ead.basis", "Work permit on", "select", PERMIT),
                Field("applicant.ead.expires_on", "Work permit ends", "date"),
                Field("applicant.at_ban_start.location", "Where you were on January 1, 2026", "select", PLACE),
                Field("applicant.at_ban_start.valid_visa", "Valid US visa on that day", "select", YES_NO),
                Field("applicant.extraordinary_ability_evidence", "Record for O-1 in hand", "select", YES_NO),
            ),
        ),
        _exam("step1", "Step 1", scored=False),
        _exam("step2ck", "Step 2 CK"),
        _exam("step3", "Step 3"),
        Group(
            "Experience",
            "",
            (
                Field("experience.us_clinical_months", "US clinical experience", "number", hint="months"),
                Field("experience.us_letters", "Letters from the US", "number"),
                Field("experience.research_months", "Research", "number", hint="months"),
                Field("experience.publications", "Publications", "number"),
                Field("experience.research_areas", "Areas", "list", hint="separated by commas"),
            ),
        ),
    )  # fmt: skip


def fields() -> list[Field]:
    """Every question of the form."""
    return [each for group in groups() for each in group.fields]


def answers(profile: Profile | None) -> dict[str, Any]:
    """What the form shows for a profile: text by path, a list of texts for checkboxes."""
    data = profile.model_dump(mode="json") if profile else {}
    return {each.path: _shown(each, _look_up(data, each.path)) for each in fields()}


def read(posted: QueryDict, before: Profile | None) -> tuple[Profile | None, dict[str, str]]:
    """The profile that the answers make, or one sentence for each field in the way.

    Questions that were not part of the form that was sent keep their earlier answers.
    """
    data = before.model_dump(mode="json", exclude_none=True) if before else {}
    asked = [each for each in fields() if each.path in posted]
    for each in asked:
        _put(data, each.path.split("."), _typed(each, posted))
    data["specialties"] = _wishes(data.get("specialties", []))
    data["limits"] = [limit for limit in data.get("limits", []) if limit.get("of")]
    person = data.setdefault("applicant", {})
    person["citizenship"] = [code for code in person.get("citizenship") or [] if code]
    wrong = _missing(data)
    try:
        profile: Profile = Profile.model_validate(data)
    except ValidationError as error:
        wrong |= {found.where: _sentence(found) for found in problems(Profile, error)}
        return None, wrong
    return (None, wrong) if wrong else (profile, {})


def _missing(data: dict[str, Any]) -> dict[str, str]:
    wrong = {}
    if not data["specialties"]:
        wrong["specialties.1.name"] = "Specialty: choose one; it decides which programs you see."
    if data.get("visa", {}).get("needed") is None:
        wrong["visa.needed"] = "Visa: say yes or no; it decides what a program must do for you."
    return wrong


def _sentence(found: InputError) -> str:
    labels = {
        each.path: f"{group.title}: {each.label}" for group in groups() for each in group.fields
    }
    return str(InputError(labels.get(found.where, found.where), found.expected, found.found))


def _typed(each: Field, posted: QueryDict) -> Any:
    if each.kind == "many":
        return [value for value in posted.getlist(each.path) if value]
    text = str(posted[each.path]).strip()
    if each.kind == "list":
        return [part.strip() for part in text.split(",") if part.strip()]
    return text or None


def _shown(each: Field, value: Any) -> Any:
    if value is None:
        return [] if each.kind == "many" else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(value) if each.kind == "list" else value


def _look_up(data: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(data, list):
            at = int(part) - 1
            data = data[at] if at < len(data) else None
        else:
            data = (data or {}).get(part)
    return data


def _put(data: Any, path: list[str], value: Any) -> None:
    """Set one value by its path; an empty answer takes the fact out, since absent means unknown."""
    first, rest = path[0], path[1:]
    if rest and rest[0].isdigit():  # a list
        items = data.setdefault(first, [])
        at = int(rest[0])
        items.extend({} if len(rest) > 1 else None for _ in range(at - len(items)))
        if len(rest) == 1:
            items[at - 1] = value
        else:
            _put(items[at - 1], rest[1:], value)
    elif rest and (first in data or value is not None):
        _put(data.setdefault(first, {}), rest, value)
    elif value is None:
        if not rest:
            data.pop(first, None)
    else:
        data[first] = value


def _wishes(wishes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    named = [wish for wish in wishes if wish.get("name")]
    weights = (*FIRST_CHOICES, *[FIRST_CHOICES[-1]] * len(named))
    return [{"weight": weight} | wish for weight, wish in zip(weights, named, strict=False)]
