"""Will an employer have a first H-1B approval in the next year? From its own record of approvals.

Logistic regression on the recent past, later years weighing more. Approvals mix all occupations, so
this speaks of the employer's habit, not of its residents. Parameters: ``parameters/persistence.yaml``,
estimated by ``scripts/estimate_persistence.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from visamatch.shipped import shipped

FADE = 0.7  # weight of a year against the one after it
FEATURES = (
    "weighted log initial",
    "weighted log continuing",
    "log initial last year",
    "log continuing last year",
    "active last year",
    "active the year before",
    "weighted share of active years",
    "share of active years",
)


def features(initial: NDArray[Any], continuing: NDArray[Any]) -> NDArray[Any]:
    """What the regression reads: employers x ``FEATURES``.

    Args:
        initial, continuing: approvals, employers x fiscal years, oldest first, at least two years.
    """
    first, more = (np.log1p(counts[:, ::-1]) for counts in (initial, continuing))
    weight = FADE ** np.arange(first.shape[1])
    weight /= weight.sum()
    active = first > 0
    found: NDArray[Any] = np.column_stack([
        first @ weight, more @ weight, first[:, 0], more[:, 0],
        active[:, 0], active[:, 1], active @ weight, active.mean(axis=1),
    ])  # fmt: skip
    return found


def next_year(years: tuple[tuple[int, int, int], ...]) -> float | None:
    """Chance of at least one initial approval in the year after the newest.

    Args:
        years: (fiscal year, initial, continuing) of whole years; a year left out had none.

    Returns:
        0..1, or None where fewer than two years are covered.
    """
    if not years:
        return None
    oldest, newest = years[0][0], years[-1][0]
    if newest == oldest:
        return None
    counts = np.zeros((2, 1, newest - oldest + 1))
    for year, initial, continuing in years:
        counts[:, 0, year - oldest] = initial, continuing
    known = parameters()
    odds = features(counts[0], counts[1]) @ np.array(known["weights"]) + known["constant"]
    return round(float(1 / (1 + np.exp(-odds[0]))), 3)


def parameters() -> Any:
    """The shipped estimates."""
    return shipped("evidence/parameters/persistence.yaml")
