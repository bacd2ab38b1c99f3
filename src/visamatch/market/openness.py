"""How open a program is to international graduates, from what is public about it.

A linear score of public covariates (``parameters/openness.yaml``, estimated by ``scripts/fit_openness.py``; only
its coefficients ship). Interview rates are weakly predictable: the score says where a program probably stands
inside its specialty, and ``spread`` says how little that is. Many programs interview none at all, so the answer
is two numbers: the score and the chance of *none*.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log, log1p
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from visamatch.directory.programs import directory
from visamatch.facts.tables import Approvals, Filings, Petitioner, Program, rows

PARAMETERS = files("visamatch.market") / "parameters" / "openness.yaml"
APPROVALS_FROM = 2018
_NAMES = {  # words in the names of program and institution
    "university": r"\bUniv|\bU |School of Med|College of Med",
    "military": r"Army|Navy|Naval|Air Force|Military|Madigan|Walter Reed|Brooke|Tripler|SAUSHEC|NCC|Uniformed",
    "county": r"County|\bCnty",
    "hca": r"HCA",
    "community": r"Communit|Regional|Memorial",
    "faith": r"Saint|St\.? |Mercy|Ascension|Trinity|Baptist|Methodist|Jewish",
    "children": r"Child",
    "consortium": r"Consort|Foundation|Network|Health Center|GME|Education",
    "west": r"Kaiser|Sutter|Providence|Adventist",
    "veterans": r"\bVA\b|Veteran",
    "osteopathic": r"Osteopath|McLaren|Arrowhead",
}
_KINDS = ("school", "university", "consortium", "health_center", "unknown", "government")
_OWNERS = ("for_profit", "government", "nonprofit")


@dataclass(frozen=True)
class _Known:
    """Counts by institution that several programs share."""

    programs: Counter[str]
    seats: dict[str, float]
    filings: dict[
        tuple[str, str], float
    ]  # trainee filings by institution and kind, shared among those filed for
    named: dict[tuple[str, str], float]  # the same by institution and specialty
    approvals: dict[str, float]


@cache
def _known() -> _Known:
    known = directory()
    for_whom = {row.petitioner_id: row.institutions for row in rows(Petitioner)}
    seats: dict[str, float] = defaultdict(float)
    filings: dict[tuple[str, str], float] = defaultdict(float)
    named: dict[tuple[str, str], float] = defaultdict(float)
    approvals: dict[str, float] = defaultdict(float)
    for program_id, quotas in known.quotas_of.items():
        seats[known.programs[program_id].institution_id] += sum(
            row.quota for row in quotas if row.year == 2026
        )
    for row in rows(Filings):
        for name in for_whom[row.petitioner_id]:
            share = row.count / len(for_whom[row.petitioner_id])
            filings[name, "fellow" if row.kind == "fellow" else "resident"] += share
            named[name, row.specialty_id] += share
    for year in rows(Approvals):
        if year.fiscal_year >= APPROVALS_FROM:
            for name in for_whom.get(year.petitioner_id, ()):
                approvals[name] += year.initial / len(for_whom[year.petitioner_id])
    sizes = Counter(program.institution_id for program in known.programs.values())
    return _Known(sizes, seats, filings, named, approvals)


def covariates(program: Program) -> dict[str, float]:
    """The public covariates of a program, by name; what is absent is 0."""
    known, counts, here = directory(), _known(), program.institution_id
    institution = known.institution(program)
    names = f"{program.name} | {institution.name}"
    quotas = [row for row in known.quotas_of.get(program.program_id, ()) if row.year == 2026]
    letters = {track.letter for track in known.tracks_of.get(program.program_id, ())}
    seats = sum(row.quota for row in quotas)
    filled = sum(row.filled or 0 for row in quotas)
    found = {
        "log_seats": log(seats or 6),
        "unfilled": 1 - filled / seats if seats else 0.0,
        "any_unfilled": float(filled < seats),
        "tracks": float(len(quotas)),
        "log_programs": log(counts.programs[here]),
        "log_institution_seats": log1p(counts.seats[here]),
        "only_program": float(counts.programs[here] == 1),
        "affiliated": float(bool(institution.university)),
        "petitioner": float(here in known.petitioners_of),
        "log_resident_filings": log1p(counts.filings.get((here, "resident"), 0)),
        "log_fellow_filings": log1p(counts.filings.get((here, "fellow"), 0)),
        "log_specialty_filings": log1p(counts.named.get((here, program.specialty_id), 0)),
        "log_approvals": log1p(counts.approvals.get(here, 0)),
        f"kind_{institution.kind}": float(institution.kind in _KINDS),
        f"state_{program.state}": 1.0,
    }
    found |= {f"has_{letter}": float(letter in letters) for letter in "APMR"}
    found |= {f"owner_{owner}": float(institution.ownership == owner) for owner in _OWNERS}
    found |= {f"name_{word}": float(bool(re.search(rule, names))) for word, rule in _NAMES.items()}
    return found


@cache
def parameters() -> dict[str, Any]:
    """The shipped coefficients."""
    return yaml.safe_load(PARAMETERS.read_text("utf-8"))  # type: ignore[no-any-return]


def openness(programs: Sequence[Program]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Score inside the specialty (standard deviation about 1 with ``spread``), and chance that none is interviewed."""
    p = parameters()
    score = np.array([_score(program, p) for program in programs])
    base = np.array(
        [p["none"].get(program.specialty_id, p["none"]["other"]) for program in programs]
    )
    return score, 1 / (1 + np.exp(-(base + p["none_slope"] * score)))


def _score(program: Program, p: dict[str, Any]) -> float:
    group = p["procedural" if program.specialty_id in p["procedural_specialties"] else "medical"]
    given = covariates(program).items()
    return float(
        group["constant"] + sum(group[name] * value for name, value in given if name in group)
    )


def expected_rate(programs: Sequence[Program]) -> NDArray[Any]:
    """Share of international applicants a program probably interviews (season 2024–25), for ordering."""
    p = parameters()
    level = np.array(
        [p["log_rate"].get(one.specialty_id, p["log_rate"]["other"]) for one in programs]
    )
    rate = np.exp(level + p["log_rate_slope"] * openness(programs)[0]) - p["log_rate_offset"]
    return np.asarray(np.maximum(rate, 0))
