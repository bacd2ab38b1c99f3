"""Calibration: free parameters such that simulated seasons reproduce published figures of the 2026 Match.

Two layers. *Margins* are fitted by proportional steps, each to a published figure of its own (:func:`step`).
*Shape* parameters (``SHAPE``) are searched one after another for the least ``loss`` (``market/targets.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visamatch.market.measures import NON_US, Measures, Table, measured
from visamatch.market.openness import mean_rates
from visamatch.market.population import Country, cumulative, scaled
from visamatch.market.published import GROUPS, OF_KIND, YEAR, Published, groups_of
from visamatch.market.scenarios import KINDS
from visamatch.market.scores import step2
from visamatch.market.season import play
from visamatch.market.targets import MEASURED, Target, loss, targets, year_left_out

SHAPE = {"hedge": 0.3, "taste": 0.3, "noise_interview": 0.4}
"""Names in ``Country``, and the step tried up and down."""
LEAST = 0.02  # a lower loss than this is chance: it spreads by .007 over seeds
FRESH, LEFT_OUT = 10, 2025  # seasons that are no part of the fit; the year kept apart
VISA_NEED = 0.7  # of non-US IMG; no table says it (green-card holders count as non-US): a judgement
MOST_PER_ACTIVE = np.array([1.04, 1.06, 1.6, 1.3, 1.3])
"""Applicants for each one with a list, at most: ERAS counted 17,569 to 20,756 IMG for 16,154 lists in 2026."""
HEDGERS = 2.0  # US seniors who apply in a second specialty for each one who ranks both
PRIOR, US_IMG = 2, 3  # in GROUPS
_SENIORS = np.arange(5) < PRIOR
_PARTS = np.array([1, 1, 1, 1, 1 - VISA_NEED, VISA_NEED])
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Margins:
    """Fitted parameters by specialty (N) and group (5), or one of them; names and meaning as in ``Country``."""

    applicants: Table
    first_choice: Table
    second_specialty: Table
    second_specialty_rate: Table
    handicap: Table
    late: Table
    margin: Table
    noise_program: Table

    def put(self, known: Country) -> Country:
        """The country with these parameters, sizes fixed and no shocks: what is fitted is the middle."""
        given = {
            name: value[..., OF_KIND] if value.shape[-1] == len(GROUPS) else value
            for name, value in vars(self).items()
        }
        given["applicants"] = given["applicants"] * _PARTS
        for name in ("first_choice", "second_specialty"):
            given[name] = cumulative(given[name])
        given = {name: value.astype(np.float32) for name, value in given.items()}
        return known._replace(count_sd=0.0, shock_sd=0.0, **given)


def begin(p: Published) -> Margins:
    """First margins, from the shares that the published tables give.

    Who applies in a second specialty: those whose first choice is often missed there.
    """
    share = np.log((p.matched / p.first.clip(1)).clip(1e-3))
    risk = (1 - p.matched / p.first.clip(1)).clip(0.02, 0.9)
    risk /= (risk * p.first).sum(axis=0) / p.first.sum(axis=0)
    return Margins(
        applicants=p.active * np.array([1.01, 1.02, 1.2, 1.2, 1.26]),
        first_choice=p.first / p.first.sum(axis=0),
        second_specialty=p.second / p.second.sum(axis=0),
        second_specialty_rate=risk * HEDGERS * p.second.sum(axis=0) / p.active,
        handicap=0.8 * (share - share[:, :1]).clip(-4, 1.6),
        late=np.tile([0.0, 0, 2, 1, 1], (len(share), 1)),
        margin=np.full(len(share), 2.0),
        noise_program=np.full(len(share), 2.1),
    )


def step(m: Margins, p: Published, known: Country, got: Measures, size: float) -> Margins:
    """One proportional step of every margin: how far the model is from its figure, times a gain."""
    moved = {}
    for name, error in errors(p, known, got).items():
        gain, low, high = _GAINS[name]
        by, value = size * np.array(gain) * error, getattr(m, name)
        moved[name] = np.clip(value + by if name in _SHIFTED else value * np.exp(by), low, high)
    moved["applicants"] = np.minimum(moved["applicants"], MOST_PER_ACTIVE * p.active)
    listed = np.isin(np.arange(len(known.specialties)), [p.index[name] for name in MEASURED])
    moved["noise_program"][~listed] = np.median(moved["noise_program"][listed])
    return Margins(**moved)


_SHIFTED = {"handicap", "late", "margin"}  # others are multiplied
_GAINS: dict[str, tuple[Any, float, float]] = {  # and between what the parameter stays
    "applicants": (1, 0, 1e6), "first_choice": (0.7, 0, 1e6), "second_specialty": (0.7, 0, 1e6),
    "second_specialty_rate": ([0, 0, 1, 1, 1], 0, 5), "handicap": (1.2, -9, 3),
    "late": ([0, 0, 4, 4, 5], -5, 12), "margin": (10, -2, 12), "noise_program": (0.5, 0.5, 5),
}  # fmt: skip


def errors(p: Published, known: Country, got: Measures) -> dict[str, Table]:
    """How far each margin's figure is off: logarithms, of wanted over found where more of the margin gives more."""
    places = np.bincount(known.specialty_of, known.quota, len(known.specialties))
    taken, chosen = _near(p.matched, got.took, 5), _near(p.first, got.first, 1)
    chosen[:, _SENIORS] += 2 * taken[:, _SENIORS]  # no table says which of two a senior ranks first
    handicap, late, noise = taken - taken[:, :1], -taken, np.zeros(len(places))
    handicap[:, US_IMG:] = _near(_wanted_rate(p), got.rate[:, US_IMG:], 1e-4)
    late[:, PRIOR] = -_near(p.placed / p.active, got.placed / got.active, 0)[PRIOR]
    second = _near(p.second, got.second, 3)
    for (
        name
    ) in MEASURED:  # lists of non-US IMG: total length, how many match, how much longer theirs are
        at = p.index[name]
        matched, other = (got.lengths(at, flag) for flag in (True, False))
        handicap[at, NON_US] = _near(_ranks(p, name), got.length[at, NON_US], 1)
        late[at, NON_US] = -_near(p.to_first[name], got.to_first(at), 0.01)
        backups = p.matched[at, NON_US] - p.to_first[name] * p.first[at, NON_US]
        second[at, NON_US] = _near(max(backups, 3), (got.took - got.took_first)[at, NON_US], 3)
        noise[at] = np.log(_apart(matched, other) / _apart_published(p, name))
    return {
        "applicants": _near(p.active, got.active, 0),
        "first_choice": chosen.clip(-0.7, 0.7),
        "second_specialty": second.clip(-0.7, 0.7),
        "second_specialty_rate": _near(p.second.sum(axis=0), got.second.sum(axis=0), 1).clip(
            -0.5, 0.5
        ),
        "handicap": handicap,
        "late": late,
        "margin": p.filled - got.filled / places.clip(1),
        "noise_program": noise,
    }


