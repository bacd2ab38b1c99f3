"""Money and procedure of H-1B: cap, $100,000 payment, fees and who pays, wages, dates."""

from __future__ import annotations

from datetime import date, timedelta

from visamatch.rules.book import number, rule, value
from visamatch.rules.case import Facts
from visamatch.rules.days import add_business_days, add_months
from visamatch.rules.entry import valid_visa
from visamatch.rules.person import duty, resident
from visamatch.rules.ruling import Ruling, standing
from visamatch.rules.tables import question

CAP_EXEMPT_TYPES = ("university", "research_organization")


@question
def h1b_cap(f: Facts) -> Ruling:
    """Does this petition need a number from the annual cap?"""
    r = Ruling()
    if f.visa_class not in (None, "H-1B") or _worker_exempt(f, r):
        r.say("no", "H1B-CAPEX")
        return r
    exempt = cap_exempt_employer(f, r)
    if exempt:
        r.say("no")
    elif f.text("petition.kind") == "concurrent" or f.flag("petition.cap_exempt_job_continues"):
        _concurrent(f, r)
    elif exempt is None or _counting_unknown(f):
        r.doubt("fact_missing", "H1B-CAPEX")
    else:
        r.say("yes", "H1B-CAPEX", "H1B-CAPMOVE")
        r.require("cap_subject")
        r.give(selection_entries=_entries(f), earliest_start_date=cap_start(f))
    return r


def _worker_exempt(f: Facts, r: Ruling) -> bool:
    """Is this worker outside the cap with any employer: waived for service, or counted before?"""
    if duty(f).by_service and not f.flag("applicant.j1.as_dependent"):
        r.cite("J1-WCAP")
        return True
    counted = f.flag("applicant.h1b.counted_against_cap")
    if counted:
        r.cite("H1B-CAPMOVE")
        return f.text("petition.h1b_time_basis") != "new_six_years" and not _time_used_up(f)
    same_job = f.text("petition.kind") in ("extension", "amendment")
    return same_job and counted is None and f.text("applicant.us_status") in (None, "H-1B")


def _time_used_up(f: Facts) -> bool:
    """Six years used and a year abroad since: only six new years are left, which count anew."""
    reset = f.number("applicant.h1b.continuous_months_abroad") or 0
    used = f.number("applicant.h1b.used_months") or 0
    net = used - (f.number("applicant.h1b.recapturable_months") or 0)
    return reset >= number("H1B-RESET", "months_abroad") and net >= number(
        "H1B-6YR", "maximum_months"
    )


def cap_exempt_employer(f: Facts, r: Ruling) -> bool | None:
    """Is the job outside the cap, by the employer's kind or by the work at a qualifying place?"""
    r.cite("H1B-CAPEX")
    stated = f.flag("employer.cap_exempt")
    kind = _exempt_kind(f) if stated is None else stated
    if kind:
        return True
    work = _exempt_work(f)
    if work or work is None:
        r.cite("H1B-CAPEX-2025")
    return True if work else None if work is None else kind


def _exempt_kind(f: Facts) -> bool | None:
    ownership, sort = f.text("employer.ownership"), f.text("employer.type")
    if ownership == "for_profit" or (ownership is None and sort == "practice"):
        return False
    if sort == "university" or (sort == "research_organization" and ownership is not None):
        return True
    affiliated = f.flag("employer.affiliated_with_university")
    fundamental = f.flag("employer.research_or_education_fundamental")
    if ownership in ("nonprofit", "government"):
        if affiliated:
            return fundamental is not False
        if fundamental:
            return f.filed_on >= date.fromisoformat(str(rule("H1B-CAPEX-2025").effective_from))
        return False if affiliated is False else None
    return False if affiliated is False and sort != "research_organization" else None


def _exempt_work(f: Facts) -> bool | None:
    """At least half of the time, on work that furthers a qualifying institution's purpose."""
    share = f.number("employer.qualifying_worksite_share")
    furthers = f.flag("employer.work_furthers_qualifying_purpose")
    if share is None:
        return None if furthers else False
    return furthers if share >= value("H1B-CAPEX-2025", "least_share") else False


