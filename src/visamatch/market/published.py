"""Published figures of the Match, read from the raw data folder (NRMP, AAMC and others; not shipped).

The tables stay with their owners. What leaves here: single cited figures, and shares that join several tables by
proportional fitting, which become parameters.
"""

from __future__ import annotations

import csv
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
_COLUMNS = {
    "us_md": "us_md_senior",
    "us_do": "us_do_senior",
    "us_img": "us_img",
    "non_us_img": "nonus_img",
}
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
        matched: who took the places that were filled. filled: share of places.
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
    filled: NDArray[Any]
    active: NDArray[Any]
    placed: NDArray[Any]
    lists: dict[str, dict[str, dict[str, dict[str, float]]]]
    us_scores: dict[str, dict[str, float]]
    to_first: dict[str, float]
    curve: dict[str, NDArray[Any]]
    rates: dict[tuple[int, str], dict[str, str]]
    totals: dict[tuple[int, str], float]


def read(data: Path, known: Country, filled: NDArray[Any]) -> Published:
    """Read the folder; ``filled`` are the places of each specialty that were filled, from the directory.

    Raises:
        InputError: a table is missing.
    """
    rates = {
        (int(r["match_year"]), r["applicant_type"]): r
        for r in _rows(data, "nrmp_match_rates_by_year_type")
    }
    totals = {
        (int(r["match_year"]), r["measure"]): float(r["value"])
        for r in _rows(data, "nrmp_totals_by_year")
    }
    table = _rows(data, "nrmp2025_pgy1_specialty_by_type")
    active, placed = groups_of(rates, totals, YEAR)
    ranked = _by_group(table, "applicants", known, np.maximum)
    took = _by_group(table, "matched", known, np.add)
    took[:, 2] = 0.03 * took.sum(axis=1) + 0.1
    ranked[:, 2] = 0.05 * ranked.sum(axis=1) + 0.1
    first = _first(data, known, ranked, active)
    later = np.array([active[g] / max(groups_of(rates, totals, 2025)[0][g], 1) for g in range(5)])
    one_year = np.array(
        [not (known.advanced & (known.specialty_of == s)).any() for s in range(len(first))]
    )
    second = np.maximum(ranked * later - first, 0) * one_year[:, None]
    second[[name.endswith("/P") for name in known.specialties]] = 0
    advanced = np.bincount(known.specialty_of, known.advanced * known.quota, len(first))
    total = np.bincount(known.specialty_of, known.quota, len(first))
    pgy1 = filled * (1 - advanced / np.maximum(total, 1))
    matched = fit_margins(took + 1e-6, pgy1, placed) * (filled / np.maximum(pgy1, 1e-9))[:, None]
    shares = took / took.sum(axis=1, keepdims=True)
    return Published(
        {name: at for at, name in enumerate(known.specialties)}, first, second,
        np.where(pgy1[:, None] > 0, matched, filled[:, None] * shares), filled / np.maximum(total, 1),
        active, placed, _lists(data), _us_scores(data), _to_first(data), _curve(data), rates, totals,
    )  # fmt: skip


def groups_of(rates: Any, totals: Any, year: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Active and matched applicants by group in a year; the rest of all applicants are earlier US graduates."""
    names = ("US MD senior", "US DO senior", "US IMG", "non-US IMG")
    rows = [rates[year, name] for name in names]
    active = [float(r["active_applicants"] or 0) for r in rows]
    matched = [
        float(r["matched_pgy1"] or 0) or a * float(r["match_rate_pct"]) / 100
        for r, a in zip(rows, active, strict=True)
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


def _rows(data: Path, name: str) -> list[dict[str, str]]:
    path = data / "match" / f"{name}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    except OSError:
        raise InputError(
            str(path), "the table of published figures; give the raw data folder with --data"
        ) from None


def _by_group(table: list[dict[str, str]], what: str, known: Country, join: Any) -> NDArray[Any]:
    """Counts by specialty and group; ``join`` two rows of one specialty (categorical and primary)."""
    out, index = (
        np.zeros((len(known.specialties), 5)),
        {name: at for at, name in enumerate(known.specialties)},
    )
    for row in table:
        at = index.get(specialty_id(row["specialty"]))
        if at is not None:
            counts = [float(row[f"{what}_{_COLUMNS[g]}"]) if g in _COLUMNS else 0 for g in GROUPS]
            out[at] = join(out[at], counts)
    return out


def _first(data: Path, known: Country, ranked: NDArray[Any], active: NDArray[Any]) -> NDArray[Any]:
    """First choices: published totals by specialty and, for non-US IMG, by specialty; the rest by fitting."""
    index = {name: at for at, name in enumerate(known.specialties)}
    seed, row = ranked * 0.6 + 0.05, np.zeros(len(index))
    for line in _rows(data, "nrmp2026_candidates_per_position"):
        row[index[specialty_id(line["specialty"])]] = float(
            line["first_or_only_choice_applicants_all_types"]
        )
    for line in _rows(data, "co2026_nonus_img_specialty"):
        at = index[specialty_id(line["name"])]
        row[at] = max(
            row[at], float(line["allApplicants"])
        )  # the two tables disagree on obstetrics alone
        seed[at, 4] = (
            float(line["imgTotal"])
            * ranked[at, :4].sum()
            / max(row[at] - float(line["imgTotal"]), 1)
        )
    rest = row == 0
    row[rest] = ranked[rest].sum(axis=1)
    row[rest] *= (active.sum() - row[~rest].sum()) / row[rest].sum()
    return fit_margins(seed, row, active)


def _lists(data: Path) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for row in _rows(data, "co2026_nonus_img_measures"):
        keep = {k: float(v) for k, v in row.items() if k not in _WORDS and v}
        out.setdefault(specialty_id(row["specialty"]), {}).setdefault(
            row["cohort" if "cohort" in row else "outcome"], {}
        )[row["measure"]] = keep
    return out


_WORDS = {"match_year", "applicant_type", "specialty", "measure", "cohort", "outcome", "source"}


def _us_scores(data: Path) -> dict[str, dict[str, float]]:
    return {
        specialty_id(row["specialty"]): {
            k: float(v) for k, v in row.items() if k not in _WORDS and v
        }
        for row in _rows(data, "co2026_usmd_senior_step2ck")
    }


def _to_first(data: Path) -> dict[str, float]:
    table = _rows(data, "co2026_nonus_img_specialty")
    return {specialty_id(r["name"]): float(r["imgMatched"]) / float(r["imgTotal"]) for r in table}


def _curve(data: Path) -> dict[str, NDArray[Any]]:
    out: dict[str, list[float]] = {}
    for row in _rows(data, "derived_p_match_by_contiguous_ranks_2026"):
        out.setdefault(specialty_id(row["specialty"]), []).append(
            float(row["p_match_preferred_specialty_derived"])
        )
    return {name: np.array(values) for name, values in out.items()}
