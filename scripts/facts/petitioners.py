"""Who files for whom: a first pass that links only what is sound, and can be replaced as a whole.

Three ways to a link, in this order: the hand-checked table, the same name in the same state, or a USCIS
name cut at 34 characters that only one name in the same city can complete. Everything else stays unlinked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from facts.places import Places
from facts.raw import HAND, key, read, slug, unique
from facts.registry import Registry
from visamatch.facts.tables import Approvals, Filings, Petitioner

USCIS_CUT = 34
STATES = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO",
    "connecticut": "CT", "delaware": "DE", "district of columbia": "DC", "florida": "FL", "georgia": "GA",
    "hawaii": "HI", "idaho": "ID", "illinois": "IL", "indiana": "IN", "iowa": "IA", "kansas": "KS", "kentucky": "KY",
    "louisiana": "LA", "maine": "ME", "maryland": "MD", "massachusetts": "MA", "michigan": "MI", "minnesota": "MN",
    "mississippi": "MS", "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV", "new hampshire": "NH",
    "new jersey": "NJ", "new mexico": "NM", "new york": "NY", "north carolina": "NC", "north dakota": "ND",
    "ohio": "OH", "oklahoma": "OK", "oregon": "OR", "pennsylvania": "PA", "puerto rico": "PR", "rhode island": "RI",
    "south carolina": "SC", "south dakota": "SD", "tennessee": "TN", "texas": "TX", "utah": "UT", "vermont": "VT",
    "virginia": "VA", "washington": "WA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY",
}  # fmt: skip


@dataclass
class Petitioners:
    """Petitioners by id, and the names that lead to them."""

    rows: dict[str, Petitioner] = field(default_factory=dict)
    by_key: dict[tuple[str, str], str] = field(default_factory=dict)  # (state, key) of exact names
    cities: dict[str, frozenset[str]] = field(default_factory=dict)  # petitioner_id: cities, upper case
    hand: set[str] = field(default_factory=set)
    by_city: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))

    def of(self, employer: str, state: str) -> str | None:
        """The petitioner of an LCA employer string."""
        return self.by_key.get((state, key(employer)))

    def of_uscis(self, row: dict[str, Any]) -> str | None:
        """The linked petitioner of a USCIS row: exact name and city, or the only completion of a cut name."""
        state, city = _state(row["State"] or ""), (row["City"] or "").upper().strip()
        name = key(row["Employer"] or "")
        who = self.by_key.get((state, name))
        if who is None and len((row["Employer"] or "").strip()) >= USCIS_CUT - 1:
            whole = {found for full, found in self.by_city.get((state, city), []) if full.startswith(name)}
            who = whole.pop() if len(whole) == 1 else None
        if who is None or not self.rows[who].institutions:
            return None
        return who if who in self.hand or city in self.cities[who] else None

    def seen(self, evidence: Iterable[Filings | Approvals]) -> list[Petitioner]:
        """Petitioners of the hand table, and those with any filing or approval, which give their sources."""
        sources: dict[str, dict[str, None]] = defaultdict(dict)
        for row in evidence:
            sources[row.petitioner_id].update(dict.fromkeys(row.source))
        newest = {who: tuple(sorted(cited, reverse=True)[:3]) for who, cited in sources.items()}
        return [
            replace(row, source=row.source or newest[who])
            for who, row in self.rows.items() if who in self.hand or who in newest
        ]  # fmt: skip


def build(filers: list[tuple[str, str]], places: Places, registry: Registry) -> Petitioners:
    """Petitioners from the hand table, from institutions' own names, and from trainee filers.

    Args:
        filers: (employer string, worksite state) of every trainee filing.
    """
    out = Petitioners()
    for row in read(HAND / "petitioners.csv"):
        cited = registry.cite(*row["source"].split("|"))
        states = row["states"].split("|")
        _add(out, Petitioner(
            row["petitioner_id"], row["name"], unique(row["spellings"].split("|")), row["city"], states[0], row["relation"],
            places.matching(row["institutions"]), row["system_id"], cited,
        ), states, places)  # fmt: skip
        out.hand.add(row["petitioner_id"])
    _institutions(out, places, registry)
    _filers(out, filers, registry)
    return out


def _institutions(out: Petitioners, places: Places, registry: Registry) -> None:
    """An institution's own name, where no other institution of the state shares it."""
    owners = defaultdict(set)
    for place in places.institutions.values():
        for name in (place.name, *place.aliases):
            owners[place.state, key(name)].add(place.institution_id)
    for place in places.institutions.values():
        own = [name for name in (place.name, *place.aliases) if owners[place.state, key(name)] == {place.institution_id}]
        own = [name for name in own if len(key(name)) >= 8 and (place.state, key(name)) not in out.by_key]
        if not own or not place.state:
            continue
        relation = "university" if place.kind == "university" else "self"
        _add(out, Petitioner(
            place.institution_id, own[0], unique(own[1:]), place.city, place.state, relation, (place.institution_id,),
            place.system_id, (),
        ), [place.state], places)  # fmt: skip


def _filers(out: Petitioners, filers: list[tuple[str, str]], registry: Registry) -> None:
    """Employers seen filing for trainees that nothing above knows: kept, linked to nobody."""
    spellings = defaultdict(set)
    for employer, state in filers:
        if (state, key(employer)) not in out.by_key:
            spellings[state, key(employer)].add(employer)
    for (state, name_key), names in sorted(spellings.items()):
        name = min(names)
        row = Petitioner(f"{slug(name_key)}-{state.lower()}", name, tuple(sorted(names - {name})), "", state, "", (), "", ())
        out.rows[row.petitioner_id] = row
        out.by_key[state, name_key] = row.petitioner_id


def _add(out: Petitioners, row: Petitioner, states: list[str], places: Places) -> None:
    out.rows[row.petitioner_id] = row
    cities = {place.city.upper() for place in map(places.institutions.__getitem__, row.institutions)} | {row.city.upper()}
    out.cities[row.petitioner_id] = frozenset(cities - {""})
    for name in (row.name, *row.spellings):
        for state in states:
            out.by_key.setdefault((state, key(name)), row.petitioner_id)
            for city in out.cities[row.petitioner_id]:
                out.by_city[state, city].append((key(name), row.petitioner_id))


def _state(text: str) -> str:
    return text.strip().upper() if len(text.strip()) == 2 else STATES.get(text.strip().lower(), "")
