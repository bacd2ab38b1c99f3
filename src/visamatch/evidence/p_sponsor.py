"""P(this program would sponsor this person's H-1B this cycle): from readiness and from what is said.

What employers filed says how ready the institution and its family are (:mod:`visamatch.evidence.practice`). On top of
that, statements about the program itself (its page, a reply, an application that names its specialty) are likelihood
ratios. A policy may change from one season to the next: an old statement speaks through a two-state Markov chain, so it
fades and never makes a chance certain. A statement's effect is the change in log odds when it is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import exp, log, log1p, sqrt
from typing import Any

import numpy as np

from visamatch.directory.programs import directory
from visamatch.evidence.ages import age_years
from visamatch.evidence.asker import Asker
from visamatch.evidence.assessment import Chance
from visamatch.evidence.ledger import Bearing
from visamatch.evidence.practice import Array, kind_of, node_of, parameters, practice
from visamatch.evidence.standing import stance
from visamatch.evidence.statement import (
    FamilyFilings,
    Reach,
    Silence,
    Statement,
    TraineeFilings,
    VisaPolicy,
)
from visamatch.facts.states import SOUTH
from visamatch.facts.tables import BaseRate, Program, rows

Z90 = 1.6449  # half-width of a central 90 % interval in standard deviations


@dataclass(frozen=True)
class Weights:
    """What statements say beyond the counts: of the program itself, and of its sisters."""

    direct: float  # log likelihood ratio, sponsors against does not
    spread: float  # standard deviation of `direct`
    sisters: tuple[float, ...]  # log likelihood ratios of other programs of the institution
    kept_out: float = 0.0  # chance that its H-1B is for others: transfers, US graduates


SILENT = Weights(0.0, 0.0, ())


def p_sponsor(program: Program, bearing: Sequence[Bearing], who: Asker, on: date) -> Chance:
    """The chance with its 90 % interval, 0..1."""
    weights = weigh(bearing, who, on)
    if weights is SILENT:
        mean, low, high = plain_chances()
        row = _row(program.program_id)
        return Chance(float(mean[row]), float(low[row]), float(high[row]))
    return _chance(practice().grid(program.institution_id), start_of(program), weights)


def effects(
    program: Program, bearing: Sequence[Bearing], who: Asker, on: date
) -> tuple[float, ...]:
    """Each statement's effect in log odds: with it, less without it."""
    at, start = practice(), start_of(program)
    everything = at.grid(program.institution_id)
    total = _log_odds(everything, start, weigh(bearing, who, on))
    found = []
    for index, (claim, _) in enumerate(bearing):
        rest = [pair for place, pair in enumerate(bearing) if place != index]
        grid = _grid_without(claim, program.institution_id)
        left = _log_odds(everything if grid is None else grid, start, weigh(rest, who, on))
        found.append(total - left)
    return tuple(found)


def base_rate(specialty_id: str) -> float:
    """Share of programs of a specialty that sponsor H-1B, before any evidence."""
    published = [row for row in rows(BaseRate) if row.visa == "H-1B"]
    own = [row for row in published if row.specialty_id == specialty_id]
    newest = max(own, key=lambda row: row.year, default=None)
    return newest.rate if newest else float(parameters()["base"]["default_rate"])


def start_of(program: Program) -> float:
    """Log odds of a program at readiness 0: its specialty, and its part of the country."""
    return base(program.specialty_id) + region(program.state)


def region(state: str) -> float:
    """Log odds that the South differs by; sponsorship is rarer there at equal filings."""
    return float(parameters()["estimates"]["south"]) if state in SOUTH else 0.0


@cache
def base(specialty_id: str) -> float:
    """Log odds at readiness 0: as estimated, or so that the mean over all readiness is the base rate."""
    estimated: float | None = parameters()["estimates"]["base"].get(specialty_id)
    return _solved(base_rate(specialty_id)) if estimated is None else estimated


def _solved(rate: float) -> float:
    at = practice()
    _, weights = np.polynomial.hermite_e.hermegauss(len(at.v))
    weight = np.outer(weights, weights) / weights.sum() ** 2
    programs = directory().programs.values()
    shift = np.array([region(program.state) for program in programs]).mean()
    low, high = -15.0, 15.0
    for _ in range(50):
        middle = (low + high) / 2
        if float((weight * _sigmoid(middle + shift + at.v)).sum()) < rate:
            low = middle
        else:
            high = middle
    return middle


