"""Waivers of the two-year requirement, Conrad 30, and the green card."""

from __future__ import annotations

from visamatch.rules.book import number, words
from visamatch.rules.case import Facts
from visamatch.rules.entry import benefit_hold, immigrant_visa_at_consulate
from visamatch.rules.person import duty, resident
from visamatch.rules.ruling import Ruling, standing
from visamatch.rules.status import bound_by_duty


def waiver_ground(f: Facts) -> Ruling:
    """Is this ground for a waiver of the two-year requirement legally available?"""
    r = Ruling()
    r.cite("J1-WAIVE", "J1-WCAP")
    ground = f.text("waiver.ground")
    service = ground in words("J1-WAIVE", "service")
    physician = f.text("applicant.j1.category") in (None, "none", "physician")
    basis = f.text("waiver.persecution_basis")
    if ground in (None, "none"):
        r.doubt("fact_missing")
        return r
    closed_to_physicians = ground == "no_objection" and physician
    closed_to_others = ground == "conrad30" and not physician
    no_basis = ground == "persecution" and basis not in (
        None,
        *words("J1-WAIVE", "persecution_bases"),
    )
    if closed_to_physicians or closed_to_others or no_basis:
        r.block("waiver_ground_not_available")
    if ground == "conrad30":
        _authorized(f, r)
    r.give(cap_exemption=service and physician)
    return r


def _authorized(f: Facts, r: Ruling) -> None:
    """Conrad 30 lives on renewed authorizations."""
    authorized = f.flag("waiver.program_authorized")
    if authorized is False:
        r.block("waiver_ground_not_available", "J1-CONRADSUN")
    elif authorized is None and standing(f, "J1-CONRADSUN", f.asked_on) == "stale":
        r.doubt("source_too_old", "J1-CONRADSUN")


def conrad30(f: Facts) -> Ruling:
    """Does this service plan fit a Conrad 30 waiver, and in which kind of slot?"""
    r = Ruling()
    r.cite("J1-CONRAD")
    if f.text("applicant.j1.category") not in (None, "none", "physician"):
        r.block("waiver_ground_not_available", "J1-WAIVE")
    _authorized(f, r)
    if f.flag("waiver.program_authorized") is False:
        r.block("no_slot_left")
    _service(f, r)
    _slot(f, r)
    return r


def _service(f: Facts, r: Ruling) -> None:
    months, starts = f.number("waiver.service_months"), f.number("waiver.service_start_days")
    if starts is not None and starts > number("J1-CONRAD", "start_days"):
        r.block("service_start_too_late")
    if months is None:
        r.doubt("fact_missing")
    elif months < number("J1-CONRAD", "service_months"):
        r.block("service_too_short")
    if f.flag("waiver.full_time") is False:
        r.block("service_not_full_time")
    if f.text("program.level") in ("residency", "fellowship"):
        r.block("site_not_eligible", "TR-J1H1")


def _slot(f: Facts, r: Ruling) -> None:
    inside = f.flag("waiver.site_in_shortage_area")
    inside = f.flag("employer.in_shortage_area") if inside is None else inside
    serves = f.flag("waiver.serves_shortage_area_patients")
    if inside:
        r.give(slot="standard")
    elif serves:
        r.give(slot="flex")
        left = f.number("waiver.flex_slots_left")
        if left is not None and left < 1:
            r.block("no_slot_left")
    elif inside is False and serves is False:
        r.block("site_not_eligible")
    else:
        r.doubt("fact_missing")


def service_owed(f: Facts) -> bool | None:
    """Is service for a waiver still owed? False without a service waiver, None when unknown."""
    if not duty(f).by_service:
        return False
    done = f.number("applicant.j1.service_months_done")
    return None if done is None else done < number("J1-3YAOS", "service_months")


def green_card(f: Facts) -> Ruling:
    """May the step named in ``green_card`` be taken now?"""
    r = Ruling()
    step, basis = f.text("green_card.step"), f.text("green_card.basis")
    if resident(f):
        r.cite("LPR")
        return r
    if step in (None, "none"):
        r.doubt("fact_missing")
    if basis == "physician_niw":
        _physician_niw(f, r)
    if basis == "perm":
        _permanent_license(f, r)
    if step in ("i485", "immigrant_visa"):
        _last_step(f, basis, r)
    if step == "i485":
        _adjustment(f, basis, r)
    elif step == "immigrant_visa":
        r.join(immigrant_visa_at_consulate(f))
    return r


def _physician_niw(f: Facts, r: Ruling) -> None:
    r.cite("PNIW")
    months, full_time = f.number("green_card.commitment_months"), f.flag("green_card.full_time")
    site = f.flag("green_card.site_in_shortage_area")
    site = f.flag("employer.in_shortage_area") if site is None else site
    if months is not None and months < number("PNIW", "service_months"):
        r.block("service_too_short")
    if full_time is False:
        r.block("service_not_full_time")
    if site is False or f.flag("green_card.public_interest_letter") is False:
        r.block("site_not_eligible")
    if f.text("green_card.step") == "i140" and None in (months, site):
        r.doubt("fact_missing")


def _permanent_license(f: Facts, r: Ruling) -> None:
    kind, status = f.text("license.kind"), f.text("license.status")
    if kind == "training" or status in ("applied", "not_applied"):
        r.block("state_license_missing", "PERMLIC")


def _last_step(f: Facts, basis: str | None, r: Ruling) -> None:
    bound_by_duty(f, r)
    owed = service_owed(f)
    if owed:
        r.block("waiver_service_incomplete", "J1-3YAOS")
    elif owed is None:
        r.doubt("fact_missing", "J1-3YAOS")
    r.cite("GC-NUMBER")
    number_there = f.flag("applicant.i140.visa_number_available")
    if basis == "marriage_to_us_citizen":
        return
    if number_there is False:
        r.block("visa_number_not_available")
    elif number_there is None:
        r.doubt("fact_missing")


def _adjustment(f: Facts, basis: str | None, r: Ruling) -> None:
    status = f.text("applicant.us_status")
    if f.text("applicant.location") == "abroad":
        r.block("visa_must_be_obtained_abroad")
    lost = status == "out_of_status" or f.flag("applicant.status_maintained") is False
    if lost and basis != "marriage_to_us_citizen":
        r.block("not_in_status")
    held = Ruling()
    benefit_hold(f, f.filed_on, held)
    held.conditions, held.blockers = held.blockers, []  # filed it may be; decided it is not
    r.join(held)
