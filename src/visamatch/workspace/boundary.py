"""Strict records for what people type or load, and one plain sentence for each thing that is wrong."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from visamatch.errors import InputError, one_of


class Record(BaseModel):
    """Base of the boundary records: unknown keys are refused, not lost; records do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _as_text(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value  # TOML has dates of its own


def _iso_date(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError("a day of the calendar written YYYY-MM-DD") from None
    return text


def _iso_partial(text: str) -> str:
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text):
        raise ValueError("a year, a month or a day written 2019, 2019-06 or 2019-06-30")
    _iso_date(text + "-01-01"[len(text) - 4 :])
    return text


Day = Annotated[str, BeforeValidator(_as_text), AfterValidator(_iso_date)]
"""An ISO date, kept as text."""

PartialDay = Annotated[str, BeforeValidator(_as_text), AfterValidator(_iso_partial)]
"""An ISO date of which the day, or month and day, may be missing."""


def _country(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}", text.upper()):
        raise ValueError("a country code of two letters, such as IN, NG or PK")
    return text.upper()


Country = Annotated[str, AfterValidator(_country)]
"""ISO 3166 alpha-2."""


def parse(model: type[Any], data: object, where: str) -> Any:
    """Build ``model`` from plain data, or raise the first problem as an :class:`InputError`."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise problems(model, error, where)[0] from None


def problems(model: type[BaseModel], error: ValidationError, where: str = "") -> list[InputError]:
    """Every problem of a failed validation: field, what was found, what is expected."""
    return [_problem(model, item, where) for item in error.errors()]


def _problem(model: type[BaseModel], item: Any, where: str) -> InputError:
    place = ".".join(str(part + 1) if isinstance(part, int) else part for part in item["loc"])
    at = f"{where}: {place}" if where and place else where or place
    kind, context = item["type"], item.get("ctx", {})
    if kind == "extra_forbidden":
        return InputError(at, _known_keys(model, item["loc"]), item["loc"][-1])
    if kind == "missing":
        return InputError(at, "a value; the field is missing")
    return InputError(at, _expected(kind, context, item["msg"]), item["input"])


def _known_keys(model: type[BaseModel], place: tuple[str | int, ...]) -> str:
    fields = list(model.model_fields)
    for part in place[:-1]:
        inner = _inner(model.model_fields[part].annotation) if part in model.model_fields else None
        if inner is not None:
            model, fields = inner, list(inner.model_fields)
    return one_of(fields, str(place[-1]), limit=12)


def _inner(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        if found := _inner(part):
            return found
    return None


def _expected(kind: str, context: dict[str, Any], message: str) -> str:
    if kind == "literal_error":
        return f"one of {context['expected'].replace(' or ', ', ')}"
    if kind == "value_error":
        return str(context["error"])
    bounds = {"greater_than_equal": "ge", "less_than_equal": "le"}
    if kind in bounds:
        limit = context[bounds[kind]]
        return f"a number of {limit} or {'more' if bounds[kind] == 'ge' else 'less'}"
    return message.removeprefix("Input should be ").removeprefix("Value error, ")