def weigh(bearing: Sequence[Bearing], who: Asker, on: date, named: float | None = None) -> Weights:
    """Statements as likelihood ratios; within a kind the strongest counts full, each next one less.

    Args:
        named: log likelihood ratio of an application that names the specialty; as estimated by default.
    """
    bearing = [(claim, reach) for claim, reach in bearing if _speaks(claim, reach)]
    if not bearing:
        return SILENT
    known = parameters()
    named = known["estimates"]["named"] if named is None else named
    groups: dict[str, list[float]] = defaultdict(list)
    for claim, reach in bearing:
        strength = _strength(claim, reach, who, named)
        if strength:
            kind = "named" if isinstance(claim.value, TraineeFilings) else claim.property
            groups[f"{kind}-{reach == 'other'}"].append(_faded(strength, claim.as_of, on))
    repeat: float = known["repeat_weight"]
    direct: list[float] = []
    sisters: list[float] = []
    for name, strengths in groups.items():
        ranked = sorted(strengths, key=lambda strength: (-abs(strength), strength))
        lessened = [strength * repeat**place for place, strength in enumerate(ranked)]
        (sisters if name.endswith("True") else direct).extend(lessened)
    share = known["strength_sd_share"]
    spread = sqrt(sum((share * strength) ** 2 for strength in direct))
    return Weights(sum(direct), spread, tuple(sisters), _kept_out(bearing, who, on))


def _kept_out(bearing: Sequence[Bearing], who: Asker, on: date) -> float:
    """Chance that the offer is not meant for this person, 0..1; a nearer or newer open offer lowers it.

    Filings show that a program sponsors somebody. They say nothing against its own word that it does
    so for others only, so the two are multiplied and never added.
    """
    known = parameters()
    said = {"not_for_you": 0.0, "yes": 0.0, "conditional": 0.0}
    for claim, reach in bearing:
        if isinstance(claim.value, VisaPolicy) and reach != "other":
            offer = stance(claim.value, who)
            if offer in said:
                weight = known["reach"][reach] * _memory(claim.as_of, on)
                said[offer] = max(said[offer], weight)
    lead = said["not_for_you"] - max(said["yes"], said["conditional"])
    return float(known["kept_out"]) * max(0.0, lead)


def _speaks(claim: Statement, reach: Reach) -> bool:
    """Whether a statement says something beyond the counts."""
    value = claim.value
    return isinstance(value, VisaPolicy) or (
        reach == "program" and isinstance(value, TraineeFilings)
    )


def _strength(claim: Statement, reach: Reach, who: Asker, named: float) -> float:
    """Log likelihood ratio of a statement on the day it speaks for; 0 where the counts carry it."""
    known = parameters()
    if isinstance(claim.value, VisaPolicy):
        factor: float = known["method_factor"].get(claim.property, 1.0) * known["reach"][reach]
        return _policy_strength(claim.value, who) * factor
    if isinstance(claim.value, TraineeFilings) and claim.value.kind != "fellow":
        return named if reach == "program" and claim.specialty_id else 0.0
    return 0.0


def _policy_strength(policy: VisaPolicy, who: Asker) -> float:
    known = parameters()
    offer: str = stance(policy, who)
    if offer == "conditional" and policy.sponsors_h1b == "case_by_case":
        offer = "case_by_case"
    strength = float(known["policy"][offer])
    if offer in ("conditional", "case_by_case") and "exceptional_only" in policy.conditions:
        strength += known["exceptional_only"]
    if policy.detail("prefers") == "J-1":
        strength += known["prefers_j1"]
    return strength


def _faded(strength: float, as_of: str, on: date) -> float:
    """What a log likelihood ratio of an earlier season is worth now, through the chain."""
    chain: dict[str, Any] = parameters()["chain"]
    memory = _memory(as_of, on)
    share = chain["start"] / (1 + chain["start"] - chain["stay"])  # of sponsors in the long run
    then_if_yes, then_if_no = share + (1 - share) * memory, share * (1 - memory)
    gain = exp(strength) - 1
    return log1p(then_if_yes * gain) - log1p(then_if_no * gain)


def _memory(as_of: str, on: date) -> float:
    """Correlation of a program's policy then with its policy now."""
    chain: dict[str, Any] = parameters()["chain"]
    years = age_years(as_of, on)
    found: float = (chain["stay"] - chain["start"]) ** (
        chain["undated_years"] if years is None else years
    )
    return found


def _grid_without(claim: Statement, institution_id: str) -> Array | None:
    """The readiness of the institution without the counts of one statement; None where it has none."""
    at = practice()
    match claim.value:
        case FamilyFilings():
            return at.grid(institution_id, alone=True)
        case Silence():
            return at.grid(institution_id, silent=False)
        case TraineeFilings() as filed:
            node = node_of(claim.subject)
            if node and (not node[0] or node[1] == institution_id):  # else another's own count
                return at.grid(institution_id, without=(node[0], kind_of(filed.kind), filed.count))
    return None


