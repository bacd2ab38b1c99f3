"""Rebuild the resolver's machine-made registers in ``src/visamatch/directory/data``.

``hospitals.csv`` is CMS's hospital list, cut to names and places. ``tax_ids.csv`` is learned from the
USCIS files: the institution that most of a (state, last four digits) group's approvals resolve to by name.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from visamatch.directory.registers import judgements, registers  # noqa: E402
from visamatch.directory.resolve import Resolver  # noqa: E402

OUT = ROOT / "src" / "visamatch" / "directory" / "data"
SHARE_OF_GROUP, SHARE_OF_RESOLVED = 0.6, 0.9  # below, the digits are not one employer's


def hospitals(data: Path) -> list[tuple[str, ...]]:
    """CMS certification number, name, city, state."""
    with (data / "programs" / "hospitals_cms_2026.csv").open(encoding="utf-8") as stream:
        return [
            (row["cms_ccn"], row["facility_name"].title().replace("'S", "'s"), row["city"].title(), row["state"])
            for row in csv.DictReader(stream)
        ]  # fmt: skip


def tax_ids(data: Path) -> list[tuple[str, ...]]:
    """State, last four digits, institution_id and the approvals that speak for it."""
    import pyarrow.parquet as pq

    resolver = Resolver(registers(), judgements())  # by name alone
    groups: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    file = data / "filings" / "uscis_datahub_health_univ_FY2014_2023.parquet"
    for row in pq.read_table(file).to_pylist():
        if row["Tax ID"] and len(row["State"]) == 2:
            approvals = (int(row[f"{kind} Approvals"] or 0) for kind in ("Initial", "Continuing"))
            names = groups[row["State"], row["Tax ID"].zfill(4)]
            names[row["Employer"], row["City"]] += 1 + sum(approvals)
    found: list[tuple[str, ...]] = []
    for (state, digits), names in sorted(groups.items()):
        ids: Counter[str] = Counter()
        for (name, city), weight in names.items():
            ids[resolver.resolve(name, city, state).institution_id or ""] += weight
        total, resolved = ids.total(), ids.total() - ids.pop("", 0)
        for institution_id, weight in ids.most_common(1):
            if weight >= SHARE_OF_GROUP * total and weight >= SHARE_OF_RESOLVED * resolved:
                found.append((state, digits, institution_id, str(weight)))
    return found


def write(name: str, header: str, rows: Iterable[tuple[str, ...]]) -> None:
    with (OUT / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header.split())
        writer.writerows(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    folder = parser.parse_args().data
    write("hospitals.csv", "cms_ccn name city state", hospitals(folder))
    write("tax_ids.csv", "state tax_id institution_id approvals", tax_ids(folder))
