"""Calibration: free parameters such that simulated seasons reproduce published figures of the 2026 Match.

Two layers. *Margins* have one parameter each and are fitted by proportional steps: handicaps (specialty x kind) to
who took the places or, where published, to how many interviews there were; what is taken off at ranking to who then
matched; ranking margins to fills; numbers and choices to applicants with a list. *Shape* parameters (noises, tastes:
``SHAPE``) are searched one after another for the least loss: the mean over targets of ``log(model / published)^2`` in
units of the tolerance, which is 5 % or two standard errors of the published figure, each term capped.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visamatch.market.openness import mean_rates
from visamatch.market.openness import parameters as openness_parameters
from visamatch.market.population import Country, country
from visamatch.market.published import GROUPS, OF_KIND, YEAR, Published, groups_of
from visamatch.market.scenarios import KINDS
from visamatch.market.season import Season, play

TOLERANCE = 0.05
MEASURED = (  # specialties whose lists of non-US IMG are published with enough people
    "internal-medicine", "family-medicine", "pediatrics", "pathology", "general-surgery",
    "obstetrics-gynecology", "diagnostic-radiology", "emergency-medicine",
)  # fmt: skip
SHAPE = {  # steps tried for each, as factors
    "noise_program": 1.25, "noise_interview": 1.25, "taste": 1.4, "seek_open": 1.5,
}  # fmt: skip
VISA_NEED = 0.7  # of non-US IMG; no table says it (green-card holders count as non-US): a judgement
_PARTS = np.array([1, 1, 1, 1, 1 - VISA_NEED, VISA_NEED])
MOST_PER_ACTIVE = (1.04, 1.06, 1.6, 1.3, 1.3)
"""Applicants for each one with a list, at most: ERAS counted 17,569 to 20,756 IMG for 16,154 lists in 2026."""

_LATE_GAIN = (6.0, 6.0, 1.5, 2.0, 3.0)  # a rate near 1 moves little


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
    def met(self) -> bool:
        """Within 5 % or the sampling error (two standard errors)."""
        return abs(self.off) <= self.tolerance

    @property
    def tolerance(self) -> float:
        """5 % or two standard errors."""
        return max(TOLERANCE, 2 * self.error)


class Measures:
    """Sums over seasons of what the targets need."""

    def __init__(self, known: Country, seasons: Iterable[Season]) -> None:
        n, played = len(known.specialties), list(seasons)
        self.seasons = len(played)
        self.first, self.took, self.filled = np.zeros((n, 5)), np.zeros((n, 5)), np.zeros(n)
        self.active, self.placed, self.people = np.zeros(5), np.zeros(5), np.zeros(5)
        self.applications, self.top3, self.main = np.zeros(5), np.zeros(5), np.zeros(5)
        self.specialties, tried, seen = known.specialties, np.zeros((n, 5)), np.zeros((n, 5))
        for season in played:
            group, first = OF_KIND[season.people.kind], season.people.specialty[:, 0]
            sent = np.minimum(
                known.applications[season.people.kind, 0] * 1.06, 0.7 * known.tracks_in[first] + 1
            )
            np.add.at(tried, (first, group), np.maximum(sent, 1))
            np.add.at(seen, (first, group), season.contiguous)
        self.rate = seen / np.maximum(tried, 1)  # interviews an application, first choices
        rows = []
        for season in played:
            self._add(known, season)
            rows.append(self._img(known, season))
        self.img = np.concatenate(
            rows, axis=1
        )  # first choice, contiguous, matched to it, strength, interviews
        self.us = np.concatenate([self._img(known, season, 0) for season in played], axis=1)
        self.offers = sum(season.offers for season in played) / self.seasons
        self.lists = np.array([self._list_means(season) for season in played]).mean(axis=0)

    def _add(self, known: Country, season: Season) -> None:
        group = OF_KIND[season.people.kind]
        year_one = np.where(season.year_one >= 0, season.year_one, season.place)
        pgy1 = (season.year_one >= 0) | ((season.place >= 0) & ~known.advanced[season.place])
        with_list = (season.ranked > 0) | (season.interviews > 0)
        held = 1 / self.seasons
        self.people += np.bincount(group, minlength=5) * held
        self.active += np.bincount(group, with_list, 5) * held
        self.placed += np.bincount(group, pgy1 & (year_one >= 0), 5) * held
        self.applications += np.bincount(group, season.applications, 5) * held
        self.main += np.bincount(group, season.place >= 0, 5) * held
        self.top3 += np.bincount(group, (season.place >= 0) & (season.rank < 3), 5) * held
        for tracks in (season.place, season.year_one):
            on = tracks >= 0
            np.add.at(self.took, (known.specialty_of[tracks[on]], group[on]), held)
        np.add.at(self.first, (season.people.specialty[with_list, 0], group[with_list]), held)
        self.filled += np.bincount(known.specialty_of, season.filled, len(self.filled)) * held

    def _img(self, known: Country, season: Season, group: int = 4) -> NDArray[Any]:
        mine = OF_KIND[season.people.kind] == group
        first, place = season.people.specialty[mine, 0], season.place[mine]
        matched = (place >= 0) & (known.specialty_of[place] == first)
        return np.stack(
            [
                first,
                season.contiguous[mine],
                matched,
                season.people.strength[mine],
                season.interviews[mine],
            ]
        )

    def _list_means(self, season: Season) -> list[float]:
        on, placed = season.ranked > 0, season.place >= 0
        return [season.ranked[on & placed].mean(), season.ranked[on & ~placed].mean()]

    def lengths(self, at: int, matched: bool) -> NDArray[Any]:
        """Contiguous ranks of non-US IMG whose first choice is specialty ``at``, none left out."""
        mine = (self.img[0] == at) & (self.img[1] > 0) & (self.img[2] == matched)
        return np.asarray(self.img[1, mine])

    def contiguous(self, at: int) -> NDArray[Any]:
        """The same of all, matched or not."""
        return np.asarray(self.img[1, (self.img[0] == at) & (self.img[1] > 0)])

    def curve(self, at: int, longest: int = 20) -> NDArray[Any]:
        """Chance to match to the first choice by contiguous ranks 1, 2, …; NaN where nobody has as many."""
        mine = (self.img[0] == at) & (self.img[1] > 0)
        n = np.bincount(self.img[1, mine].astype(int), minlength=longest + 1)[1 : longest + 1]
        hit = np.bincount(self.img[1, mine].astype(int), self.img[2, mine], longest + 1)[
            1 : longest + 1
        ]
        return np.where(n >= 5, hit / np.maximum(n, 1), np.nan)


def start(published: Published, known: Country, guess: dict[str, Any]) -> dict[str, Any]:
    """First parameters: ``guess`` (hand-written shape) with the shares that the published tables give."""
    p, names = copy.deepcopy(guess), known.specialties
    p["applicants"] = _split(published.active * np.array([1.01, 1.02, 1.2, 1.2, 1.26]))
    p["first_choice"] = _rows(names, published.first / published.first.sum(axis=0), 5)
    p["second_specialty"] = _rows(names, published.second / published.second.sum(axis=0), 5)
    rate = published.second.sum(axis=0) / published.active
    p["second_specialty_rate"] = _split(
        np.minimum(0.9, rate * np.array([1.0, 1.1, 1.3, 1.5, 1.5])), share=False
    )
    share = published.matched / published.first.clip(1)
    share = np.log((share / share[:, :1].clip(1e-3)).clip(0.02, 5)) * 0.8
    p["handicap"] = _rows(
        names, np.where(published.matched.sum(axis=1)[:, None] > 0, share, -1.0), 3, keep=True
    )
    p["margin"] = dict.fromkeys(names, 2.0) | {"other": 2.0}
    p["late"] = {str(name): dict.fromkeys(KINDS, 0.0) for name in (*names, "other")}
    p["open_sd"] = openness_parameters()["spread"]
    return p


def _split(group: NDArray[Any], share: bool = True) -> dict[str, float]:
    """Values by group to values by kind; ``share`` divides the last one by visa need."""
    values = group[OF_KIND] * (_PARTS if share else 1.0)
    return {kind: round(float(value), 4) for kind, value in zip(KINDS, values, strict=True)}


def _rows(
    names: Any, table: NDArray[Any], digits: int, keep: bool = False
) -> dict[str, dict[str, float]]:
    out: dict[str, dict[str, float]] = {}
    for name, row in zip(names, table, strict=True):
        values = zip(map(str, KINDS), (round(float(row[g]), digits) for g in OF_KIND), strict=True)
        out[str(name)] = {kind: value for kind, value in values if value or keep}
    return out | ({"other": dict.fromkeys(map(str, KINDS), 0.0)} if keep else {})


def simulate(p: dict[str, Any], seasons: int, seed: int) -> tuple[Country, Measures]:
    """Play seasons with fixed sizes and no shocks: what is fitted is the middle."""
    known = country(p | {"count_sd": 0.0, "shock_sd": 0.0})
    return known, Measures(known, (play(known, seed, number) for number in range(seasons)))


def step_margins(
    p: dict[str, Any], published: Published, known: Country, got: Measures, size: float
) -> None:
    """One proportional step of the margins, in place."""
    names = known.specialties
    places = np.bincount(known.specialty_of, known.quota, len(names))
    _step_choices(p, names, published, got, size)
    handicap, late = _errors_of_handicaps(published, got), _errors_of_late(published, got)
    for at, name in enumerate(names):
        for kind, g in zip(KINDS, OF_KIND, strict=True):
            _move(p["handicap"][name], kind, size * 0.7 * handicap[at, g], -9, 3)
            _move(p["late"][name], kind, size * _LATE_GAIN[g] * late[at, g], -5, 12)
        _move(
            p["margin"],
            name,
            size * 10 * (published.filled[at] - got.filled[at] / max(places[at], 1)),
            -2,
            12,
        )
    factor = (published.active / got.active) ** size
    for kind, g, part in zip(KINDS, OF_KIND, _PARTS, strict=True):
        most = MOST_PER_ACTIVE[g] * published.active[g] * part
        p["applicants"][kind] = round(float(min(most, p["applicants"][kind] * factor[g])), 1)


def _move(row: dict[Any, float], name: str, by: float, low: float, high: float) -> None:
    row[name] = round(float(np.clip(row[name] + by, low, high)), 3)


def _step_choices(
    p: dict[str, Any], names: Any, published: Published, got: Measures, size: float
) -> None:
    chosen = np.clip((published.first + 1) / (got.first + 1), 0.5, 2) ** (0.7 * size)
    taken = np.clip((published.matched + 5) / (got.took + 5), 0.5, 2) ** (0.7 * size)
    chosen[:, :3] = np.sqrt(
        chosen[:, :3] * taken[:, :3]
    )  # US graduates of two specialties may put either first
    for at, name in enumerate(names):
        row = p["first_choice"].get(name, {})
        for kind, g in zip(KINDS, OF_KIND, strict=True):
            if kind in row:
                row[kind] = round(float(row[kind] * chosen[at, g]), 6)


def _errors_of_handicaps(published: Published, got: Measures) -> NDArray[Any]:
    """Log of places taken, published over model, against US MD seniors, who are the reference of every specialty.

    Where list lengths are published, interviews stand for places; for other specialties of international graduates
    the mean share of applicants interviewed (``mean_rates`` of the openness fit): who has a list is few of them.
    """
    ratio = np.log((published.matched + 0.5) / (got.took + 0.5))
    ratio -= ratio[:, :1]
    for name in MEASURED:
        at = published.index[name]
        mine = got.contiguous(at).sum() / got.seasons
        ratio[at, 4] = np.log(_interviews(published, name) / max(mine, 1.0))
    for at, g in _rated(published):
        wanted = mean_rates(GROUPS[g])[got.specialties[at]]
        ratio[at, g] = np.log(wanted / max(got.rate[at, g], 0.001))
    return ratio


def _rated(published: Published) -> Iterator[tuple[int, int]]:
    """Specialties and groups whose handicap is fitted to the mean interview rate."""
    for g in (3, 4):
        for name in mean_rates(GROUPS[g]):
            if name in published.index and not (g == 4 and name in MEASURED):
                yield published.index[name], g


def _errors_of_late(published: Published, got: Measures) -> NDArray[Any]:
    """Log of who matched, model over published: by kind; US IMG half by specialty, non-US IMG where published."""
    rate = np.log((got.placed / got.active) / (published.placed / published.active))
    error = np.tile(rate, (len(got.took), 1))
    error[:, 3] = (rate[3] + np.log((got.took[:, 3] + 3) / (published.matched[:, 3] + 3))) / 2
    for at, g in _rated(published):
        error[at, g] = np.log((got.took[at, g] + 3) / (published.matched[at, g] + 3))
    for name in MEASURED:
        error[published.index[name], 4] = _too_many(published, got, name)
    return error


def _too_many(published: Published, got: Measures, name: str) -> float:
    """By how much too many non-US IMG match: places taken, and the share of first choices met, half each."""
    at = published.index[name]
    taken = np.log((got.took[at, 4] + 1) / (published.matched[at, 4] + 1))
    mine = (got.img[0] == at) & (got.img[1] > 0)
    share = (got.img[2, mine].sum() + 0.5) / (mine.sum() + 1)
    return float(taken + np.log(share / published.to_first[name])) / 2


def _interviews(published: Published, name: str) -> float:
    """Interviews in the first choice of all non-US IMG with a list: mean length times people."""
    cohorts = [cohort["contiguous_ranks"] for cohort in published.lists[name].values()]
    mean = sum(c["mean"] * c["n"] for c in cohorts) / sum(c["n"] for c in cohorts)
    return float(mean * published.first[published.index[name], 4])


def fit_margins(p: dict[str, Any], published: Published, rounds: int, seasons: int, seed: int,
                tell: Callable[[str], None]) -> Measures:  # fmt: skip
    """Steps of falling size; leaves ``p`` fitted and returns the last measures."""
    for number in range(rounds):
        known, got = simulate(p, seasons, seed + number)
        size = (1.0, 0.5, 0.2)[min(2, 3 * number // rounds)]
        if number < rounds - 1:
            step_margins(p, published, known, got, size)
        tell(f"round {number + 1} of {rounds}: loss {loss(targets(published, known, got)):.2f}")
    return got


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
    return [
        *_totals(published, known, got),
        *_lists_by_specialty(published, known, got),
        *_fills(published, known, got),
        *_curves(published, known, got),
    ]


def _totals(published: Published, known: Country, got: Measures) -> Iterable[Target]:
    rates, year = published.rates, YEAR
    words = ("US MD senior", "US DO senior", "", "US IMG", "non-US IMG")
    for g, group in enumerate(GROUPS):
        rate, n = published.placed[g] / published.active[g], published.active[g]
        source = (
            rates[year, words[g]]["source"]
            if words[g]
            else "derived: all applicants less the other kinds"
        )
        error = float(np.sqrt((1 - rate) / (rate * n)))
        yield Target(
            f"match rate to PGY-1, {group}", rate, got.placed[g] / got.active[g], error, source
        )
        yield Target(f"active applicants, {group}", n, got.active[g], 0.0, source)
    yield Target(
        "places filled", published.totals[year, "filled_in_algorithm"], float(got.filled.sum()), 0.0,
        "NRMP 2026, quoted in nrmp_totals_by_year",
    )  # fmt: skip
    top = published.totals[year, "us_md_seniors_matched_top3_pct"] / 100
    yield Target(
        "US MD seniors matched to one of their first three",
        top,
        got.top3[0] / got.main[0],
        0.003,
        "NRMP 2026",
    )
    mean = published.totals[year, "eras_2025_26_mean_applications_per_applicant"]
    yield Target(
        "applications an applicant",
        mean,
        got.applications.sum() / got.people.sum(),
        0.0,
        "ERAS 2025-26",
    )
    yield Target(
        "invitations a position (12 to 18)",
        15.0,
        got.offers / known.quota.sum(),
        0.1,
        "METHOD, range",
    )
    yield Target(
        "list length of matched, all (2015)",
        10.0,
        got.lists[0],
        0.1,
        "mleresidencytips.com 2015",
        True,
    )
    yield Target(
        "list length of unmatched, all (2015)",
        4.0,
        got.lists[1],
        0.1,
        "mleresidencytips.com 2015",
        True,
    )


def _lists_by_specialty(published: Published, known: Country, got: Measures) -> Iterable[Target]:
    source = "NRMP Charting Outcomes, non-US IMG, 2026"
    for name in MEASURED:
        at = known.specialties.index(name)
        for cohort, matched in (("matched", True), ("not_matched", False)):
            row, mine = published.lists[name][cohort]["contiguous_ranks"], got.lengths(at, matched)
            error = row["sd"] / np.sqrt(row["n"]) / row["mean"]
            model = float(mine.mean()) if len(mine) else 0.1
            name_of = f"contiguous ranks, non-US IMG {cohort}, {name}"
            yield Target(name_of, row["mean"], model, float(error), source)
        n = sum(
            published.lists[name][c]["contiguous_ranks"]["n"] for c in ("matched", "not_matched")
        )
        rate = published.to_first[name]
        mine = (got.img[0] == at) & (got.img[1] > 0)
        yield Target(f"matched to first choice, non-US IMG, {name}", rate, float(got.img[2, mine].mean()),
                     float(np.sqrt((1 - rate) / (rate * n))), source)  # fmt: skip


def _fills(published: Published, known: Country, got: Measures) -> Iterable[Target]:
    for name in MEASURED:
        at = known.specialties.index(name)
        places = known.quota[known.specialty_of == at].sum()
        yield Target(
            f"share of places filled, {name}",
            published.filled[at],
            got.filled[at] / places,
            0.0,
            "NRMP Program Results 2026",
        )
        for g in (0, 1, 3, 4):
            want = published.matched[at, g]
            error, source = float(1 / np.sqrt(max(want, 1))), "NRMP 2025 shares on 2026 places"
            took = got.took[at, g]
            yield Target(
                f"places taken by {GROUPS[g]}, {name}", want, took, error, source, citable=False
            )


def _curves(published: Published, known: Country, got: Measures) -> Iterable[Target]:
    for name in ("internal-medicine", "family-medicine", "pediatrics", "pathology"):
        curve = got.curve(known.specialties.index(name))
        for ranks in (1, 3, 5, 8, 12):
            if np.isfinite(curve[ranks - 1]):
                found, source = float(curve[ranks - 1]), "derived from Charting Outcomes 2026"
                want = float(published.curve[name][ranks - 1])
                name_of = f"chance with {ranks} contiguous ranks, non-US IMG, {name}"
                yield Target(name_of, want, found, 0.05, source, held_out=True)


def other_year(
    p: dict[str, Any], published: Published, year: int, seasons: int, seed: int
) -> list[Target]:
    """Match rates of a year left out: that year's applicants and places, every other parameter as fitted."""
    active, placed = groups_of(published.rates, published.totals, year)
    scale = published.totals[year, "total_positions"] / published.totals[YEAR, "total_positions"]
    q = copy.deepcopy(p)
    for kind, g in zip(KINDS, OF_KIND, strict=True):
        q["applicants"][kind] = p["applicants"][kind] * active[g] / published.active[g]
    known = country(q | {"count_sd": 0.0, "shock_sd": 0.0}, scale)
    got = Measures(known, (play(known, seed, number) for number in range(seasons)))
    return [
        Target(f"{year}: match rate to PGY-1, {group}", placed[g] / active[g], got.placed[g] / got.active[g],
               float(np.sqrt((1 - placed[g] / active[g]) / placed[g])), f"NRMP {year}", True)
        for g, group in enumerate(GROUPS)
    ]  # fmt: skip


