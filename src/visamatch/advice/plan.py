"""The plan for a season: where to apply, where to signal, what each choice adds, and where to stop.

Programs are grouped (``groups``), given chances in the same simulated seasons (``chances``), and chosen
under the fees (``portfolio``). The choice is made on draws of its own; every figure is read on other draws, so
that luck in choosing counts for nothing. What a wish costs, or a better profile would bring, is the same plan
made again with that one thing changed, on the same draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np

from visamatch.advice import groups
from visamatch.advice.chances import J1_WORTH, Chances, Outlook, Sample, chances
from visamatch.advice.groups import GroupName, Placed
from visamatch.advice.portfolio import search
from visamatch.advice.portfolio.problem import Fees, Problem
from visamatch.advice.strength import Factor, factors, kind_of
from visamatch.directory.programs import Directory
from visamatch.errors import InputError
from visamatch.evidence.assess import assess_all
from visamatch.evidence.assessment import Chance
from visamatch.facts.specialties import specialty_named
from visamatch.facts.tables import Fee, Signals, rows
from visamatch.market.scenarios import Kind, Scenarios
from visamatch.workspace.document import OwnStatement
from visamatch.workspace.profile import Profile, Wish

STOP = 0.001  # below one chance in a thousand a fee, more applications are hardly worth it
QUICK = 10**8  # effort of the search where a person waits
CHOOSING = Sample(seed=8, rows=3840, end_rows=0)
DEEP = Sample(rows=6000, end_rows=6000)  # for the few programs that are chosen
ALSO = (
    "internal-medicine",
    "family-medicine",
    "pediatrics",
    "psychiatry",
    "pathology",
    "neurology",
)
ASKED = 8  # programs whose answer is worth asking for
Quota = tuple[int, int]  # gold and silver signals; where a specialty has one kind, all are silver


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
    """

    placed: Placed
    outlook: Outlook
    rank: int | None
    fee: float
    marginal: float
    if_yes: float
    signal: str | None
    signal_gain: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """The list cut after so many applications."""

    applications: int
    cost: float
    p_match: Chance


@dataclass(frozen=True, slots=True)
class Change:
    """The same plan with one thing changed: chance to match now, and then."""

    name: str
    says: str
    p_match: float
    then: float

    @property
    def points(self) -> float:
        """Percentage points that the change brings."""
        return round(100 * (self.then - self.p_match), 1)


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
        """Programs outside the list whose written yes would change it most, times the chance of that yes."""
        news = {id(line): line.if_yes - line.marginal for line in self.lines if line.rank is None}
        open_ = [line for line in self.lines if news.get(id(line), 0.0) >= STOP]
        open_.sort(key=lambda line: -news[id(line)] * max(line.outlook.p_h1b, line.outlook.p_j1))
        return tuple(open_[:ASKED])

    @property
    def cost(self) -> float:
        """Application fees."""
        return self.curve[-1].cost if self.curve else 0.0


@dataclass(frozen=True)
class Season:
    """Who plans, when and with what: all that stays the same when the profile changes.

    ``must`` and ``never`` are ids of programs locked in and out; those that are no candidates do not count.
    """

    known: Directory
    scenarios: Scenarios
    on: date
    own: tuple[OwnStatement, ...] = ()
    budget: float | None = None
    j1_worth: float = J1_WORTH
    must: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Choice:
    """A profile's candidates, their chances and the set chosen from them."""

    placed: tuple[Placed, ...]
    left_out: Mapping[str, int]
    chances: Chances
    fees: Fees
    chosen: tuple[int, ...]
    list_: Chances  # of the chosen alone, in order of choice, on many draws
    value: float
    upper_bound: float

    @property
    def p_match(self) -> float:
        return self.list_.p_list(range(len(self.chosen))).mean


