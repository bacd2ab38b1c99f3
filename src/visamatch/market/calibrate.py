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
    """One proportional step of every margin: how far the model is from the figure, times a gain."""
    places = np.bincount(known.specialty_of, known.quota, len(known.specialties))
    taken, chosen, second = (
        _near(p.matched, got.took, 5),
        _near(p.first, got.first, 1),
        _near(p.second, got.second, 3),
    )
    chosen[:, _SENIORS] += 2 * taken[:, _SENIORS]  # no table says which of two a senior ranks first
    handicap, late, noise = taken - taken[:, :1], -taken, np.zeros(len(places))
    handicap[:, US_IMG:] = _near(_wanted_rate(p), got.rate[:, US_IMG:], 1e-4)
    late[:, PRIOR] = np.log((got.placed / got.active) / (p.placed / p.active))[PRIOR]
    for name in MEASURED:  # non-US IMG: total, mean lengths and outcome of their lists
        at = p.index[name]
        to_first = p.to_first[name] * p.first[at, NON_US]
        handicap[at, NON_US] = _near(_ranks(p, name), got.length[at, NON_US], 1)
        late[at, NON_US] = -_near(p.to_first[name], got.to_first(at), 0.01)
        by_others = (got.took - got.took_first)[at, NON_US]
        second[at, NON_US] = _near(max(p.matched[at, NON_US] - to_first, 3), by_others, 3)
        noise[at] = np.log(
            _apart(*(got.lengths(at, flag) for flag in (True, False))) / _apart_published(p, name)
        )
    more = (p.second.sum(axis=0) / got.second.sum(axis=0).clip(1)).clip(0.6, 1.6)
    more[_SENIORS] = 1
    moved = Margins(
        applicants=np.minimum(
            MOST_PER_ACTIVE * p.active, m.applicants * (p.active / got.active) ** size
        ),
        first_choice=m.first_choice * np.exp(0.7 * size * chosen.clip(-0.7, 0.7)),
        second_specialty=m.second_specialty * np.exp(0.7 * size * second.clip(-0.7, 0.7)),
        second_specialty_rate=(m.second_specialty_rate * more**size).clip(0, 5),
        handicap=np.clip(m.handicap + 1.2 * size * handicap, -9, 3),
        late=np.clip(m.late + size * np.array([0, 0, 1.5, 4, 5]) * late, -5, 12),
        margin=np.clip(m.margin + 10 * size * (p.filled - got.filled / places.clip(1)), -2, 12),
        noise_program=np.clip(m.noise_program * np.exp(0.5 * size * noise), 0.5, 5.0),
    )
    listed = np.isin(np.arange(len(noise)), [p.index[name] for name in MEASURED])
    moved.noise_program[~listed] = np.median(moved.noise_program[listed])
    return moved


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


def step2(p: Published, got: Measures) -> dict[str, dict[str, dict[str, float]]]:
    """Step 2 CK against latent strength: such that matched and unmatched differ in score as published.

    ``r`` = difference of mean scores / (standard deviation x difference of mean strengths); the mean score belongs to
    strength 0, and those with a list are stronger than all who apply.
    """
    out: dict[str, dict[str, dict[str, float]]] = {"img": {}, "us": {}}
    for name, cohorts in p.lists.items():
        one, two = cohorts["matched"]["step2ck"], cohorts["not_matched"]["step2ck"]
        if min(one["n"], two["n"]) >= 30:
            spread = float(np.hypot((one["sd"] + two["sd"]) / 2, (one["mean"] - two["mean"]) / 2))
            out["img"][name] = _regress(got.img, p.index[name], one["mean"], two["mean"], spread)
    for name, row in p.us_scores.items():
        if row.get("notmatched_n", 0) >= 30:
            spread = (row["matched_q3"] - row["matched_q1"]) / 1.349
            out["us"][name] = _regress(
                got.us, p.index[name], row["matched_median"], row["notmatched_median"], spread
            )
    for group in out.values():
        middle = {
            key: float(np.median([row[key] for row in group.values()]))
            for key in ("mean", "sd", "r")
        }
        group["other"] = {key: round(value, 3) for key, value in middle.items()}
    return out


def _regress(
    rows: NDArray[Any], at: int, matched: float, other: float, spread: float
) -> dict[str, float]:
    on = (rows[0] == at) & (rows[1] > 0)
    hit, strength = rows[2, on] > 0, rows[3, on]
    apart = strength[hit].mean() - strength[~hit].mean()
    r = float(np.clip((matched - other) / (spread * max(apart, 0.05)), 0.0, 0.85))
    middle = hit.mean() * matched + (1 - hit.mean()) * other - r * spread * strength.mean()
    return {"mean": round(float(middle), 1), "sd": round(spread, 1), "r": round(r, 3)}
