"""Status and time: clocks, two-year requirement, change of status, work without a sponsor."""

from __future__ import annotations

from datetime import date, timedelta

from visamatch.rules.book import number, value, words
from visamatch.rules.case import Facts
from visamatch.rules.days import DAY, add_months, whole_months
from visamatch.rules.entry import benefit_hold
from visamatch.rules.person import J_STATUS, Duty, duty, patient_care, resident, school
from visamatch.rules.ruling import Ruling, standing


def training_months(f: Facts) -> list[float]:
    """Months of the training, a stage each; empty when nothing is said of its length."""
    length = f.number("program.length_months")
    if length is not None:
        return [length]
    stages = f.items("program.stages") or ()
    return [stage["length_months"] for stage in stages if stage.get("length_months") is not None]


def h1b_clock(f: Facts, asked_months: float | None = None) -> Ruling:
    """Is there H-1B time for the whole training, with recapture, reset and extensions?"""
    r = Ruling()
    r.cite("H1B-6YR")
    available = _h1b_months(f, r)
    if available is None:
        r.doubt("fact_missing")
        return r
    stages = [asked_months] if asked_months is not None else training_months(f)
    needed = sum(stages)
    r.give(months_available=available)
    beyond = needed > available if stages else available <= 0
    extended = beyond and _extension(f, available, r)
    if stages:
        fits = needed if extended else available
        within = [n for n in range(len(stages) + 1) if sum(stages[:n]) <= fits]
        r.give(shortfall_months=max(0, needed - fits), stages_that_fit=within[-1])
    return r


def _h1b_months(f: Facts, r: Ruling) -> float | None:
    """Months left at the start; after a reset the six new years."""
    most = number("H1B-6YR", "maximum_months")
    used = f.number("applicant.h1b.used_months")
    l_used = f.number("applicant.h1b.l_used_months")
    ends = f.day("applicant.h1b.sixth_year_ends_on")
    left: float | None = None
    if used is None and ends is None and isinstance(f.raw("applicant.h1b"), dict):
        used = 0 if l_used is not None or f.known("applicant.h1b.h4_months") else None
    if used is not None:
        back = f.number("applicant.h1b.recapturable_months") or 0
        left = max(0, min(most, most - used - (l_used or 0) + back))
        r.cite(
            *["H1B-RECAP"] * bool(back), *["H1B-H4TIME"] * bool(f.number("applicant.h1b.h4_months"))
        )
    elif ends is not None:
        back = f.number("applicant.h1b.recapturable_months") or 0
        left = whole_months(f.start, ends) + back
    if left is not None and _year_abroad(f):
        r.cite("H1B-RESET")
        r.give(months_remainder=left)
        return left if f.text("petition.h1b_time_basis") == "remainder" else most
    return left


def _year_abroad(f: Facts) -> bool:
    needed = number("H1B-RESET", "months_abroad")
    months = f.number("applicant.h1b.continuous_months_abroad")
    ended = f.day("applicant.h1b.last_stay_ended_on")
    if months is None and ended and f.text("applicant.location") != "us":
        return f.start > add_months(ended, needed)
    return (months or 0) >= needed


def _extension(f: Facts, available: float, r: Ruling) -> bool:
    """Is time past year six open? Says why not where it is not."""
    ends = f.day("applicant.h1b.sixth_year_ends_on")
    past = max(f.start, ends + DAY if ends else add_months(f.start, int(available)))
    filed = _green_card_filed(f)
    wait = timedelta(days=number("H1B-AC21-1Y", "days_since_filing"))
    own = f.text("applicant.i140.of") != "principal"
    approved = own and f.flag("applicant.i140.approved")
    numbered = f.flag("applicant.i140.visa_number_available")
    if filed:
        r.give(
            days_since_perm=(f.start - filed).days, extension_possible_from=max(past, filed + wait)
        )
    if approved and numbered is False:
        r.give(extension_months=number("H1B-AC21-3Y", "extension_months"))
        r.cite("H1B-AC21-3Y")
        return True
    r.cite("H1B-AC21-1Y")
    if filed and past - filed >= wait:
        r.give(extension_months=number("H1B-AC21-1Y", "extension_months"))
        return True
    if filed and not (approved and numbered is None):
        r.block("perm_under_365_days")
        r.block("six_year_limit")
    elif _time_unknown(f) or approved:
        r.doubt("fact_missing")
    else:
        r.block("six_year_limit")
    return False


