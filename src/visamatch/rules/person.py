"""What follows from the facts about a person, asked by several questions."""

from dataclasses import dataclass
from datetime import date

from visamatch.rules.book import number, value, words
from visamatch.rules.case import Facts

STEPS = ("step1", "step2ck", "step3")
LACKING = {step: f"{step}_not_passed" for step in STEPS}
J_STATUS = ("J-1", "J-2")


def resident(f: Facts) -> bool:
    """Is the person a citizen or permanent resident of the United States?"""
    return f.text("applicant.us_status") in ("us_citizen", "lpr") or "US" in (
        f.items("applicant.citizenship") or ()
    )


def school(f: Facts) -> str | None:
    """``us``, ``canadian`` or ``foreign``; only graduates of schools abroad deal with ECFMG."""
    kind = f.text("applicant.school_kind")
    if kind in ("us_md", "us_do"):
        return "us"
    if kind in ("canadian", "foreign"):
        return kind
    country = f.text("applicant.school_country")
    if country not in (None, "none"):
        return {"US": "us", "CA": "canadian"}.get(str(country), "foreign")
    return "foreign" if f.flag("applicant.ecfmg.certified") is not None else None


def needs_ecfmg(f: Facts) -> bool | None:
    """Does this graduate deal with ECFMG? Canadian schools since their accreditation ended."""
    kind = school(f)
    if kind != "canadian":
        return None if kind is None else kind == "foreign"
    since = value("ECF-WHO", "canadian_from")
    graduated = f.span("applicant.graduated_on")
    if graduated is None:
        return False if f.asked_on < since else None
    if graduated[1] < since:
        return False
    return True if graduated[0] >= since else None


def stated_pass(f: Facts, exam: str, on: date) -> bool | None:
    """Is it stated that the exam was passed by that day?"""
    status = f.text(f"applicant.exams.{exam}.status")
    if status != "passed":
        return None if status is None else False
    day = f.day(f"applicant.exams.{exam}.date")
    return day is None or day <= on


def passed(f: Facts, exam: str, on: date) -> bool | None:
    """Was the exam passed by that day? A certificate or Step 3 implies the Steps before it."""
    stated = stated_pass(f, exam, on)
    if stated is not None:
        return stated
    if exam in ("step1", "step2ck") and (
        f.flag("applicant.ecfmg.certified") or f.text("applicant.exams.step3.status") == "passed"
    ):
        return True
    return None


def certificate(f: Facts, on: date) -> str | None:
    """The ECFMG certificate on a day: ``valid``, ``missing``, ``expired``, or None for unknown."""
    certified = f.flag("applicant.ecfmg.certified")
    if certified is None:
        return "valid" if f.text("applicant.exams.step3.status") == "passed" else None
    issued = f.day("applicant.ecfmg.certified_on")
    if not certified or (issued and issued > on):
        return "missing"
    if (f.number("applicant.pgy_completed") or 0) >= number("ECF-CERTEXP", "permanent_after_years"):
        return "valid"
    expires = f.day("applicant.ecfmg.certificate_expires_on")
    if expires is None and not f.known("applicant.ecfmg.certificate_expires_on"):
        return "expired" if pathway(f, on) == "expired" else "valid"
    return "expired" if expires and expires < on else "valid"


def pathway(f: Facts, on: date) -> str | None:
    """The ECFMG Pathway on a day: ``valid``, ``pending``, ``missing``, ``expired`` or None."""
    if f.none("applicant.ecfmg.pathway"):
        return "missing"
    expires = f.day("applicant.ecfmg.pathway.expires_on")
    if expires and expires < on and not f.flag("applicant.ecfmg.pathway.revalidated"):
        return "expired"
    status = f.text("applicant.ecfmg.pathway.status")
    return {"accepted": "valid", "pending": "pending", "none": "missing"}.get(status or "")


def oet(f: Facts) -> str | None:
    """None when the OET is passed or not spoken of, else the code of what is wrong with it."""
    sittings = f.items("applicant.ecfmg.oet")
    if sittings is None:
        return None
    if not sittings:
        return "oet_missing"
    minimum = value("ECF-OET", "minimum")
    reached = [{part for part in minimum if _reached(sitting, part)} for sitting in sittings]
    if any(len(parts) == len(minimum) for parts in reached):
        return None
    together = set().union(*reached)
    return "oet_not_one_sitting" if len(together) == len(minimum) else "oet_below_minimum"


def _reached(sitting: dict[str, object], part: str) -> bool:
    score = sitting.get(part)
    if isinstance(score, int | float):
        return bool(score >= value("ECF-OET", "minimum")[part])
    return score == "pass"


