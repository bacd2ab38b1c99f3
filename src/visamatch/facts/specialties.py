"""Specialties by any of the names people use."""

import re
from functools import cache

from visamatch.errors import InputError, one_of
from visamatch.facts.tables import Specialty, rows


@cache
def specialties() -> dict[str, Specialty]:
    """Every specialty by its id."""
    return {row.specialty_id: row for row in rows(Specialty)}


def specialty_named(text: str) -> Specialty:
    """The specialty called ``text``: its name, id, alias or three-digit code, in any case."""
    found = specialty_or_none(text)
    if found is None:
        names = [row.name for row in specialties().values()]
        raise InputError("specialty", one_of(names, text), text)
    return found


def specialty_or_none(text: str) -> Specialty | None:
    """As :func:`specialty_named`; None where there is none of that name."""
    return _index().get(_key(text))


@cache
def _index() -> dict[str, Specialty]:
    index: dict[str, Specialty] = {}
    for row in rows(Specialty):
        for name in (row.specialty_id, row.name, row.nrmp_code, *row.aliases):
            if name:
                index.setdefault(_key(name), row)
    return index


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.lower().replace("&", "and"))
