"""Estimate how open programs are to international graduates; write ``market/parameters/openness.yaml``.

    python scripts/fit_openness.py --data ../shared/data

Data: interview rates of programs, season 2024-25, and shares of international graduates in internal medicine, 2025
(both class C: development only; nothing of a single program or institution is written). Target: the rank of the rate
inside its specialty. One ridge for each of two groups of specialties (procedural and other), because university
hospitals are the open ones in the one and the closed ones in the other. Validation: ten folds, all programs of an
institution in one fold; and, less strictly, programs held out while their sister programs are known.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rapidfuzz import fuzz

from visamatch.directory.programs import directory
from visamatch.facts.tables import Program
from visamatch.market import openness

RATES = "labelled/program_names_interview_rates_2024_25.csv"
SHARES = "labelled/visa_flags_im2025_neuro2026.csv"
IDS = {
    "Anatomic and Clinical Pathology": "pathology",
    "PM&R": "physical-medicine-rehabilitation",
    "Rad Onc": "radiation-oncology",
    "Thoracic Surgery": "thoracic-surgery-integrated",
    "Vasc Surg": "vascular-surgery-integrated",
    "Obstetrics and Gynecology": "obstetrics-gynecology",
    "Interventional Radiology": "interventional-radiology-integrated",
    "IM Peds": "medicine-pediatrics",
}
PROCEDURAL = [
    "dermatology", "diagnostic-radiology", "general-surgery", "interventional-radiology-integrated",
    "neurological-surgery", "obstetrics-gynecology", "orthopedic-surgery", "otolaryngology",
    "physical-medicine-rehabilitation", "plastic-surgery-integrated", "radiation-oncology",
    "thoracic-surgery-integrated", "vascular-surgery-integrated",
]  # fmt: skip
PENALTY, FLOOR, PRIOR, OFFSET = 900.0, 0.16, 5, 0.01
FOLDS, ROUNDS, SMALLEST, LEAST, APPLICANTS = 10, 5, 20, 10, 200
SLOPES = np.linspace(-4, 4, 801)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    sample = read(data)
    institution = [program.institution_id for program in sample.programs]
    validation = {
        "institutions_held_out": summary(sample, institution),
        "programs_held_out": summary(sample, [one.program_id for one in sample.programs]),
    } | ceilings(sample)
    print(yaml.safe_dump(validation, sort_keys=False))
    write(sample, held_out(sample, institution, 0), validation)


@dataclass(frozen=True)
class Sample:
    """Rated programs first (``n`` of them), then programs with a share of international residents."""

    programs: list[Program]
    names: list[str]
    x: Any
    target: Any  # rank inside the specialty
    rate: Any  # of non-US graduates, rated programs only
    rate_us: Any  # of US citizens from schools abroad, NaN where unknown

    @property
    def n(self) -> int:
        return len(self.rate)

    @property
    def specialty(self) -> Any:
        return np.array([one.specialty_id for one in self.programs], dtype=object)


def read(data: Path) -> Sample:
    rates, shares = read_rates(data / RATES), read_shares(data / SHARES)
    programs = [row[0] for row in rates + shares]
    rate, share = np.array([row[1] for row in rates]), np.array([row[1] for row in shares])
    of = np.array([one.specialty_id for one in programs], dtype=object)
    target = np.concatenate([ranks(rate, of[: len(rate)]), ranks(share, of[len(rate) :])])
    names, x = design(programs)
    return Sample(programs, names, x, target, rate, np.array([row[2] for row in rates]))


def fit(sample: Sample, train: Any) -> dict[str, Any]:
    """Ridge in each group of specialties: coefficients and centers."""
    scale = np.maximum(sample.x[train].std(0), FLOOR)
    center = sample.x[train].mean(0)
    procedural = np.isin(sample.specialty, PROCEDURAL)
    model = {}
    for name, group in (("medical", train & ~procedural), ("procedural", train & procedural)):
        z = (sample.x[group] - center) / scale
        w = np.linalg.solve(z.T @ z + PENALTY * np.eye(z.shape[1]), z.T @ sample.target[group])
        model[name] = (w / scale, center)
    return model


def predict(sample: Sample, model: dict[str, Any]) -> Any:
    medical, procedural = (
        (sample.x[: sample.n] - center) @ w for w, center in (model["medical"], model["procedural"])
    )
    return np.where(np.isin(sample.specialty[: sample.n], PROCEDURAL), procedural, medical)


def held_out(sample: Sample, unit: list[str], seed: int) -> Any:
    """Score and place of each rated program by a fit without its fold; a unit is never in two folds."""
    fold, out = folds(unit, seed), np.zeros((2, sample.n))
    for k in range(FOLDS):
        score = predict(sample, fit(sample, fold != k))
        train, test = fold[: sample.n] != k, fold[: sample.n] == k
        level, width = places(sample, score, train)
        out[:, test] = score[test], (level + width * score)[test]
    return out


def places(sample: Sample, score: Any, train: Any) -> tuple[Any, Any]:
    """Mean place of a specialty's rates among all, and by how much a place rises with the score."""
    place, of = rank(sample.rate) / sample.n, sample.specialty[: sample.n]
    level = shrunk(place, of, train)
    width = np.sqrt(shrunk((place - level) ** 2, of, train))
    return level, width * np.polyfit((width * score)[train], (place - level)[train], 1)[0]


