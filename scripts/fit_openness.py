"""Estimate how open programs are to international graduates; write ``market/parameters/openness.yaml``.

    python scripts/fit_openness.py --data ../shared/data

Data: interview rates of programs, season 2024-25, and shares of international graduates in internal medicine, 2025
(both class C: development only; nothing of a single program is written). Target: the rank of the rate inside its
specialty. Ridge on public covariates with a common part and a part for each of two groups of specialties
(procedural and other), because university hospitals are the open ones in the one and the closed ones in the other.
Validation: ten folds, all programs of an institution in one fold.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rapidfuzz import fuzz
from scipy.stats import rankdata, spearmanr

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
PENALTY, GROUP_WEIGHT, SHARE_WEIGHT, STATE_SCALE, OFFSET = 900.0, 3.0, 4.0, 3.0, 0.01
FOLDS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    rates, shares = read_rates(data / RATES), read_shares(data / SHARES)
    programs = [program for program, _ in rates + shares]
    n = len(rates)
    specialty = np.array([program.specialty_id for program in programs], dtype=object)
    rate = np.array([value for _, value in rates])
    target = np.concatenate(
        [ranks(rate, specialty[:n]), ranks(np.array([s for _, s in shares]), specialty[n:])]
    )
    weight = np.where(np.arange(len(programs)) < n, 1.0, SHARE_WEIGHT)
    names, x = design(programs)
    group = np.isin(specialty, PROCEDURAL).astype(int)
    fold = folds(programs)
    score = np.zeros(n)
    for k in range(FOLDS):
        train, test = fold != k, np.flatnonzero(fold[:n] == k)
        score[test] = predict(
            fit(x[train], group[train], target[train], weight[train]), x[test], group[test]
        )
    level = levels(np.log(rate + OFFSET), specialty[:n])
    slope = float(np.polyfit(score, np.log(rate + OFFSET) - level, 1)[0])
    over_all = spearmanr(level + slope * score, rate)[0]
    within = np.array([
        (spearmanr(score[specialty[:n] == s], rate[specialty[:n] == s])[0], (specialty[:n] == s).sum())
        for s in set(specialty[:n]) if (specialty[:n] == s).sum() >= 20
    ])  # fmt: skip
    inside = float(np.average(within[:, 0], weights=within[:, 1]))
    print(
        f"programs {n}, shares {len(shares)}; Spearman over all {over_all:.3f}, within specialties {inside:.3f}"
    )
    write(
        names, x, group, fit(x, group, target, weight), rate, specialty[:n], score, slope, over_all, inside,
        mean_rates(data / RATES),
    )  # fmt: skip


def read_rates(path: Path) -> list[tuple[Program, float]]:
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
        (known.programs[program_id], float(rows[number]["interview_rate_non_us_img"]))
        for number, program_id in sorted(tied.items())
        if rows[number]["interview_rate_non_us_img"]
    ]


def mean_rates(path: Path) -> dict[str, dict[str, float]]:
    """Mean share of applicants interviewed over the programs of a specialty: a level, no program's own."""
    found: dict[str, dict[str, list[float]]] = {
        "us_img": defaultdict(list),
        "non_us_img": defaultdict(list),
    }
    for row in csv.DictReader(path.open(encoding="utf-8")):
        specialty = IDS.get(row["specialty"], row["specialty"].lower().replace(" ", "-"))
        for group, rates in found.items():
            if row[f"interview_rate_{group}"]:
                rates[specialty].append(float(row[f"interview_rate_{group}"]))
    return {
        group: {
            name: round(float(np.mean(values)), 3)
            for name, values in sorted(rates.items())
            if len(values) >= 10
        }
        for group, rates in found.items()
    }


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


def ranks(value: Any, specialty: Any) -> Any:
    """Rank inside the specialty, spread to standard deviation 1."""
    out = np.zeros(len(value))
    for name in set(specialty):
        mine = specialty == name
        out[mine] = (rankdata(value[mine]) / mine.sum() - 0.5) * 12**0.5
    return out


def levels(value: Any, specialty: Any) -> Any:
    return np.array([value[specialty == name].mean() for name in specialty])


