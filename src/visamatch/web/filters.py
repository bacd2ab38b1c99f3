"""The filters of the programs page: from the address bar to a search, and what could not be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from django.http import QueryDict

from visamatch.advice.sponsor_search import Mode, Result, Sort, search, search_options
from visamatch.directory.programs import directory
from visamatch.directory.search import Where, where
from visamatch.errors import InputError
from visamatch.evidence.assessment import Assessment, StandingCode
from visamatch.facts.specialties import specialty_named
from visamatch.shipped import shipped
from visamatch.workspace.profile import Profile

MODES, SORTS = (shipped("web/words.yaml")[name] for name in ("modes", "sorts"))
DISTANCES = ("10", "25", "50", "100", "200")
DEFAULTS = {"mode": "hide_no", "sort": "chance"}


@dataclass(frozen=True)
class Filters:
    """What to look for, and one sentence for each field that made no sense (it is then left out)."""

    where: Where
    mode: Mode
    standings: tuple[StandingCode, ...]
    sort: Sort
    problems: dict[str, str]

    @property
    def active(self) -> int:
        """How many filters narrow the list."""
        place = self.where
        parts = (place.specialties, place.states, place.city, place.text, self.standings)
        return sum(bool(part) for part in parts) + (self.mode != DEFAULTS["mode"])

    def run(self, assessments: Mapping[str, Assessment]) -> Result:
        """Search the directory."""
        return search(directory(), assessments, self.where, self.mode, self.standings, self.sort)


@cache
def offered() -> dict[str, str]:
    """Specialties that some program trains in: id to name, by name."""
    used = {program.specialty_id for program in directory().programs.values()}
    named = [(row.name, key) for key, row in directory().specialties.items() if key in used]
    return {key: name for name, key in sorted(named)}


def read_filters(asked: QueryDict) -> Filters:
    """Read the address bar, leaving out one field after the other that cannot be read."""
    problems: dict[str, str] = {}

    def texts(field: str) -> list[str]:
        return [] if field in problems else [text for text in asked.getlist(field) if text.strip()]

    def text(field: str) -> str:
        return (*texts(field), DEFAULTS.get(field, ""))[0]

    while True:  # every round either ends or takes one field out
        try:
            place = where(
                texts("specialty"),
                texts("state"),
                text("city"),
                _miles(text("within")) if text("city") else None,
                text("text"),
                closed=bool(text("closed")),
            )
            options = search_options(text("mode"), texts("standing"), text("sort"))
            return Filters(place, *options, problems)
        except InputError as error:
            if error.where in problems or error.where not in asked:
                raise
            problems[error.where] = str(error)


def address_for(profile: Profile) -> str:
    """The filters that a profile suggests, as an address."""
    parts = [("specialty", specialty_named(wish.name).specialty_id) for wish in profile.specialties]
    parts += [("state", code) for code in profile.places.states]
    return urlencode([*parts, ("mode", DEFAULTS["mode"])])


def _miles(text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        raise InputError("within", "a number of miles", text) from None
