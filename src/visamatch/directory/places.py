"""Places and distance."""

from collections import defaultdict
from functools import cache

import numpy as np
from numpy.typing import NDArray

from visamatch.directory.programs import directory
from visamatch.errors import InputError, one_of
from visamatch.facts.states import NEW_ENGLAND
from visamatch.facts.tables import Program

EARTH_RADIUS_MILES = 3958.8
BOSTON_RING_MILES = 12.0
Point = tuple[float, float]
Floats = NDArray[np.float64]


def miles(a: Point, b: Point) -> float:
    """Great-circle distance in miles between two (latitude, longitude) points in degrees."""
    return float(distances(np.array([a]), np.array([b]))[0, 0])


def distances(a: Floats, b: Floats) -> Floats:
    """The same between all of two lists of points, shapes [n, 2] and [m, 2]; nan where one is not known."""
    (lat1, lon1), (lat2, lon2) = np.radians(a.T)[:, :, None], np.radians(b.T)[:, None, :]
    half = np.sin((lat2 - lat1) / 2) ** 2
    half = half + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_MILES * np.arcsin(np.sqrt(half)))


@cache
def _cities() -> dict[tuple[str, str], Point]:
    points: dict[tuple[str, str], list[Point]] = defaultdict(list)
    for program in directory().programs.values():
        if program.lat is not None and program.lon is not None:
            points[program.city.lower(), program.state].append((program.lat, program.lon))
    return {
        key: (sum(lat for lat, _ in all_) / len(all_), sum(lon for _, lon in all_) / len(all_))
        for key, all_ in points.items()
    }


def city_point(text: str) -> Point:
    """The middle of the programs of a city, written ``Boston`` or ``Springfield, MA``.

    Raises:
        InputError: no program with coordinates there, or the name stands for several states.
    """
    name, _, state = (part.strip() for part in text.partition(","))
    found = {
        key: point
        for key, point in _cities().items()
        if key[0] == name.lower() and state.upper() in ("", key[1])
    }
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        choices = [f"{name.title()}, {state}" for _, state in sorted(found)]
        raise InputError("city", f"the state as well, {one_of(choices, text)}", text)
    known = [f"{city.title()}, {state}" for city, state in _cities()]
    raise InputError("city", one_of(known, text), text)


RINGS = ("Boston", "Massachusetts", "New England", "Elsewhere")


def ring_of(program: Program) -> str:
    """The ring around Boston that a program lies in."""
    point = None if program.lat is None or program.lon is None else (program.lat, program.lon)
    return ring(program.city, program.state, point)


def ring(city: str, state: str, point: Point | None) -> str:
    """The ring around Boston a place lies in: Boston, Massachusetts, New England or Elsewhere."""
    if state != "MA":
        return "New England" if state in NEW_ENGLAND else "Elsewhere"
    boston = _cities().get(("boston", "MA"))
    near = point and boston and miles(point, boston) <= BOSTON_RING_MILES
    return "Boston" if near or city.lower().startswith("boston") else "Massachusetts"
