"""Who files for whom: the hand-kept graph, and for all others the package's resolver.

A hand-kept petitioner says which institutions it files for; every spelling that resolves to the same
institution and relation is this petitioner's. Anybody else who resolves to an institution of the
directory files for that institution. The rest is kept, tied to nobody, when it files for trainees.
The resolver reads the shipped directory: after a change of institutions the build runs twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache

from facts.places import Places
from facts.raw import HAND, key, read, slug, unique
from facts.registry import Registry
from visamatch.directory.filings import Group, files_for
from visamatch.directory.resolve import Match, resolver
from visamatch.facts.tables import Approvals, Filings, Petitioner


@cache
def _resolve(employer: str, city: str, state: str, tax_id: str) -> Match:
    return resolver().resolve(employer, city, state, tax_id)


@dataclass
class Petitioners:
    """Petitioners by id, and what leads to them."""

    places: Places
    rows: dict[str, Petitioner] = field(default_factory=dict)
    by_key: dict[tuple[str, str], str] = field(default_factory=dict)  # (state, key of the name)
    by_tie: dict[tuple[str | None, str], str] = field(default_factory=dict)
    hand: set[str] = field(default_factory=set)

    def of(self, employer: str, city: str, state: str, tax_id: str) -> str | None:
        """The petitioner of an employer string, if it is tied to an institution."""
        named = self.by_key.get((state, key(employer)))
        match = _resolve(employer, city, state, tax_id)
        who = named or self._tied(match, state)
        return who if who and self.rows[who].institutions else None

    def of_group(self, group: Group) -> str:
        """The petitioner of a group of filings, tied or not."""
        match = Match(group.institution_id or None, group.institution, group.relation, 1.0, "")
        named = self.by_key.get((group.state, key(group.petitioner)))
        return named or self._tied(match, group.state) or self._stranger(group)

    def _tied(self, match: Match, state: str) -> str | None:
        tie = match.institution_id, match.relation
        whom = tuple(
            sorted(place for place in files_for(match) if place in self.places.institutions)
        )
        if tie not in self.by_tie and match.institution_id and whom:
            plain = match.relation == "self"
            who = (
                match.institution_id if plain else f"{match.institution_id}-{slug(match.relation)}"
            )
            home = self.places.institutions.get(match.institution_id)
            name = (match.institution or "") + (
                "" if plain else f" ({match.relation.replace('_', ' ')})"
            )
            relation = "affiliate" if match.relation == "research_institute" else match.relation
            self.rows[who] = Petitioner(
                who, name, home.aliases if home and plain else (), home.city if home else "",
                home.state if home else state, relation, whom, home.system_id if home else "", (),
            )  # fmt: skip
            self.by_tie[tie] = who
        return self.by_tie.get(tie)

    def _stranger(self, group: Group) -> str:
        who = f"{slug(key(group.petitioner))}-{group.state.lower()}"
        self.rows.setdefault(
            who, Petitioner(who, group.petitioner, (), "", group.state, "", (), "", ())
        )
        return who

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


def build(places: Places, registry: Registry) -> Petitioners:
    """The hand-kept petitioners, by their names and by what their names resolve to."""
    out = Petitioners(places)
    for row in read(HAND / "petitioners.csv"):
        who, states = row["petitioner_id"], row["states"].split("|")
        out.rows[who] = Petitioner(
            who, row["name"], unique(row["spellings"].split("|")), row["city"], states[0],
            row["relation"], places.matching(row["institutions"]), row["system_id"],
            registry.cite(*row["source"].split("|")),
        )  # fmt: skip
        out.hand.add(who)
        for name in (row["name"], *out.rows[who].spellings):
            for state in states:
                out.by_key.setdefault((state, key(name)), who)
        match = resolver().resolve(row["name"], row["city"], states[0])
        if match.institution_id and row["relation"] != "former":
            out.by_tie.setdefault((match.institution_id, match.relation), who)
    return out