def plan(
    season: Season, profile: Profile, quotas: Mapping[str, Quota] | None = None, more: bool = True
) -> Plan:
    """Plan a season for a profile.

    Args:
        quotas: signals by specialty id, for seasons that the facts do not know.
        more: work out the price of constraints and the what-ifs too.

    Raises:
        InputError: no specialty, or a budget below one fee.
    """
    made = _choose(season, profile)
    known_quotas = _quotas(made, profile, season.on, quotas or {})
    curve = _curve(made)
    gains = [p.p_match.mean for p in curve]
    worth = [n for n, gain in enumerate(np.diff([0.0, *gains]), 1) if gain >= STOP]
    constraints, what_ifs = (_constraints, _what_ifs) if more else (_none, _none)
    return Plan(
        lines=_lines(made, curve, known_quotas),
        curve=curve,
        stop=max(worth, default=0),
        expected_interviews=float(
            made.list_.interviewed[0].sum() / max(1, len(made.list_.interviewed[0]))
        ),
        value=made.value,
        upper_bound=made.upper_bound,
        kind=kind_of(profile, profile.match_year or season.on.year + 1),
        quotas=known_quotas,
        constraints=constraints(season, profile, made),
        what_ifs=what_ifs(season, profile, made),
        factors=factors(profile),
        left_out=made.left_out,
        fee_season=_eras()[0].season,
        assumes=("Step 3 is passed in time for an H-1B petition.",) * step3_assumed(profile),
    )


def _choose(season: Season, profile: Profile) -> _Choice:
    assessed = assess_all(season.on, profile, season.own)
    grouped = groups.plan(season.known, assessed, profile)
    programs = [placed.assessment.program for placed in grouped.placed]
    evaluate = partial(
        chances,
        season.known,
        season.scenarios,
        assessed=assessed,
        profile=profile,
        on=season.on,
        j1_worth=season.j1_worth,
    )
    seen = evaluate(programs)
    fees = Fees.tiered(
        [(fee.up_to or np.inf, fee.amount) for fee in _eras()],
        [program.specialty_id for program in programs] or ["none"],
    )
    both = set(season.must) & set(season.never)
    if both:
        raise InputError("must", "no program that is also in never", ", ".join(sorted(both)))
    if season.budget is not None and season.budget < fees.prices.min():
        raise InputError(
            "budget", f"at least {fees.prices.min():g}, one application", season.budget
        )
    if not programs:
        return _Choice((), grouped.left_out, seen, fees, (), seen, 0.0, 0.0)
    reachable = np.ascontiguousarray(evaluate(programs, sample=CHOOSING).matched[0].T).astype(
        np.uint8
    )
    budget = np.inf if season.budget is None else season.budget
    must, never = (
        [at for at, p in enumerate(programs) if p.program_id in locked]
        for locked in (season.must, season.never)
    )
    if (cost := fees.cost(must)) > budget:
        raise InputError(
            "must", f"programs for ${budget:g} at most; raise the budget to {cost:g}", cost
        )
    found = search.solve(
        Problem(seen.utility, reachable, fees, budget, must=tuple(must), never=tuple(never)), QUICK
    )
    chosen = (
        found.chosen
        if season.budget is not None
        else _until_stop(found.chosen, found.values, len(must))
    )
    deep = evaluate([programs[at] for at in chosen], sample=DEEP)
    return _Choice(
        grouped.placed, grouped.left_out, seen, fees, chosen, deep, found.value, found.upper_bound
    )


def _until_stop(chosen: Sequence[int], values: Sequence[float], locked: int) -> tuple[int, ...]:
    """Without a budget the list ends where one more adds less than the stop line."""
    worth = int((np.diff([0.0, *values])[locked:] >= STOP).sum())
    return tuple(chosen[: locked + worth])


def _eras() -> list[Fee]:
    """The newest tiers on file, first tier first."""
    tiers = [row for row in rows(Fee) if row.item == "ERAS residency application"]
    newest = max(row.season for row in tiers)
    return sorted((r for r in tiers if r.season == newest), key=lambda r: r.up_to or np.inf)


