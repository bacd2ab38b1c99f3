"""The plan for a season: where to apply, where to signal, what each choice adds, and where to stop.

Programs are grouped (``groups``), given chances in the same simulated seasons (``chances``), and chosen
under the fees (``portfolio``). The choice is made on draws of its own; every figure is read on other draws, so
that luck in choosing counts for nothing. What a wish costs, or a better profile would bring, is the same plan
made again with that one thing changed, on the same draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from visamatch.advice.chances import Outlook, by_program
from visamatch.advice.changes import Change, constraints, step3_assumed, what_ifs
from visamatch.advice.choose import STOP, Chosen, Season, choose, eras
from visamatch.advice.groups import GroupName, Placed
from visamatch.advice.news import News, news
from visamatch.advice.portfolio.problem import UNLIMITED
from visamatch.advice.signals import Quota, Sent, quotas, signals
from visamatch.advice.strength import Factor, factors, kind_of
from visamatch.evidence.assessment import Chance
from visamatch.market.scenarios import Kind
from visamatch.workspace.profile import Profile

__all__ = ["STOP", "Change", "Line", "Plan", "Point", "Quota", "Season", "plan"]
ASKING = 1e-5  # of the plan's value; an answer that brings less is not worth asking for
ASKED = 8  # programs whose answer is worth asking for


@dataclass(frozen=True, slots=True)
class Line:
    """A program of the plan.

    Attributes:
        rank: place in the order of choice, from 1; None where the plan says not to apply.
        fee: dollars of this application, in that order; of one more where it is out.
        marginal: chance to match that it adds to those before it, or would add to the whole list.
        if_yes: what it would add if it surely took the person's visa.
        signal: gold, silver or empty; None where the season's quota is not known.
        signal_gain: what the signal adds to the chance to match.
        worth_asking: what its answer on the visa is expected to bring, in points of the plan's value.
    """

    placed: Placed
    outlook: Outlook
    rank: int | None
    fee: float
    marginal: float
    if_yes: float
    signal: str | None
    signal_gain: float
    worth_asking: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """The list cut after so many applications."""

    applications: int
    cost: float
    p_match: Chance


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the list with the numbers that were asked for, and what the plan gives it.

    ``cost``: dollars of its applications if there were no others.
    """

    of: str
    least: int
    most: int | None
    applications: int
    cost: float


@dataclass(frozen=True)
class Plan:
    """The whole plan. ``curve[stop - 1]`` is the last application worth its fee."""

    lines: tuple[Line, ...]
    curve: tuple[Point, ...]
    stop: int
    expected_interviews: float
    value: float
    upper_bound: float
    kind: Kind
    quotas: Mapping[str, Quota | None]  # signals by specialty id, None = not known for the season
    constraints: tuple[Change, ...]
    what_ifs: tuple[Change, ...]
    factors: tuple[Factor, ...]
    left_out: Mapping[str, int]
    fee_season: str
    parts: tuple[Part, ...]
    most_interviews: int | None
    assumes: tuple[str, ...]

    @property
    def p_match(self) -> Chance:
        """Chance to match with the whole list."""
        return self.curve[-1].p_match if self.curve else Chance(0.0, 0.0, 0.0)

    def group(self, name: GroupName) -> tuple[Placed, ...]:
        """The programs of one group to apply to, in the order of choice."""
        chosen = (line.placed for line in self.lines if line.rank is not None)
        return tuple(placed for placed in chosen if placed.group == name)

    @property
    def ask_first(self) -> tuple[Line, ...]:
        """Whom to ask first: whose answer is expected to change the plan most. A yes brings one in that is
        out; a no frees the place of one that is in.
        """
        open_ = [line for line in self.lines if line.worth_asking >= ASKING]
        return tuple(sorted(open_, key=lambda line: -line.worth_asking)[:ASKED])

    @property
    def cost(self) -> float:
        """Application fees."""
        return self.curve[-1].cost if self.curve else 0.0


