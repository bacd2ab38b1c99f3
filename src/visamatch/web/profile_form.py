"""The profile as a form: which facts are asked, in which words. The profile's own model checks them.

A field is named by its path in the profile (``applicant.exams.step3.score``), so a problem that the
model finds leads straight to the field. Facts that the form does not ask stay.
"""

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
from visamatch.shipped import shipped
from visamatch.web.filters import offered
from visamatch.workspace.boundary import problems
from visamatch.workspace.profile import Profile

FIRST_CHOICES = (1.0, 0.5, 0.25)  # weights of the first, second and third specialty


@dataclass(frozen=True)
class Field:
    """One question; see ``profile_form.yaml``."""

    path: str
    label: str
    kind: str = "text"
    choices: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""


@dataclass(frozen=True)
class Group:
    """Questions that belong together."""

    title: str
    fields: tuple[Field, ...]
    intro: str = ""


@cache
def groups() -> tuple[Group, ...]:
    """The form. The first group is all that is needed."""
    book = shipped("web/profile_form.yaml")
    wishes = {name: name for name in offered().values()}
    parts = dict[str, str](GROUPS.items()) | {ring: ring for ring in RINGS} | wishes
    lists = {
        "parts": parts,
        "specialties": wishes,
        "countries": shipped("web/countries.yaml"),
        "states": STATES,
        **book["choices"],
    }

    def asked(row: dict[str, str]) -> Field:
        return Field(**{**row, "choices": lists[row["choices"]] if "choices" in row else {}})

    return tuple(
        Group(row["title"], tuple(map(asked, row["fields"])), row.get("intro", ""))
        for row in book["groups"]
    )


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
