"""Estimate the parameters of P(sponsor) and write them into evidence/parameters/p_sponsor.yaml.

Input: the shipped facts, and the development half of the directory flags
(``labelled/visa_flags_im2025_neuro2026.csv`` below ``--data``), of which nothing but the fitted parameters leaves this
script. Method: maximum penalized likelihood of the flags given everything else; the penalties are weak normal priors
(`PRIOR`). Deterministic: no chance is involved.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from facts.raw import DATA

from visamatch.directory.programs import directory
from visamatch.evidence.asker import Asker
from visamatch.evidence.assess import bearing_on
from visamatch.evidence.ledger import Bearing, ledger
from visamatch.evidence.p_sponsor import log_odds, weigh
from visamatch.evidence.practice import Array, Practice, tree
from visamatch.facts.states import SOUTH
from visamatch.facts.tables import Program

TARGET = Path(__file__).parents[1] / "src/visamatch/evidence/parameters/p_sponsor.yaml"
IMG = Asker()
# name: (mean, standard deviation) of the prior; logs where only positive values make sense
PRIOR: dict[str, tuple[float, float]] = {
    "base.internal-medicine": (-1.4, 0.7),
    "base.neurology": (-1.6, 0.7),
    "south": (0.0, 0.5),
    "log.sd_family": (0.3, 0.4),
    "log.sd_institution": (-0.3, 0.4),
    "resident.scale": (-1.0, 1.0),
    "resident.slope": (0.9, 0.4),
    "log.resident.size": (0.5, 0.7),
    "fellow.scale": (-0.5, 1.0),
    "fellow.slope": (0.5, 0.3),
    "log.fellow.size": (-0.3, 0.7),
    "logit.unseen": (-1.5, 0.7),
    "named": (1.2, 0.5),
    "logit.slip": (-3.5, 0.7),
}


@dataclass(frozen=True)
class Example:
    """A program with an answered flag: whether its directory entry takes H-1B."""

    program: Program
    h1b: bool
    bearing: list[Bearing]


def examples(data: Path, on: date) -> list[Example]:
    """The answered flags of programs in the directory."""
    known = directory()
    with (data / "labelled" / "visa_flags_im2025_neuro2026.csv").open(encoding="utf-8") as stream:
        flags = [row for row in csv.DictReader(stream) if row["answered"] == "1" and row["h1b"]]
    found = [(known.other_ids.get(row["acgme_program_id"]), row["h1b"] == "1") for row in flags]
    return [
        Example(program, flag, bearing_on(program, known, ledger()))
        for program, flag in ((known.programs[name], flag) for name, flag in found if name)
    ]


def estimates(theta: Array) -> dict[str, Any]:
    """The parameter vector as the table ``estimates`` of the YAML."""
    plain: dict[str, float] = {}
    for name, value in zip(PRIOR, theta, strict=True):
        if name.startswith("log."):
            plain[name.removeprefix("log.")] = float(np.exp(value))
        elif name.startswith("logit."):
            plain[name.removeprefix("logit.")] = float(1 / (1 + np.exp(-value)))
        else:
            plain[name] = float(value)
    table: dict[str, Any] = {}
    for name, value in plain.items():
        *path, last = name.split(".")
        place = table
        for part in path:
            place = place.setdefault(part, {})
        place[last] = round(value, 3)
    return table


def predict(table: dict[str, Any], known: list[Example], on: date) -> Array:
    """Log odds of each example under these estimates."""
    at = Practice(table, tree())
    grids, place = at.all_grids(), tree().place
    return np.array(
        [
            log_odds(
                at.v,
                grids[place[each.program.institution_id]],
                table["base"][each.program.specialty_id]
                + table["south"] * (each.program.state in SOUTH),
                weigh(each.bearing, IMG, on, table["named"]),
                table["slip"],
            )
            for each in known
        ]
    )


def fit(known: list[Example], on: date) -> Array:
    """The parameter vector that makes the flags likeliest, within the priors."""
    from scipy.optimize import minimize

    middle = np.array([mean for mean, _ in PRIOR.values()])
    spread = np.array([sd for _, sd in PRIOR.values()])
    flags = np.array([each.h1b for each in known])

    def loss(theta: Array) -> float:
        odds = predict(estimates(theta), known, on)
        penalty = (((theta - middle) / spread) ** 2).sum() / 2
        return float(np.logaddexp(0, np.where(flags, -odds, odds)).sum() + penalty)

    found: Array = minimize(loss, middle, method="L-BFGS-B", options={"maxiter": 20, "eps": 3e-3}).x
    return found


def write(table: dict[str, Any]) -> None:
    """Replace the estimates in the YAML file; everything else stays as it stands."""
    lines = ["estimates:"]
    for name, value in table.items():
        shown = (
            "{" + ", ".join(f"{k}: {v}" for k, v in value.items()) + "}"
            if isinstance(value, dict)
            else value
        )
        lines.append(f"  {name}: {shown}")
    text = TARGET.read_text("utf-8")
    TARGET.write_text(re.sub(r"estimates:\n(  .*\n)+", "\n".join(lines) + "\n", text), "utf-8")


def main() -> None:
    """Estimate and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--on", type=date.fromisoformat, default=date(2026, 11, 27))
    options = parser.parse_args()
    known = examples(options.data, options.on)
    table = estimates(fit(known, options.on))
    odds = predict(table, known, options.on)
    flags = np.array([each.h1b for each in known])
    print(
        f"{len(known)} flags; log loss in sample {np.logaddexp(0, np.where(flags, -odds, odds)).mean():.3f}"
    )
    print(table)
    write(table)


if __name__ == "__main__":
    main()
