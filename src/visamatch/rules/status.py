"""Status and time: clocks, two-year requirement, change of status, work without a sponsor."""

from datetime import date, timedelta

from visamatch.rules.book import number, value, words
from visamatch.rules.case import Facts
from visamatch.rules.days import DAY, add_months, whole_months
from visamatch.rules.person import J_STATUS
from visamatch.rules.ruling import Ruling, standing
from visamatch.rules.tables import part, question


def training_months(f: Facts) -> list[float]:
    """Months of the training, a stage each; empty when nothing is said of its length."""
    length = f.number("program.length_months")
    if length is not None:
        return [length]
    stages = f.items("program.stages") or ()
    return [stage["length_months"] for stage in stages if stage.get("length_months") is not None]


@part
def clock_of_petition(f: Facts, r: Ruling) -> None:
    """The clock over the months that the petition asks for, else over the training."""
    asked = f.number("petition.requested_months")
    r.join(h1b_clock(f if asked is None else f.given({"program.length_months": asked})))


@question
def h1b_clock(f: Facts, r: Ruling) -> None:
    """Is there H-1B time for the whole training, with recapture, reset and extensions?"""
    r.cite("H1B-6YR")
    available = _h1b_months(f, r)
    if available is None:
        r.doubt("fact_missing")
        return
    stages = training_months(f)
    needed = sum(stages)
    r.give(months_available=available)
    beyond = needed > available if stages else available <= 0
    extended = beyond and _extension(f, available, r)
    if stages:
        fits = needed if extended else available
        within = [n for n in range(len(stages) + 1) if sum(stages[:n]) <= fits]
        r.give(shortfall_months=max(0, needed - fits), stages_that_fit=within[-1])


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


@question
def j1_clock(f: Facts, r: Ruling) -> None:
    """Does the training fit in the J-1 physician maximum?"""
    r.cite("J1-7Y")
    used = f.number("applicant.j1.sponsorship_months_used")
    other = f.text("applicant.j1.category") not in (None, "none", "physician")
    never = not f.known("applicant.j1") and f.text("applicant.us_status") not in J_STATUS
    if never or other or f.flag("applicant.j1.as_dependent"):
        used = 0
    if used is None:
        r.doubt("fact_missing")
        return
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


@question
def admission_period(f: Facts, r: Ruling) -> None:
    """For how long is the person admitted: for duration of status or to a fixed date?"""
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


@part
def permit_term(f: Facts, r: Ruling) -> None:
    """How much of the training a work permit covers, and whether it can be renewed to the end."""
    day = f.day("activity.date") or f.start
    basis = f.text("applicant.ead.basis") or "other"
    finite = basis in words("EAD", "finite_bases")
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
