"""Reading the raw folder, writing the tables, and the small text tools both sides share."""

from __future__ import annotations

import csv
import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HAND = Path(__file__).parent / "hand"
SHIPPED = ROOT / "src" / "visamatch" / "facts" / "data"
DATA = Path(os.environ.get("VISAMATCH_SHARED", ROOT.parent / "shared")) / "data"

Record = dict[str, str]

_SHORT = (
    "Acad=Academy,Affil=Affiliated,Assn=Association,Childrens=Children's,Cnty=County,Co=County,Coll=College,"
    "COM=College of Medicine,Comm=Community,Ctr=Center,Ctrs=Centers,Dept=Department,Ed=Education,Educ=Education,"
    "Elizabeths=Elizabeth's,Fam=Family,Fdn=Foundation,Gen=General,Grad=Graduate,Grtr=Greater,Hlth=Health,"
    "Hosp=Hospital,Hosps=Hospitals,HSC=Health Science Center,Inst=Institute,Johns=John's,Josephs=Joseph's,"
    "Lukes=Luke's,Marys=Mary's,Med=Medical,Mem=Memorial,Mt=Mount,Natl=National,Prac=Practice,Presby=Presbyterian,"
    "Progs=Programs,Reg=Regional,Rehab=Rehabilitation,Res=Residency,Ritas=Rita's,Sch=School,Sci=Sciences,"
    "SOM=School of Medicine,St=St.,Svc=Service,Svcs=Services,Sys=System,Teach=Teaching,Univ=University,"
    "Vincents=Vincent's,Womens=Women's"
)
ABBREVIATIONS = dict(pair.split("=") for pair in _SHORT.split(","))
LOWER = {short.lower(): full for short, full in ABBREVIATIONS.items()}


def read(path: Path) -> list[Record]:
    """All rows of a CSV file as dictionaries."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def write(table: type[Any], records: Iterable[Any], folder: Path) -> int:
    """Write one table sorted by its cells, in UTF-8 with LF; returns the number of rows."""
    lines = sorted({tuple(map(_cell, astuple(record))) for record in records})
    with (folder / f"{table.table}.csv").open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(field.name for field in fields(table))
        out.writerows(lines)
    return len(lines)


def _cell(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, tuple):
        return "|".join(value)
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return " ".join(str(value).split())


def slug(text: str) -> str:
    """A readable id: ``Brigham and Women's Hospital`` becomes ``brigham-and-womens-hospital``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    plain = plain.replace("'", "").replace("&", " and ")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


LEGAL_FORMS = re.compile(
    r"\b(the|inc|incorporated|corp|corporation|llc|pc|ltd|dba|d b a|board of trustees|trustees of)\b"
)


def key(text: str) -> str:
    """Comparison key of a name: spelled out, without punctuation, articles and legal forms."""
    legal = re.split(r"\bd/?b/?a\b", text, flags=re.IGNORECASE)[0]  # the name before the brand
    words = " ".join(LOWER.get(word, word) for word in slug(legal).split("-"))
    words = LEGAL_FORMS.sub(" ", slug(words).replace("-", " "))
    words = re.sub(r"(?<=\w) s\b", "s", words)  # USCIS writes a blank for the apostrophe
    words = re.sub(r"\bsaint\b", "st", re.sub(r"\bhealthcare\b", "health care", words))
    return " ".join(words.split())


def spell_out(nrmp_name: str, state: str) -> str:
    """Readable NRMP institution name: ``Berkshire Med Ctr-MA`` is Berkshire Medical Center."""
    name = re.sub(rf"-{state or '-'}$", "", nrmp_name.strip())
    for pattern, full in (
        (r"^U (?:of )?", "University of "),
        (r"\bU\b(?!\.)", "University"),
        (r"\b(Coll|College|Sch|School)( of)? Med\b", r"\1 of Medicine"),
        (r"\bColl(ege)?( of)? Osteo Med\b", "College of Osteopathic Medicine"),
        (r"\bFam(ily)? Med\b", "Family Medicine"),
        (r"\bJohns (?=Hopkins)", "Johns_"),  # not one of the saint's hospitals
    ):
        name = re.sub(pattern, full, name)
    name = re.sub(r"[A-Za-z]+", lambda word: ABBREVIATIONS.get(word[0], word[0]), name)
    return name.replace("John's_", "Johns ")


def title(text: str) -> str:
    """Capital initials, also after an apostrophe's end: ``ST VINCENT'S`` is St Vincent's."""
    return re.sub(r"[A-Za-z]+(?:'[A-Za-z]+)?", lambda word: word[0].capitalize(), text)


def number(text: str) -> int | None:
    """A whole number, or None for an empty cell."""
    return int(float(text)) if text.strip() else None


def decimal(text: str, places: int = 4) -> float | None:
    """A decimal, or None for an empty cell."""
    return round(float(text), places) if text.strip() else None


def unique(items: Iterable[str]) -> tuple[str, ...]:
    """Items in order, each once, without empty ones and without list separators inside."""
    return tuple(dict.fromkeys(item.strip().replace("|", "/") for item in items if item.strip()))
