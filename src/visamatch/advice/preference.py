"""What counts for this person, learned from choices between two of the own programs.

**Model.** A program is worth ``w . x + liking``: x are quality, fit, place and visa (0 to 1), w what each counts,
``liking`` what no rating says. A choice of one over another has the chance ``logistic(difference)`` (Bradley and
Terry 1952 with covariates; a tie counts half a choice each way). Weights and likings have normal priors, so few
answers move them little; the posterior is taken as normal at its mode (Laplace), found by Newton's method.
The next question is the pair whose answer is expected to shrink that posterior most.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import erf

import numpy as np
from numpy.typing import NDArray

from visamatch.evidence.assessment import Chance
from visamatch.workspace.sponsor_list import Choice, Entry

Floats = NDArray[np.float64]
ASPECTS = ("quality", "fit", "place", "visa")
VISA = ASPECTS.index("visa")
WEIGHT, WEIGHT_SD, LIKING_SD = 2.0, 1.2, 0.5
"""Priors, ours: a full step on one aspect, all else equal, decides nine choices of ten; ratings say most of it."""
NEWTON, DRAWS, LEAST = 25, 4000, 0.02  # steps; draws for intervals; no weight is below nothing


@dataclass(frozen=True)
class Learned:
    """What the choices taught. ``mean`` and ``spread``: posterior of the four weights, then of each liking."""

    ids: tuple[str, ...]
    aspects: Floats
    mean: Floats
    spread: Floats
    choices: tuple[Choice, ...]

    @property
    def weights(self) -> Floats:
        """What each aspect counts; one that the answers turn against counts next to nothing."""
        return self.mean[: len(ASPECTS)].clip(LEAST)

    @property
    def rated(self) -> bool:
        """Whether quality, fit and place were rated apart; else their weights cannot be told apart."""
        return bool(np.ptp(np.delete(self.aspects, VISA, 1), axis=1).any())

    @property
    def visa_share(self) -> float:
        """The weight of the visa among the four, 0 to 1."""
        return float(self.weights[VISA] / self.weights.sum())

    @property
    def rest(self) -> Floats:
        """Worth of each program without the visa, on the scale of the aspects."""
        other = np.delete(self.weights, VISA)
        return np.asarray(
            (np.delete(self.aspects, VISA, 1) @ other + self.mean[len(ASPECTS) :]) / other.sum()
        )

    def shares(self) -> dict[str, Chance]:
        """The weights as shares of one, each with its 90 % interval."""
        part = slice(0, len(ASPECTS))
        drawn = np.random.default_rng(1).multivariate_normal(
            self.mean[part], self.spread[part, part], DRAWS
        )
        drawn = drawn.clip(LEAST)
        drawn /= drawn.sum(axis=1, keepdims=True)
        low, high = np.quantile(drawn, (0.05, 0.95), axis=0)
        middle = self.weights / self.weights.sum()
        return {
            name: Chance(*(float(v[at]) for v in (middle, low, high)))
            for at, name in enumerate(ASPECTS)
        }

    def order(self, visa: float | None = None) -> list[str]:
        """The proposed order, at the learned weight of the visa or at ``visa`` (0 to 1)."""
        share = self.visa_share if visa is None else visa
        found = proposed(self.rest.tolist(), self.aspects[:, VISA].tolist(), share)
        return [self.ids[at] for at in found]

    def sure(self, better: str, worse: str) -> float:
        """Chance that the first is worth more to this person than the second."""
        step = _step(self, better, worse)
        sd = float(np.sqrt(step @ self.spread @ step))
        return (1 + erf(float(step @ self.mean) / sd / 2**0.5)) / 2 if sd else 0.5

    def question(self) -> tuple[str, str] | None:
        """The pair to ask next, or None when every pair was asked."""
        asked = {frozenset((each.better, each.worse)) for each in self.choices}
        pairs = [pair for pair in combinations(self.ids, 2) if frozenset(pair) not in asked]
        return max(pairs, key=self._tells, default=None)

    def _tells(self, pair: tuple[str, str]) -> float:
        """Expected fall of the posterior's entropy by an answer, to first order."""
        step = _step(self, *pair)
        variance = float(step @ self.spread @ step)
        middle = float(step @ self.mean) / np.sqrt(1 + np.pi * variance / 8)
        p = 1 / (1 + np.exp(-middle))
        return round(float(np.log1p(p * (1 - p) * variance)), 9)

    def turns(self, order: Sequence[str]) -> list[tuple[str, str, float]]:
        """Neighbors that the visa turns: better program, easier visa, and the visa's share from which."""
        at = {name: row for row, name in enumerate(self.ids)}
        rest, visa = self.rest, self.aspects[:, VISA]
        found = []
        for pair in pairwise(order):
            better, easier = sorted(pair, key=lambda name: -rest[at[name]])
            points = [(float(rest[at[n]]), float(visa[at[n]])) for n in (better, easier)]
            turn = break_even(points[0], points[1])
            if turn is not None:
                found.append((better, easier, turn))
        return found

    def against(self, order: Sequence[str]) -> list[Choice]:
        """Choices that an order does not follow."""
        place = {name: at for at, name in enumerate(order)}
        return [
            each
            for each in self.choices
            if not each.even and place.get(each.better, 0) > place.get(each.worse, len(place))
        ]