def _concurrent(f: Facts, r: Ruling) -> None:
    if f.flag("petition.cap_exempt_job_continues") is False:
        r.say("yes", "H1B-CONCUR")
        r.require("cap_subject")
        r.give(earliest_start_date=cap_start(f), selection_entries=_entries(f))
    else:
        r.require("cap_exempt_job_must_continue", "H1B-CONCUR")


def _counting_unknown(f: Facts) -> bool:
    """In H-1B now, and nothing said of whether the cap was ever paid for."""
    moving = f.text("petition.kind") == "change_of_employer"
    in_h1b = f.text("applicant.us_status") == "H-1B" or moving
    return in_h1b and f.flag("applicant.h1b.counted_against_cap") is None


def _entries(f: Facts) -> int | None:
    year = f.number("petition.registration_fiscal_year") or cap_start(f).year + 1
    level = f.number("petition.wage_level")
    if not level or year < number("H1B-WSEL", "first_fiscal_year"):
        return None
    return int(value("H1B-WSEL", "entries")[int(level)])


def cap_start(f: Facts) -> date:
    """First day of work on the next cap number that can still be registered for."""
    month, day = map(int, value("H1B-CAPSEASON", "year_starts").split("-"))
    fiscal = f.number("petition.registration_fiscal_year")
    if fiscal:
        return date(int(fiscal) - 1, month, day)
    closes = date.fromisoformat(
        f"{f.filed_on.year}-{value('H1B-CAPSEASON', 'registration_closes')}"
    )
    return date(f.filed_on.year + (f.filed_on > closes), month, day)


@question
def payment_100k(f: Facts) -> Ruling:
    """Is the $100,000 payment of the September 2025 proclamation due for this petition?

    A petition that the payment cannot reach is answered "no" whatever the courts have done with it.
    """
    r = Ruling()
    day = f.filed_on
    status = standing(f, "K100", day)
    if resident(f) or f.visa_class not in (None, "H-1B") or status in ("not_yet", "lifted"):
        r.say("no", "K100-NO")
        return r
    if status == "stale":
        r.doubt("source_too_old", "K100")
        return r
    due = _payment_reaches(f, day, r)
    if due is False:
        r.say("no", "K100-NO")
    elif due is None:
        r.doubt("fact_missing", "K100")
    elif status == "vacated":
        r.doubt("litigation_pending", "K100")
    else:
        r.say("yes", "K100")
        r.require("payment_100k_due")
    if due is not False and status in ("vacated", "stayed"):
        r.note("litigation_pending")
    return r


def _payment_reaches(f: Facts, day: date, r: Ruling) -> bool | None:
    if f.flag("petition.dhs_exception"):
        r.cite("K100-HOW")
        return False
    stated = f.flag("petition.payment_100k_triggered")
    visa = valid_visa(f, day, "H-1B")
    if stated is not None or visa:
        return bool(stated) and not visa
    needed = _needs_consulate(f, day)
    return needed if visa is False or not needed else None


def _needs_consulate(f: Facts, day: date) -> bool | None:
    """Does the petition end at a consulate: so asked, from abroad, or as the change is refused?"""
    processing, place = f.text("petition.processing"), f.text("applicant.location")
    if processing == "consular_notification" or place == "abroad":
        return True
    if processing is None and f.text("petition.kind") not in ("extension", "amendment"):
        return None
    decision = f.text("petition.decision")
    if decision in ("granted_consular_only", "denied"):
        return True
    left, decided = f.day("petition.left_us_on"), f.day("petition.decided_on")
    if left and (left < decided if decided else decision != "granted" and left <= f.asked_on):
        return True
    if decision == "granted":
        return False
    ends = f.day("applicant.status_expires_on")
    lost = f.text("applicant.us_status") == "out_of_status" or (ends and ends < day)
    if lost or f.flag("applicant.status_maintained") is False:
        return True
    held = f.known("applicant.us_status") or f.flag("applicant.status_maintained")
    return False if held else None


