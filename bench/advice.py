"""Advice: how fast chances and a plan come, what choosing on the same draws would have promised, who gets interviews."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import fmean

import numpy as np

from tests.advice.asking import first_and_random
from visamatch.advice import plan as advice
from visamatch.advice.chances import chances
from visamatch.advice.choose import CHOOSING, DEEP
from visamatch.directory.programs import directory
from visamatch.evidence.assess import assess_all
from visamatch.market.scenarios import Strength, load
from visamatch.workspace.profile import Profile, profile_from_toml

ON, ROUNDS, APPLICATIONS, OTHERS = date(2026, 11, 27), 5, 100, 20
EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
PUBLISHED = {1: 0.16, 3: 0.49, 5: 0.66, 8: 0.81, 10: 0.86, 12: 0.90}
# Derived from Charting Outcomes for non-US IMGs 2026, internal medicine: by contiguous ranks.


def run() -> str:
    """Four tables."""
    return "\n\n".join((_speed(), _promise(), _asking(), _population()))


def _speed() -> str:
    known, profile = directory(), _profile("abroad-no-step3")
    everything = list(known.programs.values())
    assessed = assess_all(ON, profile)
    _ = [assessed[program.program_id] for program in everything]
    season = advice.Season(known, load(), ON, budget=1500)
    own = [p for p in everything if p.specialty_id in ("internal-medicine", "psychiatry")]
    work: dict[str, Callable[[], object]] = {
        f"chances at all {len(everything):,} programs": lambda: chances(
            known, load(), everything, assessed, profile, ON
        ),
        f"chances at the {len(own):,} programs of two specialties": lambda: chances(
            known, load(), own, assessed, profile, ON
        ),
        "a plan for two specialties, $1,500": lambda: advice.plan(season, profile, more=False),
        "the same with the price of wishes and what-ifs": lambda: advice.plan(season, profile),
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


def _population() -> str:
    """Non-US IMGs who need a visa, all strengths, each with 100 random programs of internal medicine."""
    scenarios, rng = load(), np.random.default_rng(1)
    name = scenarios.specialties.index("internal-medicine")
    tracks = np.array(
        [
            at
            for at, code in enumerate(scenarios.tracks)
            if scenarios.specialty_of[at] == name and code[7] == "C"
        ]
    )
    interviews, matched = [], []
    for seed in range(40):
        applied = np.sort(rng.choice(tracks, APPLICATIONS, replace=False))
        seen = scenarios.outcomes("non_us_img_visa", Strength(0, 1), applied, seed, 10)
        interviews.append(seen.interviewed.sum(axis=1))
        matched.append(seen.reachable.any(axis=1))
    count, match = np.concatenate(interviews), np.concatenate(matched)
    shares = [f"{100 * (count == n).mean():.0f}" for n in range(4)]
    lines = [
        f"Non-US IMGs who need a visa, {APPLICATIONS} random programs of internal medicine each ({scenarios.made}): "
        f"of all who apply, {shares[0]} % get no interview, {shares[1]} % one, {shares[2]} % two, {shares[3]} % three; "
        f"the upper tenth gets {np.quantile(count, 0.9):.0f} or more. Matched: {100 * match.mean():.0f} % of all, "
        f"{100 * match[count > 0].mean():.0f} % of those with an interview.",
        "",
        "| interviews | simulated chance to match % | published, by contiguous ranks % |",
        "| --- | --- | --- |",
    ]
    for number, told in PUBLISHED.items():
        some = match[count == number]
        value = f"{100 * some.mean():.0f}" if len(some) > 30 else "too few"
        lines.append(f"| {number} | {value} | {100 * told:.0f} |")
    return "\n".join(lines)


def _profile(name: str) -> Profile:
    return profile_from_toml((EXAMPLES / f"{name}.toml").read_text("utf-8"), name)
