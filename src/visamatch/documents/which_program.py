"""Which program a row of a sheet means: by an id, else by name and place, with a question where unsure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from visamatch.directory.names import name_words
from visamatch.directory.programs import Directory, directory
from visamatch.directory.search import OPEN_STATUSES
from visamatch.facts.specialties import specialties, specialty_or_none
from visamatch.facts.states import STATES

NEAR = 66  # mean of two rapidfuzz scores from which a program is worth asking about
CHOICES = 4
NOISE = frozenset(["PROGRAM", "RESIDENCY", "CATEGORICAL", "PRELIMINARY", "ADVANCED", "TRACK"])
Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Guess:
    """The id meant, or the ids it might be (``sure`` is then False). None found: both empty."""

    program_id: str = ""
    maybe: tuple[str, ...] = ()


def by_id(known: Directory, text: str) -> str:
    """The program id behind an id, an ACGME id or one or several NRMP codes; empty when there is none.

    A spreadsheet that takes an ACGME id for a number drops its leading zero; it is put back. A
    well-formed ACGME id that the directory does not hold stays an id of its own.
    """
    for token in (text, *re.split(r"[\s,;/|]+", text)):
        bare = re.sub(r"[\s-]", "", token).upper()
        acgme = bare.zfill(10) if re.fullmatch(r"\d{9,10}", bare) else ""
        for name in (token.lower(), known.other_ids.get(bare, ""), known.other_ids.get(acgme, "")):
            if name in known.programs:
                return name
        if acgme:
            return f"acgme-{acgme}"
    return ""


def by_name(known: Directory, said: Mapping[str, str]) -> Guess:
    """The program meant by what a row says under name, institution, specialty, city and state."""
    for key in _keys(said):
        found = _located(known, _index().get(key, ()), said)
        if len(found) == 1:
            return Guess(found[0])
        if found:
            return Guess(maybe=tuple(found[:CHOICES]))
    return Guess(maybe=_near(known, said))


def _keys(said: Mapping[str, str]) -> Iterator[Words]:
    """Sets of words that may be a program's name: the cells joined in the ways people split them.

    An affiliation may be named behind the hospital: ``Beth Israel Deaconess / Harvard``.
    """
    name, institution = _words(said.get("name", "")), said.get("institution", "")
    meant = specialty_or_none(said.get("specialty", ""))
    specialty = _words(meant.name if meant else said.get("specialty", ""))
    yield from (name | specialty, name)
    for part in (institution, *re.split(r"[/(),;|–—]| - ", institution)):
        if place := _words(part):
            yield from (place | specialty, name | place, name | place | specialty)


def _near(known: Directory, said: Mapping[str, str]) -> tuple[str, ...]:
    """Programs of the specialty whose institution has nearly this name, nearest first."""
    from rapidfuzz import fuzz  # slow to import, and only needed to help

    specialty, name = _split(said.get("name", ""), said.get("specialty", ""))
    if specialty is None:
        return ()
    place = _words(f"{name} {said.get('institution', '')}")
    wanted = " ".join(sorted(place - _words(specialties()[specialty].name)))
    if not wanted:
        return ()
    scores: dict[str, float] = {}
    offering = (p.program_id for p in known.programs.values() if p.specialty_id == specialty)
    for program_id in _located(known, offering, said):
        house = known.institution(known.programs[program_id])
        for name in (house.name, *house.aliases):
            words = " ".join(sorted(_words(name)))
            near = fuzz.token_set_ratio(wanted, words) + fuzz.token_sort_ratio(wanted, words)
            scores[program_id] = max(scores.get(program_id, 0), near / 2)
    best = sorted(scores, key=lambda each: (-scores[each], each))[:CHOICES]
    return tuple(each for each in best if scores[each] >= NEAR)


def names_specialty(text: str) -> bool:
    """Whether a program's name says its specialty."""
    return _split(text, "")[0] is not None


def _split(name: str, specialty: str) -> tuple[str | None, str]:
    """The specialty that a row names, in its own column or within the name, and the rest of the name."""
    tokens = re.findall(r"[^\W_]+", name)
    spans = [(0, length) for length in (4, 3, 2, 1)]
    spans += [(len(tokens) - length, len(tokens)) for _, length in spans if length <= len(tokens)]
    tries = [(" ".join(tokens[a:b]), " ".join(tokens[:a] + tokens[b:])) for a, b in spans]
    for text, rest in [(specialty, name), *tries]:
        if found := specialty_or_none(text):
            return found.specialty_id, rest
    return None, name


def _located(known: Directory, ids: Iterable[str], said: Mapping[str, str]) -> list[str]:
    """Those of the programs that stand in the state and, where any does, in the city of the row."""
    programs = [known.programs[each] for each in ids]
    if state := _state(said.get("state", "")):
        programs = [program for program in programs if program.state == state]
    city = said.get("city", "").split(",")[0].strip().lower()
    for fits in (
        [program for program in programs if program.status in OPEN_STATUSES],
        [program for program in programs if city and program.city.lower() == city],
    ):
        programs = fits or programs
    return [program.program_id for program in programs]


def _state(text: str) -> str:
    codes = {name.lower(): code for code, name in STATES.items()}
    return text.upper() if text.upper() in STATES else codes.get(text.lower(), "")


@lru_cache(maxsize=16384)
def _words(text: str) -> Words:
    return frozenset(name_words(text)) - NOISE


@cache
def _index() -> dict[Words, list[str]]:
    """Programs by the words of their name, and of any name of the institution with any of the specialty."""
    known = directory()
    index: dict[Words, list[str]] = defaultdict(list)
    for program in known.programs.values():
        place, specialty = known.institution(program), known.specialty(program)
        keys = {_words(program.name)} | {
            _words(one) | _words(other)
            for one in (place.name, *place.aliases)
            for other in (specialty.name, *specialty.aliases)
        }
        for key in keys - {frozenset()}:
            index[key].append(program.program_id)
    return index
