"""The ways to work or train as a whole: H-1B with all its conditions together, TN, E-3 and O-1."""

from __future__ import annotations

from visamatch.rules.book import value, words
from visamatch.rules.case import Facts
from visamatch.rules.credentials import h1b_exam, h1b_license
from visamatch.rules.money import cap_start, h1b_cap
from visamatch.rules.person import duty, patient_care
from visamatch.rules.ruling import Ruling
from visamatch.rules.status import barred_after_waiver, bound_by_duty, h1b_clock
from visamatch.rules.waivers import service_owed

CLOCK_FACTS = ("used_months", "l_used_months", "sixth_year_ends_on")


def h1b(f: Facts) -> Ruling:
    """May this H-1B petition be approved for this job and start date, all conditions together?"""
    r = Ruling()
    r.join(h1b_exam(f))
    if f.known("license"):
        r.join(h1b_license(f))
    bound = bound_by_duty(f, r).bound
    if f.text("petition.processing") == "change_of_status":
        if bound:
            r.block("change_of_status_barred")
        barred_after_waiver(f, r)
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


def tn(f: Facts) -> Ruling:
    """Is TN possible for this job?"""
    r = Ruling()
    r.cite("TN")
    _citizens_of(f, "TN", r)
    care, share = patient_care(f), f.number("program.patient_care_share")
    if share is not None and share > value("TN", "most_patient_care"):
        care = "direct"
    known = f.known("program.role") or f.known("program.level") or f.known("program.patient_care")
    if not known and share is None:
        r.doubt("fact_missing")
    elif care == "direct" or f.text("program.role") == "clinical":
        r.block("tn_teaching_or_research_only")
    elif care is None and f.text("program.role") is None:
        r.doubt("fact_missing")
    return r


def _citizens_of(f: Facts, rule_id: str, r: Ruling) -> None:
    papers = f.items("applicant.citizenship")
    if papers is None:
        r.doubt("fact_missing")
    elif not words(rule_id, "citizens_of").intersection(papers):
        r.block("citizenship_not_eligible")


def e3(f: Facts) -> Ruling:
    """Is E-3 possible for this job (nationality, kind of job, numbers)?"""
    r = Ruling()
    r.cite("E3")
    _citizens_of(f, "E3", r)
    return r


def o1(f: Facts) -> Ruling:
    """Is O-1 possible, and how?"""
    r = Ruling()
    r.cite("O1")
    evidence = f.flag("applicant.extraordinary_ability_evidence")
    if evidence is None:
        r.doubt("fact_missing")
    elif not evidence:
        r.answered = "blocked"  # no code names this lack
    owes = duty(f)
    inside = f.text("petition.processing") == "change_of_status"
    if owes.bound:
        r.cite("J1-212E")
        add = r.block if inside else r.require
        add("visa_must_be_obtained_abroad")
        if inside:
            r.block("change_of_status_barred")
        r.note("two_year_requirement")
    elif owes.bound is None:
        r.doubt("fact_missing", "J1-212E")
    if inside:
        barred_after_waiver(f, r)
    return r