def calibrate(published: Published, known: Country, guess: dict[str, Any], rounds: int, seed: int, shape: bool,
              tell: Callable[[str], None]) -> tuple[dict[str, Any], list[Target]]:  # fmt: skip
    """Fit margins from ``guess``, search the shape if wanted, and compare on ten fresh seasons."""
    p = start(published, known, guess)
    got = fit_margins(p, published, rounds, 1, seed, tell)
    best = loss(targets(published, known, got))
    for name, factor in SHAPE.items() if shape else ():
        for by in (factor, 1 / factor):
            tried = copy.deepcopy(p) | {name: round(p[name] * by, 3)}
            now = loss(targets(published, known, fit_margins(tried, published, 6, 1, seed, tell)))
            tell(f"{name} {tried[name]}: loss {now:.2f} against {best:.2f}")
            if now < best:
                p, best = tried, now
                break
    known, got = simulate(p, 10, seed + 1000)
    p["step2"] = step2(published, known, got)
    compared = targets(published, known, got) + other_year(p, published, 2025, 4, seed + 2000)
    return p, compared


def step2(
    published: Published, known: Country, got: Measures
) -> dict[str, dict[str, dict[str, float]]]:
    """Step 2 CK against latent strength: such that matched and unmatched differ in score as published.

    ``r`` = difference of mean scores / (standard deviation x difference of mean strengths); the mean score belongs to
    strength 0, and those with a list are stronger than all who apply.
    """
    out: dict[str, dict[str, dict[str, float]]] = {"img": {}, "us": {}}
    for name, cohorts in published.lists.items():
        one, two = cohorts["matched"]["step2ck"], cohorts["not_matched"]["step2ck"]
        if min(one["n"], two["n"]) >= 30:
            spread = float(np.hypot((one["sd"] + two["sd"]) / 2, (one["mean"] - two["mean"]) / 2))
            out["img"][name] = _regress(
                got.img, known.specialties.index(name), one["mean"], two["mean"], spread
            )
    for name, row in published.us_scores.items():
        if row.get("notmatched_n", 0) >= 30:
            spread = (row["matched_q3"] - row["matched_q1"]) / 1.349
            out["us"][name] = _regress(
                got.us,
                known.specialties.index(name),
                row["matched_median"],
                row["notmatched_median"],
                spread,
            )
    for group in out.values():
        keys = ("mean", "sd", "r")
        group["other"] = {
            key: round(float(np.median([row[key] for row in group.values()])), 3) for key in keys
        }
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
