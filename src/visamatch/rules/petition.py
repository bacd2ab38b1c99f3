"""The H-1B petition as a whole: exams, license, two-year requirement, clock and cap together."""

from __future__ import annotations

from visamatch.rules.case import Facts
from visamatch.rules.credentials import h1b_exam, h1b_license
from visamatch.rules.money import cap_start, h1b_cap
from visamatch.rules.person import duty, service_owed
from visamatch.rules.ruling import Ruling
from visamatch.rules.status import h1b_clock
from visamatch.rules.tables import apply, question

CLOCK_FACTS = ("used_months", "l_used_months", "sixth_year_ends_on")


@question
def h1b(f: Facts) -> Ruling:
    """May this H-1B petition be approved for this job and start date, all conditions together?"""
    r = Ruling()
    r.join(h1b_exam(f))
    if f.known("license"):
        r.join(h1b_license(f))
    apply("bound_by_duty", f, r)
    if f.text("petition.processing") == "change_of_status":
        if duty(f).bound:
            r.block("change_of_status_barred")
        apply("barred_after_waiver", f, r)
    _waiver_service(f, r)
    if any(f.known(f"applicant.h1b.{fact}") for fact in CLOCK_FACTS):
        r.join(h1b_clock(f, f.number("petition.requested_months")))
    _cap(f, r)
    return r


def _waiver_service(f: Facts, r: Ruling) -> None:
    """A waiver for service leads to the service job; training comes after it."""
    if f.text("program.level") not in ("residency", "fellowship"):
        return
    owed = service_owed(f)
    if owed:
        r.block("waiver_service_incomplete", "TR-J1H1")
    elif owed is None:
        r.doubt("fact_missing", "TR-J1H1")


def _cap(f: Facts, r: Ruling) -> None:
    cap = h1b_cap(f)
    if cap.answered == "yes" and not cap.doubts:
        first = cap_start(f)
        r.give(earliest_start_date=first)
        r.cite("H1B-CAPSEASON")
        start = f.day("program.start_date")
        if start and start < first:
            cap.conditions.remove("cap_subject")
            r.block("cap_subject")
    r.join(cap)