def _near(wanted: Any, found: Any, few: float) -> Any:
    """Log of wanted over found; counts of about ``few`` say little."""
    return np.log((wanted + few) / (found + few))


def _wanted_rate(p: Published) -> Table:
    """Share of applications invited, US IMG and non-US IMG; a specialty without a figure borrows the others' mean."""
    columns = []
    for rated in (mean_rates("us_img"), mean_rates("non_us_img")):
        other = float(np.exp(np.mean(np.log(list(rated.values())))))
        columns.append([rated.get(name, other) for name in p.index])
    return np.array(columns).T


def _ranks(p: Published, name: str) -> float:
    """Contiguous ranks of all non-US IMG with a list: mean length times people."""
    cohorts = [cohort["contiguous_ranks"] for cohort in p.lists[name].values()]
    mean = sum(c["mean"] * c["n"] for c in cohorts) / sum(c["n"] for c in cohorts)
    return float(mean * p.first[p.index[name], NON_US])


def _apart_published(p: Published, name: str) -> float:
    """How many times longer the lists of the matched are."""
    matched, other = (
        p.lists[name][cohort]["contiguous_ranks"]["mean"] for cohort in ("matched", "not_matched")
    )
    return matched / other


def _apart(matched: NDArray[Any], other: NDArray[Any]) -> float:
    return float((matched.sum() + 5) / (len(matched) + 1) / (other.sum() + 2) * (len(other) + 1))