def _green_card_filed(f: Facts) -> date | None:
    own = f.text("applicant.i140.of") != "principal"
    days = [f.day("applicant.perm_filed_on"), f.day("applicant.i140.filed_on") if own else None]
    return min((day for day in days if day), default=None)


def _time_unknown(f: Facts) -> bool:
    """Could facts that nobody stated still give the time: days abroad, or a green card step?"""
    steps = f.known("applicant.perm_filed_on") or f.known("applicant.i140")
    used = f.number("applicant.h1b.used_months")
    return not steps or bool(used and not f.known("applicant.h1b.recapturable_months"))


def j1_clock(f: Facts) -> Ruling:
    """Does the training fit in the J-1 physician maximum?"""
    r = Ruling()
    r.cite("J1-7Y")
    used = f.number("applicant.j1.sponsorship_months_used")
    other = f.text("applicant.j1.category") not in (None, "none", "physician")
    never = not f.known("applicant.j1") and f.text("applicant.us_status") not in J_STATUS
    if never or other or f.flag("applicant.j1.as_dependent"):
        used = 0
    if used is None:
        r.doubt("fact_missing")
        return r
    available = max(0, number("J1-7Y", "maximum_months") - used)
    stages = training_months(f)
    needed = sum(stages)
    short = needed > available if stages else available <= 0
    if short and f.flag("applicant.j1.exceptional_need_approved"):
        short, needed = False, min(needed, available)
    if short:
        r.block("seven_year_limit")
    r.give(
        months_available=available, shortfall_months=max(0, needed - available) if stages else None
    )
    return r


def j1_specialty_change(f: Facts) -> Ruling:
    """Do number and time limits allow this change of specialty?"""
    r = Ruling()
    r.cite("J1-SPEC")
    changes = f.number("applicant.j1.specialty_changes")
    months = f.number("applicant.j1.sponsorship_months_used")
    if changes is not None and changes >= number("J1-SPEC", "changes"):
        r.block("specialty_change_used")
    if months is not None and months > number("J1-SPEC", "within_months"):
        r.block("specialty_change_too_late")
    if changes is None or months is None:
        r.doubt("fact_missing")
    return r


def admission_period(f: Facts) -> Ruling:
    """For how long is the person admitted: for duration of status or to a fixed date?"""
    r = Ruling()
    r.say("value", "DS-RULE")
    wanted = f.visa_class or f.text("applicant.us_status")
    day = f.day("visa.admission_on") or f.asked_on
    if wanted is None or ("-" not in wanted and wanted != "TN"):
        r.doubt("fact_missing")
    elif wanted[0] not in words("DS-RULE", "classes"):
        r.give(admission="fixed_date")
    elif standing(f, "DS-RULE", day) == "stale":
        r.doubt("source_too_old")
    else:
        r.give(admission="duration_of_status")
    return r


def two_year_requirement(f: Facts) -> Ruling:
    """Does the two-year home residence requirement bind this person now?"""
    r = Ruling()
    owes = duty(f)
    bound = owes.bound if f.known("applicant.j1") else None
    physician = f.text("applicant.j1.category") in (None, "none", "physician")
    r.say("yes" if bound else "no", "J1-212E" if physician else "TR-SKILL")
    if bound is None:
        r.doubt("fact_missing")
    elif bound:
        r.require("two_year_requirement")
    r.give(months_remaining=owes.months_remaining)
    return r


def bound_by_duty(f: Facts, r: Ruling) -> Duty:
    """Block where the two-year requirement binds, doubt where it may."""
    owes = duty(f)
    if owes.bound:
        r.block("two_year_requirement", "J1-212E", "TR-J1H1")
    elif owes.bound is None:
        r.doubt("fact_missing", "J1-212E")
    return owes


def change_of_status(f: Facts) -> Ruling:
    """May the change be granted inside the US: status held, no gap, no duty, no hold?"""
    r = Ruling()
    r.note("do_not_travel", "COS")
    if bound_by_duty(f, r).bound:
        r.block("change_of_status_barred")
        if f.visa_class == "O-1":
            r.block("visa_must_be_obtained_abroad", "O1")
    barred_after_waiver(f, r)
    _status_at_filing(f, r)
    benefit_hold(f, f.filed_on, r)
    return r


