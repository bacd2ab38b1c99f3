"""The USMLE: who may sit a Step, and when the Step 3 score comes."""

from datetime import date, timedelta

from visamatch.rules.book import number, value
from visamatch.rules.case import Facts
from visamatch.rules.days import DAY, add_months
from visamatch.rules.person import STEPS, attempts_made, attempts_used_up, passed
from visamatch.rules.ruling import Ruling
from visamatch.rules.tables import apply, question


@question
def usmle_eligibility(f: Facts, r: Ruling) -> None:
    """May the person sit the Step in ``exam`` (on its date and place, if given)?"""
    step = f.text("exam.step")
    if step not in STEPS:
        r.doubt("fact_missing")
        return
    r.cite("USMLE-4", "USMLE-3IN12")
    if any(attempts_used_up(f, name) for name in STEPS):
        r.block("attempt_limit_reached")
    made = attempts_made(f, step)
    if passed(f, step, f.asked_on):
        r.block("attempt_limit_reached")  # a Step that is passed is not sat again
    else:
        r.give(attempts_left=max(0, number("USMLE-4", "attempts") - made))
        _spacing(f, step, made, r)
    if step == "step3":
        apply("step3_conditions", f, r)


def _spacing(f: Facts, step: str, made: float, r: Ruling) -> None:
    if made != number("USMLE-3IN12", "free_attempts"):
        return
    first, last = _sittings(f, step)
    after_first = add_months(first, number("USMLE-3IN12", "months_after_first")) if first else None
    after_last = add_months(last, number("USMLE-3IN12", "months_after_last")) if last else None
    earliest = max((day for day in (after_first, after_last) if day), default=None)
    sits = f.day("exam.date") or f.asked_on
    if earliest is None or first is None or sits < earliest:
        r.require("retake_wait")
    if first is None:
        r.require("fact_missing")
    else:
        r.give(earliest_date=earliest)


def _sittings(f: Facts, step: str) -> tuple[date | None, date | None]:
    """First and last attempt, as far as stated; a date of a month counts as its last day."""
    days = f.items(f"applicant.exams.{step}.sittings")
    if days:
        return min(days), max(days)
    last = f.span(f"applicant.exams.{step}.last_attempt_on")
    return None, last[1] if last else None


@question
def step3_timing(f: Facts, r: Ruling) -> None:
    """Will the Step 3 score be there by ``exam.score_needed_by`` (that day counts as in time)?"""
    r.cite("S3-SCORE")
    needed = f.day("exam.score_needed_by")
    if needed is None:
        r.doubt("fact_missing")
        return
    r.give(latest_sitting_date=latest_sitting(needed))
    if passed(f, "step3", needed):
        return
    sits = f.day("exam.date") or f.day("applicant.exams.step3.date")
    if sits is None:
        r.doubt("fact_missing")
    elif sits + _reporting("shortest_days") > needed:
        r.block("score_may_come_late")
    elif sits + _reporting("longest_days") > needed or _delayed(sits, needed):
        r.require("score_may_come_late")


def latest_sitting(needed: date) -> date:
    """Last day to sit Step 3 for a score that is surely in time, known delays counted.

    >>> latest_sitting(date(2027, 3, 3))
    datetime.date(2026, 12, 31)
    """
    latest = needed - _reporting("longest_days")
    if _delayed(latest, needed):
        return date(latest.year, min(value("S3-SCORE", "delay_months")), 1) - DAY
    return latest


def _reporting(key: str) -> timedelta:
    return timedelta(days=number("S3-SCORE", key))


def _delayed(sits: date, needed: date) -> bool:
    """Does the early-year delay reach this sitting, and last beyond the day of need?"""
    month, day = map(int, value("S3-SCORE", "delay_over").split("-"))
    over = date(sits.year, month, day)
    return sits.month in value("S3-SCORE", "delay_months") and needed < over
