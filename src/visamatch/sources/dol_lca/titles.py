"""Trainee titles: does an application ask for a resident, a fellow, an attending, or none of these?

The title's words decide, together with the occupation code (SOC, or the DOT group before FY2010)
and the kind of employer. The words stand in ``titles.yaml``; here stands how they are weighed.
Method and figures: ``docs/method/filings.md``.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from visamatch.shipped import shipped

Label = Literal["resident", "fellow", "attending", "other"]
Field = Literal["physician", "any_health", "other_health", "outside"]


@dataclass(frozen=True, slots=True)
class Title:
    """What a title says.

    Attributes:
        label: ``resident`` also where the title says resident or fellow without deciding.
        specialty: in the field's words, or None where the title names none. An occupation code
            alone never names it: personnel offices choose the code by its wage.
        specialty_id: the specialty of ``facts/``, or empty where it has none of that name.
        resident_or_fellow: the title leaves open which of the two.
    """

    label: Label
    specialty: str | None = None
    specialty_id: str = ""
    resident_or_fellow: bool = False


@dataclass(frozen=True, slots=True)
class _Specialty:
    name: str
    specialty_id: str
    words: re.Pattern[str]
    unless: re.Pattern[str] | None
    only: str


def read_title(job_title: str, soc: str = "", employer: str = "") -> Title:
    """Read one job title.

    >>> read_title("Resident in Internal Medicine", "29-1229.00")
    Title(label='resident', specialty='internal medicine', specialty_id='internal-medicine', ...)
    """
    text = plain(job_title)
    label = _label(text, field_of(soc), plain(employer))
    if label == "other":
        return Title("other")
    specialty = _specialty(text, label)
    both = label == "resident" and bool(_says("fellow").search(text))
    if specialty is None:
        return Title(label, resident_or_fellow=both)
    return Title(label, specialty.name, specialty.specialty_id, both)


def plain(text: str) -> str:
    """Lower case, single blanks, ``/`` and brackets kept; broken characters become blanks."""
    text = text.lower().replace("&amp;", " and ").replace("&", " and ").replace("'", "")
    return " ".join(re.sub(r"[^a-z0-9/()]+", " ", re.sub(r"([/()])", r" \1 ", text)).split())


def field_of(soc: str) -> Field:
    """The field an occupation code stands for, as far as codes can be trusted.

    Physicians: 29-1060 to 29-1069 (2010 SOC), 29-1210 to 29-1249 (2018), DOT 070. Personnel
    offices also use catch-all codes for trainees (``any_health``); missing codes count as such.
    """
    digits = re.sub(r"\D", "", soc.split(".")[0])
    if re.search(r"[a-z]", soc, re.IGNORECASE):  # a spreadsheet turned 11-2021 into Nov-21
        return "outside"
    if len(digits) <= 3:
        return _DOT.get(digits.lstrip("0"), "any_health" if not digits else "outside")
    if re.match(r"29106|2912[1-4]", digits):
        return "physician"
    if re.match(r"299099|291299|299799|291199|292099|191042|251071", digits):
        return "any_health"
    return "other_health" if digits.startswith(("29", "31")) else "outside"


_OTHER: Field = "other_health"
_DOT: dict[str, Field] = {"70": "physician", "79": "any_health"}
_DOT.update({str(group): _OTHER for group in range(71, 79)})


def _label(text: str, field: Field, employer: str) -> Label:
    resident = _says("resident").search(text) or (
        field == "physician" and _says("intern").search(text)
    )
    trains = bool(resident or _says("fellow").search(text))
    if _other_profession(text, field, employer, trains):
        return "other"
    if not trains:
        return "attending" if _practises(text, field) else "other"
    if _teaches(text):
        return "attending" if field != "outside" else "other"
    return _which(text) if _is_medical(text, field) else "other"


def _other_profession(text: str, field: Field, employer: str, trains: bool) -> bool:
    """Whether words or employer point to another profession or to research."""
    if _says("animals").search(text):
        return True
    physician = field == "physician"
    if _says("profession").search(text):
        return trains or not (physician and _says("a_physician").search(text))
    if physician:
        return (
            trains and bool(_says("research").search(text)) and not _says("a_resident").search(text)
        )
    if _says("business").search(text) or _says("research").search(text):
        return True
    return bool(_says("other_profession_employers").search(employer))


def _practises(text: str, field: Field) -> bool:
    """Whether somebody who is not in training practices medicine."""
    if field == "any_health":
        return bool(_says("a_physician").search(text) and _says("physician").search(text))
    return field == "physician" or bool(_says("practices").search(text))


def _teaches(text: str) -> bool:
    """Whether the training word names the program somebody runs or teaches in, not the person."""
    if _says("faculty").search(text):
        return True
    return bool(_says("academic").search(text)) and not (
        _says("a_resident").search(text) or _says("a_fellow").search(text)
    )


def _is_medical(text: str, field: Field) -> bool:
    """Whether a trainee is a physician: the less the code says, the more the title must."""
    if field == "physician" or _says("certain").search(text) or _says("strong").search(text):
        return field != "outside" or bool(_says("certain").search(text))
    if field != "any_health":
        return False
    if _says("resident").search(text) or _says("physician").search(text):
        return True
    return _specialty(text, "fellow") is not None  # a bare fellow may be anything


def _which(text: str) -> Label:
    """Resident or fellow; a title that offers both counts as resident."""
    fellow = _says("fellow").search(text)
    if not fellow:
        return "resident"
    return "resident" if _says("a_resident").search(text) and _EITHER.search(text) else "fellow"


_EITHER = re.compile(
    r"residents?( \w+)* (/|or|and) [^()]*fellow|fellows? (/|or|and) [^()]*residen|resident fellow"
)


def _specialty(text: str, label: Label) -> _Specialty | None:
    text = " ".join(re.sub(r"[/()]", " ", text).replace("physician and surgeon", "").split())
    found = next((s for s in _specialties() if _fits(s, text, label)), None)
    if found is None or not _says("pediatric").search(text) or label == "resident":
        return found
    if found.name in ("pediatrics", "internal medicine/pediatrics", "dermatology"):
        return found
    return next(s for s in _specialties() if s.name == "pediatric subspecialty")


def _fits(specialty: _Specialty, text: str, label: Label) -> bool:
    if specialty.only and label not in specialty.only:
        return False
    return bool(specialty.words.search(text)) and not (
        specialty.unless and specialty.unless.search(text)
    )


@cache
def _specialties() -> tuple[_Specialty, ...]:
    return tuple(
        _Specialty(
            entry["name"], entry["id"], _any(entry["words"]),
            re.compile(entry["unless"]) if "unless" in entry else None, entry.get("only", ""),
        )
        for entry in shipped("sources/dol_lca/titles.yaml")["specialties"]
    )  # fmt: skip


@cache
def _says(list_: str) -> re.Pattern[str]:
    """Any of the words of one list of ``titles.yaml``."""
    return _any(shipped("sources/dol_lca/titles.yaml")[list_])


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(patterns) + r")\b")
