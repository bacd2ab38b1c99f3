"""Score the policy reader on a labelled file: ``python scripts/score_policy.py LABELLED.jsonl``.

A line of the file is ``{"id","statement","label","sponsors_j1","sponsors_h1b","h1b_conditions","img_policy",…}``.
``--errors`` prints what was read otherwise than labelled (ids and answers, never the text).
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from visamatch.evidence.policy import Reading, read_policy

Pairs = Sequence[tuple[str, str]]  # labelled, read
Row = tuple[dict[str, Any], Reading]
H1B = ("yes", "no", "conditional", "case_by_case", "unknown")
J1 = ("yes", "no", "unknown")
TAKES = ("yes", "conditional", "case_by_case")


def main(arguments: list[str]) -> None:
    """Read every statement of the file and print the figures."""
    paths = [a for a in arguments if not a.startswith("--")]
    if len(paths) != 1:
        raise SystemExit("one file: python scripts/score_policy.py LABELLED.jsonl [--errors]")
    records = [json.loads(line) for line in Path(paths[0]).read_text("utf-8").splitlines()]
    read_policy("We sponsor visas.")  # compile the expressions outside the clock
    start = time.process_time()
    rows = [(r, read_policy(r["statement"])) for r in records]
    seconds = time.process_time() - start
    print("\n".join(figures(rows)))
    print(f"{len(rows) / seconds:,.0f} statements a second on one core")
    if "--errors" in arguments:
        print("\n".join(errors(rows)))


def figures(rows: list[Row]) -> list[str]:
    """The figures, one a line."""
    policy = [(r, got) for r, got in rows if r["label"] == "policy"]
    silent = [(r, got) for r, got in rows if r["label"] == "no_policy"]
    invented = sum(
        got.sponsors_j1 != "unknown" or got.sponsors_h1b != "unknown" for _, got in silent
    )
    h1b = [(r["sponsors_h1b"], got.sponsors_h1b) for r, got in rows]
    h1b_policy = [(r["sponsors_h1b"], got.sponsors_h1b) for r, got in policy]
    j1 = [(r["sponsors_j1"], got.sponsors_j1) for r, got in policy]
    labels = [(r["label"], got.label) for r, got in rows]
    turned = [
        p for p in h1b if (p[0] in TAKES and p[1] == "no") or (p[0] == "no" and p[1] in TAKES)
    ]
    lines = [
        f"H-1B macro-F1 (policies): {macro_f1(h1b_policy, H1B):.3f}; all texts {macro_f1(h1b, H1B):.3f}",
        *(
            f"  {label}: F1 {f1(h1b_policy, label):.2f} of {count(h1b_policy, label)}"
            for label in H1B
        ),
        f"J-1 accuracy: {accuracy(j1):.3f}; macro-F1 {macro_f1(j1, J1):.3f}",
        f"no-policy F1: {f1(labels, 'no_policy'):.3f}; invented {invented} of {len(silent)}",
        f"flips: {len(turned)} of {len(rows)}",
        "condition: precision, recall (labelled, read)",
    ]
    return [*lines, *conditions(policy), *asked(rows)]


def conditions(rows: list[Row]) -> list[str]:
    """Precision and recall of each condition code."""
    sets = [(set(r["h1b_conditions"]), set(got.h1b_conditions)) for r, got in rows]
    return _precision(sets)


def asked(rows: list[Row]) -> list[str]:
    """Precision and recall of each requirement, key and value together."""
    items = [
        ({*map(str, r["img_policy"].items())}, {*map(str, got.img_policy.items())})
        for r, got in rows
    ]
    keys = [(set(r["img_policy"]), set(got.img_policy)) for r, got in rows]
    hit = sum(len(a & b) for a, b in items)
    read = sum(len(b) for _, b in items)
    labelled = sum(len(a) for a, _ in items)
    whole = (
        f"requirements with their values: precision {hit / read:.2f}, recall {hit / labelled:.2f}"
    )
    return [whole, "requirement key: precision, recall (labelled, read)", *_precision(keys)]


def _precision(sets: list[tuple[set[str], set[str]]]) -> list[str]:
    labelled = Counter(code for a, _ in sets for code in a)
    read = Counter(code for _, b in sets for code in b)
    both = Counter(code for a, b in sets for code in a & b)
    return [
        f"  {code}: {_share(both[code], read[code])}, {_share(both[code], labelled[code])}"
        f" ({labelled[code]}, {read[code]})"
        for code in sorted(labelled | read)
    ]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "–"


def errors(rows: list[Row]) -> list[str]:
    """What was read otherwise, by id."""
    fields = ("label", "sponsors_j1", "sponsors_h1b")
    return [
        f"{r['id']} {name}: {r[name]} read as {getattr(got, name)}"
        for r, got in rows
        for name in fields
        if r[name] != getattr(got, name)
    ]


def count(pairs: Pairs, label: str) -> int:
    """How often ``label`` was given."""
    return sum(a == label for a, _ in pairs)


def f1(pairs: Pairs, label: str) -> float:
    """F1 of one class; 0 where it was neither labelled nor read."""
    hit = sum(a == b == label for a, b in pairs)
    total = sum((a == label) + (b == label) for a, b in pairs)
    return 2 * hit / total if total else 0.0


def macro_f1(pairs: Pairs, labels: tuple[str, ...]) -> float:
    """The mean F1 over the classes that were labelled."""
    present = [label for label in labels if count(pairs, label)]
    return sum(f1(pairs, label) for label in present) / len(present)


def accuracy(pairs: Pairs) -> float:
    """The share read as labelled."""
    return sum(a == b for a, b in pairs) / len(pairs)


if __name__ == "__main__":
    main(sys.argv[1:])
