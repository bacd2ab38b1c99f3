"""Try P(sponsor) on programs it has not seen, and write the figures the method page shows.

Input: as ``estimate_p_sponsor.py``. The parameters are estimated again without one fold of families at a time (`FOLDS`,
fixed seed), and once on internal medicine (flags of 2025) for neurology (flags of 2026). The yardsticks are calibrated
on the same training halves: the specialty's share, "any trainee filing tied to the institution", and logistic
regression on the same counts. Writes ``evidence/parameters/p_sponsor_validation.yaml``: figures only, no program.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from estimate_p_sponsor import TARGET, Example, estimates, examples, fit, predict
from estimate_persistence import fit as logistic
from facts.raw import DATA

from visamatch.evidence.asker import Asker
from visamatch.evidence.p_sponsor import p_sponsor, weigh
from visamatch.evidence.practice import Array, tree

OUT = TARGET.with_name("p_sponsor_validation.yaml")
PAGE = Path(__file__).parents[1] / "docs/method/p-sponsor.md"
FOLDS, SEED = 5, 7
EDGES = (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
GROUPS = 10  # of equal size, to try the intervals on

Predictor = Callable[[list[Example], list[Example]], Array]


def model(on: date) -> Predictor:
    """This model, its parameters estimated on the training examples."""

    def predictor(training: list[Example], tried: list[Example]) -> Array:
        table = estimates(fit(training, on))
        chances: Array = 1 / (1 + np.exp(-predict(table, tried, on)))
        return chances

    return predictor


def base_rates(training: list[Example], tried: list[Example]) -> Array:
    """The share of the specialty, or of all where the training half has none of it."""
    every = [each.h1b for each in training]
    shares = {
        name: [each.h1b for each in training if each.program.specialty_id == name] or every
        for name in {each.program.specialty_id for each in tried}
    }
    return np.array([np.mean(shares[each.program.specialty_id]) for each in tried])


def filed(training: list[Example], tried: list[Example]) -> Array:
    """The share among programs whose institution has, or has not, a trainee filing tied to it."""
    has = np.array([_counts(each)[0] > 0 for each in training])
    flags = np.array([each.h1b for each in training])
    return np.array([flags[has == (_counts(each)[0] > 0)].mean() for each in tried])


def regression(on: date) -> Predictor:
    """Logistic regression on the same counts and policies."""

    def predictor(training: list[Example], tried: list[Example]) -> Array:
        x, y = (
            np.array([_inputs(each, on) for each in training]),
            np.array([e.h1b for e in training]),
        )
        beta = logistic(x, y)
        odds = np.array([_inputs(each, on) for each in tried]) @ beta[1:] + beta[0]
        chances: Array = 1 / (1 + np.exp(-odds))
        return chances

    return predictor


def _counts(each: Example) -> Array:
    """Own resident and fellow applications, then the family's, per 100 positions of each."""
    of = tree()
    place = of.place[each.program.institution_id]
    family = of.family[place]
    together = of.counts[of.family == family].sum(axis=0) + of.joint[family]
    own = of.counts[place]
    per = np.r_[np.full(2, of.positions[place]), np.full(2, of.family_positions[family])]
    found: Array = np.r_[own, together] / per * 100
    return found


def _inputs(each: Example, on: date) -> Array:
    counts = np.log1p(_counts(each))
    said = weigh(each.bearing, Asker(), on, 1.0)
    neurology = each.program.specialty_id == "neurology"
    found: Array = np.r_[counts, counts > 0, said.direct, sum(said.sisters), neurology]
    return found


def cross_validated(known: list[Example], predictor: Predictor) -> Array:
    """Predictions for every example from a fit that saw no program of its family."""
    of = tree()
    families = np.array([of.family[of.place[each.program.institution_id]] for each in known])
    names = np.unique(families)
    fold = dict(
        zip(names, np.random.default_rng(SEED).permutation(len(names)) % FOLDS, strict=True)
    )
    folds = np.array([fold[family] for family in families])
    found = np.zeros(len(known))
    for number in range(FOLDS):
        training = [each for each, at in zip(known, folds, strict=True) if at != number]
        tried = [each for each, at in zip(known, folds, strict=True) if at == number]
        found[folds == number] = predictor(training, tried)
    return found


