"""Published figures of the Match, read from the raw data folder (NRMP, AAMC and others; not shipped).

The tables stay with their owners. What leaves here: single cited figures, and shares that join several tables by
proportional fitting, which become parameters.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visamatch.errors import InputError
from visamatch.market.population import Country

GROUPS = (
    "us_md",
    "us_do",
    "us_prior",
    "us_img",
    "non_us_img",
)  # kinds as published: visa need is not
OF_KIND = np.array([0, 1, 2, 3, 4, 4])  # group of each of KINDS
YEAR = 2026
FEW = 60.0  # known places that weigh as much as who ranked the specialty
_COLUMNS = {0: "us_md_senior", 1: "us_do_senior", 3: "us_img", 4: "nonus_img"}
_NUMBER = re.compile(r"-?[\d.]+")
_SPELLINGS = {  # names of the NRMP tables that are not those of facts/specialties.csv
    "Internal Medicine (Categorical)": "internal-medicine", "Medicine-Primary": "internal-medicine",
    "Medicine-Preliminary (PGY-1 Only)": "internal-medicine/P", "Transitional (PGY-1 Only)": "transitional-year/P",
    "Surgery-Preliminary (PGY-1 Only)": "general-surgery/P", "Surgery (Categorical)": "general-surgery",
    "Surgery-General": "general-surgery", "Pediatrics (Categorical)": "pediatrics", "Pediatrics-Primary": "pediatrics",
    "Pediatrics-Preliminary": "pediatrics/P", "OB/GYN-Preliminary (PGY-1 Only)": "obstetrics-gynecology/P",
    "Obstetrics-Gynecology": "obstetrics-gynecology", "Obstetrics and Gynecology": "obstetrics-gynecology",
    "Orthopaedic Surgery": "orthopedic-surgery", "Pathology-Anatomic and Clinical": "pathology",
    "Pathology (Anatomic and Clinical)": "pathology", "Otolaryngology (ENT)": "otolaryngology",
    "Radiology-Diagnostic": "diagnostic-radiology", "Radiology (Diagnostic)": "diagnostic-radiology",
    "Interventional Radiology": "interventional-radiology-integrated",
    "Interventional Radiology (Integrated)": "interventional-radiology-integrated",
    "Physical Medicine & Rehab": "physical-medicine-rehabilitation",
    "Physical Medicine and Rehabilitation": "physical-medicine-rehabilitation",
    "Plastic Surgery": "plastic-surgery-integrated", "Plastic Surgery (Integrated)": "plastic-surgery-integrated",
    "Thoracic Surgery": "thoracic-surgery-integrated", "Thoracic Surgery (Integrated)": "thoracic-surgery-integrated",
    "Vascular Surgery": "vascular-surgery-integrated", "Vascular Surgery (Integrated)": "vascular-surgery-integrated",
    "Internal Medicine/Pediatrics": "medicine-pediatrics", "Medicine-Pediatrics": "medicine-pediatrics",
    "Public Health and Preventive Medicine": "preventive-medicine", "Surgery (General)": "general-surgery",
    "Occupational & Environmental Medicine": "occupational-medicine",
    "Osteopathic Neuromusculoskeletal Medicine": "osteopathic-neuromusculoskeletal-medicine",
    "Osteo Neuromusculoskeletal Med": "osteopathic-neuromusculoskeletal-medicine",
    "Emergency Med-Anesthesiology": "emergency-anesthesiology", "Emergency Med-Family Med": "emergency-family",
    "Medicine-Emergency Med": "medicine-emergency", "Medicine-Medical Genetics": "medicine-genetics",
    "Medicine-Preventive Med": "medicine-preventive", "Pediatrics-Emergency Med": "pediatrics-emergency",
    "Pediatrics-Medical Genetics": "pediatrics-genetics", "Pediatrics-PM & R": "pediatrics-rehabilitation",
    "Peds/Psych/Child Psych": "triple-board", "Psychiatry-Family Medicine": "psychiatry-family",
}  # fmt: skip


@dataclass(frozen=True)
class Published:
    """Figures by specialty (rows, order of the country) and group (columns of ``GROUPS``).

    Attributes:
        first: active applicants by first choice. second: who also ranked the specialty, estimated.
        matched: who took the places that were filled; counted: places whose takers are known, ``FEW`` added in
            proportion to who ranked them. filled: share of places.
        active, placed: by group, applicants with a list, and matched to PGY-1.
        lists: non-US IMG, specialty -> outcome -> measure -> row of quartiles, mean, sd, n.
        to_first: non-US IMG, specialty -> share matched to the first choice.
        curve: non-US IMG, specialty -> chance by 1, 2, … contiguous ranks (derived).
        rates, totals: the two tables of yearly figures, (year, what) -> row.
    """

    index: dict[str, int]
    first: NDArray[Any]
    second: NDArray[Any]
    matched: NDArray[Any]
    counted: NDArray[Any]
    filled: NDArray[Any]
    active: NDArray[Any]
    placed: NDArray[Any]
    lists: dict[str, dict[str, dict[str, dict[str, float]]]]
    us_scores: dict[str, dict[str, float]]
    to_first: dict[str, float]
    curve: dict[str, list[float]]
    rates: dict[tuple[int, str], dict[str, str]]
    totals: dict[tuple[int, str], float]


def read(data: Path, known: Country, filled: NDArray[Any]) -> Published:
    """Read the folder; ``filled`` are the places of each specialty that were filled, from the directory.

    Raises:
        InputError: a table is missing.
    """
    yearly = _table(data, "nrmp_match_rates_by_year_type")
    rates = {(int(row["match_year"]), row["applicant_type"]): row for row in yearly}
    yearly = _table(data, "nrmp_totals_by_year")
    totals = {(int(row["match_year"]), row["measure"]): float(row["value"]) for row in yearly}
    index = {str(name): at for at, name in enumerate(known.specialties)}
    active, placed = groups_of(rates, totals, YEAR)
    ranked, took = _by_group(_table(data, "nrmp2025_pgy1_specialty_by_type"), index)
    took[:, 2] = 0.03 * took.sum(axis=1) + 0.1  # earlier graduates are in no table
    ranked[:, 2] = 0.05 * ranked.sum(axis=1) + 0.1
    likely = ranked * placed / active
    took += FEW * likely / likely.sum(axis=1, keepdims=True).clip(1e-9)
    preferring = _table(data, "co2026_nonus_img_specialty")
    candidates = _table(data, "nrmp2026_candidates_per_position")
    first = _first(candidates, preferring, index, ranked, took, active)
    advanced, total = (
        np.bincount(known.specialty_of, known.quota * on, len(index)) for on in (known.advanced, 1)
    )
    second = np.maximum(ranked * active / groups_of(rates, totals, 2025)[0].clip(1) - first, 0)
    second[(advanced > 0) | np.char.endswith(known.specialties, "/P")] = 0
    pgy1 = filled * (1 - advanced / total.clip(1))
    by_group = fit_margins(took + 1e-6, pgy1, placed) * (filled / pgy1.clip(1e-9))[:, None]
    shares = filled[:, None] * took / took.sum(axis=1, keepdims=True)
    lists: dict[str, Any] = {}
    for row in _table(data, "co2026_nonus_img_measures"):
        cohort = lists.setdefault(specialty_id(row["specialty"]), {}).setdefault(row["cohort"], {})
        cohort[row["measure"]] = _numbers(row)
    curve: dict[str, list[float]] = {}
    for row in _table(data, "derived_p_match_by_contiguous_ranks_2026"):
        chances = curve.setdefault(specialty_id(row["specialty"]), [])
        chances.append(float(row["p_match_preferred_specialty_derived"]))
    scores = _table(data, "co2026_usmd_senior_step2ck")
    return Published(
        index=index, first=first, second=second, matched=np.where(pgy1[:, None] > 0, by_group, shares),
        counted=took, filled=filled / total.clip(1), active=active, placed=placed, lists=lists,
        us_scores={specialty_id(row["specialty"]): _numbers(row) for row in scores},
        to_first={specialty_id(row["name"]): float(row["imgMatched"]) / float(row["imgTotal"]) for row in preferring},
        curve=curve, rates=rates, totals=totals,
    )  # fmt: skip


def groups_of(rates: Any, totals: Any, year: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Active and matched applicants by group in a year; the rest of all applicants are earlier US graduates."""
    rows = [rates[year, name] for name in ("US MD senior", "US DO senior", "US IMG", "non-US IMG")]
    active = [float(row["active_applicants"] or 0) for row in rows]
    matched = [
        float(row["matched_pgy1"] or 0) or a * float(row["match_rate_pct"]) / 100
        for row, a in zip(rows, active, strict=True)
    ]
    everybody = totals[year, "active_applicants"]
    share = float(rates[year, "all applicants"]["match_rate_pct"]) / 100
    active.insert(2, everybody - sum(active))
    matched.insert(2, everybody * share - sum(matched))
    return np.array(active), np.array(matched)


