"""The names that decision tables use beside the facts: each is a question about the person, answered
True, False, a word or a day, or None where it cannot be known."""

from collections.abc import Callable
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, TypeVar

from visamatch.rules.book import number, rule, words
from visamatch.rules.case import Facts
from visamatch.rules.days import DAY, add_months
from visamatch.rules.person import (
    STEPS,
    attempts_used_up,
    care_of_patients,
    certificate,
    duty,
    exchange_physician,
    incident_to_status,
    needs_ecfmg,
    oet,
    passed,
    pathway,
    patient_care,
    resident,
    school,
    service_owed,
    status_lost,
)

Term = Callable[[Facts], Any]
Named = TypeVar("Named", bound=Term)
NAMES: dict[str, Term] = {}


def named(term: Named) -> Named:
    """Register a name under that of its function."""
    NAMES[term.__name__] = term
    return term


def exam_named(name: str, exam: str) -> Term | None:
    """``passed.step3`` and the like."""
    asked = {
        "passed": lambda f: passed(f, exam, f.asked_on),
        "passed_before_step3": lambda f: passed(f, exam, min(_step3_days(f))),
        "no_attempts": lambda f: attempts_used_up(f, exam),
    }
    return asked.get(name)


def _step3_days(f: Facts) -> list[date]:
    """The days of application and exam, as far as stated; else the day asked."""
    stated = [f.day("exam.applied_on"), f.day("exam.date")]
    return [day for day in stated if day] or [f.asked_on]


@named
def january_pause(f: Facts) -> bool:
    """Is the exam meant for the first days of January, when it is not given?"""
    sits = f.day("exam.date")
    return bool(sits and sits.month == 1 and sits.day <= number("S3-WHERE", "january_closed_days"))


@named
def statement_misfits(f: Facts) -> bool:
    """Is the Statement of Need another country's or another specialty's?"""
    pairs = (("applicant.permanent_resident_of", "country"), ("program.specialty", "specialty"))
    for one, other in pairs:
        stated = f.text(one), f.text(f"applicant.statement_of_need.{other}")
        if (
            all(stated)
            and len({str(each).strip().casefold().replace("_", " ") for each in stated}) > 1
        ):
            return True
    return False


@named
def waived_otherwise(f: Facts) -> bool:
    """Waived for hardship or persecution, not for service?"""
    owes = duty(f)
    return bool(owes.bound is False and owes.ground and not owes.by_service)


@named
def grace_ends(f: Facts) -> date | None:
    ends = f.day("applicant.j1.program_ended_on")
    return ends + timedelta(days=number("J1-GRACE", "days")) if ends else None


@named
def status_ends(f: Facts) -> date | None:
    """End of the present status; for a J-1 with D/S, of the days after the program."""
    ends = f.day("applicant.status_expires_on")
    if ends is None and f.text("applicant.us_status") == "J-1":
        return grace_ends(f)
    return ends


@named
def day_after_status(f: Facts) -> date | None:
    ends = status_ends(f)
    return ends + DAY if ends else None


def _either(first: str, second: str) -> Term:
    """A flag, or another one where nothing is said of the first."""
    return lambda f: f.flag(second) if (found := f.flag(first)) is None else found


@named
def near_disputed_limits(f: Facts) -> bool:
    """Several attempts or many years between the Steps: the sources disagree on the limits."""
    first, last = f.day("applicant.exams.step1.date"), f.day("applicant.exams.step3.date")
    attempts = f.number("applicant.exams.step3.attempts") or 0
    strictest_attempts, strictest_years = 3, 7  # beyond these the sources part; not a limit of ours
    late = bool(first and last and last > add_months(first, 12 * strictest_years))
    return attempts > strictest_attempts or late


@named
def visa_taken(f: Facts) -> bool | None:
    """Does the program take the visa that is wanted, or the permit that is held?"""
    accepted = [name.casefold() for name in f.items("program.visas_accepted") or ()]
    wanted = (f.visa_class or "").casefold()
    if not accepted:
        return False
    if not wanted:
        by_permit = f.known("applicant.ead") and not f.none("applicant.ead")
        wanted = "ead" if by_permit else ""
        if by_permit and f.text("applicant.ead.basis") in ("opt", "stem_opt"):
            wanted = "f-1"
    if not wanted:
        return None
    if wanted in accepted or (wanted == "f-1" and "f-1 opt" in accepted):
        return True
    moving = f.text("petition.kind") in ("change_of_employer", "extension")
    in_h1b = f.text("applicant.us_status") == "H-1B" or moving
    return wanted == "h-1b" and "h-1b transfer" in accepted and in_h1b


@named
def license_standing(f: Facts) -> str | None:
    """``held``, ``applied``, ``not_applied`` or None, from what is said of licenses."""
    stated = f.text("license.status")
    if stated is not None:
        return "not_applied" if stated == "none" else stated
    if f.none("license") or f.none("applicant.licenses_held"):
        return "not_applied"
    if f.known("license.valid_months"):
        return "held"
    state = f.state
    for held in f.items("applicant.licenses_held") or ():
        if held.get("state") == state and held.get("current") is not False:
            return "held"
    return None


@named
def held_full_license(f: Facts) -> bool:
    """Was a full license of this state ever held?"""
    held = f.items("applicant.licenses_held") or ()
    return any(one.get("state") == f.state and one.get("kind") == "full" for one in held)


for term in (
    resident, school, needs_ecfmg, oet, patient_care, exchange_physician, service_owed,
    incident_to_status, status_lost,
):  # fmt: skip
    named(term)
NAMES |= {name: attrgetter(name) for name in ("state", "visa_class", "filed_on", "start")}
NAMES |= {
    "certificate": lambda f: certificate(f, f.asked_on),
    "certificate_applying": lambda f: certificate(f, _step3_days(f)[0]),
    "certificate_sitting": lambda f: certificate(f, _step3_days(f)[-1]),
    "permit_day": lambda f: f.day("activity.date") or f.start,
    "pathway": lambda f: pathway(f, f.asked_on),
    "care": care_of_patients,
    "bound": lambda f: duty(f).bound,
    "duty_months": lambda f: duty(f).months_remaining,
    "waived_for_service": lambda f: duty(f).by_service,
    "service_waiver": lambda f: (
        f.text("waiver.ground") in words("J1-WAIVE", "service") and exchange_physician(f)
    ),
    "conrad_stale": lambda f: (
        rule("J1-CONRADSUN").stale(f.asked_on) and not f.known("suppose.J1-CONRADSUN")
    ),
    "in_shortage_area": _either("waiver.site_in_shortage_area", "employer.in_shortage_area"),
    "physician_niw_site": _either("green_card.site_in_shortage_area", "employer.in_shortage_area"),
    "a_step_lacks": lambda f: any(passed(f, step, f.asked_on) is False for step in STEPS),
    "work_day": lambda f: f.day("activity.date") or f.asked_on,
}
