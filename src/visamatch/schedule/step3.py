"""Step 3: from eligibility to the result, and which programs the result reaches in time.

Lag and closures: rules S3-SCORE and S3-WHERE; the rest of the numbers: ``step3.yaml``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from visamatch.directory.programs import directory
from visamatch.evidence.ages import last_day
from visamatch.evidence.ledger import Bearing, ledger, own_statement
from visamatch.evidence.statement import VisaPolicy
from visamatch.facts.tables import Program
from visamatch.rules.book import number, value
from visamatch.rules.exams import latest_sitting
from visamatch.schedule.book import table
from visamatch.schedule.calendar import CONDITIONS, Calendar, Span, shift
from visamatch.workspace.document import OwnStatement
from visamatch.workspace.profile import Profile


@dataclass(frozen=True, slots=True)
class Demand:
    """When one program needs the result, and whether it will be there.

    ``rule`` is a key of ``step3.yaml``, ``date`` for a day the program names, or ``unknown`` (then the
    rank list deadline is the day to plan for). ``latest`` is the last safe second exam day, ``chance``
    that of the planned sitting; ``at_risk`` when its result may come after ``needed_by``.
    """

    program_id: str
    rule: str
    needed_by: date
    statement_id: str
    latest: date
    chance: float
    at_risk: bool


@dataclass(frozen=True, slots=True)
class Step3Plan:
    """``ready``: earliest second exam day, with luck and with care; ``sits`` and ``result``: planned."""

    verdict: str
    needed: bool
    passed: bool
    booked: bool
    ready: Span
    sits: date
    result: Span
    last_for_ranking: date
    chance_for_ranking: float
    demands: tuple[Demand, ...]


def step3_plan(
    profile: Profile, plan: Calendar, programs: Iterable[Program], own: Iterable[OwnStatement] = ()
) -> Step3Plan:
    """Plan Step 3 for a person, a season and the programs that matter; ``own`` joins the ledger."""
    exam = profile.applicant.exams.step3
    passed, booked = exam.status == "passed", exam.date or ""
    sitting = date.fromisoformat(booked) if booked >= plan.today.isoformat() else None
    ready = _ready(profile, plan.today)
    sits = sitting or _open_day(ready[1], +1)
    result = results(sits)[0][0], results(sits)[-1][0]
    list_day = plan.anchors["rol_deadline"].date
    claims = ledger().joined_by(own_statement(each) for each in own)
    demands = [
        _demand(
            each,
            claims.bearing_on(each, directory()),
            plan,
            sits,
            plan.today if passed else result[1],
        )
        for each in programs
    ]
    last, needed = safe_sitting(list_day), CONDITIONS["step3_matters"](profile)
    late = "booked" if sitting else "race" if ready[0] <= last else "after"
    key = "none" if not needed else "passed" if passed else late if sits > last else "safe"
    return Step3Plan(
        verdict=table("step3")["verdicts"][key].format(sits=sits, last=last, first=ready[0]),
        needed=needed,
        passed=passed,
        booked=sitting is not None,
        ready=ready,
        sits=sits,
        result=result,
        last_for_ranking=last,
        chance_for_ranking=chance(sits, list_day),
        demands=tuple(sorted(demands, key=lambda each: (each.needed_by, each.program_id))),
    )


def results(sits: date) -> list[tuple[date, float]]:
    """The days on which the result of a sitting may come, with their chances (they sum to 1)."""
    book = table("step3")
    first, last = (number("S3-SCORE", key) for key in ("shortest_days", "longest_days"))
    days = [sits + timedelta(ahead) for ahead in range(first, last + 1)]
    usual = [day for day in days if day.weekday() == book["reported_on"]]
    late, winter = book["late"], book["winter"]
    found = [(_reporting_day(day), (1 - late["share"]) / len(usual)) for day in usual]
    found.append((_reporting_day(usual[-1] + timedelta(late["days"])), late["share"]))
    if sits.month in value("S3-SCORE", "delay_months"):
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
        day = _open_day(day - timedelta(1), -1)
    return day


def _ready(profile: Profile, today: date) -> Span:
    """Earliest second exam day: certificate, permit, seat, two days, each quick and slow."""
    start = max(today.isoformat(), profile.applicant.ecfmg.certified_on or "")
    ranges = [table("step3")[step]["days"] for step in ("permit", "seat", "exam")]
    low, high = (sum(ends) for ends in zip(*ranges, strict=True))
    return date.fromisoformat(start) + timedelta(low), date.fromisoformat(start) + timedelta(high)


def _demand(
    program: Program, bearing: list[Bearing], plan: Calendar, sits: date, result: date
) -> Demand:
    rule, statement = _own_rule(bearing)
    book = table("step3")["rules"]
    if rule in book:
        anchor, offset = book[rule].split()
        needed_by = shift(plan.anchors[anchor].date, offset)
    else:  # a month and day of the season
        rule, needed_by = "date", _in_year(rule, plan.cycle - (int(rule[:2]) >= 7))
    return Demand(
        program_id=program.program_id,
        rule=rule,
        needed_by=needed_by,
        statement_id=statement,
        latest=safe_sitting(needed_by),
        chance=chance(sits, needed_by),
        at_risk=result > needed_by,
    )


def _own_rule(bearing: list[Bearing]) -> tuple[str, str]:
    """The word of the program, else of its institution, on Step 3; the newest first."""
    known = table("step3")["words"]
    newest = sorted(bearing, key=lambda each: last_day(each[0].as_of) or date.min, reverse=True)
    near = [claim for wanted in ("program", "institution") for claim, at in newest if at == wanted]
    for claim in near:
        policy = claim.value
        if isinstance(policy, VisaPolicy):
            said = policy.detail("step3_deadline") or policy.detail("step3")
            for word in (said, *policy.conditions):
                if rule := known.get(word, word if word[:2].isdigit() else ""):
                    return rule, claim.statement_id
    return "unknown", ""


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
