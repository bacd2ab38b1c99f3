"""The public JSON form of ``portfolio solve``: strict in, plain out.

Two forms. Outcomes that move together: ``utility`` [P], ``reachable`` [P][S], ``fees`` ([P], or tiers
counted within groups), ``budget``, ``max_applications``, ``must``, ``never``. Independent schools:
``f`` (chance), ``t`` (utility), ``g`` (fee), ``budget``, ``max_applications``; without ``g`` each costs 1.
"""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np

from visamatch.advice.portfolio import independent, search
from visamatch.advice.portfolio.independent import Schools
from visamatch.advice.portfolio.problem import SLACK, Bytes, Choice, Fees, Floats, Problem
from visamatch.errors import InputError, one_of

TOGETHER = ("utility", "reachable", "fees", "budget", "max_applications", "must", "never")
INDEPENDENT = ("f", "t", "g", "budget", "max_applications")
UNLIMITED = 10**9


def answer(document: object) -> dict[str, Any]:
    """Solve a problem given as a JSON object.

    Raises:
        InputError: what is wrong, where, and what would mend it.
    """
    if not isinstance(document, dict) or not document:
        raise InputError("input", "a JSON object with utility and reachable, or with f and t")
    if "f" in document or "t" in document:
        return _record(independent.solve(schools(document)))
    return _record(search.solve(problem(document)))


def _record(choice: Choice) -> dict[str, Any]:
    return {
        "chosen": list(choice.chosen),
        "value": choice.value,
        "values": list(choice.values),
        "upper_bound": choice.upper_bound,
        "cost": choice.cost,
    }


def schools(document: dict[str, Any]) -> Schools:
    """Read independent schools."""
    _keys(document, INDEPENDENT)
    chance = _numbers(document, "f", high=1.0)
    utility = _numbers(document, "t", len(chance))
    fee = np.ones(len(chance))
    budget, most = _limits(document)
    if "g" in document or math.isfinite(budget):
        fee = _numbers(document, "g", len(chance))
    _some_limit(budget, most)
    _one_fee(budget, float(fee.min()))
    return Schools(chance, utility, fee, budget, most)


def problem(document: dict[str, Any]) -> Problem:
    """Read programs whose outcomes move together."""
    _keys(document, TOGETHER)
    utility = _numbers(document, "utility")
    size = len(utility)
    reachable = _matrix(document, size)
    budget, most = _limits(document)
    fees = Fees.flat([0.0] * size)
    if "fees" in document or math.isfinite(budget):
        fees = _fees(document, size)
    must, never = (_places(document, key, size) for key in ("must", "never"))
    made = Problem(utility, reachable, fees, budget, most, must, never)
    _locks(made)
    return made


def _keys(document: dict[str, Any], known: tuple[str, ...]) -> None:
    for key in document:
        if key not in known:
            raise InputError("input", one_of(known, key, limit=len(known)), key)


def _number(where: str, value: object, low: float = 0.0, high: float = math.inf) -> float:
    number = math.nan if isinstance(value, bool) or not isinstance(value, int | float) else value
    if low <= number <= min(high, sys.float_info.max):
        return float(number)
    wanted = f"a number, {low:g} or more" if high == math.inf else f"a number from 0 to {high:g}"
    raise InputError(where, wanted, "nothing" if value is None else value)


def _list(document: dict[str, Any], key: str, size: int | None = None) -> list[Any]:
    found = document.get(key)
    if not isinstance(found, list):
        raise InputError(key, "a list, one entry a program", "nothing" if found is None else found)
    if not found:
        raise InputError(key, "at least one program; the list is empty")
    if size is not None and len(found) != size:
        raise InputError(key, f"{size} entries, one a program", f"{len(found)} entries")
    return found


def _numbers(
    document: dict[str, Any], key: str, size: int | None = None, high: float = math.inf
) -> Floats:
    found = _list(document, key, size)
    return np.array([_number(f"{key}[{i}]", x, high=high) for i, x in enumerate(found)])


def _matrix(document: dict[str, Any], size: int) -> Bytes:
    rows = _list(document, "reachable", size)
    for i, row in enumerate(rows):
        if not isinstance(row, list) or not row:
            raise InputError(f"reachable[{i}]", "a list with 0 or 1 for each scenario", row)
        if len(row) != len(rows[0]):
            wanted = f"{len(rows[0])} scenarios as in reachable[0]"
            raise InputError(f"reachable[{i}]", wanted, f"{len(row)}")
        if row.count(0) + row.count(1) != len(row):
            s = next(s for s, entry in enumerate(row) if entry not in (0, 1))
            raise InputError(f"reachable[{i}][{s}]", "0 or 1", str(row[s]))
    return np.array(rows, dtype=np.uint8)


