"""Step 2 CK against latent strength: such that matched and unmatched differ in score as published."""

from __future__ import annotations

from typing import Any

import numpy as np

from visamatch.market.measures import Measures, Table
from visamatch.market.published import Published

ENOUGH = 30  # people in each cohort
Row = dict[str, float]


def step2(p: Published, got: Measures) -> dict[str, dict[str, Row]]:
    """By group and specialty: mean score at strength 0, standard deviation, correlation with strength.

    ``r`` = difference of mean scores / (standard deviation x difference of mean strengths); those with a list are
    stronger than all who apply.
    """
    out: dict[str, dict[str, Row]] = {"img": {}, "us": {}}
    for name, cohorts in p.lists.items():
        one, two = cohorts["matched"]["step2ck"], cohorts["not_matched"]["step2ck"]
        if min(one["n"], two["n"]) >= ENOUGH:
            spread = float(np.hypot((one["sd"] + two["sd"]) / 2, (one["mean"] - two["mean"]) / 2))
            out["img"][name] = _regress(got.img, p.index[name], one["mean"], two["mean"], spread)
    for name, row in p.us_scores.items():
        if row.get("notmatched_n", 0) >= ENOUGH:
            spread = (row["matched_q3"] - row["matched_q1"]) / 1.349
            medians = row["matched_median"], row["notmatched_median"]
            out["us"][name] = _regress(got.us, p.index[name], *medians, spread)
    for group in out.values():
        rows = list(group.values())
        group["other"] = {
            key: round(float(np.median([row[key] for row in rows])), 3) for key in rows[0]
        }
    return out


def _regress(rows: Table, at: int, matched: float, other: float, spread: float) -> Row:
    on = (rows[0] == at) & (rows[1] > 0)
    hit, strength = rows[2, on] > 0, rows[3, on]
    apart = strength[hit].mean() - strength[~hit].mean()
    r = float(np.clip((matched - other) / (spread * max(apart, 0.05)), 0.0, 0.85))
    middle: Any = hit.mean() * matched + (1 - hit.mean()) * other - r * spread * strength.mean()
    return {"mean": round(float(middle), 1), "sd": round(spread, 1), "r": round(r, 3)}
