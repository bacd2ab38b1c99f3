"""Rebuild the resolver's machine-made registers in ``src/visamatch/directory/data``.

``hospitals.csv`` is CMS's hospital list, cut to names and places. ``tax_ids.csv`` is learned from the
USCIS files: the institution that most of a (state, last four digits) group's approvals resolve to by name.
``spellings.csv`` are the group's other health-care names in the same city or with the same rare word:
two employers of one state would have to share four digits, city and trade to be taken for one.
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

from visamatch.directory.names import read_names  # noqa: E402
from visamatch.directory.registers import city_key, judgements, registers  # noqa: E402
from visamatch.directory.resolve import PRACTICE, Resolver, is_care  # noqa: E402

OUT = ROOT / "src" / "visamatch" / "directory" / "data"
SHARE_OF_GROUP, SHARE_OF_RESOLVED = 0.3, 0.9  # below, the digits are not one employer's
LARGE = 100  # tax ids in a city from which two in one trade may end alike by chance


def hospitals(data: Path) -> list[tuple[str, ...]]:
    """CMS certification number, name, city, state."""
    with (data / "programs" / "hospitals_cms_2026.csv").open(encoding="utf-8") as stream:
        return [
            (row["cms_ccn"], row["facility_name"].title().replace("'S", "'s"), row["city"].title(), row["state"])
            for row in csv.DictReader(stream)
        ]  # fmt: skip


Names = dict[tuple[str, str], int]  # employer and city: approvals, plus one


def groups(data: Path) -> dict[tuple[str, str], Names]:
    """The names of the USCIS files by state and last four digits."""
    import pyarrow.parquet as pq

    found: dict[tuple[str, str], Names] = defaultdict(Counter)
    file = data / "filings" / "uscis_datahub_health_univ_FY2014_2023.parquet"
    for row in pq.read_table(file).to_pylist():
        digits = (row["Tax ID"] or "").zfill(4)
        if digits != "0000" and len(row["State"]) == 2:
            approvals = (int(row[f"{kind} Approvals"] or 0) for kind in ("Initial", "Continuing"))
            found[row["State"], digits][row["Employer"], row["City"]] += 1 + sum(approvals)
    return dict(sorted(found.items()))


def tax_ids(found: dict[tuple[str, str], Names]) -> list[tuple[str, ...]]:
    """State, last four digits, institution_id and the approvals that speak for it."""
    resolver = Resolver(registers(), judgements())  # by name alone
    known: list[tuple[str, ...]] = []
    for (state, digits), names in found.items():
        ids: Counter[str] = Counter()
        for (name, city), weight in names.items():
            ids[resolver.resolve(name, city, state).institution_id or ""] += weight
        total, resolved = ids.total(), ids.total() - ids.pop("", 0)
        for institution_id, weight in ids.most_common(1):
            if weight >= SHARE_OF_GROUP * total and weight >= SHARE_OF_RESOLVED * resolved:
                known.append((state, digits, institution_id, str(weight)))
    return known


def spellings(
    found: dict[tuple[str, str], Names], learned: list[tuple[str, ...]]
) -> list[tuple[str, ...]]:
    """What else the institution of a tax id is called: institution_id, state, city, digits, relation, name."""
    ids = {(state, digits): institution_id for state, digits, institution_id, _ in learned}
    resolver = Resolver(registers(), judgements(), ids)
    met = Counter(
        place for key, names in found.items() for place in {(key[0], city_key(c)) for _, c in names}
    )
    more: set[tuple[str, ...]] = set()
    for (state, digits), names in found.items():
        institution_id = ids.get((state, digits), "")
        matches = {key: resolver.resolve(*key, state, digits) for key in names if institution_id}
        own = {
            key: match for key, match in matches.items() if match.institution_id == institution_id
        }
        places = {city_key(city) for _, city in own if met[state, city_key(city)] < LARGE}
        relation = next(iter(own.values())).relation if own else ""
        if relation in ("university", "sponsoring_school"):
            continue  # a State's number is its agencies' too
        for (name, city), match in matches.items():
            words = {word for part in read_names(name, state) for word in part.words}
            near = city_key(city) in places or resolver.share_a_name(
                name, [n for n, _ in own], state
            )
            if match.basis == "none" and near and is_care(words) and "VA" not in words:
                tie = "faculty_practice" if words & PRACTICE and relation == "self" else relation
                more.add((institution_id, state, city.title(), digits, tie, name.strip()))
    return sorted(more)


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
    write("spellings.csv", "institution_id state city tax_id relation spelling", ())
    registers.cache_clear()
    by_tax_id = groups(folder)
    learned = tax_ids(by_tax_id)
    write("tax_ids.csv", "state tax_id institution_id approvals", learned)
    write(
        "spellings.csv",
        "institution_id state city tax_id relation spelling",
        spellings(by_tax_id, learned),
    )
