"""Who files for whom: a first pass that links only what is sound, and can be replaced as a whole.

Three ways to a link, in this order: the hand-checked table, the same name in the same state, or a
USCIS name cut at 34 characters that only one name in the same city can complete. Everything else
stays unlinked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from facts.places import Places
from facts.raw import HAND, key, read, slug, unique
from facts.registry import Registry
from visamatch.facts.states import STATES
from visamatch.facts.tables import Approvals, Filings, Petitioner

USCIS_CUT = 34
POSTAL = {name.lower(): letters for letters, name in STATES.items()}
SHORTEST = 8  # characters of a name that may link by itself


@dataclass
class Petitioners:
    """Petitioners by id, and the names that lead to them."""

    rows: dict[str, Petitioner] = field(default_factory=dict)
    by_key: dict[tuple[str, str], str] = field(default_factory=dict)  # (state, key of the name)
    cities: dict[str, set[str]] = field(default_factory=dict)  # petitioner_id: keys of cities
    hand: set[str] = field(default_factory=set)

    def of(self, employer: str, state: str) -> str | None:
        """The petitioner of an LCA employer string."""
        return self.by_key.get((state, key(employer)))

    def of_uscis(self, row: dict[str, Any]) -> str | None:
        """The linked petitioner of a USCIS row; its city is a mailing address of the employer."""
        text = (row["State"] or "").strip()
        state, city = POSTAL.get(text.lower(), text.upper()), key(row["City"] or "")
        employer = (row["Employer"] or "").strip()
        who = self.by_key.get((state, key(employer)))
        if who is None and len(employer) >= USCIS_CUT - 1:
            who = self._completion(state, key(employer), city)
        if who is None or not self.rows[who].institutions:
            return None
        return who if who in self.hand or city in self.cities[who] else None

    def _completion(self, state: str, start: str, city: str) -> str | None:
        whole = {
            who for (where, full), who in self.by_key.items()
            if where == state and full.startswith(start) and city in self.cities.get(who, ())
        }  # fmt: skip
        return whole.pop() if len(whole) == 1 else None

    def seen(self, evidence: Iterable[Filings | Approvals]) -> list[Petitioner]:
        """Petitioners of the hand table, and those with evidence, which also gives their sources."""
        sources: dict[str, set[str]] = defaultdict(set)
        for row in evidence:
            sources[row.petitioner_id].update(row.source)
        newest = {who: tuple(sorted(cited)[-3:]) for who, cited in sources.items()}
        return [
            replace(row, source=row.source or newest[who])
            for who, row in self.rows.items()
            if who in self.hand or who in newest
        ]


def build(filers: list[tuple[str, str]], places: Places, registry: Registry) -> Petitioners:
    """Petitioners from the hand table, from institutions' own names, and from trainee filers.

    Args:
        filers: (employer string, worksite state) of every trainee filing.
    """
    out = Petitioners()
    for row in read(HAND / "petitioners.csv"):
        states = row["states"].split("|")
        _add(out, places, states, Petitioner(
            row["petitioner_id"], row["name"], unique(row["spellings"].split("|")), row["city"],
            states[0], row["relation"], places.matching(row["institutions"]), row["system_id"],
            registry.cite(*row["source"].split("|")),
        ))  # fmt: skip
        out.hand.add(row["petitioner_id"])
    _institutions(out, places)
    _filers(out, filers)
    return out


def _institutions(out: Petitioners, places: Places) -> None:
    """An institution's own name, where no other institution of the state shares it."""
    owners = defaultdict(set)
    for place in places.institutions.values():
        for name in (place.name, *place.aliases):
            owners[place.state, key(name)].add(place.institution_id)
    for place in places.institutions.values():
        own = [
            name for name in (place.name, *place.aliases)
            if len(owners[place.state, key(name)]) == 1 and len(key(name)) >= SHORTEST
            and (place.state, key(name)) not in out.by_key
        ]  # fmt: skip
        if own and place.state:
            relation = "university" if place.kind == "university" else "self"
            _add(out, places, [place.state], Petitioner(
                place.institution_id, own[0], unique(own[1:]), place.city, place.state, relation,
                (place.institution_id,), place.system_id, (),
            ))  # fmt: skip


def _filers(out: Petitioners, filers: list[tuple[str, str]]) -> None:
    """Employers seen filing for trainees that nothing above knows: kept, linked to nobody."""
    spellings = defaultdict(set)
    for employer, state in filers:
        if (state, key(employer)) not in out.by_key:
            spellings[state, key(employer)].add(employer)
    for (state, name_key), names in spellings.items():
        first, *others = sorted(names)
        who = f"{slug(name_key)}-{state.lower()}"
        out.rows[who] = Petitioner(who, first, tuple(others), "", state, "", (), "", ())
        out.by_key[state, name_key] = who


def _add(out: Petitioners, places: Places, states: list[str], row: Petitioner) -> None:
    out.rows[row.petitioner_id] = row
    homes = [places.institutions[place_id].city for place_id in row.institutions]
    out.cities[row.petitioner_id] = {key(city) for city in (*homes, row.city) if city}
    for name in (row.name, *row.spellings):
        for state in states:
            out.by_key.setdefault((state, key(name)), row.petitioner_id)
