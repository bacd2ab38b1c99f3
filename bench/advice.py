"""Advice: how fast chances and a plan come, what choosing on the same draws would have promised, what choices teach."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from itertools import combinations
from pathlib import Path
from statistics import fmean

import numpy as np

from tests.advice.asking import first_and_random
from visamatch.advice import plan as advice
from visamatch.advice.chances import chances
from visamatch.advice.choose import CHOOSING, DEEP, _candidates
from visamatch.advice.couple import plan_couple
from visamatch.advice.preference import (
    ASPECTS,
    LEAST,
    LIKING_SD,
    VISA,
    WEIGHT,
    WEIGHT_SD,
    Learned,
    learn,
)
from visamatch.directory.programs import directory
from visamatch.evidence.assess import assess_all
from visamatch.market.scenarios import load
from visamatch.workspace.profile import Limit, Profile, profile_from_toml
from visamatch.workspace.sponsor_list import Choice

ON, ROUNDS, OTHERS = date(2026, 11, 27), 5, 20
PERSONS, LISTED = 200, 12
EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def run() -> str:
    """Four tables."""
    return "\n\n".join((_speed(), _promise(), _asking(), _choices()))


def _speed() -> str:
    known, profile = directory(), _profile("abroad-no-step3")
    everything = list(known.programs.values())
    assessed = assess_all(ON, profile)
    _ = [assessed[program.program_id] for program in everything]
    season = advice.Season(known, load(), ON, budget=1500)
    limits = (Limit(of="safety", least=20), Limit(of="core", most=5))
    parted = profile.model_copy(update={"limits": limits})
    busy = profile.model_copy(update={"most_interviews": 8})
    own = [p for p in everything if p.specialty_id in ("internal-medicine", "psychiatry")]
    work: dict[str, Callable[[], object]] = {
        f"chances at all {len(everything):,} programs": lambda: chances(
            known, load(), everything, assessed, profile, ON
        ),
        f"chances at the {len(own):,} programs of two specialties": lambda: chances(
            known, load(), own, assessed, profile, ON
        ),
        "a first plan for two specialties, $1,500": lambda: (
            _candidates.cache_clear(),
            advice.plan(season, profile, more=False),
        ),
        "the plan again, with another budget, lock or worth": lambda: advice.plan(
            season, profile, more=False
        ),
        "with a least and a most for two parts": lambda: advice.plan(season, parted, more=False),
        "with at most eight interviews": lambda: advice.plan(season, busy, more=False),
        "with the price of wishes and what-ifs": lambda: advice.plan(season, profile),
        "two who plan together, once each has a plan": lambda: plan_couple(
            (season, season), (profile, _profile("citizen"))
        ),
    }
    lines = [
        f"Processor time, best of {ROUNDS}, evidence read before.",
        "",
        "| | ms |",
        "| --- | --- |",
    ]
    for name, each in work.items():
        lines.append(f"| {name} | {1e3 * min(_clock(each) for _ in range(ROUNDS)):.0f} |")
    return "\n".join(lines)


def _clock(work: Callable[[], object]) -> float:
    start = time.thread_time()
    work()
    return time.thread_time() - start


def _promise() -> str:
    lines = [
        "What the chosen list is worth on the draws it was chosen on, and on others (shown to people); "
        "and what multiplying the programs' own chances would claim.",
        "",
        "| example | programs | same draws % | other draws % | independent % |",
        "| --- | --- | --- | --- | --- |",
    ]
    for path in sorted(EXAMPLES.glob("*.toml")):
        profile = _profile(path.stem)
        season = advice.Season(directory(), load(), ON, budget=profile.money.budget or 1500)
        made = advice.plan(season, profile, more=False)
        ids = [line.outlook.program_id for line in made.lines if line.rank]
        programs = [directory().programs[name] for name in ids]
        who = (directory(), load(), programs, assess_all(ON, profile), profile, ON)
        same = chances(*who, sample=CHOOSING).matched[0]
        alone = chances(*who, sample=DEEP).matched[0].mean(axis=0)
        lines.append(
            f"| {path.stem} | {len(ids)} | {100 * same.any(axis=1).mean():.1f} | "
            f"{100 * made.p_match.mean:.1f} | {100 * (1 - np.prod(1 - alone)):.1f} |"
        )
    return "\n".join(lines)


def _asking() -> str:
    """Whether the queue asks in the right order: what acting on an answer brings, simulated."""
    lines = [
        f"The first of the queue against {OTHERS} programs at random whose H-1B is open: each says yes as often as its chance "
        "says, and the plan is made anew. Gain: worth of the new plan over the old one, then; exchanged: programs.",
        "",
        "| example | foretold, first | gain, first | gain, random | exchanged, first | exchanged, random |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name in ("abroad-no-step3", "in-us-step3-passed"):
        profile = _profile(name)
        season = advice.Season(directory(), load(), ON, budget=profile.money.budget or 1500)
        line = advice.plan(season, profile, more=False).ask_first[0]
        first, others = first_and_random(season, profile, line.outlook.program_id, OTHERS)
        gain, exchanged = (fmean(getattr(o, key) for o in others) for key in ("gain", "exchanged"))
        lines.append(
            f"| {name} | {line.worth_asking:.5f} | {first.gain:.5f} | {gain:.5f} | "
            f"{first.exchanged:.1f} | {exchanged:.1f} |"
        )
    return "\n".join(lines)


def _choices() -> str:
    """People drawn from the priors, their ratings at random, who answer with the model's own chance of a slip."""
    lines = [
        f"What choices between two programs teach: {PERSONS} people with {LISTED} programs, drawn from the priors. Pairs "
        "of programs in the wrong order, and how often the weight of the visa lay in its 90 % interval.",
        "",
        "| answers | wrong pairs, asked what tells most % | asked at random % | visa inside % |",
        "| --- | --- | --- | --- |",
    ]
    rng, counts = np.random.default_rng(1), (0, 5, 10, 20)
    found = np.array([[_person(rng, count) for count in counts] for _ in range(PERSONS)])
    for count, row in zip(counts, 100 * found.mean(axis=0), strict=True):
        lines.append(f"| {count} | {row[0]:.0f} | {row[1]:.0f} | {row[2]:.0f} |")
    return "\n".join(lines)


