"""Credentials: exam and English rule of H-1B, license, ECFMG, sponsorship of J-1 physicians."""

from __future__ import annotations

from datetime import date

from visamatch.rules.book import book, number
from visamatch.rules.case import Facts
from visamatch.rules.person import (
    CERTIFICATE_CODES,
    LACKING,
    STEPS,
    certificate,
    oet,
    passed,
    patient_care,
    school,
    stated_pass,
)
from visamatch.rules.ruling import Ruling
from visamatch.rules.tables import question


@question
def h1b_exam(f: Facts) -> Ruling:
    """Does the federal exam and English rule for physicians stand in the way of this H-1B?"""
    r, on = Ruling(), f.filed_on
    outside = _outside_exam_rule(f, r)
    if outside:
        return r
    _one_series(f, on, r)
    _english(f, on, r)
    if outside is None and (r.blockers or r.doubts):
        r.blockers = []
        r.doubt("fact_missing", "H1B-RESEARCH")
    return r


def _outside_exam_rule(f: Facts, r: Ruling) -> bool | None:
    if school(f) == "us":
        r.cite("H1B-USGRAD")
        return True
    renown = f.text("applicant.renown") in ("national", "international")
    if renown and f.flag("applicant.renown_documented") is not False:
        r.cite("H1B-RENOWN")
        return True
    care = patient_care(f)
    if care == "none":
        r.cite("H1B-RESEARCH")
        return True
    if care == "direct" or f.text("program.role") == "clinical":
        return False
    public = _public_or_nonprofit(f)
    if public:
        r.cite("H1B-RESEARCH")
    return public if care else None


def _public_or_nonprofit(f: Facts) -> bool | None:
    ownership = f.text("employer.ownership")
    if ownership is not None:
        return ownership in ("nonprofit", "government")
    known = f.text("employer.type") in ("university", "research_organization")
    return True if known or f.flag("employer.cap_exempt") else None


def _one_series(f: Facts, on: date, r: Ruling) -> None:
    r.cite("H1B-EXAM")
    if school(f) == "canadian":
        r.cite("H1B-CANGRAD")
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


def _english(f: Facts, on: date, r: Ruling) -> None:
    r.cite("H1B-ENGLISH")
    held = certificate(f, on)
    sat = bool(f.items("applicant.ecfmg.oet")) and oet(f) is None
    if school(f) == "canadian" or held == "valid" or sat or f.flag("applicant.toefl"):
        return
    if held is None:
        r.doubt("fact_missing")
        return
    r.block("english_proof_missing")
    r.block(CERTIFICATE_CODES[held])


@question
def h1b_license(f: Facts) -> Ruling:
    """Does the state license position allow the petition, for the time requested?"""
    r = Ruling()
    r.cite("H1B-LICENSE")
    if f.flag("license.required_by_state") is False or patient_care(f) == "none":
        return r
    if _state_exempts(f):
        r.cite("NY-TRAINING")
        return r
    status = _license_status(f)
    if status is None:
        r.doubt("fact_missing")
    elif status == "held":
        _license_term(f, r)
    elif status == "not_applied":
        r.block("state_license_missing")
    else:
        _license_pending(f, r)
    return r


def _state_exempts(f: Facts) -> bool:
    state = f.state
    training = f.text("program.level") in ("residency", "fellowship")
    own_permit = f.text("license.status") is not None
    exempt = training and not own_permit and f.flag("program.acgme_accredited") is not False
    return exempt and state == "NY"


def _license_status(f: Facts) -> str | None:
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


def _license_term(f: Facts, r: Ruling) -> None:
    asked = f.number("petition.requested_months")
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


def _training_term(f: Facts) -> float | None:
    state = f.state
    training = book().get(f"{state}-TRAINING")
    found = training.values.get("term_months") if training else None
    return float(found) if found else None


def _license_pending(f: Facts, r: Ruling) -> None:
    formality = f.text("license.obstacle") == "ssn_or_immigration_document_only"
    letter = f.flag("license.board_letter")
    if not formality or letter is False or f.text("petition.kind") == "extension":
        r.block("license_not_issued", "H1B-LICSSN")
        return
    if letter is None:
        r.doubt("fact_missing")
    most = number("H1B-LICSSN", "approval_months")
    asked = f.number("petition.requested_months")
    r.require("no_practice_before_license", "H1B-LICSSN")
    r.require("license_not_issued")
    if asked and asked > most:
        r.require("validity_limited_by_license")
    r.give(validity_months=min(asked or most, most))


@question
def j1_statement_of_need(f: Facts) -> Ruling:
    """The health ministry of which country issues the Statement of Need?"""
    r = Ruling()
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
    return r