def barred_after_waiver(f: Facts, r: Ruling) -> None:
    """Physicians in J status waived for anything but service change no status in the US."""
    owes = duty(f)
    in_j = f.text("applicant.us_status") in J_STATUS
    physician = f.text("applicant.j1.category") == "physician"
    if in_j and physician and owes.bound is False and owes.ground and not owes.by_service:
        r.block("change_of_status_barred", "J1-WCOS")
        r.block("visa_must_be_obtained_abroad")


def _status_at_filing(f: Facts, r: Ruling) -> None:
    status = f.text("applicant.us_status")
    ends = _status_ends(f)
    lost = status == "out_of_status" or f.flag("applicant.status_maintained") is False
    if f.text("applicant.location") == "abroad":
        r.block("not_in_status")
        r.block("visa_must_be_obtained_abroad")
    elif lost or (ends and ends < f.filed_on):
        r.block("not_in_status")
    elif status is None and f.flag("applicant.status_maintained") is None:
        r.doubt("fact_missing")
    elif ends and f.known("program.start_date") and f.start > ends + DAY:
        r.require("status_gap_before_start")


def _status_ends(f: Facts) -> date | None:
    """End of the present status; for a J-1 with D/S, of the days after the program."""
    ends = f.day("applicant.status_expires_on")
    program = f.day("applicant.j1.program_ended_on")
    if ends is None and program and f.text("applicant.us_status") == "J-1":
        return program + timedelta(days=number("J1-GRACE", "days"))
    return ends


def ead(f: Facts) -> Ruling:
    """May the person do this work on this day on a permit or incident to status?"""
    r = Ruling()
    day = f.day("activity.date") or f.start
    if resident(f):
        r.cite("LPR")
        r.give(ead_needed=False)
        return r
    r.cite("EAD")
    if _incident_to_status(f):
        r.give(ead_needed=False)
        ends = f.day("applicant.status_expires_on")
        if ends and ends < day:
            r.block("not_in_status")
        return r
    r.give(ead_needed=True)
    if f.none("applicant.ead") or (not f.known("applicant.ead") and _needs_sponsor(f)):
        r.block("ead_missing")
    elif not f.known("applicant.ead"):
        r.doubt("fact_missing")
    else:
        _on_permit(f, day, r)
    return r


def _incident_to_status(f: Facts) -> bool:
    return (
        f.text("applicant.i94_class") in words("EAD", "incident_classes")
        or f.text("applicant.ead.basis") == "asylee_refugee"
    )


def _needs_sponsor(f: Facts) -> bool:
    """Statuses in which nobody works without a sponsor or a permit."""
    return f.text("applicant.us_status") not in (None, "L-2", "E-3")


def _on_permit(f: Facts, day: date, r: Ruling) -> None:
    basis = f.text("applicant.ead.basis") or "other"
    finite = basis in words("EAD", "finite_bases")
    if basis == "h4":
        r.cite("H4-EAD")
    if basis == "opt" and school(f) in ("foreign", "canadian") and patient_care(f) == "direct":
        r.block(
            "ead_missing", "OPT"
        )  # practical training is for the US degree, not for a foreign one
    ends = permit_ends(f, basis)
    if ends is None:
        _permit_months(f, finite, r)
        return
    if ends < day:
        r.block("ead_expired")
        return
    lasts = whole_months(day, ends)
    months = training_months(f)
    covered = min(lasts, sum(months)) if months else lasts
    r.give(months_covered=covered)
    if not finite:
        r.note("renew_early")
    elif months and covered < sum(months):
        r.require("status_needed_after_ead", "OPT")


def _permit_months(f: Facts, finite: bool, r: Ruling) -> None:
    months = f.number("applicant.ead.months")
    if months is None and finite:
        months = number("OPT", "months")
    if months is None:
        r.doubt("fact_missing")
        return
    needed = sum(training_months(f))
    r.give(months_covered=min(months, needed) if needed else months)
    if finite and needed > months:
        r.require("status_needed_after_ead", "OPT")