def shrunk(value: Any, of: Any, train: Any) -> Any:
    """Mean by specialty, as if PRIOR more programs had the mean of all."""
    found = {}
    for name in set(of):
        mine = value[train & (of == name)]
        found[name] = (mine.sum() + PRIOR * value[train].mean()) / (len(mine) + PRIOR)
    return np.array([found[name] for name in of])


def summary(sample: Sample, unit: list[str]) -> dict[str, float]:
    """Spearman, mean of ROUNDS divisions into folds."""
    found = []
    for seed in range(ROUNDS):
        score, place = held_out(sample, unit, seed)
        found.append(
            (spearman(place, sample.rate), inside(sample, score, sample.rate),
             inside(sample, score, sample.rate_us))
        )  # fmt: skip
    names = ("over_all", "within_specialties", "within_specialties_us_img")
    return {
        name: round(float(value), 3) for name, value in zip(names, np.mean(found, 0), strict=True)
    }


def ceilings(sample: Sample) -> dict[str, float]:
    """What bounds the Spearman inside specialties: chance in the rates, and how little sister programs are alike.

    Rates are drawn again for APPLICANTS applicants a program and rounded like the published ones.
    """
    noise = np.random.default_rng(0)
    rate = np.maximum(sample.rate + noise.uniform(-0.005, 0.005, sample.n), 0)
    again = np.round(noise.binomial(APPLICANTS, rate) / APPLICANTS, 2)
    institution = np.array([one.institution_id for one in sample.programs[: sample.n]])
    here, there = np.nonzero(institution[:, None] == institution)
    target, other = sample.target[here[here != there]], sample.target[there[here != there]]
    return {
        "drawn_again": round(inside(sample, again, sample.rate), 3),
        "sisters": round(float(np.corrcoef(target, other)[0, 1]), 3),
    }


def inside(sample: Sample, score: Any, rate: Any) -> float:
    """Spearman inside specialties of SMALLEST programs or more, weighted by their number."""
    groups = [sample.specialty[: sample.n] == name for name in set(sample.specialty)]
    found = [
        (spearman(score[mine], rate[mine]), mine.sum())
        for mine in (group & np.isfinite(rate) for group in groups)
        if mine.sum() >= SMALLEST
    ]
    values, sizes = zip(*found, strict=True)
    return float(np.average(values, weights=sizes))


def read_rates(path: Path) -> list[tuple[Program, float, float]]:
    """Rows tied to a program: by ACGME id, else by the likeness of names inside specialty and state."""
    known, near = directory(), defaultdict(list)
    for program in known.programs.values():
        near[program.specialty_id, program.state].append(program)
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    pairs = []
    for number, row in enumerate(rows):
        specialty = IDS.get(row["specialty"], row["specialty"].lower().replace(" ", "-"))
        for program in near[specialty, row["state"]]:
            pairs.append((likeness(row, program), number, program.program_id))
    tied: dict[int, str] = {}
    for like, number, program_id in sorted(pairs, reverse=True):
        if like >= 75 and number not in tied and program_id not in tied.values():
            tied[number] = program_id
    return [
        (
            known.programs[program_id],
            float(rows[number]["interview_rate_non_us_img"]),
            float(rows[number]["interview_rate_us_img"] or "nan"),
        )
        for number, program_id in sorted(tied.items())
        if rows[number]["interview_rate_non_us_img"]
    ]


def likeness(row: dict[str, str], program: Program) -> float:
    if program.acgme_id and program.acgme_id == row["acgme_program_id"]:
        return 200.0
    institution = directory().institution(program)
    names = [words(name) for name in (program.name, institution.name, *institution.aliases)]
    name = words(row["program_name"])
    best = max(fuzz.token_set_ratio(name, n) for n in names) + max(
        fuzz.token_sort_ratio(name, n) for n in names
    )
    return best / 2 + (20 if program.city.lower() == row["city"].lower() else 0)


def words(name: str) -> str:
    return name.lower().replace("program", "").replace("/", " ").replace("-", " ")