def _curve(made: _Choice) -> tuple[Point, ...]:
    found = made.list_.p_lists(range(len(made.chosen)))
    return tuple(
        Point(size, made.fees.cost(made.chosen[:size]), chance)
        for size, chance in enumerate(found, 1)
    )


def _lines(
    made: _Choice, curve: Sequence[Point], quotas: Mapping[str, Quota | None]
) -> tuple[Line, ...]:
    outlooks = made.chances.outlooks()
    costs = [0.0, *(point.cost for point in curve)]
    chances_ = [0.0, *(point.p_match.mean for point in curve)]
    signals = _signals(made, quotas)
    lines = []
    for rank, at in enumerate(made.chosen, 1):
        fee, adds = costs[rank] - costs[rank - 1], chances_[rank] - chances_[rank - 1]
        said = (f"In: it adds {100 * adds:.1f} points for ${fee:g}.", *made.placed[at].reasons)
        lines.append(Line(made.placed[at], outlooks[at], rank, fee, adds, adds, *signals[at], said))
    unmatched = np.asarray(~made.chances.matched[0][:, made.chosen].any(axis=1))
    gains = made.chances.matched[0][unmatched].sum(axis=0) / len(unmatched)
    willing = made.chances.willing[0].mean(axis=0)
    if_yes = np.where(willing > 0, gains / np.maximum(willing, 1e-9), 0.0)
    for at in sorted(
        set(range(len(made.placed))) - set(made.chosen), key=lambda at: (-gains[at], at)
    ):
        fee, adds, sure = (
            made.fees.cost([*made.chosen, at]) - costs[-1],
            float(gains[at]),
            float(if_yes[at]),
        )
        said = (_why_out(outlooks[at], adds, fee, sure), *made.placed[at].reasons)
        lines.append(Line(made.placed[at], outlooks[at], None, fee, adds, sure, "", 0.0, said))
    return tuple(lines)


def _why_out(outlook: Outlook, adds: float, fee: float, sure: float) -> str:
    if outlook.blocked:
        return f"Out: {outlook.blocked[0].lower()}{outlook.blocked[1:]}"
    said = f"Out: it would add {100 * adds:.2f} points for ${fee:g}."
    if sure >= max(STOP, 2 * adds):
        said += f" A written yes to your visa would make that {100 * sure:.1f}."
    return said


def _quotas(
    made: _Choice, profile: Profile, on: date, stated: Mapping[str, Quota]
) -> dict[str, Quota | None]:
    """Signals of each specialty in the season: as stated, else as published for that season, else not known."""
    year = profile.match_year or on.year + 1
    published = {
        row.specialty_id: (row.gold or 0, row.silver if row.silver is not None else row.total)
        for row in rows(Signals)
        if row.season == year
    }
    wanted = dict.fromkeys(placed.assessment.program.specialty_id for placed in made.placed)
    return {name: stated.get(name, published.get(name)) for name in wanted}


def _signals(
    made: _Choice, quotas: Mapping[str, Quota | None]
) -> dict[int, tuple[str | None, float]]:
    """Where signals go, one after the other to where the next adds most; gold first."""
    sent: dict[int, tuple[str | None, float]] = {}
    left: dict[str, list[str]] = {}
    for at in made.chosen:
        specialty = made.placed[at].assessment.program.specialty_id
        quota = quotas[specialty]
        sent[at] = (None if quota is None else "", 0.0)
        gold, silver = quota or (0, 0)
        left[specialty] = ["gold"] * gold + ["silver"] * silver
    reach = made.list_.matched[0].copy()
    with_signal = made.list_.signaled() | reach
    while any(left.values()):
        count = reach.sum(axis=1)[:, None]
        gains = (with_signal & (count == 0)).mean(axis=0)
        for place, at in enumerate(made.chosen):
            specialty = made.placed[at].assessment.program.specialty_id
            if sent[at][0] != "" or not left[specialty]:
                gains[place] = -1.0
        place = int(np.argmax(gains))
        if gains[place] < 0:
            break
        at = made.chosen[place]
        kind = left[made.placed[at].assessment.program.specialty_id].pop(0)
        sent[at] = (kind, float(gains[place]))
        reach[:, place] = with_signal[:, place]
    return sent


