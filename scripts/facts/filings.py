"""Trainee filings (Department of Labor) and approvals (USCIS), by petitioner and fiscal year.

Titles are read and employers resolved by the package itself; here the extracts are brought into the
columns of its store, and the counts into those of the shipped tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from facts.petitioners import Petitioners
from facts.raw import number
from facts.registry import Registry
from visamatch.directory.filings import Group, tie
from visamatch.facts.states import postal
from visamatch.facts.tables import Approvals, Filings

YEARLY = {"Year": 1, "Hour": 2080, "Week": 52, "Month": 12, "Bi-Weekly": 26}
TRAINEE_WAGE = (30_000, 250_000)  # a year; anything outside is another job or a slip
EXTRACTS = {  # file: fiscal year, decisions covered, source
    "emmafan_FY2025_Q2_healthcare.parquet": (2025, "2024-10/2025-03", "dol-lca-fy2025-h1"),
    "maxghenis_FY2024_Q1.parquet": (2024, "2023-10/2023-12", "dol-lca-fy2024-q1"),
}
HUB = "uscis_datahub_health_univ_FY2014_2023.parquet"


def groups(data: Path) -> list[Group]:
    """The physician-trainee cases of the extracts, grouped and tied by ``directory.filings``."""
    return tie(_applications(data))


def _applications(data: Path) -> Iterator[dict[str, Any]]:
    for file, (year, _, _) in EXTRACTS.items():
        for row in pq.read_table(data / "filings" / file).to_pylist():
            wage = _yearly(row["WAGE_RATE_OF_PAY_FROM"], row["WAGE_UNIT_OF_PAY"])
            if wage is None or TRAINEE_WAGE[0] <= wage <= TRAINEE_WAGE[1]:
                yield {
                    "fiscal_year": year, "case_number": row.get("CASE_NUMBER"), "wage_from": wage,
                    "employer": (row["EMPLOYER_NAME"] or "").strip(), "dba": row.get("TRADE_NAME_DBA"),
                    "job_title": row["JOB_TITLE"] or "", "soc": row["SOC_CODE"],
                    "worksite_city": row.get("WORKSITE_CITY"), "worksite_state": row["WORKSITE_STATE"],
                    "prevailing_wage": _yearly(row.get("PREVAILING_WAGE"), row.get("PW_UNIT_OF_PAY")),
                }  # fmt: skip


def _yearly(amount: Any, unit: str | None) -> float | None:
    return float(amount) * YEARLY[unit] if amount and unit in YEARLY else None


def filings(found: Iterable[Group], petitioners: Petitioners, registry: Registry) -> list[Filings]:
    """Counts by petitioner, fiscal year, kind and named specialty."""
    rows: dict[tuple[str, int, str, str], list[Group]] = defaultdict(list)
    for group in found:
        who = petitioners.of_group(group)
        rows[who, group.fiscal_year, group.kind, group.specialty_id].append(group)
    periods = {year: (period, source) for year, period, source in EXTRACTS.values()}
    out = []
    for (who, year, kind, specialty_id), joined in rows.items():
        period, source = periods[year]

        def among(column: str, least: bool, joined: list[Group] = joined) -> int | None:
            told = [value for group in joined if (value := getattr(group, column)) is not None]
            return (min if least else max)(told, default=None)

        out.append(Filings(
            who, year, period, kind, specialty_id, sum(group.count for group in joined),
            among("wage_min", True), among("wage_max", False),
            among("prevailing_min", True), among("prevailing_max", False), None, None,
            tuple(sorted(case for group in joined for case in group.cases)), registry.cite(source),
        ))  # fmt: skip
    return out


def approvals(data: Path, petitioners: Petitioners, registry: Registry) -> list[Approvals]:
    """USCIS approvals of petitioners tied to an institution, by fiscal year."""
    sums: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for row, first, more in _uscis(data):
        state = postal(row["State"] or "")
        employer, city = (row["Employer"] or "").strip(), row["City"] or ""
        who = petitioners.of(employer, city, state, row["Tax ID"] or "")
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
    same = defaultdict(list)
    for row in pq.read_table(data / "filings" / HUB).to_pylist():
        names = ("Fiscal Year", "Employer", "NAICS", "Tax ID", "State", "City", "ZIP")
        same[tuple((row[name] or "").lstrip("0") for name in names)].append(row)
    for rows in same.values():
        counts = [
            (number(row["Initial Approvals"] or ""), number(row["Continuing Approvals"] or ""))
            for row in rows
        ]
        first, more = (max(count or 0 for count in column) for column in zip(*counts, strict=True))
        yield rows[0], first, more
