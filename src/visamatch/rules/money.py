"""Money and procedure of H-1B: cap, $100,000 payment, fees and who pays, wages, dates."""

from datetime import date, timedelta

from visamatch.rules.book import number, since, value
from visamatch.rules.case import Facts
from visamatch.rules.days import add_business_days, add_months
from visamatch.rules.entry import valid_visa
from visamatch.rules.names import named
from visamatch.rules.ruling import Ruling, standing
from visamatch.rules.tables import QUESTIONS, part, question


@named
def old_time_left(f: Facts) -> bool:
    """Does the old count under the cap still serve? Not where six new years are asked for, or all that is
    left: the old ones used and a year abroad since."""
    if f.text("petition.h1b_time_basis") == "new_six_years":
        return False
    reset = f.number("applicant.h1b.continuous_months_abroad") or 0
    used = f.number("applicant.h1b.used_months") or 0
    net = used - (f.number("applicant.h1b.recapturable_months") or 0)
    months, most = number("H1B-RESET", "months_abroad"), number("H1B-6YR", "maximum_months")
    return reset < months or net < most


@named
def cap_exempt_job(f: Facts) -> bool | None:
    """Is the job outside the cap, by the employer's kind or by the work at a qualifying place?"""
    stated = f.flag("employer.cap_exempt")
    kind = _exempt_kind(f) if stated is None else stated
    if kind:
        return True
    work = work_for_qualifying_place(f)
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
            return f.filed_on >= since("H1B-CAPEX-2025")
        return False if affiliated is False else None
    return False if affiliated is False and sort != "research_organization" else None


@named
def work_for_qualifying_place(f: Facts) -> bool | None:
    """At least half of the time, on work that furthers a qualifying institution's purpose."""
    share = f.number("employer.qualifying_worksite_share")
    furthers = f.flag("employer.work_furthers_qualifying_purpose")
    if share is None:
        return None if furthers else False
    return furthers if share >= value("H1B-CAPEX-2025", "least_share") else False


@named
def counting_unknown(f: Facts) -> bool:
    """In H-1B now, and nothing said of whether the cap was ever paid for."""
    moving = f.text("petition.kind") == "change_of_employer"
    in_h1b = f.text("applicant.us_status") == "H-1B" or moving
    return in_h1b and f.flag("applicant.h1b.counted_against_cap") is None


@named
def cap_entries(f: Facts) -> int | None:
    """Entries in the weighted selection; None where it is not weighted."""
    year = f.number("petition.registration_fiscal_year") or cap_start(f).year + 1
    level = f.number("petition.wage_level")
    if not level or year < number("H1B-WSEL", "first_fiscal_year"):
        return None
    return int(value("H1B-WSEL", "entries")[int(level)])


@named
def cap_start(f: Facts) -> date:
    """First day of work on the next cap number that can still be registered for."""
    month, day = map(int, value("H1B-CAPSEASON", "year_starts").split("-"))
    fiscal = f.number("petition.registration_fiscal_year")
    if fiscal:
        return date(int(fiscal) - 1, month, day)
    closed = f.filed_on.isoformat()[5:] > value("H1B-CAPSEASON", "registration_closes")
    return date(f.filed_on.year + closed, month, day)


@part
def cap_and_start(f: Facts, r: Ruling) -> None:
    """The cap as a condition, or as a bar where its first day comes after the start asked for."""
    cap = QUESTIONS["h1b_cap"](f)
    if cap.answered == "yes" and not cap.doubts:
        first = cap_start(f)
        r.give(earliest_start_date=first)
        r.cite("H1B-CAPSEASON")
        if f.known("program.start_date") and f.start < first:
            cap.conditions.remove("cap_subject")
            r.block("cap_subject")
    r.join(cap)


@named
def payment(f: Facts) -> str:
    """How the payment stands on the day of filing."""
    return standing(f, "K100", f.filed_on)


@named
def payment_reaches(f: Facts) -> bool | None:
    """Does the petition end at a consulate, without a valid H-1B visa?"""
    day = f.filed_on
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
def h1b_fees(f: Facts, r: Ruling) -> None:
    """Which government fees go with this H-1B filing (the $100,000 payment apart)?"""
    r.say("value", "H1B-FEES", "H1B-ACWIA")
    premium = _premium_fee(f, r)
    size = _employer_size(f)
    if size is not None and f.filed_on >= since("H1B-FEES"):
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
def prevailing_wage(f: Facts, r: Ruling) -> None:
    """Which percentile of the OEWS wage is the prevailing wage on the day of the LCA?"""
    r.say("value", "H1B-WAGE")
    level, day = f.number("petition.wage_level"), f.day("petition.lca_filed_on") or f.asked_on
    if not level:
        r.doubt("fact_missing")
    elif standing(f, "H1B-WAGE", day) == "stale":
        r.doubt("source_too_old")
    else:
        r.give(oews_percentile=value("H1B-WAGE", "percentiles")[int(level)])


@question
def procedure_dates(f: Facts, r: Ruling) -> None:
    """Earliest and latest days of a procedure."""
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
