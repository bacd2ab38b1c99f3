"""Fees, signals and base rates: published single figures, each with its season and source."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from facts.raw import HAND, SHIPPED, Record, number, read, slug
from facts.registry import Registry
from visamatch.facts.tables import BaseRate, Fee, Signals, Specialty

NOT_FOUND = ("not found", "UNVERIFIED")
TOGETHER = {  # one signal quota for two specialties
    "Child Neurology & NDD": ("child-neurology", "neurodevelopmental-disabilities"),
    "Diagnostic Radiology and Interventional Radiology": ("diagnostic-radiology", "interventional-radiology-integrated"),
    "Thoracic Surgery": ("thoracic-surgery-integrated",),
}  # fmt: skip
TIERS = re.compile(r"programs (?:\d+-)?(\d+)\b(?!\+)|first (\d+)|^each,? (?:programs )?\d+-(\d+)")


def fees(data: Path, registry: Registry) -> list[Fee]:
    """Prices with an amount that somebody read; worked examples and guesses are left out."""
    out = []
    for row in read(data / "match" / "fees.csv"):
        known = row["amount_usd"] and not row["confidence"].startswith(NOT_FOUND)
        if not known or "worked example" in row["item"]:
            continue
        rule = row["unit_or_rule"]
        season = re.sub(r" (season|Match|eligibility periods|Pathways)$", "", row["season_or_year"])
        tier = (
            TIERS.search(rule)
            if row["item"] == "ERAS residency application" and "+" not in rule
            else None
        )
        up_to = int(next(filter(None, tier.groups()))) if tier else None
        suffix = f"-{up_to or 'rest'}" if row["item"] == "ERAS residency application" else ""
        suffix += "-small" if "small employers" in rule and row["amount_usd"] == "460" else ""
        out.append(Fee(
            slug(f"{row['item']} {season}") + suffix, row["item"], season, float(row["amount_usd"]), up_to, rule,
            row["who_pays"].split(" ")[0], (_source(row, f"Fees: {row['item']}", season, registry),),
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
