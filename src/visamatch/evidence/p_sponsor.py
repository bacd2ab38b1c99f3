"""P(this program would sponsor this person's H-1B this cycle): log odds from a base rate and the evidence.

Each statement adds log odds by what it says, how near it comes to the program, how old it is and
what else of its kind is known already. The working stays open: a statement's effect is the change
in log odds when it is left out. Policies change from season to season, so the past never makes a
chance certain. The interval carries the uncertainty of base rate, reliabilities and change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from math import exp, log, log2, sqrt
from typing import Any

import yaml

from visamatch.evidence.ages import age_years
from visamatch.evidence.asker import Asker
from visamatch.evidence.assessment import Chance
from visamatch.evidence.ledger import Bearing
from visamatch.evidence.standing import stance
from visamatch.evidence.statement import (
    H1bApprovals,
    Reach,
    Silence,
    Statement,
    TraineeFilings,
    VisaPolicy,
)
from visamatch.facts.tables import BaseRate, rows

Z90 = 1.6449  # half-width of a central 90 % interval in standard deviations


@cache
def parameters() -> dict[str, Any]:
    """The shipped parameters."""
    text = (files("visamatch.evidence") / "parameters" / "p_sponsor.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@cache
def base_rate(specialty_id: str) -> float:
    """Share of programs of a specialty that sponsor H-1B, before any evidence."""
    published = [row for row in rows(BaseRate) if row.visa == "H-1B"]
    own = [row for row in published if row.specialty_id == specialty_id]
    newest = max(own, key=lambda row: row.year, default=None)
    return newest.rate if newest else float(parameters()["base"]["default_rate"])


def p_sponsor(
    specialty_id: str, bearing: Sequence[Bearing], who: Asker, on: date
) -> tuple[Chance, tuple[float, ...]]:
    """The chance with its 90 % interval, and each statement's effect in log odds, in order."""
    effects = [_effect(claim, reach, who, on) for claim, reach in bearing]
    kinds = [_kind(claim, reach) for claim, reach in bearing]
    rate = base_rate(specialty_id)
    total = _combined(effects, kinds)
    left_out = tuple(
        total - _combined(_without(effects, index), _without(kinds, index))
        for index in range(len(effects))
    )
    share = parameters()["effect_sd_share"]
    spread = sqrt(parameters()["base"]["sd"] ** 2 + sum((share * part) ** 2 for part in left_out))
    middle = log(rate / (1 - rate)) + total
    change = parameters()["turnover"]
    low, mean, high = (
        _chance(middle + step * spread, change[stay], change["start"])
        for step, stay in ((-Z90, "stay_low"), (0.0, "stay"), (Z90, "stay_high"))
    )
    return Chance(mean, low, high), left_out


def _combined(effects: Sequence[float], kinds: Sequence[str]) -> float:
    """Sum over kinds of evidence; within a kind the strongest counts full, each next one less."""
    groups: dict[str, list[float]] = defaultdict(list)
    for effect, kind in zip(effects, kinds, strict=True):
        groups[kind].append(effect)
    repeat: float = parameters()["repeat_weight"]
    return sum(
        effect * repeat**place
        for group in groups.values()
        for place, effect in enumerate(sorted(group, key=lambda effect: (-abs(effect), effect)))
    )


def _kind(claim: Statement, reach: Reach) -> str:
    if claim.property == "trainee_filings":
        return "filings"  # named, unnamed and system filings tell of one practice
    return f"{claim.property}-{reach == 'other'}"


def _effect(claim: Statement, reach: Reach, who: Asker, on: date) -> float:
    arrives: float = parameters()["reach"][reach]
    return _strength(claim, who) * _age_weight(claim, on) * arrives


def _strength(claim: Statement, who: Asker) -> float:
    known = parameters()
    match claim.value:
        case TraineeFilings() as filings:
            return _filing_strength(filings, claim.specialty_id, known["filings"])
        case H1bApprovals() as approvals:
            return float(known["approvals"]) if approvals.newest_whole_year else 0.0
        case Silence():
            return float(known["silence"])
        case VisaPolicy() as policy:
            strength = _policy_strength(policy, who, known)
            factor: float = known["method_factor"].get(claim.property, 1.0)
            return strength * factor


def _filing_strength(filings: TraineeFilings, specialty_id: str, known: dict[str, float]) -> float:
    if filings.kind != "resident":
        base = known["fellow"]
    else:
        base = known["named_resident"] if specialty_id else known["unnamed_resident"]
    doublings = min(4.0, log2(max(1, filings.count)))
    return float(base + known["per_doubling"] * doublings)


def _policy_strength(policy: VisaPolicy, who: Asker, known: dict[str, Any]) -> float:
    offer: str = stance(policy, who)
    if offer == "conditional" and policy.sponsors_h1b == "case_by_case":
        offer = "case_by_case"
    strength = float(known["policy"][offer])
    if offer in ("conditional", "case_by_case") and "exceptional_only" in policy.conditions:
        strength += known["exceptional_only"]
    if policy.detail("prefers") == "J-1":
        strength += known["prefers_j1"]
    return strength


def _age_weight(claim: Statement, on: date) -> float:
    age = age_years(claim.as_of, on)
    if age is None:
        return float(parameters()["undated_weight"])
    return float(0.5 ** (age / parameters()["half_life_years"]))


def _without(items: Sequence[Any], index: int) -> list[Any]:
    return [item for place, item in enumerate(items) if place != index]


def _chance(log_odds: float, stay: float, start: float) -> float:
    """The chance of sponsoring this season, from the odds of having done so in the last."""
    before = 1 / (1 + exp(-log_odds))
    return round(stay * before + start * (1 - before), 4)
