"""Step 3: from eligibility to the result, and which programs the result reaches in time.

Lag and closures: rules S3-SCORE and S3-WHERE; the rest of the numbers: ``step3.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from visamatch.evidence.assessment import Assessment
from visamatch.evidence.statement import VisaPolicy
from visamatch.rules.book import number, value
from visamatch.rules.exams import latest_sitting
from visamatch.schedule.book import table
from visamatch.schedule.calendar import CONDITIONS, Anchors, Calendar, shift
from visamatch.workspace.profile import Profile

DAY = timedelta(days=1)
Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Demand:
    """When one program needs the result, and whether it will be there.

    ``rule`` is a key of ``step3.yaml``, ``date`` for a day the program names, or ``unknown`` (then the
    rank list deadline is the day to plan for). ``latest`` is the last safe second exam day, ``chance``
    that of the planned sitting. ``result`` is when the planned sitting's result comes.
    """

    program_id: str
    rule: str
    needed_by: date
    statement_id: str
    latest: date
    chance: float
    result: Span

    @property
    def at_risk(self) -> bool:
        """May the result come after the day it is needed?"""
        return self.result[1] > self.needed_by


@dataclass(frozen=True, slots=True)
class Step3Plan:
    """The plan: ``needed`` is False where Step 3 decides nothing; ``sits`` the planned second day."""

    needed: bool
    passed: bool
    booked: bool
    ready: Span
    sits: date
    result: Span
    last_for_ranking: date
    chance_for_ranking: float
    demands: tuple[Demand, ...]

    @property
    def at_risk(self) -> tuple[Demand, ...]:
        """The programs that the result may not reach in time."""
        return tuple(demand for demand in self.demands if demand.at_risk and not self.passed)

    @property
    def verdict(self) -> str:
        """One sentence: what to do about Step 3, by when."""
        if not self.needed:
            return "Step 3 decides nothing in your visa plan."
        if self.passed:
            return "Step 3 is passed: tell every program that asks for it."
        if self.sits > self.last_for_ranking:
            lead = "Your sitting comes" if self.booked else "You can hardly sit before"
            end = "after" if self.booked else "which is after"
            return (
                f"{lead} {'on ' * self.booked}{self.sits}, {end} {self.last_for_ranking}, the last safe day"
                " for this rank list: count on programs that ask later, and on J-1 where you can."
            )
        return (
            f"Sit the second day by {self.last_for_ranking}: then the result is there when rank lists"
            f" close. As early as {self.ready[0]} may be possible; {self.sits} is a careful plan."
        )


def step3_plan(profile: Profile, plan: Calendar, programs: Iterable[Assessment]) -> Step3Plan:
    """Plan Step 3 for a person, a season and the programs that matter to them."""
    exam = profile.applicant.exams.step3
    passed = exam.status == "passed"
    booked = date.fromisoformat(exam.date) if exam.date and not passed else None
    booked = booked if booked and booked >= plan.today else None
    ready = _ready(profile, plan.today)
    sits = booked or _open_day(ready[1], +1)
    days = [day for day, _ in results(sits)]
    needed_for_list = plan.anchors["rol_deadline"].date
    demands = (_demand(each, plan.anchors, sits) for each in programs)
    return Step3Plan(
        needed=CONDITIONS["h1b_open"](profile) and not profile.us_graduate,
        passed=passed,
        booked=booked is not None,
        ready=ready,
        sits=sits,
        result=(days[0], days[-1]),
        last_for_ranking=safe_sitting(needed_for_list),
        chance_for_ranking=chance(sits, needed_for_list),
        demands=tuple(sorted(demands, key=lambda each: (each.needed_by, each.program_id))),
    )


def results(sits: date) -> list[tuple[date, float]]:
    """The days on which the result of a sitting may come, with their chances (they sum to 1)."""
    book = table("step3")
    first, last = (
        sits + timedelta(number("S3-SCORE", key)) for key in ("shortest_days", "longest_days")
    )
    usual = [day for day in _days(first, last) if day.weekday() == book["reported_on"]]
    late = book["late"]
    found = [(_reporting_day(day), (1 - late["share"]) / len(usual)) for day in usual]
    found.append((_reporting_day(usual[-1] + timedelta(late["days"])), late["share"]))
    if sits.month in value("S3-SCORE", "delay_months"):
        winter = book["winter"]
        until = [max(_in_year(day, sits.year), found[0][0]) for day in winter["until"]]
        found = [(day, share * (1 - winter["share"])) for day, share in found]
        found += [(day, winter["share"] / len(until)) for day in until]
    return sorted(found)


def chance(sits: date, needed_by: date) -> float:
    """Chance that the result of a sitting is there on a day (that day counts as in time)."""
    return round(sum(share for day, share in results(sits) if day <= needed_by), 3)


def safe_sitting(needed_by: date) -> date:
    """The last second exam day whose result comes in the usual four weeks, holidays counted."""
    usual = 1 - table("step3")["late"]["share"]
    day = _open_day(latest_sitting(needed_by), -1)
    while chance(day, needed_by) < usual:
        day = _open_day(day - DAY, -1)
    return day


def _ready(profile: Profile, today: date) -> Span:
    """Earliest second exam day, quick and slow: from the certificate, permit, seat, two days."""
    certified = profile.applicant.ecfmg.certified_on
    start = max(today, date.fromisoformat(certified)) if certified else today
    low, high = (
        sum(table("step3")[step]["days"][at] for step in ("permit", "seat", "exam"))
        for at in (0, 1)
    )
    return start + timedelta(low), start + timedelta(high)


def _demand(item: Assessment, anchors: Anchors, sits: date) -> Demand:
    rule, statement = _own_rule(item)
    book = table("step3")["rules"]
    if rule in book:
        anchor, offset = book[rule].split()
        needed_by = shift(anchors[anchor].date, offset)
    else:  # a month and day of the season
        match_year = anchors["match_day"].date.year
        rule, needed_by = "date", _in_year(rule, match_year - (int(rule[:2]) >= 7))
    days = [day for day, _ in results(sits)]
    return Demand(
        program_id=item.program.program_id,
        rule=rule,
        needed_by=needed_by,
        statement_id=statement,
        latest=safe_sitting(needed_by),
        chance=chance(sits, needed_by),
        result=(days[0], days[-1]),
    )


def _own_rule(item: Assessment) -> tuple[str, str]:
    """The nearest and newest word of the program or its institution on Step 3."""
    known = table("step3")["words"]
    for weighed in item.statements:
        policy = weighed.statement.value
        if weighed.reach not in ("program", "institution") or not isinstance(policy, VisaPolicy):
            continue
        said = policy.detail("step3_deadline") or policy.detail("step3")
        for word in (said, *policy.conditions):
            rule = known.get(word, word if word[:2].isdigit() else "")
            if rule:
                return rule, weighed.statement.statement_id
    return "unknown", ""


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(ahead) for ahead in range((last - first).days + 1)]


def _in_year(text: str, year: int) -> date:
    return date.fromisoformat(f"{year}-{text}")


def _reporting_day(day: date) -> date:
    """The day itself, or a week later while no results are reported around the holidays."""
    quiet = table("step3")["quiet"]
    while f"{day:%m-%d}" >= quiet["from"] or f"{day:%m-%d}" <= quiet["to"]:
        day += timedelta(7)
    return day


def _open_day(day: date, step: int) -> date:
    """The nearest day, forwards or backwards, on which Step 3 is given at all."""
    while day.month == 1 and day.day <= number("S3-WHERE", "january_closed_days"):
        day += timedelta(step)
    return day
