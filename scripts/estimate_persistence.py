"""Estimate the year-ahead chance of a first approval (evidence/persistence.py) and measure it on held-out employers.

Input: USCIS approvals FY2014 to FY2022 of hospital-like employers
(``filings/uscis_datahub_health_univ_FY2014_2023.parquet`` below ``--data``; 2023, a part, is left out). An employer
is a state and the last four digits of a tax id, or a name where no year gives one. Half of the employers, drawn with a
fixed seed, are kept out of the fit and predicted for 2020, 2021 and 2022 from the years before; the yardstick is last
year's answer, calibrated on the same training half.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import yaml
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from facts.raw import DATA

from visamatch.evidence.persistence import FEATURES, features
from visamatch.facts.states import postal

Array = NDArray[Any]
TARGET = Path(__file__).parents[1] / "src/visamatch/evidence/parameters/persistence.yaml"
FIRST, LAST = 2014, 2022
HOSPITAL = re.compile(r"HOSP|HEALTH|MED(ICAL)? C|CLINIC|MEDICAL|UNIV", re.IGNORECASE)
LEGAL = re.compile(r"\b(INC|LLC|CORP|CORPORATION|THE|PC|PA|LLP|LTD|CO|DBA.*)\b")
HELD_OUT_YEARS = (2020, 2021, 2022)


def panel(data: Path) -> tuple[Array, Array]:
    """Initial and continuing approvals: employers x fiscal years."""
    rows = pq.read_table(
        data / "filings" / "uscis_datahub_health_univ_FY2014_2023.parquet"
    ).to_pylist()
    rows = [row for row in rows if int(row["Fiscal Year"]) <= LAST]
    tax_ids: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row["Tax ID"]:
            tax_ids[_name(row), _state(row)][row["Tax ID"].strip().zfill(4)[-4:]] += 1
    best: dict[tuple[Any, ...], tuple[int, int]] = {}
    hospital: set[tuple[str, str]] = set()
    for row in rows:
        known = tax_ids.get((_name(row), _state(row)))
        who = known.most_common(1)[0][0] if known else _name(row)
        if HOSPITAL.search(row["Employer"] or ""):
            hospital.add((who, _state(row)))
        # Some years repeat rows, once with lower counts: of the same name and city the largest counts.
        key = (who, _state(row), int(row["Fiscal Year"]), _name(row), (row["City"] or "").upper())
        counts = (
            int(float(row["Initial Approvals"] or 0)),
            int(float(row["Continuing Approvals"] or 0)),
        )
        best[key] = max(best.get(key, (0, 0)), counts, key=sum)
    place = {who: at for at, who in enumerate(sorted(hospital))}
    table = np.zeros((2, len(place), LAST - FIRST + 1))
    for (who, state, year, *_), pair in best.items():
        if (who, state) in place:
            table[:, place[who, state], year - FIRST] += pair
    return table[0], table[1]


def _state(row: dict[str, Any]) -> str:
    return postal(row["State"] or "")


def _name(row: dict[str, Any]) -> str:
    text = re.sub(
        r"[^A-Z0-9 ]",
        "",
        (row["Employer"] or "").upper().replace("&AMP;", "AND").replace("&", "AND"),
    )
    return re.sub(r"\s+", "", LEGAL.sub("", text))[:26]


def pairs(initial: Array, continuing: Array, who: Array, until: int) -> tuple[Array, Array]:
    """Features and outcomes of every year up to ``until`` (a column), of employers seen before it."""
    x, y = [], []
    for year in range(3, until):
        seen = who & (initial[:, :year] > 0).any(axis=1)
        x.append(features(initial[seen, :year], continuing[seen, :year]))
        y.append(initial[seen, year] > 0)
    return np.vstack(x), np.concatenate(y)


def fit(x: Array, y: Array) -> Array:
    """Logistic regression by Newton steps, constant first; a ridge of 1 on the weights."""
    x = np.column_stack([np.ones(len(x)), x])
    beta, ridge = np.zeros(x.shape[1]), np.r_[0.0, np.ones(x.shape[1] - 1)]
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ beta))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        beta += np.linalg.solve(hessian, x.T @ (y - p) - ridge * beta)
    found: Array = beta
    return found


def log_loss(p: Array, y: Array) -> float:
    """Mean log loss."""
    return float(-np.log(np.where(y, p, 1 - p)).mean())


def held_out(initial: Array, continuing: Array) -> dict[str, Any]:
    """Log loss on employers and years that the fit has not seen, against calibrated persistence."""
    training = np.random.default_rng(1).random(len(initial)) < 0.5
    model, persistence, n = [], [], 0
    for year in HELD_OUT_YEARS:
        at = year - FIRST
        beta = fit(*pairs(initial, continuing, training, at))
        tried = ~training & (initial[:, :at] > 0).any(axis=1)
        odds = features(initial[tried, :at], continuing[tried, :at]) @ beta[1:] + beta[0]
        y = initial[tried, at] > 0
        before = initial[training & (initial[:, :at] > 0).any(axis=1), :at] > 0
        last, now = before[:, :-1], before[:, 1:]
        again = np.where(initial[tried, at - 1] > 0, now[last].mean(), now[~last].mean())
        model.append(log_loss(1 / (1 + np.exp(-odds)), y))
        persistence.append(log_loss(again, y))
        n += len(y)
    return {
        "employer_years": n, "log_loss": round(float(np.mean(model)), 3),
        "log_loss_persistence": round(float(np.mean(persistence)), 3),
        "below_persistence": round(1 - float(np.mean(model) / np.mean(persistence)), 3),
        "years": list(HELD_OUT_YEARS),
    }  # fmt: skip


def main() -> None:
    """Measure, fit on everything, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    initial, continuing = panel(parser.parse_args().data)
    measured = held_out(initial, continuing)
    beta = fit(*pairs(initial, continuing, np.ones(len(initial), bool), LAST - FIRST + 1))
    table = {
        "made_by": "scripts/estimate_persistence.py on USCIS FY2014 to FY2022",
        "employers": len(initial), "held_out": measured, "features": list(FEATURES),
        "constant": round(float(beta[0]), 4), "weights": [round(float(b), 4) for b in beta[1:]],
    }  # fmt: skip
    head = "# Year-ahead chance of a first approval: logistic regression, see evidence/persistence.py.\n"
    TARGET.write_text(head + yaml.safe_dump(table, sort_keys=False), "utf-8")
    print(measured)


if __name__ == "__main__":
    main()
