"""State licenses, and the program's own rule."""

from __future__ import annotations

from visamatch.rules.book import Rule, book
from visamatch.rules.case import Facts
from visamatch.rules.person import (
    CERTIFICATE_CODES,
    LACKING,
    certificate,
    needs_ecfmg,
    passed,
    resident,
    school,
)
from visamatch.rules.ruling import Ruling
from visamatch.rules.tables import apply, question


@question
def state_license(f: Facts) -> Ruling:
    """May the state board issue the license in ``license``, and which document is it?"""
    r = Ruling()
    state = f.state
    kind = f.text("license.kind") or "training"
    training = book().get(f"{state}-TRAINING")
    if kind == "full" and state == "MA":
        apply("massachusetts_full", f, r)
    elif kind == "physician_pathway_limited" and state == "MA":
        r.doubt("fact_missing", "MA-PPA")
        r.give(document="limited_license")
    elif kind == "training" and training:
        _training(f, training, r)
    else:
        r.doubt("fact_missing", "STATE-UNREAD")
    return r


def _training(f: Facts, training: Rule, r: Ruling) -> None:
    r.cite(training.id)
    accredited = f.flag("program.acgme_accredited")
    if training.values.get("accredited_exempt") and accredited is not False:
        r.give(document="none")
        return
    _document(f, training, r)
    state = training.id.removesuffix("-TRAINING")
    for held in f.items("applicant.licenses_held") or ():
        if state == "MA" and held.get("state") == state and held.get("kind") == "full":
            r.block("full_license_held")
    for need in training.values["needs"]:
        if need == "ecfmg":
            _ecfmg(f, r)
        else:
            _step(f, need, r)
    unread = training.values.get("later_years_unread")
    failed = any(passed(f, step, f.asked_on) is False for step in ("step1", "step2ck", "step3"))
    if unread and failed and (f.number("program.pgy") or 0) >= unread:
        r.doubt("fact_missing", "STATE-UNREAD")


def _document(f: Facts, training: Rule, r: Ruling) -> None:
    first = training.values.get("first_year_document")
    year = f.number("program.pgy")
    if first and year is None:
        r.doubt("fact_missing")
    else:
        r.give(document=first if first and year == 1 else training.values["document"])


def _ecfmg(f: Facts, r: Ruling) -> None:
    if needs_ecfmg(f) is False:
        return
    held = certificate(f, f.asked_on)
    if held is None:
        r.doubt("fact_missing")
    elif held != "valid":
        r.block(CERTIFICATE_CODES[held], "ECF-CERTEXP")


def _step(f: Facts, step: str, r: Ruling) -> None:
    done = passed(f, step, f.asked_on)
    if done or passed(f, "lmcc", f.asked_on):  # Massachusetts takes the Canadian exam instead
        return
    if done is False:
        r.block(LACKING[step])
    elif school(f) != "us":
        r.doubt("fact_missing")


@question
def program_policy(f: Facts) -> Ruling:
    """Does the program's own stated rule admit this person with this visa?"""
    r = Ruling()
    r.cite("PROGRAM")
    accepted = f.items("program.visas_accepted")
    if accepted is not None and not resident(f):
        taken = _takes(f, [name.casefold() for name in accepted])
        if taken is None:
            r.doubt("fact_missing")
        elif not taken:
            r.block("program_does_not_sponsor")
    _step3_by_year(f, r)
    if accepted is None and not f.known("program.step3_required_from_pgy"):
        r.doubt("fact_missing")
    return r


def _takes(f: Facts, accepted: list[str]) -> bool | None:
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


def _step3_by_year(f: Facts, r: Ruling) -> None:
    required = f.number("program.step3_required_from_pgy")
    if not required:
        return
    year, done = f.number("program.pgy"), passed(f, "step3", f.asked_on)
    if done or (year is not None and year < required):
        return
    if year is None or done is None:
        r.doubt("fact_missing")
    else:
        r.block("program_requires_step3")
