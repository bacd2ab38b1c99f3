"""Build the shipped fact tables (``src/visamatch/facts/data/*.csv``) from the raw data folder.

Inputs, all below ``--data`` (default ``../shared/data``, or ``VISAMATCH_SHARED``): ``programs/*.csv`` (codes, names,
places, quotas; positions, settings and websites of directories are never read), ``filings/*.parquet`` (labor condition
applications, USCIS approvals), the codes of ``labelled/visa_statements.jsonl`` for programs' own pages and of
``programs/visa_policy_facts_new_england.csv`` (never their text), ``match/fees.csv`` and
``match/signal_counts_by_season.csv``; and the hand-written tables of ``scripts/facts/hand``. The same input gives the
same bytes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from facts import filings, petitioners, places, policies, programs, raw, registry, season

from visamatch.facts import tables


def build(data: Path) -> dict[type[Any], Collection[Any]]:
    """Every table with its rows, in no order."""
    sources = registry.Registry()
    where = places.build(data, sources)
    kinds = programs.specialties(sources)
    listed = programs.build(data, where, kinds, sources)
    places.join_systems(where, sources)
    employers = petitioners.build(where, sources)
    filed = filings.filings(filings.groups(data), employers, sources)
    approved = filings.approvals(data, employers, sources)
    season.cite_cycles(sources)
    names = {key: program.name for key, program in listed.programs.items()}
    names |= {key: place.name for key, place in where.institutions.items()}
    names |= {system.system_id: system.name for system in where.systems.values()}
    made: dict[type[Any], Collection[Any]] = {
        tables.Specialty: kinds,
        tables.System: where.systems.values(),
        tables.Institution: where.institutions.values(),
        tables.Petitioner: employers.seen([*filed, *approved]),
        tables.Program: listed.programs.values(),
        tables.Track: listed.tracks,
        tables.Quota: listed.quotas,
        tables.History: listed.history,
        tables.Policy: policies.build(data, names, sources),
        tables.Filings: filed,
        tables.Approvals: approved,
        tables.Fee: season.fees(data, sources),
        tables.Signals: season.signals(data, kinds, sources),
        tables.BaseRate: season.base_rates(sources),
    }
    return made | {tables.Source: sources.used()}


def main() -> None:
    """Write every table and print its number of rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=raw.DATA)
    parser.add_argument("--out", type=Path, default=raw.SHIPPED)
    options = parser.parse_args()
    for table, records in build(options.data).items():
        print(f"{raw.write(table, records, options.out):6,} {table.table}")


if __name__ == "__main__":
    main()