def permit_ends(f: Facts, basis: str) -> date | None:
    """Last day of the work permit, an automatic extension by a timely renewal counted."""
    ends = f.day("applicant.ead.expires_on")
    renewed = f.day("applicant.ead.renewal_filed_on")
    if ends is None or renewed is None or renewed > ends or f.flag("applicant.ead.renewal_decided"):
        return ends
    if basis in words("EAD", "finite_bases"):
        return ends + timedelta(days=number("EAD", "stem_days"))
    automatic = basis in words("EAD", "extension_bases")
    if not automatic or renewed >= value("EAD", "renewals_without_extension_from"):
        return ends
    extended = ends + timedelta(days=number("EAD", "extension_days"))
    stay = f.day("applicant.status_expires_on") if basis == "h4" else None
    return max(ends, min(extended, stay)) if stay else extended


def sponsorship_needed(f: Facts) -> Ruling:
    """Does the person need a visa sponsor or work permit to train at all?"""
    r = Ruling()
    free = resident(f) or _incident_to_status(f)
    r.say("no" if free else "yes", "EAD" if free and not resident(f) else "LPR")
    facts = ("applicant.us_status", "applicant.citizenship", "applicant.location", "applicant.ead")
    if not free and not any(f.known(fact) for fact in facts):
        r.doubt("fact_missing")
    return r


def activity_permitted(f: Facts) -> Ruling:
    """May the person do the thing in ``activity`` on its date under status and license?"""
    r = Ruling()
    day = f.day("activity.date") or f.asked_on
    if f.text("activity.kind") == "moonlighting":
        _moonlighting(f, r)
    else:
        _licensed(f, r)
    _status_for_work(f, day, r)
    return r


def _moonlighting(f: Facts, r: Ruling) -> None:
    status, kind = f.text("applicant.us_status"), f.text("license.kind")
    state = f.state
    if status == "J-1":
        r.block("moonlighting_prohibited", "J1-MOON")
    if kind in ("training", "physician_pathway_limited") and state == "MA":
        r.block("moonlighting_prohibited", "MA-LIM-MOON")
    sponsored = status in ("H-1B", "O-1", "TN", "E-3")
    second = f.text("petition.kind") == "concurrent"
    if sponsored and not (second and f.text("petition.decision") in ("granted", None)):
        r.block("moonlighting_prohibited", "H1B-CONCUR")
    if status is None and not f.known("applicant.ead") and not resident(f):
        r.doubt("fact_missing")
    if kind == "full":
        _licensed(f, r)
    elif not (kind is None and status == "J-1"):
        r.doubt("fact_missing")


def _licensed(f: Facts, r: Ruling) -> None:
    care = f.text("activity.kind") == "patient_contact" or patient_care(f) != "none"
    if not care or f.flag("license.required_by_state") is False:
        return
    state = f.state
    rules = ("H1B-LICENSE", "MA-LIM-NOWORK") if state == "MA" else ("H1B-LICENSE",)
    status = f.text("license.status")
    if status == "applied":
        r.block("license_not_issued", *rules)
    elif status in ("not_applied", "none") or f.none("license"):
        r.block("state_license_missing", *rules)
    elif status is None and f.text("activity.kind") == "patient_contact":
        r.doubt("fact_missing", *rules)


def _status_for_work(f: Facts, day: date, r: Ruling) -> None:
    if resident(f):
        return
    program = f.day("applicant.j1.program_ended_on")
    if f.text("applicant.us_status") == "J-1" and program and day > program:
        r.block("grace_period_no_work", "J1-GRACE")
        if day > program + timedelta(days=number("J1-GRACE", "days")):
            r.block("not_in_status")
    _other_status_for_work(f, day, r)


def _other_status_for_work(f: Facts, day: date, r: Ruling) -> None:
    status, ends = f.text("applicant.us_status"), f.day("applicant.status_expires_on")
    filed = f.day("petition.filed_on")
    if status == "out_of_status" or f.flag("applicant.status_maintained") is False:
        r.block("not_in_status")
    elif status == "H-1B" and f.text("petition.kind") == "change_of_employer" and filed:
        r.cite("H1B-PORT")
        denied = f.text("petition.decision") == "denied"
        if denied or day < filed or (ends and ends < filed):
            r.block("not_in_status")
    elif ends and ends < day:
        r.block("not_in_status")
    elif (
        status in ("F-1", "H-4", "J-2", "L-2", "B-2")
        and f.text("activity.kind") != "patient_contact"
    ):
        r.join(ead(f))
