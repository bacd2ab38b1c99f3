"""Where to apply: lazy greedy against reading the matrix once, and the gap to the optimum on hard problems."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import fmean, median

import numpy as np

from tests.advice.portfolio.instances import attending, hard, in_parts, milp
from tests.advice.portfolio.test_couple import a_pair, best_pair
from visamatch.advice.portfolio import couple, kernels, search
from visamatch.advice.portfolio.problem import Fees, Problem
from visamatch.advice.portfolio.view import View

PROGRAMS, SCENARIOS, ROUNDS = 6600, 2000, 15
HARD, BIG, MILP_SIZE = 60, ((100, 500, 12), (300, 500, 20), (600, 2000, 40)), (24, 80, 5.0)


def run() -> str:
    """Two tables: speed as ratios, and gaps."""
    return f"{_speed()}\n\n{_gaps()}"


def national(applications: int) -> Problem:
    """The whole Match: 22 specialties with fee tiers, one strength shared by all programs of a season."""
    rng = np.random.default_rng(1)
    strength, level = rng.normal(size=SCENARIOS), rng.normal(size=PROGRAMS)
    noise = rng.normal(size=(PROGRAMS, SCENARIOS))
    reachable = 0.7 * (strength + noise) > 0.8 * level[:, None] + 1.5
    utility = np.clip(0.5 + 0.2 * level + rng.normal(0, 0.1, PROGRAMS), 0.01, None)
    group = [f"specialty {i % 22}" for i in range(PROGRAMS)]
    fees = Fees.tiered([(30, 11), (np.inf, 30)], group)
    return Problem(utility, reachable.astype(np.uint8), fees, most=applications)


def _speed() -> str:
    lines = [
        f"{PROGRAMS:,} programs x {SCENARIOS:,} scenarios, one core, processor time, best of {ROUNDS}. Reading = counting the ones.",
        "",
        "| | ms | times reading the matrix once |",
        "| --- | --- | --- |",
    ]
    for applications in (40, 120):
        view = View.of(national(applications))
        kernels.lazy_greedy(view, True)
        reading, choosing = [], {False: [], True: []}
        for _ in range(ROUNDS):
            reading.append(_clock(lambda v=view: kernels.reached(v.reach)))
            for by_cost, times in choosing.items():
                times.append(_clock(lambda v=view, b=by_cost: kernels.lazy_greedy(v, b)))
        floor = min(reading)
        lines.append(f"| reading | {floor * 1e3:.2f} | 1.0 |")
        for by_cost, times in choosing.items():
            name = f"lazy greedy, {applications} applications{', gain a dollar' if by_cost else ''}"
            lines.append(f"| {name} | {min(times) * 1e3:.2f} | {min(times) / floor:.1f} |")
    return "\n".join(lines)


def _clock(work: Callable[[], object]) -> float:
    start = time.thread_time()
    work()
    return time.thread_time() - start


def _gaps() -> str:
    programs, scenarios, affordable = MILP_SIZE
    problems = [hard(seed, programs, scenarios, affordable) for seed in range(HARD)]
    best = [milp(problem) for problem in problems]
    greedy = [search.solve(problem, effort=0).value for problem in problems]
    found = [search.solve(problem).value for problem in problems]
    lines = [
        f"Reach, match and safety programs with tight fees ({programs} x {scenarios}, {HARD} problems), "
        "gap to the optimum of a mixed-integer solver (HiGHS):",
        "",
        "| | mean gap % | largest % |",
        "| --- | --- | --- |",
        _gap_row("least effort: greedy and one rounding", greedy, best),
        _gap_row("as shipped", found, best),
        _parts_row(),
        *_interviews_rows(),
        _couples_row(),
        "",
        "Larger problems of the same kind: gap to the reported upper bound, three each.",
        "",
        "| programs x scenarios | optimum proved | mean gap to the bound % | processor s |",
        "| --- | --- | --- | --- |",
    ]
    for size in BIG:
        big = [hard(seed, *size) for seed in range(3)]
        times, made = [], []
        for problem in big:
            times.append(_clock(lambda p=problem, m=made: m.append(search.solve(p))))
        gaps = [1 - choice.value / choice.upper_bound for choice in made]
        proved = sum(gap < 1e-9 for gap in gaps)
        lines.append(
            f"| {size[0]} x {size[1]} | {proved} of 3 | {100 * fmean(gaps):.3f} | {median(times):.2f} |"
        )
    return "\n".join(lines)


def _parts_row() -> str:
    problems = [in_parts(seed, *MILP_SIZE) for seed in range(HARD)]
    best = [milp(problem) for problem in problems]
    found = [search.solve(problem).value for problem in problems]
    return _gap_row("with a least and a most for three parts", found, best)


def _interviews_rows() -> list[str]:
    """Against the tree at its end, which is an enumeration where interviews are limited."""
    problems = [attending(seed) for seed in range(HARD // 2)]
    best = [search.solve(problem, 10**11).value for problem in problems]
    name = "two interviews of many at most (14 x 60), {}, against enumeration"
    return [
        _gap_row(name.format(how), [search.solve(p, effort).value for p in problems], best)
        for how, effort in (("as shipped", search.EFFORT), ("least effort", 50 * 14 * 60))
    ]


def _couples_row() -> str:
    """Two persons with five programs each, against every pair of sets."""
    pairs = [a_pair(seed) for seed in range(HARD)]
    found = []
    for pair in pairs:
        own = tuple(list(search.solve(each).chosen) for each in pair.persons)
        found.append(pair.value(couple.solve(pair, [own])))
    best = [best_pair(pair) for pair in pairs]
    kept = [(value, top) for value, top in zip(found, best, strict=True) if top > 0]
    return _gap_row(
        "couples, two times five programs, against enumeration", *map(list, zip(*kept, strict=True))
    )


def _gap_row(name: str, found: list[float], best: list[float]) -> str:
    gaps = [100 * max(0.0, 1 - value / top) for value, top in zip(found, best, strict=True)]
    return f"| {name} | {fmean(gaps):.4f} | {max(gaps):.3f} |"
