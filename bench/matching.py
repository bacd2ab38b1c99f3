"""The matching engine against floors measured beside it, other packages, and itself on two processes.

``python -m bench.matching`` prints the section. Times are processor time, the best of several runs: solving alone, both
sides' lists already laid out the way each solver wants them.
"""

from __future__ import annotations

import heapq
import json
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
from numba import njit

from visamatch.market.matching import Couples, Market, build, program_optimal, solve
from visamatch.market.stability import blocking

SIZES = (500, 5_000, 50_000)
PEERS = ("matching", "algmatch")
COUPLES = 24  # in 1,000 people: 1,200 of 50,000


def lists(people: int, seed: int = 1) -> tuple[Any, ...]:
    """Quotas, rows and program-side scores: as many people a program and seats a person as the national Match.

    People and programs belong to specialties; people list some 12 programs near their own strength, good ones first;
    programs rank by strength and taste.
    """
    rng = np.random.default_rng(seed)
    programs, seats, specialties = people * 132 // 1000, people * 86 // 100, max(1, people // 2000)
    field, quality = rng.integers(0, specialties, programs), rng.normal(size=programs)
    quota = 1 + rng.multinomial(seats - programs, rng.dirichlet(np.ones(programs)))
    strength, own = rng.normal(size=people), rng.integers(0, specialties, people)
    inside = [np.flatnonzero(field == s) for s in range(specialties)]
    rows = []
    for a in range(people):
        near = inside[own[a]]
        reach = -np.abs(quality[near] - strength[a]) + 0.7 * rng.gumbel(size=len(near))
        chosen = near[np.argsort(-reach)[: min(60, rng.geometric(1 / 12))]]
        rows.append(chosen[np.argsort(-quality[chosen] - 0.7 * rng.normal(size=len(chosen)))])
    start = np.cumsum([0, *map(len, rows)])
    program = np.concatenate(rows)
    score = np.repeat(strength, np.diff(start)) + 0.5 * rng.normal(size=len(program))
    return quota, start, program, -score


def pairs(start: Any, couples: int, seed: int = 2) -> Couples:
    """Couples at random: the 40 pairs of their two rows that cost least places, then each member alone."""
    rng = np.random.default_rng(seed)
    member = rng.permutation(len(start) - 1)[: 2 * couples].reshape(-1, 2)
    options = []
    for a, b in member:
        first, second = range(start[a], start[a + 1]), range(start[b], start[b + 1])
        joint = sorted(((i + j, x, y) for i, x in enumerate(first) for j, y in enumerate(second)))[
            :40
        ]
        options.append(
            [pair[1:] for pair in joint] + [(x, -1) for x in first] + [(-1, y) for y in second]
        )
    return Couples(
        member.astype(np.int32), np.cumsum([0, *map(len, options)]).astype(np.int32),
        np.array([o for row in options for o in row], np.int32),
    )  # fmt: skip


def national(seed: int = 1, couples: int = 0) -> Market:
    """50,000 people, some 600,000 entries, 6,600 programs, 43,000 seats."""
    quota, start, program, order = lists(50_000, seed)
    return build(quota, start, program, order, *([pairs(start, couples)] if couples else []))


@njit(cache=True)
def touch(entry: Any) -> int:
    """First floor: every entry once."""
    total = 0
    for e in range(len(entry)):
        total += entry[e, 0] ^ entry[e, 1]
    return total


@njit(cache=True)
def compare(start: Any, entry: Any, cutoff: Any) -> int:
    """Second floor: every entry and its program's cutoff once, row by row."""
    better = 0
    for a in range(len(start) - 1):
        for e in range(start[a], start[a + 1]):
            if entry[e, 1] <= cutoff[entry[e, 0]]:
                better += 1
    return better


