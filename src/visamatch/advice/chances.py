"""The chance to be interviewed and to match, program by program and over any list.

Seasons come from ``market.scenarios``; one row is one season and one draw of what is not known of the person.
A program counts in a row when the season lets the person in *and* the program takes a visa path the person
accepts: it is willing with P(sponsor), drawn once an institution and row, since its programs decide together. The
denominator is everybody who applies there, not those who certified a rank list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from visamatch.advice.paths import paths, situation
from visamatch.advice.portfolio.attend import Attended, Bytes, preference
from visamatch.advice.sponsor_search import REFUSALS
from visamatch.advice.strength import Z90, kind_of, strength
from visamatch.directory.programs import Directory
from visamatch.evidence.assessment import Assessment, Chance
from visamatch.facts.tables import BaseRate, Program, rows
from visamatch.market.scenarios import Kind, Scenarios, Strength
from visamatch.workspace.profile import Profile

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Levels = tuple[Bools, ...]  # middle, rows x P; low and high, fewer rows x P
SEED = 20270319
COUNTED = "CMA"  # letters of tracks that train to the end: categorical, primary care, advanced
MANY = 30_000  # interviews; no limit
J1_WORTH = 0.7  # of an H-1B place, to someone who prefers H-1B, unless they say otherwise
LASTING = {  # blockers that no exam or paper mends before July
    "attempt_limit_reached", "two_year_requirement", "six_year_limit", "seven_year_limit",
    "specialty_change_too_late", "specialty_change_used", "travel_ban_full", "travel_ban_partial",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """How many rows to draw, in the middle and at each end of an interval (0: no interval is wanted).

    Two persons share seasons and what programs are willing to do; ``person`` parts their luck.
    """

    seed: int = SEED
    rows: int = 960
    end_rows: int = 240
    person: int = 0

    def draws(self, seasons: int) -> tuple[int, ...]:
        """Draws a season: at the middle, and of those at the low and at the high end."""
        middle, end = (-(-count // seasons) for count in (self.rows, self.end_rows))
        return (max(2, middle), end, end) if end else (max(2, middle),)


@dataclass(frozen=True, slots=True)
class Outlook:
    """One program for one person: interview and match chances, the visa paths, why not."""

    program_id: str
    p_interview: Chance
    p_match: Chance
    p_h1b: float
    p_j1: float
    blocked: str  # why the chance is zero, or empty


@dataclass(frozen=True)
class Chances:
    """Outcomes of many programs in the same rows.

    Attributes:
        ids: program ids, P.
        interviewed, matched: at the middle of what is known of strength and P(sponsor), and at the two
            ends of a 90 % interval of both. could: the same at the middle if it surely took the visa.
        weight: P; of the specialty. share: P; how likely the visa path would be H-1B.
        p_h1b, p_j1: P; chance that each path is open at the program. blocked: P sentences.
        most: interviews that the person can attend.
        yes: the visa that a program could still say yes to; empty where none is wanted.
    """

    ids: tuple[str, ...]
    interviewed: Levels
    matched: Levels
    could: tuple[Bools, Bools]
    weight: Floats
    share: Floats
    p_h1b: Floats
    p_j1: Floats
    blocked: tuple[str, ...]
    draws: tuple[int, ...]  # a season, as in Sample
    most: int
    yes: str
    signaled: Callable[[], tuple[Bools, Bools]]
    # interviewed and matched where the program gets a signal; worked out when asked for
    j1_worth: float = J1_WORTH  # of a J-1 place beside an H-1B place, for someone who prefers H-1B

    def utility(self, sure: bool = False) -> Floats:
        """Worth of each program: weight of the specialty times worth of the visa path; [P].

        Args:
            sure: as it would be if the program had said yes to ``yes``.
        """
        share = np.ones_like(self.share) if sure and self.yes == "H-1B" else self.share
        return self.weight * (share + (1 - share) * self.j1_worth)

    @cached_property
    def attended(self) -> Attended:
        """Which invitations are kept where not all can be, at the middle."""
        return self._attended(0)

    def _attended(self, level: int) -> Attended:
        invited, matched = (part[0].mean(axis=0) for part in (self.interviewed, self.matched))
        place = preference(self.utility(), invited, matched)
        return Attended(by_program(self.interviewed[level]), place, self.most)

    @property
    def expected_interviews(self) -> float:
        """Interviews that the whole list brings and the person attends."""
        counts = np.minimum(self.interviewed[0].sum(axis=1), self.most)
        return float(counts.sum() / max(1, len(counts)))

    def outlooks(self) -> list[Outlook]:
        """Every program on its own."""
        pairs = zip(self.intervals(self.interviewed), self.intervals(self.matched), strict=True)
        return [
            Outlook(
                self.ids[at], *pair, float(self.p_h1b[at]), float(self.p_j1[at]), self.blocked[at]
            )
            for at, pair in enumerate(pairs)
        ]

    def p_list(self, chosen: Sequence[int]) -> Chance:
        """Chance to match at one of these programs, with its 90 % interval."""
        return self.p_lists(chosen)[-1] if len(chosen) else Chance(0.0, 0.0, 0.0)

    def p_lists(self, order: Sequence[int]) -> list[Chance]:
        """The same for the first, the first two, … of an order."""
        levels = enumerate(self.matched)
        return self.intervals(
            tuple(self._attended(at).prefixes(order, by_program(part)) for at, part in levels)
        )

    def intervals(self, levels: Levels) -> list[Chance]:
        """Shares of rows by column; an interval joins what is not known of person and programs with
        how seasons differ. That difference is read from all columns together, as a multiple of p (1 - p):
        a single column would be noise.
        """
        middle, low, high = levels
        draws, ends = self.draws[0], self.draws[-1]
        by_season = middle.reshape(-1, draws, middle.shape[1])
        seasons = by_season.mean(axis=1, dtype=np.float32)
        mean = seasons.mean(axis=0)
        luck = (seasons * (1 - seasons)).mean(axis=0) / (draws - 1)
        size = np.square(mean * (1 - mean))
        season = max(0.0, float((seasons.var(axis=0) - luck).sum() / max(size.sum(), 1e-9))) * size
        same = by_season[:, :ends].mean(axis=(0, 1), dtype=np.float32)
        below = np.maximum(0.0, same - low.mean(axis=0, dtype=np.float32))
        above = np.maximum(0.0, high.mean(axis=0, dtype=np.float32) - same)
        least = (mean - np.sqrt(below**2 + Z90**2 * season)).clip(0)
        most = (mean + np.sqrt(above**2 + Z90**2 * season)).clip(max=1)
        rows = zip(mean.tolist(), least.tolist(), most.tolist(), strict=True)
        return [Chance(*(round(part, 4) for part in row)) for row in rows]


def by_program(part: Bools) -> Bytes:
    """Outcomes with programs as rows, as the portfolio's loops want them."""
    return np.ascontiguousarray(part.T).view(np.uint8)