def design(programs: list[Program]) -> tuple[list[str], Any]:
    given = [openness.covariates(program) for program in programs]
    count: dict[str, int] = defaultdict(int)
    for row in given:
        for name, value in row.items():
            count[name] += value != 0
    names = sorted(name for name in count if count[name] >= 8)
    return names, np.array([[row.get(name, 0.0) for name in names] for row in given])


def scaled(names: list[str], x: Any) -> tuple[Any, Any]:
    state = np.array([name.startswith("state_") for name in names])
    return np.where(state, 0.0, x.mean(0)), np.where(state, 1 / STATE_SCALE, x.std(0) + 1e-9)


def fit(x: Any, group: Any, target: Any, weight: Any) -> Any:
    center, scale = x.mean(0), np.where(x.std(0) < 0.16, 0.16, x.std(0))
    z = (x - center) / scale
    parts = np.hstack([z] + [z * (group == g)[:, None] * GROUP_WEIGHT**0.5 for g in (0, 1)])
    w = np.linalg.solve(
        (parts.T * weight) @ parts + PENALTY * np.eye(parts.shape[1]), (parts.T * weight) @ target
    )
    common, *own = np.split(w, 3)
    return [((common + GROUP_WEIGHT**0.5 * part) / scale, center) for part in own]


def predict(model: Any, x: Any, group: Any) -> Any:
    both = np.stack([(x - center) @ w for w, center in model], axis=1)
    return both[np.arange(len(x)), group]


def folds(programs: list[Program]) -> Any:
    names = sorted({program.institution_id for program in programs})
    of = dict(zip(names, np.random.default_rng(0).permutation(len(names)) % FOLDS, strict=True))
    return np.array([of[program.institution_id] for program in programs])


def write(names: Any, x: Any, group: Any, model: Any, rate: Any, specialty: Any, score: Any, slope: float,
          over_all: float, inside: float, mean_rate: Any) -> None:  # fmt: skip
    counted = sorted(set(specialty))
    none = {
        s: (np.sum(rate[specialty == s] == 0) + 1) / (np.sum(specialty == s) + 3) for s in counted
    }
    zero = rate == 0
    base = np.array([np.log(none[s] / (1 - none[s])) for s in specialty])
    slopes = np.linspace(-2, 1, 61)
    loss = [np.sum(np.logaddexp(0, np.where(zero, -1, 1) * (base + b * score))) for b in slopes]
    log_rate = np.log(rate + OFFSET)
    document = {
        "model": "ridge on public covariates, rank of the non-US IMG interview rate inside the specialty",
        "as_of": date.today().isoformat(),  # noqa: DTZ011
        "made_by": "scripts/fit_openness.py",
        "data": f"interview rates of {len(rate)} programs, IMG shares of {len(x) - len(rate)}; not shipped",
        "validation": {
            "how": f"{FOLDS} folds by institution",
            "spearman_over_all": round(float(over_all), 3),
            "spearman_within_specialties": round(inside, 3),
        },
        "spread": round(float(np.sqrt(max(0.0, 1 - np.var(score)))), 3),
        "procedural_specialties": PROCEDURAL,
        "mean_rate": mean_rate,
        "none_slope": round(float(slopes[int(np.argmin(loss))]), 3),
        "none": {s: round(float(np.log(v / (1 - v))), 2) for s, v in none.items()}
        | {"other": round(float(np.log(zero.mean() / (1 - zero.mean()))), 2)},
        "log_rate_offset": OFFSET,
        "log_rate_slope": round(slope, 3),
        "log_rate": {s: round(float(log_rate[specialty == s].mean()), 2) for s in counted}
        | {"other": round(float(log_rate.mean()), 2)},
    }
    for name, (w, center) in zip(("medical", "procedural"), model, strict=True):
        document[name] = {"constant": round(float(-center @ w), 4)} | {
            one: round(float(value), 4) for one, value in zip(names, w, strict=True)
        }
    path = Path(openness.__file__).parent / "parameters" / "openness.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
    openness.parameters.cache_clear()


if __name__ == "__main__":
    main()