def scores(p: Array, y: Array) -> dict[str, float]:
    """Log loss, Brier score, area under the curve, calibration error (five equal groups)."""
    p = np.clip(p, 1e-4, 1 - 1e-4)
    ranks = np.argsort(np.argsort(p)) + 1.0
    for value in np.unique(p):
        ranks[p == value] = ranks[p == value].mean()
    yes = int(y.sum())
    area = (ranks[y].sum() - yes * (yes + 1) / 2) / (yes * (len(y) - yes))
    parts = np.array_split(np.argsort(p, kind="stable"), 5)
    error = sum(len(part) / len(p) * abs(p[part].mean() - y[part].mean()) for part in parts)
    loss = -np.log(np.where(y, p, 1 - p)).mean()
    figures = {
        "log_loss": loss,
        "brier": ((p - y) ** 2).mean(),
        "auc": area,
        "calibration_error": error,
    }
    return {name: round(float(value), 3) for name, value in figures.items()}


def reliability(p: Array, y: Array) -> list[dict[str, Any]]:
    """Predicted against observed, by bands of the prediction."""
    found = []
    for low, high in pairwise(EDGES):
        inside = (p >= low) & (p < high)
        if inside.any():
            found.append({
                "from": low, "to": high, "n": int(inside.sum()),
                "predicted": round(float(p[inside].mean()), 3), "observed": round(float(y[inside].mean()), 3),
            })  # fmt: skip
    return found


def coverage(known: list[Example], on: date) -> dict[str, int]:
    """Groups of like chances whose observed share lies within the mean interval of the group."""
    chances = [p_sponsor(each.program, each.bearing, Asker(), on) for each in known]
    order = np.argsort([chance.mean for chance in chances], kind="stable")
    inside = 0
    for group in np.array_split(order, GROUPS):
        share = np.mean([known[at].h1b for at in group])
        low, high = (
            np.mean([getattr(chances[at], end) for at in group]) for end in ("low", "high")
        )
        inside += bool(low <= share <= high)
    return {"groups": GROUPS, "inside": inside}


def page(table: dict[str, Any]) -> str:
    """The figures as they stand in the document."""
    lines = [
        f"{table['programs']} programs, {table['with_h1b']} with H-1B, {table['folds']} folds by family.", "",
        "| method | log loss | Brier | AUC | calibration error |", "| --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    lines += [
        f"| {name} | {' | '.join(map(str, row.values()))} |"
        for name, row in table["by_institution"].items()
    ]
    lines += [
        "",
        "| chance given | programs | mean chance | share with H-1B |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {row['from']} to {row['to']} | {row['n']} | {row['predicted']} | {row['observed']} |"
        for row in table["reliability"]
    ]
    later = table["by_year"]
    ours = ", ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in later["this model"].items()
    )
    lines += [
        "", f"Estimated on the {later['trained']} medicine programs of 2025, tried on the {later['tried']} neurology "
        f"programs of 2026: {ours}. Of {table['intervals']['groups']} groups of like chances, "
        f"{table['intervals']['inside']} had a share inside their mean 90 % interval.",
    ]  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--on", type=date.fromisoformat, default=date(2026, 11, 27))
    options = parser.parse_args()
    known = examples(options.data, options.on)
    y = np.array([each.h1b for each in known])
    predictors: dict[str, Predictor] = {
        "this model": model(options.on), "logistic regression on the same inputs": regression(options.on),
        "any trainee filing": filed, "base rate of the specialty": base_rates,
    }  # fmt: skip
    by_family = {name: cross_validated(known, predictor) for name, predictor in predictors.items()}
    earlier = [each for each in known if each.program.specialty_id == "internal-medicine"]
    later = [each for each in known if each.program.specialty_id == "neurology"]
    y_later = np.array([each.h1b for each in later])
    table = {
        "made_by": "scripts/validate_p_sponsor.py", "on": options.on.isoformat(),
        "programs": len(known), "with_h1b": int(y.sum()), "folds": FOLDS,
        "by_institution": {name: scores(p, y) for name, p in by_family.items()},
        "reliability": reliability(by_family["this model"], y),
        "by_year": {
            "trained": len(earlier), "tried": len(later),
            **{name: scores(predictor(earlier, later), y_later) for name, predictor in predictors.items()},
        },
        "intervals": coverage(known, options.on),
    }  # fmt: skip
    head = "# P(sponsor) on programs it had not seen. Figures only; the flags themselves do not ship.\n"
    OUT.write_text(head + yaml.safe_dump(table, sort_keys=False), "utf-8")
    before, _, rest = PAGE.read_text("utf-8").partition("<!-- figures -->\n")
    after = rest.partition("<!-- end -->")[2]
    PAGE.write_text(f"{before}<!-- figures -->\n{page(table)}\n<!-- end -->{after}", "utf-8")
    print(OUT.read_text("utf-8"))


if __name__ == "__main__":
    main()
