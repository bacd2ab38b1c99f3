"""What is often said about sponsorship, beside what the data on file say, with their n."""

from __future__ import annotations

from dataclasses import dataclass

from visamatch.directory.programs import directory
from visamatch.facts.tables import BaseRate, Filings, Policy, rows

SHORTAGE = ("family-medicine", "psychiatry", "pediatrics")
OFFERS = ("yes", "conditional", "case_by_case")


@dataclass(frozen=True, slots=True)
class Myth:
    """A common saying. ``finding`` says what the data show, or "no data"; ``n`` counts what was looked at."""

    saying: str
    finding: str
    n: int
    basis: str


def myths() -> tuple[Myth, ...]:
    """The sayings of advice columns, each with its check."""
    return (_core(), _fellowships(), _shortage(), _top())


def _core() -> Myth:
    rate = {(row.specialty_id, row.visa): row for row in rows(BaseRate)}
    h1b, j1 = rate["internal-medicine", "H-1B"], rate["internal-medicine", "J-1"]
    surgery = rate["general-surgery", "H-1B"]
    return Myth(
        "Core specialties prefer J-1.",
        f"True of internal medicine: {j1.rate:.0%} of programs accept J-1, {h1b.rate:.0%} sponsor H-1B. "
        f"General surgery: {surgery.rate:.0%} sponsored in {surgery.year}. Other core specialties: no data.",
        h1b.n + surgery.n,
        f"published surveys, {h1b.year} and {surgery.year}",
    )


def _fellowships() -> Myth:
    said = [row for row in rows(Policy) if row.sponsors_h1b != "unknown"]
    shares = {
        level: [row.sponsors_h1b in OFFERS for row in said if row.level == level]
        for level in ("residency", "fellowship")
    }
    residency, fellowship = (sum(found) / len(found) for found in shares.values())
    more = "more" if fellowship > residency else "not more"
    return Myth(
        "Fellowships are more open to H-1B.",
        f"On the pages read, {more}: {fellowship:.0%} of {len(shares['fellowship'])} fellowship pages offer it "
        f"in some form, {residency:.0%} of {len(shares['residency'])} residency pages. The pages are no random sample.",
        sum(map(len, shares.values())),
        "policies read by a person",
    )


def _shortage() -> Myth:
    positions = _positions()
    cases = dict.fromkeys(positions, 0)
    for row in rows(Filings):
        if row.kind == "resident" and row.specialty_id in cases:
            cases[row.specialty_id] += row.count
    per = {name: 1000 * cases[name] / positions[name] for name in (*SHORTAGE, "internal-medicine")}
    listed = ", ".join(f"{name.replace('-', ' ')} {value:.1f}" for name, value in per.items())
    return Myth(
        "Shortage fields are more flexible.",
        f"Cases that name the specialty, for each 1,000 positions: {listed}. Only a third of cases name one, by "
        "habit of the employer, so this is a hint and no share of programs.",
        sum(cases[name] for name in per),
        "labor condition applications for residents",
    )


def _positions() -> dict[str, int]:
    known = directory()
    found: dict[str, int] = {}
    for program in known.programs.values():
        quota = known.quota(program.program_id)
        if quota:
            found[program.specialty_id] = found.get(program.specialty_id, 0) + quota[0]
    return found


def _top() -> Myth:
    return Myth(
        "Top programs take J-1 only.",
        "No data: there is no ranking of programs among our facts, and we use none.",
        0,
        "none",
    )