def plain(quota: list[int], rows: list[list[int]], places: list[dict[int, int]]) -> dict[int, int]:
    """Deferred acceptance in plain Python: a stack of people, a heap a program."""
    held: list[list[tuple[int, int]]] = [[] for _ in quota]
    following, free = [0] * len(rows), list(range(len(rows)))
    while free:
        a = free.pop()
        while following[a] < len(rows[a]):
            p = rows[a][following[a]]
            following[a] += 1
            if len(held[p]) < quota[p]:
                heapq.heappush(held[p], (-places[p][a], a))
                break
            if -places[p][a] > held[p][0][0]:
                a = heapq.heappushpop(held[p], (-places[p][a], a))[1]
    return {a: p for p, heap in enumerate(held) for _, a in heap}


def in_lists(people: int) -> tuple[list[int], list[list[int]], list[list[int]]]:
    quota, start, program, order = lists(people)
    rows = [program[start[a] : start[a + 1]].tolist() for a in range(people)]
    market = build(quota, start, program, order)
    ranked = [
        market.listed[market.list_start[p] : market.list_start[p + 1], 0].tolist()
        for p in range(len(quota))
    ]
    return quota.tolist(), rows, ranked


def best(*calls: Callable[[], object], times: int = 8) -> list[float]:
    """Least seconds of processor time of each call. They take turns, so that all meet the same machine; a turn is
    five calls in a row, so that all find their own data in the caches.
    """
    least = [float("inf")] * len(calls)
    for _ in range(times):
        for at, call in enumerate(calls):
            for _ in range(5):
                begin = time.process_time()
                call()
                least[at] = min(least[at], time.process_time() - begin)
    return least


