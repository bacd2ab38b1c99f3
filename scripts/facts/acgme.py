"""ACGME programs tied to NRMP programs of the same specialty and state, by name and city.

The two bodies number differently and abbreviate differently, so a tie is a judgement: it needs the
same specialty and state, and a name alike enough for how well the cities agree, clearly ahead of the
second best. What cannot be tied so becomes a program of its own: an ACGME id is never dropped and
never guessed onto somebody else.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import log

from facts.raw import Record, key
from visamatch.facts.tables import Institution, Program

SAME_CITY, OTHER_CITY = 0.35, -0.15  # added to the likeness of names
NAME_ALONE, NAME_IN_CITY, LEAD = 0.75, 0.35, 0.15  # what a tie must reach
FILLER = {"program", "of", "at", "and", "for", "in", "of", "residency"}

Words = frozenset[str]


@dataclass(frozen=True)
class Candidate:
    """A program that an ACGME row may be: likeness of names (0..1), with the city counted in."""

    score: float
    likeness: float
    same_city: bool | None  # None = one of the cities is unknown
    program_id: str


class Ties:
    """Scores ACGME rows against programs. Rare words count more than common ones."""

    def __init__(self, programs: Iterable[Program], institutions: dict[str, Institution]) -> None:
        self._names = {
            name: [_words(text) for text in (place.name, *place.aliases)]
            for name, place in institutions.items()
        }
        self._seen = Counter(
            word for names in self._names.values() for word in frozenset().union(*names)
        )
        self._programs: dict[tuple[str, str], list[Program]] = defaultdict(list)
        for program in programs:
            self._programs[program.specialty_id, program.state].append(program)

    def candidates(self, row: Record, specialty_id: str) -> list[Candidate]:
        """Programs of the row's specialty and state, best first."""
        parts = list(_parts(row))
        found = []
        for program in self._programs[specialty_id, row["state"]]:
            names = self._names[program.institution_id]
            likeness = max(self._likeness(part, name) for part in parts for name in names)
            same = _same_city(program.city, row["city"])
            bonus = 0.0 if same is None else SAME_CITY if same else OTHER_CITY
            found.append(Candidate(likeness + bonus, likeness, same, program.program_id))
        return sorted(found, key=lambda one: (-one.score, one.program_id))

    def _likeness(self, a: Words, b: Words) -> float:
        common = self._weight(a & b)
        weights = self._weight(a), self._weight(b)
        if not common:
            return 0.0
        return 0.7 * 2 * common / sum(weights) + 0.3 * common / min(weights)

    def _weight(self, words: Words) -> float:
        return sum(log((len(self._names) + 1) / (self._seen[word] + 1)) for word in words)


def tie(found: list[Candidate]) -> str | None:
    """The program that the best candidate is, or None where it is not clear enough."""
    if not found:
        return None
    best, lead = found[0], found[0].score - (found[1].score if len(found) > 1 else 0.0)
    if best.same_city and best.likeness >= NAME_IN_CITY and lead >= LEAD:
        return best.program_id
    if best.same_city is not False and best.likeness >= NAME_ALONE and lead >= LEAD:
        return best.program_id
    return None


def ties(rows: list[tuple[Record, str]], scorer: Ties) -> dict[str, str]:
    """Program ids by ACGME id. Of several rows that claim one program only the best keeps it.

    Args:
        rows: raw ACGME rows with their specialty ids.
    """
    best: dict[str, tuple[float, str]] = {}
    for row, specialty_id in rows:
        found = scorer.candidates(row, specialty_id)
        if program_id := tie(found):
            claim = (found[0].score, row["acgme_program_id"])
            best[program_id] = max(best.get(program_id, claim), claim)
    return {acgme_id: program_id for program_id, (_, acgme_id) in best.items()}


def _parts(row: Record) -> Iterator[Words]:
    """Every name of the row, whole, and each side of a slash by itself."""
    names = [row["program_name"], *row["other_names"].split(";"), row["sponsor_name"]]
    for name in names:
        for part in {name, *name.split("/")}:
            if words := _words(part):
                yield words


def _words(text: str) -> Words:
    return frozenset(word for word in key(text).split() if word not in FILLER)


def _same_city(a: str, b: str) -> bool | None:
    if not a or not b:
        return None
    plain = [re.sub(r"[^a-z]", "", city.lower().replace("saint", "st")) for city in (a, b)]
    return plain[0] == plain[1]
