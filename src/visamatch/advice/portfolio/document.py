"""The public JSON form of ``portfolio solve``: strict in, plain out.

Two forms. Outcomes that move together: ``utility`` [P], ``reachable`` [P][S], ``fees`` ([P], or tiers
counted within groups), ``budget``, ``max_applications``, ``must``, ``never``; and, where wanted, ``parts`` [P]
(the name of each program's part) with ``limits`` by that name (``least`` and ``most`` applications), and
``invited`` [P][S] with ``max_interviews``, see ``attend``. Independent schools:
``f`` (chance), ``t`` (utility), ``g`` (fee), ``budget``, ``max_applications``; without ``g`` each costs 1.
"""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np

from visamatch.advice.portfolio import independent, search
from visamatch.advice.portfolio.attend import Attended, preference
from visamatch.advice.portfolio.feasible import check, check_fee
from visamatch.advice.portfolio.independent import Schools
from visamatch.advice.portfolio.problem import (
    UNLIMITED,
    Bytes,
    Choice,
    Fees,
    Floats,
    Parts,
    Problem,
)  # fmt: skip
from visamatch.errors import InputError, one_of

TOGETHER = (
    "utility", "reachable", "fees", "budget", "max_applications", "must", "never", "parts", "limits",
    "invited", "max_interviews",
)  # fmt: skip
INDEPENDENT = ("f", "t", "g", "budget", "max_applications")


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
    check_fee(budget, float(fee.min()))
    return Schools(chance, utility, fee, budget, most)


def problem(document: dict[str, Any]) -> Problem:
    """Read programs whose outcomes move together."""
    _keys(document, TOGETHER)
    utility = _numbers(document, "utility")
    size = len(utility)
    reachable = _matrix(document, "reachable", size)
    budget, most = _limits(document)
    fees = Fees.flat([0.0] * size)
    if "fees" in document or math.isfinite(budget):
        fees = _fees(document, size)
    must, never = (_places(document, key, size) for key in ("must", "never"))
    interviews = _interviews(document, utility, reachable)
    limits = _parts(document, size)
    made = Problem(utility, reachable, fees, budget, most, must, never, limits, interviews)
    check(made)
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


def _matrix(document: dict[str, Any], key: str, size: int) -> Bytes:
    rows = _list(document, key, size)
    for i, row in enumerate(rows):
        if not isinstance(row, list) or not row:
            raise InputError(f"{key}[{i}]", "a list with 0 or 1 for each scenario", row)
        if len(row) != len(rows[0]):
            wanted = f"{len(rows[0])} scenarios as in {key}[0]"
            raise InputError(f"{key}[{i}]", wanted, f"{len(row)}")
        if row.count(0) + row.count(1) != len(row):
            s = next(s for s, entry in enumerate(row) if entry not in (0, 1))
            raise InputError(f"{key}[{i}][{s}]", "0 or 1", str(row[s]))
    return np.array(rows, dtype=np.uint8)


def _interviews(document: dict[str, Any], utility: Floats, reachable: Bytes) -> Attended | None:
    """Invitations and how many can be attended; both or neither."""
    if document.get("max_interviews") is None and document.get("invited") is None:
        return None
    most = _whole(document, "max_interviews")
    invited = _matrix(document, "invited", len(utility))
    if invited.shape != reachable.shape:
        wanted = f"{reachable.shape[1]} scenarios as in reachable"
        raise InputError("invited", wanted, f"{invited.shape[1]}")
    if len(wrong := np.argwhere(reachable > invited)):
        i, s = wrong[0]
        raise InputError(f"invited[{i}][{s}]", "1, as reachable says", 0)
    place = preference(utility, invited.mean(axis=1), reachable.mean(axis=1))
    return Attended(invited, place, most)


def _parts(document: dict[str, Any], size: int) -> Parts | None:
    """The part of each program, and the least and most number of those that have limits."""
    found = document.get("limits")
    if found is None and document.get("parts") is None:
        return None
    if not isinstance(found, dict):
        raise InputError(
            "limits", 'an object such as {"safety": {"least": 2, "most": 9}}', found or "nothing"
        )
    of = _list(document, "parts", size)
    for i, name in enumerate(of):
        if not isinstance(name, str):
            raise InputError(f"parts[{i}]", "the name of a part", str(name))
    names = (*sorted(set(of) - set(found)), *found)
    limits = np.array([[0, UNLIMITED]] * len(names))
    for at, name in enumerate(names):
        if name in found:
            limits[at] = _limit(f"limits.{name}", found[name])
            if name not in of:
                raise InputError(f"limits.{name}", "a name that stands in parts", name)
    numbers = np.array([names.index(name) for name in of])
    return Parts(numbers, limits[:, 0], limits[:, 1], names)


def _limit(where: str, found: object) -> tuple[int, int]:
    if not isinstance(found, dict) or not found or not set(found) <= {"least", "most"}:
        raise InputError(where, "an object with least, most or both", str(found))
    return tuple(
        otherwise if found.get(key) is None else _whole(found, key, f"{where}.{key}", low)
        for key, otherwise, low in (("least", 0, 0), ("most", UNLIMITED, 0))
    )  # type: ignore[return-value]


def _whole(document: dict[str, Any], key: str, where: str = "", low: int = 1) -> int:
    number = _number(where or key, document.get(key), low)
    if number % 1:
        raise InputError(where or key, f"a whole number, {low} or more", number)
    return int(number)


def _limits(document: dict[str, Any]) -> tuple[float, int]:
    budget, most = document.get("budget"), document.get("max_applications")
    return (
        math.inf if budget is None else _number("budget", budget),
        UNLIMITED if most is None else _whole(document, "max_applications"),
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