def measure(known: Country, seasons: int, seed: int) -> Measures:
    """Measures of some seasons."""
    return measured(known, (play(known, seed, number) for number in range(seasons)))


def fit(m: Margins, p: Published, known: Country, rounds: int, seed: int, tell: Tell) -> Margins:
    """Steps of falling size, on more seasons as they fall."""
    for number in range(rounds):
        size, seasons = ((1.0, 1), (0.5, 2), (0.25, 4))[3 * number // rounds]
        here = m.put(known)
        got = measure(here, seasons, seed + number)
        tell(f"round {number + 1} of {rounds}: loss {loss(targets(p, here, got)):.2f}")
        m = step(m, p, here, got, size)
    return m


def search(
    m: Margins, p: Published, known: Country, seed: int, tell: Tell
) -> tuple[Margins, Country]:
    """Each shape parameter a step up or down, margins fitted again; what clearly lowers the loss stays."""

    def judged(m: Margins, known: Country) -> float:
        here = m.put(known)
        return loss(targets(p, here, measure(here, FRESH, seed + 500)))

    best = judged(m, known)
    for name, by in SHAPE.items():
        for value in (getattr(known, name) + by, getattr(known, name) - by):
            tried = known._replace(**{name: max(0.0, round(value, 3))})
            again = fit(m, p, tried, 12, seed + 100, lambda _: None)
            now = judged(again, tried)
            tell(f"{name} {getattr(tried, name)}: loss {now:.3f} against {best:.3f}")
            if now < best - LEAST:
                m, known, best = again, tried, now
                break
    return m, known


def calibrate(
    p: Published, known: Country, rounds: int, seed: int, shape: bool, tell: Tell
) -> tuple[dict[str, Any], list[Target]]:
    """Fit margins, search the shape if wanted, and compare on fresh seasons. Returns changed parameters, targets."""
    m = fit(begin(p), p, known, rounds, seed, tell)
    if shape:
        m, known = search(m, p, known, seed, tell)
    here = m.put(known)
    got = measure(here, FRESH, seed + 1000)
    compared = targets(p, here, got) + _left_out(p, here, seed + 2000)
    return written(m, here) | {"step2": step2(p, got)}, compared


def _left_out(p: Published, known: Country, seed: int) -> list[Target]:
    """The year kept apart: its applicants and places, every other parameter as fitted."""
    active = groups_of(p.rates, p.totals, LEFT_OUT)[0] / p.active
    quota = scaled(
        known.quota, p.totals[LEFT_OUT, "total_positions"] / p.totals[YEAR, "total_positions"]
    )
    there = known._replace(
        quota=quota, applicants=known.applicants * active[OF_KIND].astype(np.float32)
    )
    return list(year_left_out(p, LEFT_OUT, measure(there, 4, seed)))


def written(m: Margins, known: Country) -> dict[str, Any]:
    """Margins and shape as the parameter file has them."""
    out: dict[str, Any] = {name: round(float(getattr(known, name)), 3) for name in SHAPE}
    for name, values in vars(m).items():
        if values.ndim == 1 and name != "applicants":
            out[name] = _row(known.specialties, values) | {
                "other": round(float(np.median(values)), 3)
            }
        elif values.ndim == 2:
            out[name] = {
                str(one): _row(GROUPS, row)
                for one, row in zip(known.specialties, values, strict=True)
            }
            out[name]["other"] = dict.fromkeys(GROUPS, 0.0)
    return out | {"applicants": _row(KINDS, m.applicants[OF_KIND] * _PARTS)}


def _row(names: Any, values: Table) -> dict[str, float]:
    return {
        str(name): float(f"{value:.5g}") for name, value in zip(names, values, strict=True) if value
    }
