"""Employer names as comparable words.

Official files cut names at 34 characters, abbreviate, drop apostrophes and blanks, and add legal
forms. :func:`read_names` undoes what can be undone and remembers that a name was cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from visamatch.facts.states import STATES

USCIS_CUT = 34  # characters an employer name had in USCIS files before FY2022

LEAST = 5  # letters of a second name worth reading


def word_list(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


_SMALL = word_list(
    "INC INCORPORATED LLC LC LTD LIMITED CORP CORPORATION CO COMPANY PC PLLC PA LP LLP NFP NPC"
    " THE OF AND AT FOR IN A AN BY JR AFFAIRS"
)
_LONG = dict(
    pair.split("=")
    for pair in word_list("""
    HOSP=HOSPITAL HOSPS=HOSPITAL HOSPITALS=HOSPITAL CTR=CENTER CTRS=CENTER CENTERS=CENTER
    CNTR=CENTER MED=MEDICAL MEDICIAL=MEDICAL UNIV=UNIVERSITY U=UNIVERSITY HLTH=HEALTH SYS=SYSTEM
    SYSTEMS=SYSTEM GRP=GROUP GR=GROUP ASSO=ASSOCIATES ASSOC=ASSOCIATES ASSOCS=ASSOCIATES
    ASSN=ASSOCIATES ASSOCIATION=ASSOCIATES SVC=SERVICES SVCS=SERVICES SERVICE=SERVICES
    FDN=FOUNDATION FDTN=FOUNDATION FOUND=FOUNDATION INST=INSTITUTE INSTITUTES=INSTITUTE ST=SAINT
    STE=SAINT SAINTS=SAINT MT=MOUNT FT=FORT GEN=GENERAL MEM=MEMORIAL REG=REGIONAL REGL=REGIONAL
    REHAB=REHABILITATION REHABILITAION=REHABILITATION COMM=COMMUNITY CNTY=COUNTY DEPT=DEPARTMENT
    COLL=COLLEGE SCH=SCHOOL PHYS=PHYSICIANS PHYSICIAN=PHYSICIANS SPEC=SPECIALTY ORG=ORGANIZATION
    PED=PEDIATRIC PEDS=PEDIATRIC PEDIATRICS=PEDIATRIC PROF=PROFESSIONAL RES=RESEARCH SCI=SCIENCES
    SCIENCE=SCIENCES EDUC=EDUCATION GRAD=GRADUATE MASS=MASSACHUSETTS CHILDREN=CHILDRENS
    WOMEN=WOMENS WOMAN=WOMENS WOMANS=WOMENS FAM=FAMILY INTL=INTERNATIONAL NATL=NATIONAL AFFIL=AFFILIATED
    AFFILIATES=AFFILIATED VETERANS=VA VETERAN=VA VETERNS=VA PRESBY=PRESBYTERIAN BAPT=BAPTIST METH=METHODIST
    N=NORTH S=SOUTH E=EAST
    W=WEST CLIN=CLINIC CLINICS=CLINIC EMER=EMERGENCY ORTHOPEDIC=ORTHOPAEDIC AUTH=AUTHORITY
    ORTHOPEDICS=ORTHOPAEDIC ORTHOPAEDICS=ORTHOPAEDIC GRTR=GREATER HEALTHCARE=HEALTH-CARE
    """)
)
# Legal forms long enough to be met cut in two.
_FORMS = ("INCORPORATED", "CORPORATION", "LIMITED", "COMPANY")
_PHRASES = (
    ("COM", "COLLEGE MEDICINE"),
    ("SOM", "SCHOOL MEDICINE"),
    ("OB GYN", "OBGYN"),
    ("UNI", "UNIVERSITY"),
    ("N J", "NEW JERSEY"),
)
_ALSO = re.compile(
    r"\bD ?/? ?B ?/? ?A\b/?|\b[AF] ?/? ?K ?/? ?A\b/?|\bFORMERLY\b|\bDOING BUSINESS AS\b"
    r"|\bAS PART OF\b|\bSUB(?:SIDIARY)? OF\b"
)
_AMBIGUOUS_CODES = frozenset(("IN", "OR", "ME", "OK", "HI", "LA", "CO", "PA"))


@dataclass(frozen=True, slots=True)
class Name:
    """A name's words. ``cut``: the source cut the name, so its last word may be a beginning only."""

    words: tuple[str, ...]
    cut: bool = False


def read_names(raw: str, state: str = "") -> tuple[Name, ...]:
    """The names in an employer string: the legal one first, then what it does business as.

    Args:
        raw: as the file has it, any case.
        state: two letters; the state's own code inside the name is spelled out.
    """
    cut = USCIS_CUT - 1 <= len(raw.strip()) <= USCIS_CUT
    parts = [words for part in _ALSO.split(_clean(raw)) if (words := name_words(part, state))]
    if cut and parts and len(parts[-1]) > 1 and any(f.startswith(parts[-1][-1]) for f in _FORMS):
        parts[-1] = parts[-1][:-1]
    if cut and len(parts) > 1 and len("".join(_ALSO.split(_clean(raw))[-1].split())) < LEAST:
        cut = not parts.pop()  # too little is left of the second name to say anything
    return tuple(Name(words, cut and words is parts[-1]) for words in parts)


def name_words(text: str, state: str = "") -> tuple[str, ...]:
    """A name's words, spelled out, without legal forms and small words."""
    text = re.sub(r"[^A-Z0-9 ]+", " ", _clean(text))
    text = re.sub(r"\b(?!OF\b|THE\b|AND\b)(\w{3,}) S\b", r"\1S", text)
    for short, long in _PHRASES:
        text = re.sub(rf"\b{short}\b", long, text)
    words: list[str] = []
    for word in text.split():
        if word == state and word not in _AMBIGUOUS_CODES:
            words += STATES[state].upper().split()
        elif word not in _SMALL:
            words += _LONG.get(word, word).split("-")
    return tuple(word for word in words if len(word) > 1 and word not in _SMALL)


def _clean(text: str) -> str:
    """Upper case, single blanks, no apostrophes, no remains of a wrong decoding."""
    text = re.sub(r"[ÂÃâ]\S?\S?", "", re.sub(r"['’`´]", "", text.replace("&amp;", "&")))
    return " ".join(text.upper().replace("&AMP;", "&").replace("&", " AND ").split())