def chances(
    known: Directory,
    scenarios: Scenarios,
    programs: Sequence[Program],
    assessed: Mapping[str, Assessment],
    profile: Profile,
    on: date,
    sample: Sample | None = None,
) -> Chances:
    """Evaluate a person at programs; those in no scenario have no chance and say so.

    Args:
        sample: which draws; the standard ones when left out.
    """
    sample = sample or Sample()
    draws = sample.draws(scenarios.count)
    kind = kind_of(profile, profile.match_year or on.year + 1)
    open_to, blocked = _willing(known, programs, assessed, profile, on, (scenarios.count, sample))
    weights = {wish.name: wish.weight for wish in profile.specialties}
    by_specialty: dict[str, list[int]] = {}
    for at, program in enumerate(programs):
        by_specialty.setdefault(program.specialty_id, []).append(at)
    interviewed, matched = ([np.zeros_like(part) for part in open_to.rows] for _ in range(2))
    could = (np.zeros_like(open_to.rows[0]), np.zeros_like(open_to.rows[0]))
    parts = [
        (places, [programs[at] for at in places], strength(scenarios, kind, name, profile))
        for name, places in by_specialty.items()
    ]
    for places, here, levels in parts:
        for at, (seen, reached) in enumerate(
            _outcomes(known, scenarios, here, kind, levels, sample)
        ):
            interviewed[at][:, places] = seen & open_to.rows[at][:, places]
            matched[at][:, places] = reached & open_to.rows[at][:, places]
            if at == 0:
                could[0][:, places], could[1][:, places] = seen, reached

    def signaled() -> tuple[Bools, Bools]:
        found = np.zeros((2, *could[0].shape), np.bool_)
        for places, here, levels in parts:
            told = next(_outcomes(known, scenarios, here, kind, levels, sample, signals=True))
            for part, new in zip(found, told, strict=True):
                part[:, places] = new & open_to.rows[0][:, places]
        return found[0], found[1]

    shut = shut_paths(profile, on) if profile.needs_visa else {"h1b": "", "j1": ""}
    share = open_to.h1b / np.maximum(open_to.either, 1e-12)
    weight = np.array([weights.get(known.specialty(program).name, 1.0) for program in programs])
    return Chances(
        ids=tuple(program.program_id for program in programs),
        interviewed=tuple(interviewed),
        matched=tuple(matched),
        could=could,
        signaled=signaled,
        weight=weight,
        share=share if profile.needs_visa and profile.visa.h1b == "prefer" else np.ones_like(share),
        most=min(profile.most_interviews or MANY, MANY),
        yes="H-1B" if "h1b" not in shut else "J-1" if "j1" not in shut else "",
        p_h1b=open_to.h1b,
        p_j1=open_to.j1,
        draws=draws,
        blocked=tuple(
            why or ("" if some else "In no simulated season does it let you in.")
            for why, some in zip(blocked, matched[0].max(axis=0), strict=True)
        ),
    )


