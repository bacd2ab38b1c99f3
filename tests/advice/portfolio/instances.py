"""Random problems of the kinds the method must stand: small ones, and hard ones with tight fees."""

from dataclasses import replace
from itertools import combinations

import numpy as np

from visamatch.advice.portfolio.attend import Attended, preference
from visamatch.advice.portfolio.problem import SLACK, Fees, Parts, Problem


def hard(seed, programs=24, scenarios=80, affordable=5.0):
    """Reach, match and safety programs under one strength: the budget buys a handful, fees differ."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, programs)
    cutoff = np.array([1.5, 0.4, -0.7])[kind] + rng.normal(0, 0.3, programs)
    utility = np.array([1.0, 0.6, 0.3])[kind] * rng.uniform(0.8, 1.2, programs)
    shared = rng.uniform(0.2, 0.9)
    strength = rng.normal(size=scenarios)
    noise = np.sqrt(1 - shared**2) * rng.normal(size=(programs, scenarios))
    reachable = (shared * strength + noise > cutoff[:, None]).astype(np.uint8)
    fees = np.round(rng.uniform(5, 40, programs) * np.array([1.5, 1.0, 0.7])[kind])
    budget = fees.mean() * affordable * rng.uniform(0.7, 1.3)
    return Problem(utility, reachable, Fees.flat(fees), max(budget, fees.min()))


def small(seed, programs=9, scenarios=20):
    """Anything: coarse utilities with ties, tiers that rise or fall, locks, limits."""
    rng = np.random.default_rng(seed)
    utility = np.round(rng.uniform(0, 1, programs), rng.integers(0, 3))
    reachable = (rng.random((programs, scenarios)) < rng.uniform(0.1, 0.7)).astype(np.uint8)
    fees = Fees.flat(np.round(rng.uniform(0, 9, programs), rng.integers(0, 3)))
    if rng.random() < 0.5:
        tiers = [(2, rng.integers(1, 6)), (3, rng.integers(1, 9)), (np.inf, rng.integers(1, 9))]
        fees = Fees.tiered(tiers, rng.choice(["a", "b", "c"], programs).tolist())
    locked = rng.permutation(programs)[: rng.integers(0, 4)].tolist()
    must, never = tuple(locked[:1]), tuple(locked[1:])
    budget = fees.cost(must) + rng.uniform(2, 25)
    most = int(rng.integers(max(1, len(must)), programs + 1))
    return Problem(utility, reachable, fees, budget, most, must, never)


def parted(seed):
    """A small problem whose programs stand in three parts with a least and a most; some cannot be met."""
    problem, rng = small(seed), np.random.default_rng(seed + 1)
    of = rng.integers(0, 3, len(problem.utility))
    least = rng.integers(0, 3, 3)
    most = least + rng.integers(0, 3, 3)
    return replace(problem, limits=Parts(of, least, most, ("a", "b", "c")))


def crowded(seed):
    """A small problem with more invitations than can be attended."""
    problem, rng = small(seed), np.random.default_rng(seed + 2)
    more = rng.random(problem.reachable.shape) < rng.uniform(0.1, 0.6)
    invited = (problem.reachable | more).astype(np.uint8)
    place = preference(problem.utility, invited.mean(axis=1), problem.reachable.mean(axis=1))
    return replace(problem, interviews=Attended(invited, place, int(rng.integers(1, 4))))


def attending(seed, programs=14, scenarios=60, most=2):
    """Hard fees, and two interviews at most of many invitations."""
    problem, rng = hard(seed, programs, scenarios, affordable=7.0), np.random.default_rng(seed)
    more = rng.random(problem.reachable.shape) < 0.4
    invited = (problem.reachable | more).astype(np.uint8)
    place = preference(problem.utility, invited.mean(axis=1), problem.reachable.mean(axis=1))
    return replace(problem, interviews=Attended(invited, place, most))


def in_parts(seed, programs=24, scenarios=80, affordable=5.0):
    """Hard fees, and a least and a most for three parts."""
    problem, rng = hard(seed, programs, scenarios, affordable), np.random.default_rng(seed)
    of = rng.integers(0, 3, programs)
    limits = Parts(of, np.array([1, 0, 1]), np.array([2, 2, 3]), ("a", "b", "c"))
    return replace(problem, limits=limits)


def brute_force(problem):
    """The value of the best of all sets; None where no set keeps to the limits."""
    left = sorted(set(range(len(problem.utility))) - {*problem.must, *problem.never})
    sets = (
        (*problem.must, *more)
        for size in range(min(problem.most - len(problem.must), len(left)) + 1)
        for more in combinations(left, size)
    )
    return max(
        (
            by_hand(problem, chosen)
            for chosen in sets
            if problem.parts.allow(chosen) and problem.fees.cost(chosen) <= problem.budget + SLACK
        ),
        default=None,
    )


def by_hand(problem, chosen):
    """The value of a set by its definition, scenario by scenario."""
    total = 0.0
    for s in range(problem.reachable.shape[1]):
        attended = [j for j in chosen if problem.reachable[j, s]]
        if (limit := problem.interviews) is not None:
            asked = sorted((j for j in chosen if limit.invited[j, s]), key=lambda j: limit.place[j])
            attended = [j for j in asked[: limit.most] if problem.reachable[j, s]]
        total += max((problem.utility[j] for j in attended), default=0.0)
    return total / problem.reachable.shape[1]


def milp(problem):
    """The optimum with flat fees and parts, by a mixed-integer solver."""
    import highspy

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("mip_rel_gap", 1e-9)
    programs, scenarios = problem.reachable.shape
    chosen = [solver.addBinary() for _ in range(programs)]
    for s in range(scenarios):
        goes = []
        for i in np.flatnonzero(problem.reachable[:, s]):
            goes.append(solver.addVariable(0, 1, problem.utility[i] / scenarios))
            solver.addConstr(goes[-1] <= chosen[i])
        if goes:
            solver.addConstr(sum(goes) <= 1)
    cost = sum(float(fee) * x for fee, x in zip(problem.fees.prices, chosen, strict=True))
    solver.addConstr(cost <= float(problem.budget))
    for part, (least, most) in enumerate(zip(problem.parts.least, problem.parts.most, strict=True)):
        inside = [x for x, of in zip(chosen, problem.parts.of, strict=True) if of == part]
        if inside:
            solver.addConstr(sum(inside) >= int(least))
            solver.addConstr(sum(inside) <= int(min(most, programs)))
    solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
    solver.run()
    return solver.getInfo().objective_function_value
