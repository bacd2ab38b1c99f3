"""Credentials: exam and English rule of H-1B, license, ECFMG, sponsorship of J-1 physicians."""

from visamatch.rules.book import book, number
from visamatch.rules.case import Facts
from visamatch.rules.names import named
from visamatch.rules.person import (
    LACKING,
    STEPS,
    certificate,
    oet,
    passed,
    patient_care,
    stated_pass,
)
from visamatch.rules.ruling import Ruling
from visamatch.rules.tables import part, question


@named
def research_exception(f: Facts) -> bool | None:
    """Teaching or research at a public or nonprofit institution, patients seen by the way only?"""
    care = patient_care(f)
    if care == "direct" or f.text("program.role") == "clinical":
        return False
    return _public_or_nonprofit(f) if care else None


def _public_or_nonprofit(f: Facts) -> bool | None:
    ownership = f.text("employer.ownership")
    if ownership is not None:
        return ownership in ("nonprofit", "government")
    known = f.text("employer.type") in ("university", "research_organization")
    return True if known or f.flag("employer.cap_exempt") else None


@part
def exam_series(f: Facts, r: Ruling) -> None:
    """One whole licensing exam series by the day of filing; parts of two do not add up."""
    on = f.filed_on
    nbme = [passed(f, f"nbme{part}", on) for part in (1, 2, 3)]
    read = stated_pass if any(nbme) else passed  # a certificate may rest on the older exam
    usmle = [read(f, step, on) for step in STEPS]
    flex = passed(f, "flex", on)
    if flex or all(usmle) or all(nbme):
        return
    mixed = any(usmle) and any(nbme)
    if mixed:
        r.block("mixed_exam_series")
    for step, done, other in zip(STEPS, usmle, nbme, strict=True):
        if done is False or (not done and (mixed or other is False)):
            r.block(LACKING[step])
    if not r.blockers:
        r.doubt("fact_missing")


@part
def license_term(f: Facts, r: Ruling) -> None:
    """A license held: a restricted one shortens the approval."""
    asked = _months_asked(f)
    most = float(number("H1B-LICDUR", "petition_months"))
    restricted = f.text("license.kind") != "full" or f.flag("license.supervised_only")
    months = f.number("license.valid_months") or _training_term(f)
    if restricted and months is not None:
        r.cite("H1B-LICDUR")
        most = min(most, max(months, number("H1B-LICDUR", "least_months")))
    elif restricted:
        if asked and asked > number("H1B-LICDUR", "least_months"):
            r.doubt("fact_missing", "H1B-LICDUR")
        return
    if asked and asked > most:
        r.require("validity_limited_by_license")
    r.give(validity_months=min(asked, most) if asked else most)


def _months_asked(f: Facts) -> float | None:
    """What the petition asks for; where it does not say, the training, as far as one petition goes."""
    asked, training = f.number("petition.requested_months"), f.number("program.length_months")
    if asked is None and training:
        return min(training, number("H1B-LICDUR", "petition_months"))
    return asked


def _training_term(f: Facts) -> float | None:
    state = f.state
    training = book().get(f"{state}-TRAINING")
    found = training.values.get("term_months") if training else None
    return float(found) if found else None


@part
def license_pending(f: Facts, r: Ruling) -> None:
    """A license applied for, of which only a formality is lacking: a year, and work once it is issued."""
    most = number("H1B-LICSSN", "approval_months")
    asked = _months_asked(f)
    r.require("no_practice_before_license")
    r.require("license_not_issued")
    if asked and asked > most:
        r.require("validity_limited_by_license")
    r.give(validity_months=min(asked or most, most))


@question
def j1_statement_of_need(f: Facts, r: Ruling) -> None:
    """The health ministry of which country issues the Statement of Need?"""
    r.say("value", "J1-SON")
    country = f.text("applicant.permanent_resident_of")
    if country in (None, "none"):
        homes = f.items("applicant.citizenship") or ()
        lives = f.text("applicant.residence_country")
        at_home = country == "none" or lives in (None, homes[0] if homes else None)
        country = homes[0] if len(homes) == 1 and at_home else None
    if country is None:
        r.doubt("fact_missing")
    r.give(statement_of_need_country=country)


@named
def english_certificate(f: Facts) -> str | None:
    """The ECFMG certificate on the day of filing, as proof of English."""
    if f.none("applicant.toefl") and not f.known("applicant.ecfmg.certified"):
        return None  # no English test, and nothing said of the certificate
    return certificate(f, f.filed_on)


@named
def oet_passed(f: Facts) -> bool:
    """Were all four parts of the OET passed in one sitting?"""
    return bool(f.items("applicant.ecfmg.oet")) and oet(f) is None


@part
def unless_research(f: Facts, r: Ruling) -> None:
    """What the exam rule would bar stays open while the work may be outside it."""
    if r.blockers or r.doubts:
        r.blockers = []
        r.doubt("fact_missing", "H1B-RESEARCH")
