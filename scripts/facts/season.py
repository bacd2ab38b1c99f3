"""Fees, signals and base rates: published single figures, each with its season and source."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from facts.raw import HAND, SHIPPED, Record, number, read
from facts.registry import Registry
from visamatch.facts.tables import BaseRate, Fee, Signals, Specialty

TOGETHER = {  # one signal quota for two specialties
    "Child Neurology & NDD": ("child-neurology", "neurodevelopmental-disabilities"),
    "Diagnostic Radiology and Interventional Radiology":
        ("diagnostic-radiology", "interventional-radiology-integrated"),
    "Thoracic Surgery": ("thoracic-surgery-integrated",),
}  # fmt: skip


def fees(data: Path, registry: Registry) -> list[Fee]:
    """Prices that bear on the coming season, in our own words; the amount is checked against the raw table."""
    raw = {
        (row["item"], row["season_or_year"], row["amount_usd"]): row for row in read(data / "match" / "fees.csv")
    }  # fmt: skip
    out = []
    for row in read(HAND / "fees.csv"):
        seen = raw[row["raw_item"], row["raw_season"], row["amount"]]
        source = _source(seen, f"Fees: {row['item']}", row["season"], registry)
        out.append(Fee(
            row["fee_id"], row["item"], row["season"], float(row["amount"]), number(row["up_to"]), row["rule"],
            row["payer"], (source,),
        ))  # fmt: skip
    return out


def signals(data: Path, kinds: list[Specialty], registry: Registry) -> list[Signals]:
    """Signals by season and specialty."""
    by_name = {
        name.lower(): kind.specialty_id
        for kind in reversed(kinds)
        for name in (kind.name, *kind.aliases)
    }
    out = []
    for row in read(data / "match" / "signal_counts_by_season.csv"):
        season = row["eras_season"]
        source = _source(row, f"Program signals, {season} season", season, registry)
        for specialty_id in TOGETHER.get(row["specialty"]) or (by_name[row["specialty"].lower()],):
            out.append(Signals(
                int(season), specialty_id, number(row["gold"]), number(row["silver"]), int(row["total"]), (source,),
            ))  # fmt: skip
    return out


def base_rates(registry: Registry) -> list[BaseRate]:
    """Published shares of programs that sponsor."""
    return [
        BaseRate(
            row["specialty_id"], row["visa"], float(row["rate"]), int(row["n"]), int(row["year"]), row["what"],
            registry.cite(row["source"]),
        )
        for row in read(HAND / "base_rates.csv")
    ]  # fmt: skip


def cite_cycles(registry: Registry) -> None:
    """Ship the sources that the hand-written calendar names."""
    calendar = yaml.safe_load((SHIPPED / "cycles.yaml").read_text(encoding="utf-8"))
    for row in [*calendar["rules"].values(), *calendar["events"]]:
        registry.cite(*row["source"])


def _source(row: Record, title: str, season: str, registry: Registry) -> str:
    """A source row from the free text of the raw table: its first address, or its words."""
    text = row["source"].split(";")[0].strip()
    kind = (
        "official"
        if "official" in row["confidence"] or "aamc.org" in text or "fsmb.org" in text
        else "secondary"
    )
    year = re.search(r"\d{4}(-\d\d)?", season)
    address = re.match(r"[\w.-]+\.[a-z]{2,}[^\s(]*", text)
    return registry.page(
        address[0] if address else "",
        kind,
        title if address else text.replace(" )", ")"),
        year[0] if year else "undated",
    )