def _log_odds(grid: Array, start: float, weights: Weights) -> float:
    return log_odds(practice().v, grid, start, weights, parameters()["estimates"]["slip"])


def log_odds(v: Array, grid: Array, start: float, weights: Weights, slip: float) -> float:
    """Log odds of sponsoring, the mean over readiness ``v`` with log weights ``grid``.

    ``slip`` is the chance that the evidence misleads altogether (a wrong tie, a change of mind): no
    chance comes nearer to 0 or 1.
    """
    willing = _sigmoid(start + v)
    weight = _normal(grid, willing, weights)
    share = float((weight * willing).sum())
    return float(_offered(log(share / (1 - share)) + weights.direct, slip, weights.kept_out))


def _chance(grid: Array, start: float, weights: Weights) -> Chance:
    """Mean over readiness; the interval joins what readiness may be and what the strengths may be."""
    at, slip = practice(), parameters()["estimates"]["slip"]
    willing = _sigmoid(start + at.v)
    weight = _normal(grid, willing, weights)
    share = float((weight * willing).sum())
    middle = float(_offered(log(share / (1 - share)) + weights.direct, slip, weights.kept_out))
    weight *= willing * exp(weights.direct) + (1 - willing)
    total = np.cumsum(weight.ravel()[at.order])
    places = np.searchsorted(total, [0.05 * total[-1], 0.95 * total[-1]])
    there = at.v.ravel()[at.order[places]] + start + weights.direct
    ends = _offered(there, slip, weights.kept_out)
    own = Z90 * sqrt(weights.spread**2 + parameters()["base"]["sd"] ** 2)
    low, high = (
        middle + sign * sqrt(own**2 + min(0.0, sign * (middle - end)) ** 2)
        for sign, end in zip((-1, 1), ends, strict=True)
    )
    return Chance(*map(float, _rounded(np.array([middle, low, high]))))


def _normal(grid: Array, willing: Array, weights: Weights) -> Array:
    for strength in weights.sisters:
        grid = grid + np.log1p(willing * (exp(strength) - 1))
    weight: Array = np.exp(grid - grid.max())
    weight /= weight.sum()
    return weight


@cache
def _row(program_id: str) -> int:
    return _rows()[program_id]


@cache
def _rows() -> dict[str, int]:
    return {name: row for row, name in enumerate(directory().programs)}


@cache
def plain_chances() -> tuple[Array, Array, Array]:
    """Mean, low and high of every program from the counts alone, all at once."""
    known, at = directory(), practice()
    programs = list(known.programs.values())
    place = {name: row for row, name in enumerate(sorted(known.programs_of))}
    grids = at.all_grids().reshape(len(place), -1)
    grids = np.exp(grids - grids.max(axis=1, keepdims=True))
    grids /= grids.sum(axis=1, keepdims=True)
    v, weight = at.v.ravel()[at.order], grids[:, at.order]
    total = weight.cumsum(axis=1)
    ends = [v[np.minimum((total < part).sum(axis=1), len(v) - 1)] for part in (0.05, 0.95)]
    rows_ = np.array([place[program.institution_id] for program in programs])
    start = np.array([start_of(program) for program in programs])
    share = (weight[rows_] * _sigmoid(start[:, None] + v[None, :])).sum(axis=1)
    slip = parameters()["estimates"]["slip"]
    middle = _offered(np.log(share / (1 - share)), slip)
    own = Z90 * parameters()["base"]["sd"]
    low = middle - np.sqrt(
        own**2 + np.maximum(0, middle - _offered(start + ends[0][rows_], slip)) ** 2
    )
    high = middle + np.sqrt(
        own**2 + np.maximum(0, _offered(start + ends[1][rows_], slip) - middle) ** 2
    )
    return _rounded(middle), _rounded(low), _rounded(high)


def _offered(log_odds: Any, slip: float, kept_out: float = 0.0) -> Any:
    """Log odds of an offer to this person, given the log odds of sponsoring anybody."""
    chance = (slip + (1 - 2 * slip) * _sigmoid(log_odds)) * (1 - kept_out)
    return np.log(chance / (1 - chance))


def _rounded(log_odds: Any) -> Any:
    """A chance as shown; never 0 and never 1."""
    return np.clip(np.round(_sigmoid(log_odds), 4), 0.0001, 0.9999)


def _sigmoid(log_odds: Any) -> Any:
    return 1 / (1 + np.exp(-log_odds))