def patient_care(f: Facts) -> str | None:
    """``direct``, ``incidental`` or ``none``; a job of which nothing is said treats patients."""
    stated = f.text("program.patient_care")
    if stated is not None:
        return stated
    share = f.number("program.patient_care_share")
    if share is not None:
        most = value("TN", "most_patient_care")
        return "none" if share == 0 else "incidental" if share <= most else "direct"
    role = f.text("program.role")
    if role is None and f.text("program.level") != "research":
        return "direct"
    return "direct" if role == "clinical" else None


@dataclass(frozen=True, slots=True)
class Duty:
    """The two-year home residence requirement: does it bind, what is owed, and how was it waived?

    ``bound`` is None when unknown. ``ground`` is that of a waiver that was granted, else empty.
    """

    bound: bool | None
    months_remaining: float | None = None
    ground: str = ""

    @property
    def by_service(self) -> bool:
        """Waived for service in a shortage area or for a federal agency?"""
        return self.ground in words("J1-WAIVE", "service")


def duty(f: Facts) -> Duty:
    """Read the two-year requirement from the J-1 facts (a dependent's are the principal's).

    Source: INA 212(e), 214(l); rules J1-212E, J1-WAIVE and TR-SKILL of the book.
    """
    if not f.known("applicant.j1"):
        return Duty(None if f.text("applicant.us_status") in J_STATUS else False)
    if f.none("applicant.j1"):
        return Duty(False, 0)
    owed = number("J1-212E", "months_at_home") - (f.number("applicant.j1.home_months") or 0)
    stated = f.text("applicant.j1.two_year_requirement")
    ground = f.text("applicant.j1.waiver_ground") or ""
    attached = True if stated == "subject" else _attached(f)
    if ground in ("", "none") or (ground == "no_objection" and _physician(f)):
        ground = ""
    if owed <= 0 or stated in ("fulfilled", "none"):
        return Duty(False, 0, ground)
    if stated == "waived" or (ground and stated is None):
        return Duty(False, 0, ground)
    return Duty(attached, owed if attached else 0 if attached is False else None)


def _physician(f: Facts) -> bool:
    return f.text("applicant.j1.category") == "physician"


def _attached(f: Facts) -> bool | None:
    if _physician(f):
        return True
    funding = f.text("applicant.j1.funding")
    listed = f.flag("applicant.j1.on_skills_list")
    if funding in ("us_government", "home_government") or listed:
        return True
    if not f.known("applicant.j1.category"):
        return None
    return False if funding is not None and listed is False else None


def listed(f: Facts, countries: frozenset[str]) -> bool | None:
    """Does a list of countries reach this person? The passport used decides for a dual national."""
    papers = f.items("applicant.passport_used") or f.items("applicant.citizenship")
    if not papers:
        return None
    hits = {country in countries for country in papers}
    return hits.pop() if len(hits) == 1 else None


def exchange_physician(f: Facts) -> bool:
    """Is the exchange visitor a physician, as is taken where nothing is said?"""
    return f.text("applicant.j1.category") in (None, "none", "physician")


def service_owed(f: Facts) -> bool | None:
    """Is service for a waiver still owed? False without a service waiver, None when unknown."""
    if not duty(f).by_service:
        return False
    done = f.number("applicant.j1.service_months_done")
    if done is None and f.text("applicant.us_status") == "J-1":
        done = 0  # the service is done in H-1B
    return None if done is None else done < number("J1-3YAOS", "service_months")


def status_lost(f: Facts) -> bool:
    """Is it stated that status was lost?"""
    out = f.text("applicant.us_status") == "out_of_status"
    return out or f.flag("applicant.status_maintained") is False


def incident_to_status(f: Facts) -> bool:
    """May the person work by status alone, without a permit?"""
    return (
        f.text("applicant.i94_class") in words("EAD", "incident_classes")
        or f.text("applicant.ead.basis") == "asylee_refugee"
    )


def care_of_patients(f: Facts) -> str | None:
    """As :func:`patient_care`, but a share above the TN practice is direct care whatever it is called."""
    share = f.number("program.patient_care_share")
    if share is not None and share > value("TN", "most_patient_care"):
        return "direct"
    return patient_care(f)


def attempts_made(f: Facts, step: str) -> float:
    """Attempts at a Step, as counted or as many as there are sittings."""
    stated = f.number(f"applicant.exams.{step}.attempts")
    sittings = f.items(f"applicant.exams.{step}.sittings")
    return stated if stated is not None else len(sittings or ())


def attempts_used_up(f: Facts, step: str) -> bool:
    """Are all attempts at a Step made, without a pass?"""
    used = attempts_made(f, step) >= number("USMLE-4", "attempts")
    return used and f.text(f"applicant.exams.{step}.status") != "passed"
