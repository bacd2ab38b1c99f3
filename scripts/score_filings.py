"""Score names and titles on the labelled sets of ``/data/labelled``: the figures of docs/method/filings.md.

``python scripts/score_filings.py --data DIR [--splits 5] [--examples 30]``

Names are scored three times: with every register; with what people wrote about the employers of a
random half of the institutions taken away and only that half scored (the honest figure for an employer
nobody looked at); and with the whole hand-kept table taken away.
Last, to whom the shipped trainee cases are tied.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from visamatch.directory import registers  # noqa: E402
from visamatch.directory.programs import directory  # noqa: E402
from visamatch.directory.resolve import Match, Resolver, resolver  # noqa: E402
from visamatch.facts import tables  # noqa: E402
from visamatch.sources.dol_lca.titles import read_title  # noqa: E402

LABELS = ("resident", "fellow", "attending", "other")
Row = dict[str, str]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def b_cubed(said: Sequence[object], meant: Sequence[object]) -> tuple[float, float]:
    """Precision and recall, every item weighed alike; "nobody" is a cluster like any other."""
    both, s, m = Counter(zip(said, meant, strict=True)), Counter(said), Counter(meant)
    n = len(said)
    return (
        sum(k * k / s[a] for (a, _), k in both.items()) / n,
        sum(k * k / m[b] for (_, b), k in both.items()) / n,
    )


def resolve(known: Resolver, rows: Sequence[Row]) -> list[Match]:
    return [known.resolve(r["raw_name"], r["city"], r["state"], r["tax_id_last4"]) for r in rows]


def without(hidden: Collection[str]) -> Resolver:
    """The resolver less every hand-written line and learned tax id about the hidden institutions."""
    by_hand = (entry for entry in registers.employers() if entry.institution_id not in hidden)
    return Resolver(
        registers.merged((*by_hand, *registers.institutions(), *registers.hospitals())),
        {k: j for k, j in registers.judgements().items() if j.institution_id not in hidden and j.institution_id},
        {k: i for k, i in registers.tax_ids().items() if i not in hidden},
    )  # fmt: skip


def report(title: str, rows: Sequence[Row], found: Sequence[Match]) -> tuple[float, float]:
    said, meant = [f.institution_id for f in found], [r["canonical_institution"] for r in rows]
    precision, recall = b_cubed(said, meant)
    f1 = 2 * precision * recall / (precision + recall)
    no = [s for s, m in zip(said, meant, strict=True) if not m]
    tie = mean(f.relation == r["relation"] for f, r in zip(found, rows, strict=True))
    print(f"{title:34} n {len(rows):3}  P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}  "
          f"hard negatives {no.count(None)}/{len(no)}  relation {tie:.3f}")  # fmt: skip
    return precision, recall


def names(rows: Sequence[Row], splits: int, examples: int) -> None:
    full = resolve(resolver(), rows)
    report("names, all registers", rows, full)
    shown: dict[tuple[str, str], str | None] = {}
    scores = []
    for seed in range(splits):
        employers = sorted({r["canonical_institution"] for r in rows} - {""})
        half = set(random.Random(seed).sample(employers, len(employers) // 2))
        negatives = [r for r in rows if not r["canonical_institution"]]
        kept = set(random.Random(seed).sample(range(len(negatives)), len(negatives) // 2))
        held = [r for r in rows if r["canonical_institution"] in half]
        held += [r for n, r in enumerate(negatives) if n in kept]
        ids = {
            f.institution_id
            for f, r in zip(full, rows, strict=True)
            if r["canonical_institution"] in half
        }
        found = resolve(without(ids - {None}), held)  # type: ignore[arg-type]
        scores.append(report(f"  unseen half, split {seed}", held, found))
        for row, match in zip(held, found, strict=True):
            right = full[rows.index(row)].institution_id
            if match.institution_id != right:
                shown[row["raw_name"], row["city"]] = (
                    f"{match.institution_id} ({match.score}), meant {right}"
                )
    print(
        f"  unseen halves, mean: P {mean(p for p, _ in scores):.3f}  R {mean(r for _, r in scores):.3f}"
    )
    bare = without(
        {e.institution_id for e in registers.employers()} | set(registers.tax_ids().values())
    )
    report("names, no hand table, no tax ids", rows, resolve(bare, rows))
    for (name, city), what in list(shown.items())[:examples]:
        print(f"    {name} @ {city}: {what}")


def titles(rows: Sequence[Row], examples: int) -> None:
    rows = [r for r in rows if not r["note"].startswith("ambiguous")]
    meant = [r["label"] for r in rows]
    said: list[str] = [read_title(r["job_title"], r["soc"], r["employer"]).label for r in rows]
    pairs = Counter(zip(said, meant, strict=True))

    def f1(label: str) -> float:
        hit = pairs[label, label]
        return 2 * hit / max(1, said.count(label) + meant.count(label))

    trainee = ("resident", "fellow")
    hit = sum(s in trainee and m in trainee for s, m in zip(said, meant, strict=True))
    precision, recall = (hit / sum(x in trainee for x in xs) for xs in (said, meant))
    print(f"titles                             n {len(rows):3}  macro-F1 {mean(map(f1, LABELS)):.3f}  "
          f"trainee P {precision:.3f}  R {recall:.3f}")  # fmt: skip
    wrong = [(row, label) for row, label in zip(rows, said, strict=True) if label != row["label"]]
    for row, label in wrong[:examples]:
        print(
            f"    {row['job_title']} | {row['soc']} | {row['employer']}: {label}, meant {row['label']}"
        )


def ties() -> None:
    """Share of the shipped trainee cases tied to a program, an institution, a system, nobody; why; by whom not."""
    known, shares, untied = directory(), Counter[str](), Counter[str]()
    for row in tables.rows(tables.Filings):
        who = known.petitioners[row.petitioner_id]
        homes = [place for place in who.institutions if place in known.programs_of]
        offered = {program.specialty_id for place in homes for program in known.programs_of[place]}
        if not homes:
            untied[f"{who.name} ({who.state})"] += row.count
            why = "an institution without a program on file" if who.institutions else "nobody"
        elif len(homes) > 1:
            why = "a system or school, its institutions jointly"
        elif row.specialty_id in offered:
            why = "a program: one institution and its specialty named"
        else:
            named = "another specialty named" if row.specialty_id else "no department named"
            why = f"one institution: {named}"
        shares[why] += row.count
    total = shares.total()
    print(f"ties of {total} trainee cases")
    for why, count in shares.most_common():
        print(f"  {count / total:6.1%}  {count:5}  {why}")
    print("largest tied to no program:")
    for name, count in untied.most_common(10):
        print(f"  {count:5}  {name}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--examples", type=int, default=30)
    asked = parser.parse_args()
    labelled = asked.data / "labelled"
    names(read(labelled / "employers_labelled.csv"), asked.splits, asked.examples)
    titles(read(labelled / "titles_labelled.csv"), asked.examples)
    ties()