def _outcomes(
    known: Directory,
    scenarios: Scenarios,
    programs: Sequence[Program],
    kind: Kind,
    levels: Sequence[Strength],
    sample: Sample,
    signals: bool = False,
) -> Iterator[tuple[Bools, Bools]]:
    """Interviewed and reachable, rows x programs, at each strength; a program is the best of its tracks."""
    tracks, owner = _tracks(known, scenarios, programs)
    for level, draws in zip(levels, sample.draws(scenarios.count), strict=False):
        seed = sample.seed + sample.person
        run = scenarios.outcomes(kind, level, tracks, seed, draws, tracks.tolist() * signals)
        yield (
            _joined(run.interviewed, owner, len(programs)),
            _joined(run.reachable, owner, len(programs)),
        )


def _joined(part: Bools, owner: Ints, size: int) -> Bools:
    """True where any track of a program is; most programs have one."""
    joined = np.zeros((len(part), size), np.bool_)
    first = np.diff(owner, prepend=-1) > 0
    joined[:, owner[first]] = part[:, first]
    for at in np.flatnonzero(~first):
        joined[:, owner[at]] |= part[:, at]
    return joined


def main_track(known: Directory, scenarios: Scenarios, program: Program) -> int | None:
    """Position of a program's first counted track in the scenarios."""
    tracks, _ = _tracks(known, scenarios, [program])
    return int(tracks[0]) if len(tracks) else None


def open_paths(
    programs: Sequence[Program], assessed: Mapping[str, Assessment], profile: Profile, on: date
) -> list[tuple[float, float]]:
    """Chance that each program takes the person on H-1B, and on J-1; 1 each for those who need no visa."""
    if not profile.needs_visa:
        return [(1.0, 1.0)] * len(programs)
    shut = shut_paths(profile, on)
    return [_paths_at(assessed[program.program_id], shut) for program in programs]


def _paths_at(item: Assessment, shut: Mapping[str, str]) -> tuple[float, float]:
    refused = item.standing.code in REFUSALS or "h1b" in shut
    return 0.0 if refused else item.p_sponsor.mean, 0.0 if "j1" in shut else _p_j1(item)


