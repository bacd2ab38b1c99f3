"""The registers a name is looked up in: petitioners, institutions with programs, CMS hospitals.

``data/employers.csv`` is kept by hand: legal employer names with their institution and relation.
``data/hospitals.csv`` is CMS's list; ``data/hosts.csv`` says which of them, known there under another
name, is an institution of ours; ``data/spellings.csv`` holds what a tax id taught. ``data/judgements.csv``
is the ledger of reviewed decisions, appended to and never rewritten.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from visamatch.directory.names import name_words, read_names
from visamatch.errors import InputError
from visamatch.facts import tables
from visamatch.facts.states import STATES

Relation = Literal[
    "self", "parent_system", "faculty_practice", "university", "sponsoring_school", "affiliate",
    "research_institute", "not_teaching",
]  # fmt: skip
DATA = files("visamatch.directory") / "data"


@dataclass(frozen=True, slots=True)
class Register:
    """One name an institution files or is known under.

    Attributes:
        states: where the name may be met; every state for the few that file from anywhere.
        tax_ids: last four digits of the employer identification number.
        only_in, not_in: cities that decide (one tax id and name serve several campuses).
    """

    institution_id: str
    institution: str
    relation: Relation
    words: tuple[str, ...]
    city: str
    states: tuple[str, ...]
    tax_ids: tuple[str, ...] = ()
    only_in: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()

    def meets(self, city: str) -> bool:
        """Whether the city allows this entry; an unknown city does unless the entry excludes one."""
        if self.not_in:
            return bool(city) and city not in self.not_in
        return not self.only_in or city in ("", *self.only_in)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's decision on one employer string, valid in one state.

    Attributes:
        decision: ``accept`` ties the string to ``institution_id``; ``reject`` says no teaching institution.
        decided_on: ISO date. The newest decision on a string counts; older lines stay.
    """

    decided_on: str
    decision: Literal["accept", "reject"]
    raw_name: str
    state: str
    institution_id: str
    institution: str
    relation: Relation
    reason: str


def city_key(city: str) -> str:
    """A city as compared: spelled out, upper case."""
    return " ".join(name_words(city.partition("(")[0]))


@cache
def registers() -> tuple[Register, ...]:
    """Every entry, the hand-kept first."""
    return merged((*employers(), *institutions(), *hospitals(), *learned()))


def merged(entries: Iterable[Register]) -> tuple[Register, ...]:
    """Of entries with the same words the first, if they share the city or the institution."""
    found: dict[object, Register] = {}
    for entry in entries:
        decides = entry.only_in or entry.not_in
        by_city = (entry.words, entry.states, entry.city, decides)
        by_institution = (entry.words, entry.states, entry.institution_id, decides)
        if by_city not in found and by_institution not in found:
            found[by_city] = found[by_institution] = entry
    return tuple(dict.fromkeys(found.values()))


@cache
def judgements() -> dict[tuple[tuple[str, ...], str], Judgement]:
    """The decisions in force, by the string's words and state."""
    ledger = {}
    for row in _read("judgements.csv"):
        if row["decision"] not in ("accept", "reject"):
            raise InputError("judgements.csv", "the decision accept or reject", row["decision"])
        judgement = Judgement(**row)  # type: ignore[arg-type]
        ledger[read_names(judgement.raw_name, judgement.state)[0].words, judgement.state] = (
            judgement
        )
    return ledger


@cache
def tax_ids() -> dict[tuple[str, str], str]:
    """The institution a state and the last four digits of a tax id were learned to stand for."""
    return {(row["state"], row["tax_id"]): row["institution_id"] for row in _read("tax_ids.csv")}


@cache
def trains_for() -> dict[str, str]:
    """Whom an employer that sponsors no program itself trains for: an institution, or ``system:`` and its id."""
    return {row["employer_id"]: row["trains_for"] for row in _read("trains_for.csv")}


def _read(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as stream:
        yield from csv.DictReader(stream)


def employers() -> Iterator[Register]:
    """The petitioners kept by hand."""
    for row in _read("employers.csv"):
        state, decides = row["state"], row["city_decides"]
        cities = tuple(city_key(city) for city in decides.lstrip("!").split("|") if city)
        for spelling in row["spellings"].split("|"):
            for name in read_names(spelling, state):
                yield Register(
                    row["institution_id"], row["institution"], row["relation"],  # type: ignore[arg-type]
                    name.words, city_key(row["city"]), tuple(STATES) if row["any_state"] else (state,),
                    tuple(filter(None, row["tax_ids"].split("|"))),
                    () if decides.startswith("!") else cities, cities if decides.startswith("!") else (),
                )  # fmt: skip


def institutions() -> Iterator[Register]:
    """The institutions of the directory under every name it has for them."""
    for place in tables.rows(tables.Institution):
        relation: Relation = "university" if place.kind == "university" else "self"
        for name in dict.fromkeys((place.name, *place.aliases, *_houses(place.name))):
            words = name_words(name.removesuffix(f"-{place.state}"), place.state)
            if len(words) > 1:
                yield Register(
                    place.institution_id, place.name, relation, words, city_key(place.city),
                    (place.state,),
                )  # fmt: skip


def _houses(name: str) -> Iterator[str]:
    """The hospital in a name that puts its sponsor beside it: ``Rutgers-Trinitas Medical Center``."""
    parts = re.split(r"/|-(?=[A-Z])", name)
    for part in parts if len(parts) > 1 else ():
        if re.search(r"Hospital|Medical Center", part) and len(name_words(part)) > 2:
            yield part


def hospitals() -> Iterator[Register]:
    """CMS's hospitals."""
    hosts = {place.cms_ccn: place.institution_id for place in tables.rows(tables.Institution)}
    hosts |= {row["cms_ccn"]: row["institution_id"] for row in _read("hosts.csv")}
    names = {entry.institution_id: entry.institution for entry in (*employers(), *institutions())}
    for row in _read("hospitals.csv"):
        host = hosts.get(row["cms_ccn"], f"cms-{row['cms_ccn']}")
        yield Register(
            host, names.get(host, row["name"]), "self",
            name_words(row["name"], row["state"]), city_key(row["city"]), (row["state"],),
        )  # fmt: skip


def learned() -> Iterator[Register]:
    """Names an institution's tax id was met with (``scripts/build_registers.py``)."""
    names = {
        entry.institution_id: entry.institution
        for entry in (*employers(), *institutions(), *hospitals())
    }
    for row in _read("spellings.csv"):
        for name in read_names(row["spelling"], row["state"]):
            yield Register(
                row["institution_id"], names[row["institution_id"]], row["relation"],  # type: ignore[arg-type]
                name.words, city_key(row["city"]), (row["state"],), (row["tax_id"],),
            )  # fmt: skip