def _person(rng: np.random.Generator, answers: int) -> tuple[float, float, bool]:
    """Wrong pairs after adaptive and after random questions, and whether the visa's share is inside."""
    ids = [str(at) for at in range(LISTED)]
    aspects = rng.integers(0, 5, (LISTED, len(ASPECTS))) / 4
    weights = rng.normal(WEIGHT, WEIGHT_SD, len(ASPECTS)).clip(LEAST)
    worth = aspects @ weights + rng.normal(0, LIKING_SD, LISTED)

    def answer(a: str, b: str) -> Choice:
        first = rng.random() < 1 / (1 + np.exp(worth[int(b)] - worth[int(a)]))
        return Choice(better=a if first else b, worse=b if first else a)

    def wrong(learned: Learned) -> float:
        place = {name: at for at, name in enumerate(learned.order())}
        pairs = combinations(range(LISTED), 2)
        return float(
            np.mean([(worth[a] > worth[b]) != (place[ids[a]] < place[ids[b]]) for a, b in pairs])
        )

    told, learned = [], learn(ids, aspects, [])
    for _ in range(answers):
        told.append(answer(*(learned.question() or ("0", "1"))))
        learned = learn(ids, aspects, told)
    every = list(combinations(ids, 2))
    random = [answer(*every[at]) for at in rng.choice(len(every), answers, replace=False)]
    share, visa = weights[VISA] / weights.sum(), learned.shares()["visa"]
    return wrong(learned), wrong(learn(ids, aspects, random)), visa.low <= share <= visa.high


def _profile(name: str) -> Profile:
    return profile_from_toml((EXAMPLES / f"{name}.toml").read_text("utf-8"), name)
