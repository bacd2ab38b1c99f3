"""Find programs by specialty, place and words; a question of the directory alone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from visamatch.directory.places import Point, city_point, miles
from visamatch.directory.programs import Directory
from visamatch.errors import InputError, one_of
from visamatch.facts.specialties import specialty_named
from visamatch.facts.states import STATES
from visamatch.facts.tables import Program

OPEN_STATUSES = ("current", "new", "listed", "other_match")


@dataclass(frozen=True, slots=True)
class Where:
    """What to look for. Empty fields do not restrict.

    ``within`` is a distance in miles from ``city``; programs without coordinates are then left out.
    ``closed`` also keeps programs that are closed, moved or out of the newest Match.
    """

    specialties: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    city: str = ""
    within: float | None = None
    text: str = ""
    closed: bool = False


def where(
    specialties: Iterable[str] = (),
    states: Sequence[str] = (),
    city: str = "",
    within: float | None = None,
    text: str = "",
    closed: bool = False,
) -> Where:
    """Build a :class:`Where` from what a person typed; names and codes are checked.

    Raises:
        InputError: an unknown specialty, state or city, or a distance without a city.
    """
    if within is not None and not city:
        raise InputError("within", "a city to measure from")
    if within is not None and not 0 < within <= 5000:
        raise InputError("within", "a distance of 1 to 5000 miles", within)
    for state in states:
        if state.strip().upper() not in STATES:
            raise InputError("state", one_of(STATES, state.upper()), state)
    if city:
        city_point(city)
    ids = tuple(specialty_named(name).specialty_id for name in specialties)
    codes = tuple(state.strip().upper() for state in states)
    return Where(ids, codes, city.strip(), within, text.strip(), closed)


def programs_where(known: Directory, where: Where) -> Iterator[Program]:
    """The programs that fit, in the order of the directory."""
    center = city_point(where.city) if where.city and where.within is not None else None
    for program in known.programs.values():
        if (
            (where.closed or program.status in OPEN_STATUSES)
            and (not where.specialties or program.specialty_id in where.specialties)
            and (not where.states or program.state in where.states)
            and _near(program, where, center)
            and _has_words(known, program, where.text)
        ):
            yield program


def _near(program: Program, where: Where, center: Point | None) -> bool:
    if center is None:
        return not where.city or program.city.lower() == where.city.split(",")[0].strip().lower()
    if program.lat is None or program.lon is None:
        return False
    return miles(center, (program.lat, program.lon)) <= (where.within or 0.0)


def _has_words(known: Directory, program: Program, text: str) -> bool:
    if not text:
        return True
    place = known.institution(program)
    haystack = " ".join((program.name, place.name, *place.aliases, program.city)).lower()
    return all(word in haystack for word in text.lower().split())
