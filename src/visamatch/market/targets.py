"""Published figures beside the model's: what calibration is judged by, and what was kept apart for validation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from visamatch.market.measures import Measures
from visamatch.market.population import Country
from visamatch.market.published import GROUPS, YEAR, Published, groups_of

TOLERANCE = 0.05
MEASURED = (  # specialties whose lists of non-US IMG are published with enough people
    "internal-medicine", "family-medicine", "pediatrics", "pathology", "general-surgery",
    "obstetrics-gynecology", "diagnostic-radiology", "emergency-medicine",
)  # fmt: skip
_CURVES = MEASURED[:4]
_OFFICIAL = (
    "US MD senior",
    "US DO senior",
    "",
    "US IMG",
    "non-US IMG",
)  # names of GROUPS in the tables
_CHARTING, _DERIVED = (
    "NRMP Charting Outcomes, non-US IMG, 2026",
    "derived from Charting Outcomes 2026",
)
_SHARES = "NRMP 2025 shares on 2026 places"


@dataclass(frozen=True, slots=True)
class Target:
    """A published figure beside the model's.

    ``error`` is the relative sampling error of the published one. ``held_out``: named beforehand for validation, and
    no part of the loss. ``citable``: a single published figure, which may be shown.
    """

    name: str
    published: float
    model: float
    error: float
    source: str
    held_out: bool = False
    citable: bool = True

    @property
    def off(self) -> float:
        """Model against published, as a share."""
        return self.model / self.published - 1

    @property
    def tolerance(self) -> float:
        """5 % or two standard errors."""
        return max(TOLERANCE, 2 * self.error)

    @property
    def met(self) -> bool:
        """Within the tolerance."""
        return abs(self.off) <= self.tolerance


def loss(compared: Iterable[Target]) -> float:
    """Mean squared deviation in tolerances, validation figures left out; each capped at ten."""
    off = [
        min(10.0, abs(np.log(max(t.model, 1e-9) / t.published)) / t.tolerance) ** 2
        for t in compared
        if not t.held_out
    ]
    return float(np.mean(off))


def targets(published: Published, known: Country, got: Measures) -> list[Target]:
    """Every target and validation figure beside the model's."""
    parts = (_groups, _totals, _lists, _places, _curves)
    return list(chain.from_iterable(part(published, known, got) for part in parts))


def year_left_out(published: Published, year: int, got: Measures) -> Iterator[Target]:
    """Match rates of a year that is no part of the loss."""
    active, placed = groups_of(published.rates, published.totals, year)
    for g, group in enumerate(GROUPS):
        name = f"{year}: match rate to PGY-1, {group}"
        rate, model = placed[g] / active[g], got.placed[g] / got.active[g]
        yield Target(name, rate, model, _share_error(rate, active[g]), f"NRMP {year}", True)


def _share_error(share: float, n: float) -> float:
    return float(np.sqrt((1 - share) / (share * n)))


def _groups(p: Published, known: Country, got: Measures) -> Iterator[Target]:
    for g, group in enumerate(GROUPS):
        rate, n = p.placed[g] / p.active[g], p.active[g]
        source = "derived: all applicants less the other kinds"
        if _OFFICIAL[g]:
            source = p.rates[YEAR, _OFFICIAL[g]]["source"]
        model = got.placed[g] / got.active[g]
        yield Target(f"match rate to PGY-1, {group}", rate, model, _share_error(rate, n), source)
        yield Target(f"active applicants, {group}", n, got.active[g], 0.0, source)


def _totals(p: Published, known: Country, got: Measures) -> Iterator[Target]:
    def total(what: str) -> float:
        return p.totals[YEAR, what]

    filled, top3 = total("filled_in_algorithm"), total("us_md_seniors_matched_top3_pct") / 100
    sent = total("eras_2025_26_mean_applications_per_applicant")
    each, offers = got.applications.sum() / got.people.sum(), got.offers / known.quota.sum()
    yield Target("places filled", filled, got.filled.sum(), 0.0, f"NRMP {YEAR}")
    what = "US MD seniors matched to one of their first three"
    yield Target(what, top3, float(got.top3), 0.003, f"NRMP {YEAR}")
    yield Target("applications an applicant", sent, each, 0.0, "ERAS 2025-26")
    yield Target("invitations a position (12 to 18)", 15.0, offers, 0.1, "METHOD, range")
    for cohort, length, model in zip(("matched", "unmatched"), (10.0, 4.0), got.lists, strict=True):
        what = f"list length of {cohort}, all (2015)"
        yield Target(what, length, model, 0.1, "mleresidencytips.com 2015", held_out=True)


def _lists(p: Published, known: Country, got: Measures) -> Iterator[Target]:
    for name in MEASURED:
        at, n = p.index[name], 0.0
        for cohort in ("matched", "not_matched"):
            row = p.lists[name][cohort]["contiguous_ranks"]
            mine, n = got.lengths(at, cohort == "matched"), n + row["n"]
            error = float(row["sd"] / np.sqrt(row["n"]) / row["mean"])
            what, model = (
                f"contiguous ranks, non-US IMG {cohort}, {name}",
                mine.sum() / max(len(mine), 1),
            )
            yield Target(what, row["mean"], float(model), error, _CHARTING)
        share, what = p.to_first[name], f"matched to first choice, non-US IMG, {name}"
        yield Target(what, share, got.to_first(at), _share_error(share, n), _CHARTING)


def _places(p: Published, known: Country, got: Measures) -> Iterator[Target]:
    for name in MEASURED:
        at, what = p.index[name], f"share of places filled, {name}"
        model = got.filled[at] / known.quota[known.specialty_of == at].sum()
        yield Target(what, p.filled[at], model, 0.0, "NRMP Program Results 2026")
        for g in (0, 1, 3, 4):
            what, error = f"places taken by {GROUPS[g]}, {name}", float(p.counted[at, g] ** -0.5)
            yield Target(what, p.matched[at, g], got.took[at, g], error, _SHARES, citable=False)


def _curves(p: Published, known: Country, got: Measures) -> Iterator[Target]:
    for name in _CURVES:
        curve = got.curve(p.index[name])
        for n in (1, 3, 5, 8, 12):
            what = f"chance with {n} contiguous ranks, non-US IMG, {name}"
            if np.isfinite(curve[n - 1]):
                yield Target(
                    what, p.curve[name][n - 1], float(curve[n - 1]), 0.05, _DERIVED, held_out=True
                )