def _tracks(
    known: Directory, scenarios: Scenarios, programs: Sequence[Program]
) -> tuple[Ints, Ints]:
    pairs = [
        (scenarios.row_of[track.nrmp_code], at)
        for at, program in enumerate(programs)
        for track in known.tracks_of.get(program.program_id, ())
        if track.letter in COUNTED and track.nrmp_code in scenarios.row_of
    ]
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return found[:, 0].copy(), found[:, 1]


@dataclass(frozen=True)
class _Open:
    """Visa paths: chance of each and of either at each program; drawn at the middle, the low and the high end."""

    h1b: Floats
    j1: Floats
    either: Floats
    rows: Levels


def _willing(
    known: Directory,
    programs: Sequence[Program],
    assessed: Mapping[str, Assessment],
    profile: Profile,
    on: date,
    rows_of: tuple[int, Sample],
) -> tuple[_Open, list[str]]:
    seasons, sample = rows_of
    if not profile.needs_visa:
        ones = np.ones(len(programs))
        every = tuple(
            np.ones((seasons * n, len(programs)), np.bool_) for n in sample.draws(seasons)
        )
        return _Open(ones, ones, ones, every), [""] * len(programs)
    items = [assessed[program.program_id] for program in programs]
    shut = shut_paths(profile, on)
    may_h1b, may_j1 = "h1b" not in shut, "j1" not in shut
    spread = np.array(
        [(i.p_sponsor.mean, i.p_sponsor.low, i.p_sponsor.high) for i in items]
    ).reshape(-1, 3)
    refused = np.array([i.standing.code in REFUSALS for i in items], bool)
    spread = np.where(refused[:, None] | (not may_h1b), 0.0, spread)
    j1 = np.array([_p_j1(item) if may_j1 else 0.0 for item in items])
    institutions = {name: at for at, name in enumerate(known.institutions)}
    where = np.array([institutions[program.institution_id] for program in programs], dtype=np.int64)
    drawn = _institution_draws(replace(sample, person=0), seasons, len(institutions))[:, :, where]
    either = np.maximum(spread.T, j1)
    blocked = [_blocked(item, shut, spread[at, 0], j1[at]) for at, item in enumerate(items)]
    opened = tuple(
        drawn[:, :count].reshape(seasons * count, -1) < either[level]
        for level, count in enumerate(sample.draws(seasons))
    )
    return _Open(spread[:, 0], j1, either[0], opened), blocked


@lru_cache(maxsize=4)
def _institution_draws(sample: Sample, seasons: int, count: int) -> NDArray[np.float32]:
    """One draw a season, draw and institution, whatever programs are asked about: who takes H-1B takes J-1."""
    return np.random.default_rng(sample.seed).random(
        (seasons, sample.draws(seasons)[0], count), dtype=np.float32
    )


def _p_j1(item: Assessment) -> float:
    """Takes J-1: as stated, else the published share of internal medicine programs that do."""
    if item.j1 in ("yes", "no"):
        return 1.0 if item.j1 == "yes" else 0.0
    return next(row.rate for row in rows(BaseRate) if row.visa == "J-1")


@lru_cache(maxsize=64)
def shut_paths(profile: Profile, on: date) -> dict[str, str]:
    """Paths that this person cannot or will not take, with the reason."""
    shut = {}
    for path in paths(situation(profile, on), here=True):
        lasting = [reason.means for reason in path.blockers if reason.code in LASTING]
        if lasting:
            shut[path.id] = f"{path.title}: {'; '.join(lasting).lower()}"
    if profile.visa.h1b == "must":
        shut["j1"] = "you take H-1B only"
    if profile.visa.h1b == "none":
        shut["h1b"] = "you do not want H-1B"
    return shut


def _blocked(item: Assessment, shut: Mapping[str, str], h1b: float, j1: float) -> str:
    if max(h1b, j1) > 0:
        return ""
    reasons = list(shut.values())
    if "h1b" not in shut:
        reasons.append(item.standing.reason)
    if "j1" not in shut:
        reasons.append("it takes no J-1")
    return "No visa path: " + "; ".join(reasons)
