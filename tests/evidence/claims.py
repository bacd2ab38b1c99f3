"""Small statements to reason about, written for these tests."""

from datetime import date

from visamatch.evidence.statement import (
    Answer,
    Offer,
    Property,
    Statement,
    TraineeFilings,
    VisaPolicy,
)
from visamatch.facts.tables import Source

TODAY = date(2026, 11, 24)
PAGE = Source("s1", "program_page", "A page", "A hospital", "https://example.org/visas", "2026", "")


def policy(
    h1b: Offer,
    *conditions: str,
    j1: Answer = "yes",
    as_of: str = "2026-09-01",
    kind: Property = "policy",
    key: str = "",
    **details: str,
) -> Statement:
    value = VisaPolicy(j1, h1b, conditions, (), tuple(details.items()))
    return Statement(
        key or f"{kind}-{h1b}-{as_of}", "program", "p1", kind, value, as_of, PAGE, "read_by_person"
    )


def filings(
    count: int, year: int = 2025, specialty: str = "", kind: str = "resident", key: str = ""
) -> Statement:
    value = TraineeFilings(year, f"{year - 1}-10/{year}-03", kind, count)  # type: ignore[arg-type]
    return Statement(
        key or f"lca-{year}-{specialty}-{kind}-{count}",
        "petitioner",
        "e1",
        "trainee_filings",
        value,
        f"{year}-03",
        PAGE,
        "counted",
        specialty_id=specialty,
    )
