"""Entry: suspensions and pauses by nationality, holds on benefits, and the visa interview."""

from datetime import date

from visamatch.rules.book import since, value, words
from visamatch.rules.case import Facts
from visamatch.rules.person import listed, resident
from visamatch.rules.ruling import Ruling, standing
from visamatch.rules.tables import part, question


@question
def entry_ban(f: Facts, r: Ruling) -> None:
    """Does a nationality proclamation or visa pause suspend this visa for this person?"""
    if resident(f):
        r.cite("BAN-WHO")
        return
    wanted = f.visa_class
    stands = standing(f, "BAN-2026", f.asked_on)
    if stands == "stale":
        r.doubt("source_too_old", "BAN-2026")
    elif stands == "not_yet" and f.asked_on >= since("BAN-2025"):
        reached = listed(f, words("BAN-2025", "countries"))
        if reached is not False:
            r.doubt("fact_missing" if reached is None else "source_too_old", "BAN-2025")
    elif stands == "in_force":
        _proclamation(f, wanted, r)
        _immigrant_pause(f, wanted, r)


def _proclamation(f: Facts, wanted: str | None, r: Ruling) -> None:
    r.cite("BAN-2026", "BAN-WHO")
    full, part = words("BAN-2026", "full"), words("BAN-2026", "partial")
    if wanted == "immigrant":
        part = part | words("BAN-2026", "immigrant_only")
    elif wanted is not None and wanted[0] not in words("BAN-2026", "partial_classes"):
        part = frozenset()
    reached = listed(f, full | part)
    if reached is False:
        return
    covered = _abroad_without_visa(f)
    if covered is False:
        if f.text("applicant.location") == "us":
            r.note("do_not_travel")
        return
    all_classes = listed(f, full)
    if reached is None or covered is None or (wanted is None and not all_classes):
        r.doubt("fact_missing")
    else:
        r.block("travel_ban_full" if all_classes else "travel_ban_partial")


def _abroad_without_visa(f: Facts) -> bool | None:
    """Was the person outside the US without a valid visa on the day the suspension began?"""
    place = f.text("applicant.at_ban_start.location")
    visa = f.flag("applicant.at_ban_start.valid_visa")
    if place == "us" or visa:
        return False
    if visa is None and valid_visa(f, since("BAN-2026"), ""):
        return False
    return True if place == "abroad" and visa is False else None


def valid_visa(f: Facts, on: date, wanted: str) -> bool | None:
    """Was a visa of that class ("" = any) valid on a day? None when nothing is said of visas."""
    visas = f.items("applicant.valid_visas")
    if visas is None:
        return None
    return any(
        str(visa.get("visa_class", wanted)).startswith(wanted)
        and (visa.get("issued_on") or on) <= on <= (visa.get("expires_on") or on)
        for visa in visas
    )


def _immigrant_pause(f: Facts, wanted: str | None, r: Ruling) -> None:
    if wanted != "immigrant" or f.asked_on < since("IV75"):
        return
    reached = listed(f, words("IV75", "countries"))
    if reached:
        r.block("immigrant_visa_pause", "IV75")
    elif reached is None:
        r.doubt("fact_missing", "IV75")


@question
def consular_interview(f: Facts, r: Ruling) -> None:
    """Where is the visa interview to be held, and is it waived?"""
    r.say("value")
    homes = list(f.items("applicant.citizenship") or ())
    lives = f.text("applicant.residence_country")
    if lives not in (None, "none", "US"):
        homes.append(str(lives))
    if homes and f.asked_on >= since("CONS-TCN"):
        r.cite("CONS-TCN")
        r.give(interview_countries=list(dict.fromkeys(homes)))
    wanted = f.visa_class
    personal = wanted == "immigrant" or (wanted or "?")[0] in value("CONS-IW", "classes")
    if personal and f.asked_on >= since("CONS-IW"):
        r.cite("CONS-IW", "CONS-VET")
        r.give(interview_waiver=False)
    if not r.values:
        r.doubt("fact_missing")


@part
def immigrant_visa(f: Facts, r: Ruling) -> None:
    """The suspensions and the pause for an immigrant visa, where a nationality is stated."""
    if f.known("applicant.citizenship"):
        r.join(entry_ban(f.given({"visa.visa_class": "immigrant"})))


@part
def hold_on_adjustment(f: Facts, r: Ruling) -> None:
    """A hold delays the decision of an adjustment, which may be filed all the same."""
    held = Ruling()
    benefit_hold(f, held)
    held.conditions, held.blockers = held.blockers, []
    r.join(held)


@part
def benefit_hold(f: Facts, r: Ruling) -> None:
    """Are decisions inside the US held for this nationality on that day? Any citizenship counts."""
    on = f.filed_on
    if on < since("BAN-2026"):
        countries = words("BAN-2025", "countries")
    else:
        kinds = ("full", "partial", "immigrant_only")
        countries = frozenset[str]().union(*(words("BAN-2026", kind) for kind in kinds))
    if countries.isdisjoint(f.items("applicant.citizenship") or ()):
        return
    stands = standing(f, "HOLD", on)
    if stands == "stale":
        r.doubt("source_too_old", "HOLD")
    elif stands == "in_force":
        r.block("benefit_hold", "HOLD")
    elif stands == "vacated":
        r.note("litigation_pending", "HOLD")