def fit_margins(seed: NDArray[Any], row: NDArray[Any], column: NDArray[Any]) -> NDArray[Any]:
    """Iterative proportional fitting of ``seed`` to row and column sums (columns are met exactly)."""
    out = seed.astype(float)
    for _ in range(200):
        out *= (row / np.maximum(out.sum(axis=1), 1e-12))[:, None]
        out *= column / np.maximum(out.sum(axis=0), 1e-12)
    return out


def specialty_id(name: str) -> str:
    """Our id of a name in the tables."""
    return _SPELLINGS.get(name, name.lower().replace(" ", "-"))


def _table(data: Path, name: str) -> list[dict[str, str]]:
    path = data / "match" / f"{name}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    except OSError:
        wanted = "the table of published figures; give the raw data folder with --data"
        raise InputError(str(path), wanted) from None


def _numbers(row: dict[str, str]) -> dict[str, float]:
    return {name: float(value) for name, value in row.items() if _NUMBER.fullmatch(value)}


def _by_group(
    table: list[dict[str, str]], index: dict[str, int]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Who ranked, and who matched, by specialty and group; categorical and primary places are one."""
    ranked, matched = np.zeros((2, len(index), len(GROUPS)))
    for row in table:
        at = index.get(specialty_id(row["specialty"]))
        if at is None:
            continue
        for g, column in _COLUMNS.items():
            ranked[at, g] = max(ranked[at, g], float(row[f"applicants_{column}"]))
            matched[at, g] += float(row[f"matched_{column}"])
    return ranked, matched


def _first(
    candidates: Any, preferring: Any, index: dict[str, int], ranked: Any, took: Any, active: Any
) -> NDArray[Any]:
    """First choices: published totals by specialty and, for non-US IMG, by specialty; the rest by fitting.

    Who matched in a specialty mostly ranked it first; of those who only ranked it, some.
    """
    seed, row = took + 0.3 * np.maximum(ranked - took, 0) + 0.05, np.zeros(len(index))
    for line in candidates:
        row[index[specialty_id(line["specialty"])]] = float(
            line["first_or_only_choice_applicants_all_types"]
        )
    for line in preferring:
        at, img = index[specialty_id(line["name"])], float(line["imgTotal"])
        row[at] = max(
            row[at], float(line["allApplicants"])
        )  # the two tables disagree on obstetrics alone
        seed[at, 4] = img * seed[at, :4].sum() / max(row[at] - img, 1)
    rest = row == 0
    row[rest] = ranked[rest].sum(axis=1)
    row[rest] *= (active.sum() - row[~rest].sum()) / row[rest].sum()
    return fit_margins(seed, row, active)