def _none(season: Season, profile: Profile, made: _Choice) -> tuple[Change, ...]:
    return ()


def _constraints(season: Season, profile: Profile, made: _Choice) -> tuple[Change, ...]:
    """What each wish of the profile costs: the chance without it; the list as it is stays open then too."""
    tried = []
    if profile.needs_visa and profile.visa.h1b in ("must", "none", "prefer"):
        either = profile.model_copy(
            update={"visa": profile.visa.model_copy(update={"h1b": "either"})}
        )
        says = {"must": "H-1B only", "none": "J-1 only", "prefer": "H-1B preferred"}[
            profile.visa.h1b
        ]
        tried.append(("visa", f"{says}, against either visa", either))
    if profile.places.states:
        anywhere = profile.model_copy(
            update={"places": profile.places.model_copy(update={"states": ()})}
        )
        where = ", ".join(profile.places.states)
        tried.append(("places", f"{where} only, against the whole country", anywhere))
    without = [_compared(season, made, *each) for each in tried]
    return tuple(replace(each, then=max(each.then, each.p_match)) for each in without)


def _what_ifs(season: Season, profile: Profile, made: _Choice) -> tuple[Change, ...]:
    """What a better profile or one more specialty would bring."""
    tried: list[tuple[str, str, Profile]] = []
    exams = profile.applicant.exams
    if exams.step2ck.score is not None and exams.step2ck.score <= 290:
        better = exams.step2ck.model_copy(update={"score": exams.step2ck.score + 10})
        tried.append(
            ("step2ck", "10 points more on Step 2 CK", _with_exams(profile, step2ck=better))
        )
    changes = [_compared(season, made, *each) for each in tried]
    if step3_assumed(profile):
        without = _with_visa(profile, "none")
        lost = _compared(season, made, "step3", "Step 3 not passed in time: no H-1B", without)
        then = 0.0 if profile.visa.h1b == "must" else min(lost.then, lost.p_match)
        changes.append(replace(lost, then=then))
    named = {specialty_named(wish.name).specialty_id for wish in profile.specialties}
    seconds = [name for name in ALSO if name not in named and name in season.scenarios.specialties]
    added = [_compared(season, made, *_second(season, profile, name)) for name in seconds]
    return (*changes, *sorted(added, key=lambda change: -change.then)[:1])


def _second(season: Season, profile: Profile, name: str) -> tuple[str, str, Profile]:
    title = season.known.specialties[name].name
    wishes = (*profile.specialties, Wish(name=title, weight=1.0))
    return ("specialty", f"{title} as well", profile.model_copy(update={"specialties": wishes}))


def step3_assumed(profile: Profile) -> bool:
    """Whether the H-1B chances suppose a Step 3 that is still to be passed."""
    wants = profile.needs_visa and profile.visa.h1b != "none"
    return wants and not profile.us_graduate and profile.step3_passed is not True


def _with_visa(profile: Profile, wish: str) -> Profile:
    return profile.model_copy(update={"visa": profile.visa.model_copy(update={"h1b": wish})})


def _with_exams(profile: Profile, **exams: object) -> Profile:
    person = profile.applicant
    changed = person.model_copy(update={"exams": person.exams.model_copy(update=exams)})
    return profile.model_copy(update={"applicant": changed})


def _compared(season: Season, made: _Choice, name: str, says: str, other: Profile) -> Change:
    return Change(name, says, made.p_match, _choose(season, other).p_match)