def read_shares(path: Path) -> list[tuple[Program, float]]:
    by_id = {
        program.acgme_id: program for program in directory().programs.values() if program.acgme_id
    }
    rows = csv.DictReader(path.open(encoding="utf-8"))
    return [
        (by_id[row["acgme_program_id"]], float(row["pct_img"]))
        for row in rows
        if row["pct_img"] and row["acgme_program_id"] in by_id
    ]


def rank(value: Any) -> Any:
    """Ranks from 1; equal values share their mean rank."""
    _, at, count = np.unique(value, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[at]


def spearman(one: Any, other: Any) -> float:
    return float(np.corrcoef(rank(one), rank(other))[0, 1])


def ranks(value: Any, specialty: Any) -> Any:
    """Rank inside the specialty, spread to standard deviation 1."""
    out = np.zeros(len(value))
    for name in set(specialty):
        mine = specialty == name
        out[mine] = (rank(value[mine]) / mine.sum() - 0.5) * 12**0.5
    return out


def design(programs: list[Program]) -> tuple[list[str], Any]:
    given = [openness.covariates(program) for program in programs]
    count: dict[str, int] = defaultdict(int)
    for row in given:
        for name, value in row.items():
            count[name] += value != 0
    names = sorted(name for name in count if count[name] >= 8)
    return names, np.array([[row.get(name, 0.0) for name in names] for row in given])


def folds(unit: list[str], seed: int) -> Any:
    names = sorted(set(unit))
    order = np.random.default_rng(seed).permutation(len(names)) % FOLDS
    of = dict(zip(names, order, strict=True))
    return np.array([of[name] for name in unit])


def mean_of(rate: Any, of: Any, score: Any) -> dict[str, Any]:
    """Mean rate as exp(level + slope * score), Poisson; levels shrunk like ``shrunk``."""
    known = np.isfinite(rate)
    rate, of, score = rate[known], of[known], score[known]
    every = np.ones(len(rate), bool)

    def levels(slope: float) -> Any:
        return np.log(shrunk(rate, of, every) / shrunk(np.exp(slope * score), of, every))

    def loss(slope: float) -> float:
        log_mean = levels(slope) + slope * score
        return float(np.sum(np.exp(log_mean) - rate * log_mean))

    slope = min(SLOPES, key=loss)
    return {"slope": round(float(slope), 3), "level": by_specialty(levels(slope), of)}


def by_specialty(values: Any, of: Any, digits: int = 2) -> dict[str, float]:
    return {
        name: round(float(values[of == name][0]), digits)
        for name in sorted(set(of))
        if (of == name).sum() >= LEAST
    }


def write(sample: Sample, tried: Any, validation: Any) -> None:
    rate, of, (score, _) = sample.rate, sample.specialty[: sample.n], tried
    every = np.ones(sample.n, bool)
    closed = shrunk((rate == 0) * 1.0, of, every)
    base = np.log(closed / (1 - closed))
    sign = np.where(rate == 0, -1, 1)
    none_slope = min(SLOPES, key=lambda b: np.logaddexp(0, sign * (base + b * score)).sum())
    level, width = places(sample, score, every)
    slope, constant = np.polyfit(level + width * score, np.log(rate + OFFSET), 1)
    document = {
        "model": "ridge on public covariates, rank of the non-US IMG interview rate inside the specialty",
        "as_of": date.today().isoformat(),  # noqa: DTZ011
        "made_by": "scripts/fit_openness.py",
        "data": f"interview rates of {sample.n} programs, IMG shares of {len(sample.x) - sample.n}; not shipped",
        "validation": {"how": f"{FOLDS} folds, mean of {ROUNDS} divisions"} | validation,
        "spread": round(float(np.sqrt(1 - np.var(score))), 3),
        "procedural_specialties": PROCEDURAL,
        "none_slope": round(float(none_slope), 3),
        "none": by_specialty(base, of) | {"other": round(float(np.mean(base)), 2)},
        "place": {
            "level": by_specialty(level, of, 3) | {"other": round(float(level.mean()), 3)},
            "width": by_specialty(width, of, 3) | {"other": round(float(width.mean()), 3)},
        },
        "typical": {
            "constant": round(float(constant), 3), "slope": round(float(slope), 3), "offset": OFFSET,
        },
        "mean": {
            "us_img": mean_of(sample.rate_us, of, score),
            "non_us_img": mean_of(rate, of, score),
        },
    }  # fmt: skip
    for name, (w, center) in fit(sample, np.ones(len(sample.x), bool)).items():
        document[name] = {"constant": round(float(-center @ w), 4)} | {
            one: round(float(value), 4) for one, value in zip(sample.names, w, strict=True)
        }
    path = Path(openness.__file__).parent / "parameters" / "openness.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")


if __name__ == "__main__":
    main()