def plan(
    season: Season,
    profile: Profile,
    stated: Mapping[str, Quota] | None = None,
    more: bool = True,
) -> Plan:
    """Plan a season for a profile.

    Args:
        stated: signals by specialty id, for seasons that the facts do not know.
        more: work out the price of constraints and the what-ifs too.

    Raises:
        InputError: no specialty, or limits, locks and a budget that cannot hold together.
    """
    made = choose(season, profile)
    specialties = [program.specialty_id for program in made.candidates.programs]
    known = quotas(specialties, profile, season.on, stated or {})
    curve = _curve(made)
    gains = np.diff([0.0, *(point.p_match.mean for point in curve)])
    return Plan(
        lines=_lines(
            made, curve, signals(made.list_, [specialties[at] for at in made.chosen], known)
        ),
        curve=curve,
        stop=max((n for n, gain in enumerate(gains, 1) if gain >= STOP), default=0),
        expected_interviews=made.list_.expected_interviews,
        value=made.answer.value,
        upper_bound=made.answer.upper_bound,
        kind=kind_of(profile, profile.match_year or season.on.year + 1),
        quotas=known,
        constraints=constraints(season, profile, made) if more else (),
        what_ifs=what_ifs(season, profile, made) if more else (),
        factors=factors(profile),
        left_out=made.candidates.left_out,
        fee_season=eras()[0].season,
        parts=_parts(made),
        most_interviews=profile.most_interviews,
        assumes=("Step 3 is passed in time for an H-1B petition.",) * step3_assumed(profile),
    )


def _parts(made: Chosen) -> tuple[Part, ...]:
    limits, fees = made.problem.parts, made.problem.fees
    inside = [
        [at for at in made.chosen if limits.of[at] == part] for part in range(len(limits.names))
    ]
    return tuple(
        Part(
            name, int(least), None if most == UNLIMITED else int(most), len(items), fees.cost(items)
        )
        for name, least, most, items in zip(
            limits.names, limits.least, limits.most, inside, strict=True
        )
        if made.problem.limits is not None
    )


def _curve(made: Chosen) -> tuple[Point, ...]:
    found = made.list_.p_lists(range(len(made.chosen)))
    return tuple(
        Point(size, made.problem.fees.cost(made.chosen[:size]), chance)
        for size, chance in enumerate(found, 1)
    )


def _lines(made: Chosen, curve: Sequence[Point], sent: Sequence[Sent]) -> tuple[Line, ...]:
    placed, outlooks = made.candidates.placed, made.candidates.told.outlooks()
    told = news(made)
    costs = [0.0, *(point.cost for point in curve)]
    chances_ = [0.0, *(point.p_match.mean for point in curve)]
    adds, if_yes = _added(made)
    lines = []
    for rank, at in enumerate(made.chosen, 1):
        fee, more = costs[rank] - costs[rank - 1], chances_[rank] - chances_[rank - 1]
        said = (f"In: it adds {100 * more:.1f} points for ${fee:g}.", *placed[at].reasons)
        asking = float(told.worth_asking[at])
        lines.append(
            Line(placed[at], outlooks[at], rank, fee, more, more, *sent[rank - 1], asking, said)
        )
    out = set(range(len(placed))) - set(made.chosen)
    for at in sorted(out, key=lambda at: (-adds[at], at)):
        fee = made.problem.fees.cost([*made.chosen, at]) - costs[-1]
        more, asking = float(adds[at]), float(told.worth_asking[at])
        said = (
            _why_out(outlooks[at], more, fee),
            _comes_in(made, told, outlooks[at], at),
            *placed[at].reasons,
        )
        lines.append(
            Line(
                placed[at], outlooks[at], None, fee, more, float(if_yes[at]), "", 0.0, asking, said
            )
        )
    return tuple(lines)


def _added(made: Chosen) -> tuple[np.ndarray, np.ndarray]:
    """What each program would add to the chance to match of the whole list; and if it surely took the visa."""
    seen, every = made.candidates.told, range(len(made.candidates.placed))
    matched, ones = by_program(seen.matched[0]), np.ones(len(every))
    now = seen.attended.standing(made.chosen, ones, matched)
    found = seen.attended.gains(now, every, ones, matched)
    invited, could = (by_program(part) for part in seen.could)
    sure = replace(seen.attended, invited=invited).gains(now, every, ones, could)
    return found / matched.shape[1], np.maximum(found, sure) / matched.shape[1]


def _why_out(outlook: Outlook, adds: float, fee: float) -> str:
    if outlook.blocked:
        return f"Out: {outlook.blocked[0].lower()}{outlook.blocked[1:]}"
    return f"Out: it would add {100 * adds:.2f} points for ${fee:g}."


def _comes_in(made: Chosen, told: News, outlook: Outlook, at: int) -> str:
    """What would bring a program in; true where nothing else changes, see ``news``."""
    visa, now = made.candidates.told.yes, max(outlook.p_h1b, outlook.p_j1)
    if at in made.problem.never:
        return "Would come in if you took off your lock, where it is worth its fee."
    if told.yes[at] > 0 and now < 1:
        return f"Would come in if it surely took your {visa}: ask for it in writing."
    share, there = told.chance_needed[at], float(made.problem.reachable[at].mean())
    share = np.ceil(1000 * share) / 1000
    if share > 1:
        return "Would come in only where limits or locks leave it room."
    return (
        f"Would come in if your chance there were {_percent(share)} instead of {_percent(there)}."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