def _limits(document: dict[str, Any]) -> tuple[float, int]:
    budget, most = document.get("budget"), document.get("max_applications")
    if most is not None and (_number("max_applications", most, low=1.0) % 1 or most < 1):
        raise InputError("max_applications", "a whole number, 1 or more", most)
    return (
        math.inf if budget is None else _number("budget", budget),
        UNLIMITED if most is None else int(most),
    )


def _some_limit(budget: float, most: int) -> None:
    if budget == math.inf and most == UNLIMITED:
        raise InputError("budget", "a budget, or max_applications", "nothing")


def _fees(document: dict[str, Any], size: int) -> Fees:
    found = document.get("fees")
    if not isinstance(found, dict):
        return Fees.flat(_numbers(document, "fees", size).tolist())
    if set(found) != {"tiers", "group"}:
        raise InputError("fees", "a list, or an object with tiers and group", sorted(found))
    group = _list(found, "group")
    if len(group) != size:
        raise InputError("fees.group", f"{size} entries, one a program", f"{len(group)} entries")
    return Fees.tiered(_tiers(found["tiers"]), [repr(name) for name in group])


def _tiers(found: object) -> list[tuple[float, float]]:
    if not isinstance(found, list) or not found:
        raise InputError("fees.tiers", 'a list such as [{"up_to": 30, "each": 11}, {"each": 30}]')
    tiers: list[tuple[float, float]] = []
    for i, tier in enumerate(found):
        where = f"fees.tiers[{i}]"
        if not isinstance(tier, dict) or not {"each"} <= set(tier) <= {"up_to", "each"}:
            raise InputError(where, "an object with each, and up_to unless it is the last", tier)
        last = i == len(found) - 1
        if last != (tier.get("up_to") is None):
            wanted = "no up_to in the last tier" if last else "a number"
            raise InputError(f"{where}.up_to", wanted, tier.get("up_to", "nothing"))
        lowest = tiers[-1][0] + 1 if tiers else 1.0
        up_to = math.inf if last else _number(f"{where}.up_to", tier["up_to"], low=lowest)
        tiers.append((up_to, _number(f"{where}.each", tier["each"])))
    return tiers


def _places(document: dict[str, Any], key: str, size: int) -> tuple[int, ...]:
    found = document.get(key)
    if found is None:
        return ()
    if not isinstance(found, list):
        raise InputError(key, "a list of program numbers", found)
    for i, place in enumerate(found):
        if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < size:
            raise InputError(f"{key}[{i}]", f"a program number from 0 to {size - 1}", place)
        if place in found[:i]:
            raise InputError(f"{key}[{i}]", "each program once", place)
    return tuple(found)


def _locks(made: Problem) -> None:
    """Locks must leave a choice that fits; say the nearest change that would."""
    both = sorted(set(made.must) & set(made.never))
    if both:
        wanted = "no program that is also in never; take it out of one of the two"
        raise InputError("must", wanted, both)
    if len(made.must) > made.most:
        wanted = f"at most {made.most}, as max_applications says; raise it to {len(made.must)}"
        raise InputError("must", wanted, f"{len(made.must)} programs")
    open_to = sorted(set(range(len(made.utility))) - set(made.never))
    if not open_to:
        raise InputError("never", "at least one program left to choose from", list(made.never))
    cost = made.fees.cost(made.must)
    if cost > made.budget + SLACK:
        wanted = f"at most {made.budget:g}, the budget; raise it to {cost:g}"
        raise InputError("must", f"{wanted} or unlock {_unlock(made)}", f"a cost of {cost:g}")
    if not made.must:
        _one_fee(made.budget, min(made.fees.cost([j]) for j in open_to))


def _unlock(made: Problem) -> str:
    """The fewest locked programs to let go of, dearest first."""
    kept = sorted(made.must, key=lambda j: -made.fees.cost([j]))
    gone = []
    while made.fees.cost(kept) > made.budget + SLACK:
        gone.append(kept.pop(0))
    return f"program{'s' * (len(gone) > 1)} {', '.join(map(str, gone))}"


def _one_fee(budget: float, lowest: float) -> None:
    if budget + SLACK < lowest:
        raise InputError("budget", f"at least {lowest:g}, the lowest fee", f"{budget:g}")
