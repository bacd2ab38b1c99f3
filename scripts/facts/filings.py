"""Trainee filings (Department of Labor) and approvals (USCIS), counted by petitioner and fiscal year.

The title rule here is small and open to view; the package's own title reader may replace it.
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
from facts.raw import key, number, slug
from facts.registry import Registry
from visamatch.facts.tables import Approvals, Filings, Specialty

TRAINEE = re.compile(
    r"\bresidents?\b|\bfellows?\b|\bpgy|\bhouse ?(staff|officer)\b|\b(graduate|gme) (physician )?trainee\b"
    r"|post ?-?graduate (physician|training)|advanced cardiac imaging fellowship|\bres phys\b",
    re.IGNORECASE,
)
FELLOW = re.compile(r"\bfellow", re.IGNORECASE)
RESIDENT = re.compile(r"\bresident|\bpgy|\bhouse ?(staff|officer)", re.IGNORECASE)
NOT_A_PHYSICIAN_TRAINEE = re.compile(
    r"vice president|director|care manager|faculty|hospitalist|attending|preceptor|engineer|architect|visiting"
    r"|veterinar|equine|large animal|pharma|podiatr|dental|dentist|oral|orthodont|general practice"
    r"|physicist|medical physics|nurse|practitioner|therap|speech|orthotist|orthotic|research|post-?doc"
    r"|policy|data|scien|non-gme|emergency & critical care",
    re.IGNORECASE,
)
PHYSICIAN_SOC = re.compile(r"29-1(06[0-9]|2[1-4][0-9])|29-(9099|1299|9799|1129)|25-1071|19-1042|11-9111")
OUTSIDE = (  # employers or worksites whose residents are no physicians
    re.compile(r"MCPHS|college of pharmacy|animal|veterinar|cvs|podiatr", re.IGNORECASE),
    re.compile(r"north grafton", re.IGNORECASE),
)
HOURS, WEEKS, MONTHS = 2080, 52, 12
YEARLY = {"Year": 1, "Hour": HOURS, "Week": WEEKS, "Month": MONTHS, "Bi-Weekly": WEEKS / 2}
TRAINEE_WAGE = (30_000, 250_000)  # a year; anything outside is another job or a slip


@dataclass(frozen=True)
class Case:
    """One labor condition application by a physician trainee."""

    employer: str
    city: str
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
    """``resident``, ``fellow`` or ``resident_or_fellow`` of a job title, empty when it is neither."""
    if not TRAINEE.search(title) or NOT_A_PHYSICIAN_TRAINEE.search(title) or not PHYSICIAN_SOC.match(soc):
        return ""
    fellow, resident = FELLOW.search(title), RESIDENT.search(re.sub(r"house ?staff", "", title, flags=re.I))
    if fellow:
        return "resident_or_fellow" if resident and "/" in title else "fellow"
    return "resident" if resident or re.search("house ?staff", title, re.I) else "resident_or_fellow"


class SpecialtyNames:
    """Finds the specialty a title names: the longest name or alias, of the level that fits."""

    def __init__(self, kinds: list[Specialty]) -> None:
        names = [
            (_words(name), kind) for kind in kinds for name in (kind.name, *kind.aliases) if len(name) >= 5 or "/" in name
        ]  # fmt: skip
        names += [(short, kind) for kind in kinds for short in ("im", "fm") if short.upper() in kind.aliases]
        self._names = sorted(names, key=lambda pair: -len(pair[0]))

    def find(self, title: str, kind: str) -> str:
        """The specialty_id, or empty when the title names none."""
        text = _words(title)
        levels = ("fellowship", "residency", "combined") if kind == "fellow" else ("residency", "combined", "fellowship")
        found = [(name, spec) for name, spec in self._names if re.search(rf"\b{re.escape(name)}\b", text)]
        if not found:
            return ""
        longest = len(found[0][0])
        best = [spec for name, spec in found if len(name) == longest]
        return min(best, key=lambda spec: levels.index(spec.level)).specialty_id


def _words(text: str) -> str:
    text = re.sub(r"\bpediatrics? resident|\bpediatric medical resident", "pediatrics resident", text.lower())
    text = text.replace("psychiatric resident", "psychiatry resident").replace("anesthesia ", "anesthesiology ")
    return slug(re.sub(r"^medicine$|-(primary|preliminary)$", "no-name", text)).replace("-", " ")


def cases(data: Path, kinds: list[Specialty]) -> Iterator[Case]:
    """All physician-trainee cases of the extracts."""
    names = SpecialtyNames(kinds)
    for file, (year, _, _) in EXTRACTS.items():
        for row in pq.read_table(data / "filings" / file).to_pylist():
            title, employer = row["JOB_TITLE"] or "", (row["EMPLOYER_NAME"] or "").strip()
            kind = trainee_kind(title, row["SOC_CODE"] or "")
            city = row.get("WORKSITE_CITY") or ""
            if not kind or OUTSIDE[0].search(employer) or OUTSIDE[1].search(city):
                continue
            wage = _wage(row)
            if wage and not TRAINEE_WAGE[0] <= wage <= TRAINEE_WAGE[1]:
                continue
            yield Case(employer, city, row["WORKSITE_STATE"] or "", kind, names.find(title, kind), wage, year)


def _wage(row: dict[str, Any]) -> int | None:
    amount, unit = row["WAGE_RATE_OF_PAY_FROM"], row["WAGE_UNIT_OF_PAY"]
    if not amount or unit not in YEARLY:
        return None
    return round(float(amount) * YEARLY[unit])


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
        out.append(Filings(
            who, year, period, kind, specialty_id, len(wages), min(paid, default=None), max(paid, default=None),
            registry.cite(source),
        ))  # fmt: skip
    return out


def approvals(rows: list[dict[str, Any]], petitioners: Petitioners, registry: Registry) -> list[Approvals]:
    """USCIS approvals of petitioners linked to an institution, by fiscal year."""
    sums: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        who = petitioners.of_uscis(row)
        if who:
            total = sums[who, int(row["Fiscal Year"])]
            total[0] += number(row["Initial Approvals"] or "0") or 0
            total[1] += number(row["Continuing Approvals"] or "0") or 0
    return [
        Approvals(who, year, initial, continuing, year != 2023, registry.cite(f"uscis-hub-{year}"))
        for (who, year), (initial, continuing) in sums.items() if initial or continuing
    ]  # fmt: skip


def uscis(data: Path) -> list[dict[str, Any]]:
    """The employer rows of the USCIS hub, once each."""
    rows = pq.read_table(data / "filings" / "uscis_datahub_health_univ_FY2014_2023.parquet").to_pylist()
    once = {tuple((name, value) for name, value in row.items() if name not in {"source_file", "ZIP"}): row for row in rows}
    return list(once.values())


__all__ = ["Case", "approvals", "cases", "filings", "key", "trainee_kind", "uscis"]
