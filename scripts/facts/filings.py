"""Trainee filings (Department of Labor) and approvals (USCIS), by petitioner and fiscal year.

The title rule is small and open to view; the package's own title reader may replace it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from facts.petitioners import Petitioners
from facts.raw import number, slug
from facts.registry import Registry
from visamatch.facts.tables import Approvals, Filings, Specialty

TRAINEE = re.compile(
    r"\bresidents?\b|\bfellows?\b|\bpgy|\bhouse ?(staff|officer)\b|\bres phys\b"
    r"|\b(graduate|gme) (physician )?trainee\b|post ?-?graduate (physician|training)",
    re.IGNORECASE,
)
FELLOW = re.compile(r"\bfellow", re.IGNORECASE)
RESIDENT = re.compile(r"\bresident|\bpgy|\bhouse ?officer", re.IGNORECASE)
STAFF = re.compile(r"\bhouse ?staff\b", re.IGNORECASE)
NOT_A_PHYSICIAN_TRAINEE = re.compile(
    r"vice president|director|care manager|faculty|hospitalist|attending|preceptor|visiting"
    r"|engineer|architect|policy|data|scien|veterinar|equine|large animal|pharma|podiatr|dental"
    r"|dentist|oral|orthodont|general practice|physicist|medical physics|nurse|practitioner"
    r"|therap|speech|orthotist|orthotic|research|post-?doc|non-gme|emergency & critical care",
    re.IGNORECASE,
)
PHYSICIAN_SOC = re.compile(
    r"29-1(06[0-9]|2[1-4][0-9])|29-(9099|1299|9799|1129)|25-1071|19-1042|11-9111"
)
OUTSIDE = (  # employers or worksites whose residents are no physicians
    re.compile(r"MCPHS|college of pharmacy|animal|veterinar|cvs|podiatr", re.IGNORECASE),
    re.compile(r"\bno\w* grafton\b", re.IGNORECASE),
)
YEARLY = {"Year": 1, "Hour": 2080, "Week": 52, "Month": 12, "Bi-Weekly": 26}
TRAINEE_WAGE = (30_000, 250_000)  # a year; anything outside is another job or a slip


@dataclass(frozen=True)
class Case:
    """One labor condition application by a physician trainee."""

    employer: str
    state: str
    kind: str
    specialty_id: str
    wage: int | None
    fiscal_year: int


EXTRACTS = {  # file: fiscal year, decisions covered, source
    "emmafan_FY2025_Q2_healthcare.parquet": (2025, "2024-10/2025-03", "dol-lca-fy2025-h1"),
    "maxghenis_FY2024_Q1.parquet": (2024, "2023-10/2023-12", "dol-lca-fy2024-q1"),
}


def trainee_kind(title: str, soc: str) -> str:
    """``resident``, ``fellow`` or ``resident_or_fellow``; empty for any other job."""
    physician = PHYSICIAN_SOC.match(soc) and not NOT_A_PHYSICIAN_TRAINEE.search(title)
    if not physician or not TRAINEE.search(title):
        return ""
    resident = RESIDENT.search(title)
    if FELLOW.search(title):
        return "resident_or_fellow" if resident and "/" in title else "fellow"
    return "resident" if resident or STAFF.search(title) else "resident_or_fellow"


class SpecialtyNames:
    """Finds the specialty a title names: the longest name or alias, of the level that fits."""

    def __init__(self, kinds: list[Specialty]) -> None:
        names = [
            (_words(name), kind) for kind in kinds for name in (kind.name, *kind.aliases)
            if len(name) >= 5 or "/" in name or name in {"IM", "FM"}
        ]  # fmt: skip
        self._names = sorted(names, key=lambda pair: -len(pair[0]))

    def find(self, title: str, kind: str) -> str:
        """The specialty_id, or empty when the title names none."""
        text = f" {_words(title)} "
        found = [(name, kind) for name, kind in self._names if f" {name} " in text]
        longest = [spec for name, spec in found if len(name) == len(found[0][0])]
        fits = ("fellowship",) if kind == "fellow" else ("residency", "combined")
        longest.sort(key=lambda spec: spec.level not in fits)
        return longest[0].specialty_id if longest else ""


def _words(text: str) -> str:
    """Comparable words; adjectives of a specialty become its noun."""
    for pattern, word in (
        (r"\bpediatric (medical )?resident", "pediatrics resident"),
        (r"\bpsychiatric resident", "psychiatry resident"),
        (r"^medicine$|-(primary|preliminary)$", "no-name"),
    ):
        text = re.sub(pattern, word, text.lower())
    return slug(text).replace("-", " ")


def cases(data: Path, kinds: list[Specialty]) -> Iterator[Case]:
    """All physician-trainee cases of the extracts."""
    names = SpecialtyNames(kinds)
    for file, (year, _, _) in EXTRACTS.items():
        for row in pq.read_table(data / "filings" / file).to_pylist():
            title, employer = row["JOB_TITLE"] or "", (row["EMPLOYER_NAME"] or "").strip()
            kind = trainee_kind(title, row["SOC_CODE"] or "")
            city, state = row.get("WORKSITE_CITY") or "", row["WORKSITE_STATE"] or ""
            if not kind or OUTSIDE[0].search(employer) or OUTSIDE[1].search(city):
                continue
            wage = _wage(row)
            if wage is None or TRAINEE_WAGE[0] <= wage <= TRAINEE_WAGE[1]:
                yield Case(employer, state, kind, names.find(title, kind), wage, year)


def _wage(row: dict[str, Any]) -> int | None:
    amount, unit = row["WAGE_RATE_OF_PAY_FROM"], row["WAGE_UNIT_OF_PAY"]
    return round(float(amount) * YEARLY[unit]) if amount and unit in YEARLY else None


def filings(found: list[Case], petitioners: Petitioners, registry: Registry) -> list[Filings]:
    """Counts by petitioner, fiscal year, kind and named specialty."""
    groups: dict[tuple[str, int, str, str], list[int | None]] = defaultdict(list)
    for case in found:
        who = petitioners.of(case.employer, case.state)
        if who:
            groups[who, case.fiscal_year, case.kind, case.specialty_id].append(case.wage)
    periods = {year: (period, source) for year, period, source in EXTRACTS.values()}
    out = []
    for (who, year, kind, specialty_id), wages in groups.items():
        period, source = periods[year]
        paid = [wage for wage in wages if wage]
        low, high = min(paid, default=None), max(paid, default=None)
        cited = registry.cite(source)
        out.append(Filings(who, year, period, kind, specialty_id, len(wages), low, high, cited))
    return out


def approvals(data: Path, petitioners: Petitioners, registry: Registry) -> list[Approvals]:
    """USCIS approvals of petitioners linked to an institution, by fiscal year."""
    sums: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for row, first, more in _uscis(data):
        who = petitioners.of_uscis(row)
        if who:
            total = sums[who, int(row["Fiscal Year"])]
            total[0] += first
            total[1] += more
    return [
        Approvals(who, year, first, more, year != 2023, registry.cite(f"uscis-hub-{year}"))
        for (who, year), (first, more) in sums.items()
        if first or more
    ]


def _uscis(data: Path) -> Iterator[tuple[dict[str, Any], int, int]]:
    """Employer rows of the USCIS hub with initial and continuing approvals.

    The FY2021 copy repeats rows, once without leading zeros and with lower counts: of rows that
    agree in all but counts and zeros the largest counts.
    """
    file = data / "filings" / "uscis_datahub_health_univ_FY2014_2023.parquet"
    same = defaultdict(list)
    for row in pq.read_table(file).to_pylist():
        names = ("Fiscal Year", "Employer", "NAICS", "Tax ID", "State", "City", "ZIP")
        same[tuple((row[name] or "").lstrip("0") for name in names)].append(row)
    for rows in same.values():
        counts = [
            (number(row["Initial Approvals"] or ""), number(row["Continuing Approvals"] or ""))
            for row in rows
        ]
        first, more = (max(count or 0 for count in column) for column in zip(*counts, strict=True))
        yield rows[0], first, more
