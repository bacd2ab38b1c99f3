"""One simulated season of the national Match, step by step, and what it costs to ask a profile."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from visamatch.market import season, steps
from visamatch.market.matching import solve
from visamatch.market.population import country
from visamatch.market.scenarios import load

ROUNDS = 7
STEPS = {  # functions of market.season and market.steps
    "apply": "applications and scores",
    "invite": "invitations in three waves",
    "rank": "both sides' lists",
    "arrange": "lay out the market (twice)",
    "solve": "the matching with couples, and the preliminary year",
}


def run() -> str:
    """A table of steps, against solving the same market alone."""
    known = country()
    made = season.prepare(known, 1, 0)
    season.play(known, 1, 0)
    alone = min(_clock(lambda: solve(made.market)) for _ in range(ROUNDS))
    spent: dict[str, list[float]] = {name: [] for name in STEPS}
    whole = min(_season(known, number, spent) for number in range(ROUNDS))
    rows = [("one season, all steps", whole)] + [
        (STEPS[name], min(times)) for name, times in spent.items()
    ]
    scenarios = load()
    tracks = np.flatnonzero(
        scenarios.specialty_of == scenarios.specialties.index("internal-medicine")
    )[:300]
    strength = scenarios.strength("non_us_img_visa", "internal-medicine", 245)
    asked = min(
        _clock(lambda: scenarios.outcomes("non_us_img_visa", strength, tracks, 1))
        for _ in range(ROUNDS)
    )
    table = "".join(
        f"\n| {name} | {1000 * value:.1f} | {value / alone:.1f} |" for name, value in rows
    )
    return (
        f"{len(known.tracks):,} tracks, {len(made.people.kind):,} applicants, {made.applications.sum():,} applications, "
        f"{made.interviews.sum():,} interviews, {len(made.market.couples.member):,} couples. One core, processor time, "
        f"best of {ROUNDS}, after compilation.\n\n| | ms | times the matching alone |\n| --- | --- | --- |{table}\n\n"
        f"Asking one profile at 300 tracks in {scenarios.count} seasons: {1000 * asked:.1f} ms."
    )


def _season(known: object, number: int, spent: dict[str, list[float]]) -> float:
    """Play a season with a clock around its steps."""
    home = {name: season if hasattr(season, name) else steps for name in STEPS}
    kept = {name: getattr(home[name], name) for name in STEPS}
    total = dict.fromkeys(STEPS, 0.0)

    def timed(name: str) -> Callable[..., object]:
        def call(*given: object) -> object:
            began = time.process_time()
            out = kept[name](*given)
            total[name] += time.process_time() - began
            return out

        return call

    for name in STEPS:
        setattr(home[name], name, timed(name))
    whole = _clock(lambda: season.play(known, 1, number))
    for name, function in kept.items():
        setattr(home[name], name, function)
        spent[name].append(total[name])
    return whole


def _clock(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