def aspects_of(entries: Iterable[Entry], visa: Iterable[float]) -> Floats:
    """Quality, fit, place and visa, 0 to 1; without a rating the interest speaks, without interest the middle."""
    rows = [
        [((rating or entry.interest or 3) - 1) / 4 for rating in _ratings(entry)] + [worth]
        for entry, worth in zip(entries, visa, strict=True)
    ]
    return np.array(rows, dtype=float).reshape(-1, len(ASPECTS))


def _ratings(entry: Entry) -> tuple[int | None, ...]:
    return entry.quality_rating, entry.fit_rating, entry.place_rating


def learn(ids: Sequence[str], aspects: Floats, choices: Iterable[Choice]) -> Learned:
    """The posterior after the choices; those about programs no longer here are left out."""
    known = tuple(each for each in choices if each.better in ids and each.worse in ids)
    size = len(ASPECTS) + len(ids)
    prior = np.concatenate([np.full(len(ASPECTS), WEIGHT), np.zeros(len(ids))])
    precision = np.concatenate(
        [np.full(len(ASPECTS), WEIGHT_SD**-2), np.full(len(ids), LIKING_SD**-2)]
    )
    empty = Learned(tuple(ids), aspects, prior, np.diag(1 / precision), known)
    steps = np.array([_step(empty, each.better, each.worse) for each in known]).reshape(-1, size)
    won = np.array([0.5 if each.even else 1.0 for each in known])
    mean, hessian = prior, np.diag(precision)
    for _ in range(NEWTON):
        p = 1 / (1 + np.exp(-(steps @ mean)))
        hessian = np.diag(precision) + (steps.T * (p * (1 - p))) @ steps
        slope = steps.T @ (won - p) - precision * (mean - prior)
        mean = mean + np.linalg.solve(hessian, slope)
    return Learned(tuple(ids), aspects, mean, np.linalg.inv(hessian), known)


def _step(learned: Learned, one: str, other: str) -> Floats:
    """The difference of two programs in the terms of the model."""
    a, b = learned.ids.index(one), learned.ids.index(other)
    step = np.zeros(len(ASPECTS) + len(learned.ids))
    step[: len(ASPECTS)] = learned.aspects[a] - learned.aspects[b]
    step[len(ASPECTS) + a], step[len(ASPECTS) + b] = 1.0, -1.0
    return step


def circle(choices: Iterable[Choice]) -> list[str]:
    """The shortest circle of choices (A over B, B over C, C over A) as its programs in order; else nothing."""
    over: dict[str, list[str]] = {}
    for each in choices:
        if not each.even:
            over.setdefault(each.better, []).append(each.worse)
    circles = [found for start in sorted(over) if (found := _back_to(start, over))]
    return min(circles, key=len, default=[])


def _back_to(start: str, over: dict[str, list[str]]) -> list[str]:
    """The shortest way along choices from a program back to itself."""
    ways, seen = [[start]], set()
    for way in ways:  # breadth first: grows while it is read
        for worse in over.get(way[-1], ()):
            if worse == start:
                return way
            if worse not in seen:
                seen.add(worse)
                ways.append([*way, worse])
    return []


def proposed(rest: Sequence[float], visa: Sequence[float], weight: float) -> list[int]:
    """Order by (1 - weight) rest + weight visa; a program with the better visa never falls as weight grows."""
    score = [round((1 - weight) * r + weight * v, 9) for r, v in zip(rest, visa, strict=True)]
    return sorted(range(len(score)), key=lambda at: (-score[at], at))


def break_even(better: tuple[float, float], easier: tuple[float, float]) -> float | None:
    """The visa weight from which the program with the easier visa goes before the better program.

    Args:
        better, easier: worth without the visa, and of the visa. None where the order never turns.
    """
    rest, visa = better[0] - easier[0], easier[1] - better[1]
    return rest / (rest + visa) if rest > 0 and visa > 0 else None
