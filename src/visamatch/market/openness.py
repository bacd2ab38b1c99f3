"""How open a program is to international graduates, from what is public about it.

A linear score of public covariates (``parameters/openness.yaml``, estimated by ``scripts/fit_openness.py``; only
its coefficients ship). Interview rates are weakly predictable: the score says where a program probably stands
inside its specialty, and ``spread`` says how little that is. Many programs interview none at all, so the answer
is two numbers: the score and the chance of *none*.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from math import cos, hypot, log, log1p, radians
from typing import Any, Literal

import numpy as np
import yaml
from numpy.typing import NDArray

from visamatch.directory.programs import directory
from visamatch.facts.tables import Filings, Institution, Petitioner, Program, rows

PARAMETERS = files("visamatch.market") / "parameters" / "openness.yaml"
YEAR = 2026  # the Match whose positions and fills are read
LARGE = 10  # institutions that make a metropolitan area or a system large enough for a coefficient
NEAR = 40.0  # kilometers from the center of a metropolitan area
METROS = {
    "new_york": (40.80, -73.93), "boston": (42.35, -71.08), "philadelphia": (39.99, -75.25),
    "los_angeles": (34.02, -118.10), "chicago": (41.85, -87.80), "miami": (25.98, -80.25),
    "detroit": (42.35, -83.25), "tampa": (27.90, -82.60), "san_francisco": (37.77, -122.25),
    "baltimore": (39.30, -76.62), "washington": (38.92, -77.03),
}  # fmt: skip
Group = Literal["us_img", "non_us_img"]


@dataclass
class _Shared:
    """What the programs of an institution share: positions and filings for trainees, by kind and by specialty.

    Filings of a petitioner are divided among the institutions it files for.
    """

    seats: float = 0.0
    filings: Counter[str] = field(default_factory=Counter)


@cache
def _shared() -> dict[str, _Shared]:
    known = directory()
    for_whom = {row.petitioner_id: row.institutions for row in rows(Petitioner)}
    found: dict[str, _Shared] = defaultdict(_Shared)
    for program_id, quotas in known.quotas_of.items():
        here = found[known.programs[program_id].institution_id]
        here.seats += sum(row.quota for row in quotas if row.year == YEAR)
    for row in rows(Filings):
        for name in for_whom[row.petitioner_id]:
            for kind in ("fellow" if row.kind == "fellow" else "resident", row.specialty_id):
                found[name].filings[kind] += row.count / len(for_whom[row.petitioner_id])  # type: ignore[assignment]
    return found


@cache
def _large_systems() -> set[str]:
    known = directory()
    size = Counter(known.institutions[name].system_id for name in known.programs_of)
    return {name for name, count in size.items() if name and count >= LARGE}


def metros(one: Institution) -> list[str]:
    """Metropolitan areas an institution lies in."""
    if one.lat is None or one.lon is None:
        return []
    return [
        name
        for name, (lat, lon) in METROS.items()
        if hypot(one.lat - lat, (one.lon - lon) * cos(radians(lat))) * 111.2 < NEAR
    ]


def covariates(program: Program) -> dict[str, float]:
    """The public covariates of a program, by name; what is absent is 0."""
    known, institution = directory(), directory().institution(program)
    quotas = [row for row in known.quotas_of.get(program.program_id, ()) if row.year == YEAR]
    tracks = known.tracks_of.get(program.program_id, ())
    seats, filled = sum(row.quota for row in quotas), sum(row.filled or 0 for row in quotas)
    here = _shared()[program.institution_id]
    resident, fellow = here.filings["resident"], here.filings["fellow"]
    return {
        "log_seats": log(seats or 6),
        "unfilled": 1 - filled / seats if seats else 0.0,
        "new_program": float(
            bool(tracks) and all("nrmp-codes-2023" not in track.source for track in tracks)
        ),
        "log_programs": log(len(known.programs_of[program.institution_id])),
        "petitioner": float(program.institution_id in known.petitioners_of),
        "log_resident_filings": log1p(resident),
        "log_fellow_filings": log1p(fellow),
        "log_specialty_filings": log1p(here.filings[program.specialty_id]),
        "filings_per_seat": log1p(10 * (resident + fellow) / (here.seats + 15)),
        f"kind_{institution.kind}": 1.0,
        f"owner_{institution.ownership or 'unknown'}": 1.0,
        f"state_{program.state}": 1.0,
        f"system_{institution.system_id}": float(institution.system_id in _large_systems()),
        **{f"metro_{name}": 1.0 for name in metros(institution)},
    }


@cache
def parameters() -> dict[str, Any]:
    """The shipped coefficients."""
    return yaml.safe_load(PARAMETERS.read_text("utf-8"))  # type: ignore[no-any-return]


def openness(programs: Sequence[Program]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Score inside the specialty (standard deviation about 1 with ``spread``), and chance that none is interviewed."""
    p = parameters()
    score = np.array([_score(program, p) for program in programs])
    return score, 1 / (1 + np.exp(-(_by_specialty(p["none"], programs) + p["none_slope"] * score)))


def _score(program: Program, p: dict[str, Any]) -> float:
    group = p["procedural" if program.specialty_id in p["procedural_specialties"] else "medical"]
    given = covariates(program).items()
    return float(
        group["constant"] + sum(group[name] * value for name, value in given if name in group)
    )


def _by_specialty(values: dict[str, float], programs: Sequence[Program]) -> NDArray[Any]:
    return np.array([values.get(one.specialty_id, values["other"]) for one in programs])


def place(programs: Sequence[Program]) -> NDArray[Any]:
    """Expected place (0 to 1) of a program's rate for non-US graduates among programs of all specialties."""
    p = parameters()["place"]
    width = _by_specialty(p["width"], programs)
    return np.asarray(
        np.clip(_by_specialty(p["level"], programs) + width * openness(programs)[0], 0, 1)
    )


def expected_rate(programs: Sequence[Program]) -> NDArray[Any]:
    """Typical share of non-US applicants interviewed (season 2024–25): orders programs, is no mean."""
    p = parameters()["typical"]
    rate = np.exp(p["constant"] + p["slope"] * place(programs)) - p["offset"]
    return np.asarray(np.maximum(rate, 0))


@cache
def mean_rates(group: Group) -> dict[str, float]:
    """Mean share of applicants of a group interviewed by the programs of a specialty, by the fit."""
    fitted, found = parameters()["mean"][group], {}
    for name, level in fitted["level"].items():
        mine = [one for one in directory().programs.values() if one.specialty_id == name]
        found[name] = float(np.exp(level + fitted["slope"] * openness(mine)[0]).mean())
    return found
