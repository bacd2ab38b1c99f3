"""ACGME programs tied to NRMP programs of the same specialty and state, by name and city.

The two bodies number differently and abbreviate differently, so a tie is a judgement: a person's, where the
name the ACGME uses is known for an institution; else it needs the same specialty and state, and a name alike enough
for how well the cities agree, clearly ahead of the second best. What a recent list names and cannot be tied so
becomes a program of its own: an ACGME id is never guessed onto somebody else.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import fsum, log

from facts.raw import Record, key
from visamatch.facts.tables import Institution, Program

SAME_CITY, OTHER_CITY = 0.35, -0.15  # added to the likeness of names
NAME_ALONE, NAME_IN_CITY, LEAD = 0.75, 0.35, 0.15  # what a tie must reach
SAME_NAME = 0.95
CERTAIN = 9.0  # above any score
FILLER = {"program", "of", "at", "and", "for", "in", "residency"}

Words = frozenset[str]


@dataclass(frozen=True)
class Option:
    """Something an ACGME row may be: a program, or an institution, with the institution's city."""

    name: str  # id of the program or institution
    institution_id: str
    city: str


@dataclass(frozen=True)
class Candidate:
    """An option with its likeness (0..1) and the score that also counts the city."""

    score: float
    likeness: float
    same_city: bool | None  # None = one of the cities is unknown
    name: str


class Likeness:
    """Compares names of ACGME rows with names of institutions. Rare words count more than common ones."""

    def __init__(self, institutions: dict[str, Institution]) -> None:
        self._institutions = institutions
        self._count = len(institutions)
        self._names: dict[str, list[Words]] = {}
        self._seen = Counter(
            word for place in institutions for word in frozenset().union(*self._words_of(place))
        )

    def candidates(self, row: Record, options: Iterable[Option]) -> list[Candidate]:
        """The options, best first."""
        parts, found = list(_parts(row)), []
        for option in options:
            names = self._words_of(option.institution_id)
            likeness = max(self._alike(part, name) for part in parts for name in names)
            same = _same_city(option.city, row["city"])
            bonus = 0.0 if same is None else SAME_CITY if same else OTHER_CITY
            found.append(Candidate(likeness + bonus, likeness, same, option.name))
        return sorted(found, key=lambda one: (-one.score, one.name))

    def _words_of(self, institution_id: str) -> list[Words]:
        if institution_id not in self._names:
            place = self._institutions[institution_id]
            self._names[institution_id] = [_words(text) for text in (place.name, *place.aliases)]
        return self._names[institution_id]

    def _alike(self, a: Words, b: Words) -> float:
        common = self._weight(a & b)
        if not common:
            return 0.0
        weights = self._weight(a), self._weight(b)
        return 0.7 * 2 * common / sum(weights) + 0.3 * common / min(weights)

    def _weight(self, words: Words) -> float:
        return fsum(log((self._count + 1) / (self._seen[word] + 1)) for word in words)


def tie(found: list[Candidate], in_city: float = NAME_IN_CITY) -> str | None:
    """What the best candidate names, or None where it is not clear enough.

    Args:
        in_city: likeness that is enough where the cities agree; lower where the specialty agrees too.
    """
    if not found:
        return None
    best, lead = found[0], found[0].score - (found[1].score if len(found) > 1 else 0.0)
    if best.same_city and best.likeness >= in_city and lead >= LEAD:
        return best.name
    if best.same_city is not False and best.likeness >= NAME_ALONE and lead >= LEAD:
        return best.name
    return None


def tie_programs(
    rows: Iterable[tuple[Record, str]],
    programs: Iterable[Program],
    likeness: Likeness,
    known: Mapping[str, str],
) -> dict[str, str]:
    """Program ids by ACGME id. Of several rows that claim one program only the best keeps it.

    Args:
        rows: raw ACGME rows with their specialty ids.
        known: institution ids by the name the ACGME uses, where a person knows them (``hand/acgme_names.csv``).
    """
    options: dict[tuple[str, str], list[Option]] = defaultdict(list)
    for program in programs:
        option = Option(program.program_id, program.institution_id, program.city)
        options[program.specialty_id, program.state].append(option)
    best: dict[str, tuple[float, str]] = {}
    for row, specialty_id in rows:
        here = options[specialty_id, row["state"]]
        place = known.get(own_name(row))
        sure = [option.name for option in here if option.institution_id == place]
        found = [] if sure else likeness.candidates(row, here)
        if program_id := sure[0] if len(sure) == 1 else tie(found):
            claim = (CERTAIN if sure else found[0].score, row["acgme_program_id"])
            best[program_id] = max(best.get(program_id, claim), claim)
    return {acgme_id: program_id for program_id, (_, acgme_id) in best.items()}


def tie_institution(
    row: Record, institutions: Iterable[Institution], likeness: Likeness
) -> str | None:
    """The institution of the row's state that runs the program, or None where it is not clear."""
    here = [place for place in institutions if place.state == row["state"]]
    options = [Option(place.institution_id, place.institution_id, place.city) for place in here]
    found = likeness.candidates(row, options)
    by_name = sorted(found, key=lambda one: (-one.likeness, one.name))
    if by_name and by_name[0].likeness >= SAME_NAME:  # a sponsor may train in another city
        return by_name[0].name
    return tie(found, in_city=NAME_ALONE)


def own_name(row: Record) -> str:
    """The name of an ACGME row, without the word program."""
    return re.sub(r" Program$", "", row["program_name"].strip(), flags=re.IGNORECASE)


def _parts(row: Record) -> Iterator[Words]:
    """Every name of the row: whole, without what stands in brackets, each side of a slash."""
    names = [row["program_name"], *row["other_names"].split(";"), row["sponsor_name"]]
    for name in names:
        plain = re.sub(r"\(.*?\)", " ", name)
        for part in {name, plain, *plain.split("/")}:
            if words := _words(part):
                yield words


def _words(text: str) -> Words:
    return frozenset(word for word in key(text).split() if word not in FILLER)


def _same_city(a: str, b: str) -> bool | None:
    if not a or not b:
        return None
    plain = [re.sub(r"[^a-z]", "", city.lower().replace("saint", "st")) for city in (a, b)]
    return plain[0] == plain[1]