@question
def h1b_fees(f: Facts) -> Ruling:
    """Which government fees go with this H-1B filing (the $100,000 payment apart)?"""
    r = Ruling()
    r.say("value", "H1B-FEES", "H1B-ACWIA")
    premium = _premium_fee(f, r)
    size = _employer_size(f)
    if size is not None and f.filed_on >= date.fromisoformat(str(rule("H1B-FEES").effective_from)):
        new = f.text("petition.kind") not in ("extension", "amendment")
        fees = {
            "i129_usd": value("H1B-FEES", "i129")[size],
            "asylum_program_usd": value("H1B-FEES", "asylum_program")[size],
            "fraud_usd": number("H1B-FEES", "fraud") if new else 0,
            "acwia_usd": _training_fee(f, size),
        }
        known = [fee for fee in fees.values() if fee is not None]
        total = sum(known) + (premium or 0) if len(known) == len(fees) else None
        r.give(**fees, total_usd=total)
    elif not premium:
        r.doubt("fact_missing")
    return r


def _premium_fee(f: Facts, r: Ruling) -> int | None:
    asked = f.flag("petition.premium")
    sent = f.day("petition.premium_postmarked_on") or f.day("petition.premium_received_on")
    fee = number("H1B-PREM", "fee", sent or f.filed_on) if asked or (sent and asked is None) else 0
    if fee:
        r.cite("H1B-PREM")
    r.give(premium_usd=fee)
    return fee


def _employer_size(f: Facts) -> str | None:
    """Which column of the fee table: nonprofit (and the like), small or large."""
    ownership, fte = f.text("employer.ownership"), f.number("employer.fte")
    exempt = f.flag("employer.cap_exempt") or f.text("employer.type") == "university"
    if ownership in ("nonprofit", "government") or (ownership is None and exempt):
        return "nonprofit"
    if ownership is None or fte is None:
        return None
    return "small" if fte <= number("H1B-FEES", "small_employer_fte") else "large"


def _training_fee(f: Facts, size: str) -> int | None:
    if f.text("petition.kind") == "amendment":
        return 0
    exempt = _exempt_kind(f) or (f.flag("employer.cap_exempt") and size == "nonprofit")
    if exempt:
        return 0
    fte = f.number("employer.fte")
    if fte is not None and fte <= number("H1B-FEES", "small_employer_fte"):
        size = "small"
    if size == "nonprofit" and _exempt_kind(f) is None:
        return None
    return int(value("H1B-ACWIA", "fee")[size])


@question
def prevailing_wage(f: Facts) -> Ruling:
    """Which percentile of the OEWS wage is the prevailing wage on the day of the LCA?"""
    r = Ruling()
    r.say("value", "H1B-WAGE")
    level, day = f.number("petition.wage_level"), f.day("petition.lca_filed_on") or f.asked_on
    if not level:
        r.doubt("fact_missing")
    elif standing(f, "H1B-WAGE", day) == "stale":
        r.doubt("source_too_old")
    else:
        r.give(oews_percentile=value("H1B-WAGE", "percentiles")[int(level)])
    return r


@question
def procedure_dates(f: Facts) -> Ruling:
    """Earliest and latest days of a procedure."""
    r = Ruling()
    r.say("value")
    start, lca = f.day("program.start_date"), f.day("petition.lca_filed_on")
    received = f.day("petition.premium_received_on") or f.day("petition.premium_postmarked_on")
    complete = f.day("applicant.j1.application_complete_on")
    if start and f.visa_class in (None, "H-1B"):
        r.cite("H1B-6MO")
        r.give(earliest_filing_date=add_months(start, -number("H1B-6MO", "months_before_start")))
    if lca:
        r.cite("H1B-LCA", "DAYS")
        r.give(lca_certified_by=add_business_days(lca, number("H1B-LCA", "business_days")))
    if not received and f.flag("petition.premium"):
        received = f.day("petition.filed_on")
    if received:
        r.cite("H1B-PREM", "DAYS")
        r.give(premium_action_by=add_business_days(received, number("H1B-PREM", "business_days")))
    if complete:
        r.cite("J1-TIME")
        other = f.flag("program.acgme_accredited") is False
        first, last = value("J1-TIME", "other_days" if other else "standard_days")
        r.give(
            ds2019_earliest=complete + timedelta(first), ds2019_latest=complete + timedelta(last)
        )
    if not r.values:
        r.doubt("fact_missing")
    return r