def with_couples(people: int) -> float:
    """Seconds of processor time our engine needs with couples."""
    quota, start, program, order = lists(people)
    market = build(quota, start, program, order, pairs(start, people * COUPLES // 1000))
    return best(lambda: solve(market))[0]


def one(name: str, people: int) -> float:
    """Seconds of processor time one solver needs."""
    if name == "ours":
        market = build(*lists(people))
        return best(lambda: solve(market))[0]
    quota, rows, ranked = in_lists(people)
    if name == "plain Python heap":
        places = [{a: n for n, a in enumerate(ranks)} for ranks in ranked]
        return best(lambda: plain(quota, rows, places), times=1)[0]
    busy = {
        p for row in rows for p in row
    }  # the packages refuse empty lists; nobody can sit there anyway
    seats = {f"h{p}": quota[p] for p in busy}
    ranks = {f"h{p}": [f"r{a}" for a in ranked[p]] for p in busy}
    wishes = {f"r{a}": [f"h{p}" for p in row] for a, row in enumerate(rows)}
    begin = time.process_time()
    if name == "matching":
        from matching.games import HospitalResident

        sys.setrecursionlimit(1_000_000)  # it copies its players deeply
        HospitalResident.create_from_dictionaries(wishes, ranks, seats).solve()
    else:
        from algmatch import HospitalResidentsProblem

        hospitals = {
            int(h[1:]) + 1: {
                "capacity": seats[h],
                "preferences": [int(r[1:]) + 1 for r in ranks[h]],
            }
            for h in ranks
        }
        residents = {int(r[1:]) + 1: [int(h[1:]) + 1 for h in wishes[r]] for r in wishes}
        HospitalResidentsProblem(
            dictionary={"residents": residents, "hospitals": hospitals}
        ).get_stable_matching()
    return time.process_time() - begin


def apart(name: str, people: int, limit: int = 60) -> float | str:
    """The same in a process of its own, given up after a minute."""
    command = [sys.executable, "-m", "bench.matching", "--one", name, str(people)]
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=2 * limit
        )
    except subprocess.TimeoutExpired:
        return "over a minute"
    return (
        json.loads(run.stdout)
        if run.returncode == 0
        else f"failed: {run.stderr.strip().splitlines()[-1]}"
    )


def redrawn(seed: int) -> int:
    """A scenario as the engine sees it: the programs' opinions redrawn, lists sorted again, solved."""
    quota, start, program, order = _FIXED
    noise = np.random.default_rng(seed).normal(size=len(program))
    return solve(build(quota, start, program, order + 0.2 * noise)).proposals


def _begin() -> None:
    global _FIXED
    _FIXED = lists(50_000)
    redrawn(0)


def scenarios(workers: int, number: int = 40) -> float:
    """Scenarios a second of wall-clock time."""
    with ProcessPoolExecutor(workers, initializer=_begin) as pool:
        list(pool.map(redrawn, range(workers * 2)))
        begin = time.perf_counter()
        list(pool.map(redrawn, range(number), chunksize=5))
        return number / (time.perf_counter() - begin)


def run() -> str:
    """Floors, couples, sizes, scenarios."""
    market, coupled = national(), national(couples=1200)
    found, joint, sides = solve(market), solve(coupled), lists_of(market)
    names = (
        "touch every entry once", "touch every entry and its program's cutoff once", "solve",
        "solve with 1,200 couples", "lay out both sides (sort the programs' lists)", "check stability (independent)",
    )  # fmt: skip
    spent = best(
        lambda: touch(market.entry), lambda: compare(market.start, market.entry, found.cutoff),
        lambda: solve(market), lambda: solve(coupled), lambda: build(*sides),
        lambda: blocking(coupled, joint.entry),
    )  # fmt: skip
    moved = np.mean(found.program != program_optimal(market).program)
    text = [
        f"50,000 people, {len(market.entry):,} entries, {len(market.quota):,} programs, {market.quota.sum():,} seats, one core; "
        f"{found.proposals:,} proposals, with couples {joint.proposals:,}. Processor time, best of 40.",
        "", "| | ms | times the second floor |", "| --- | --- | --- |",
        *(f"| {name} | {s * 1000:.2f} | {s / spent[1]:.1f} |" for name, s in zip(names, spent, strict=True)),
        "", f"With 1,200 couples against without: {spent[3] / spent[2]:.1f} times. "
        f"Couples settled: {'yes' if joint.stable else 'no'}; pairs that block: {len(blocking(coupled, joint.entry))}. "
        f"When programs propose, {moved:.2%} of the people end elsewhere.",
        "", "The same market for every solver, lists laid out beforehand; given up after a minute.",
        "", "| solver | " + " | ".join(f"{n:,} people" for n in SIZES) + " |", "| --- |" + " --- |" * len(SIZES),
    ]  # fmt: skip
    ours = {n: one("ours", n) for n in SIZES}
    text.append("| ours, ms | " + " | ".join(f"{ours[n] * 1000:.2f}" for n in SIZES) + " |")
    joint = {n: with_couples(n) / ours[n] for n in SIZES}
    text.append(
        f"| ours with {COUPLES} couples in 1,000 people, times ours | "
        + " | ".join(f"{joint[n]:.1f}x" for n in SIZES) + " |"
    )  # fmt: skip
    for name in ("plain Python heap", *PEERS):
        cells = []
        for n in SIZES:
            spent = (
                "not tried"
                if name in PEERS and cells and not cells[-1].endswith("x")
                else apart(name, n)
            )
            cells.append(spent if isinstance(spent, str) else f"{spent / ours[n]:,.0f}x")
        text.append(f"| {name}, times ours | " + " | ".join(cells) + " |")
    text += [
        "",
        "Scenarios a second (scores redrawn, lists sorted again, solved; wall-clock): "
        + ", ".join(f"{scenarios(n):.0f} on {n} process{'es' * (n > 1)}" for n in (1, 2)) + ".",
    ]  # fmt: skip
    return "\n".join(text)


def lists_of(market: Market) -> tuple[Any, ...]:
    return market.quota, market.start, market.entry[:, 0].astype(np.int32), market.entry[:, 1]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(sys.argv[2], int(sys.argv[3]))))
    else:
        print(run())
