"""The policy reader: statements a second, and texts of 5 MB, on one core."""

from __future__ import annotations

import itertools
import json
import os
import time
from pathlib import Path

import yaml

from visamatch.evidence.policy import read_policy
from visamatch.evidence.policy.cues import scan

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("VISAMATCH_SHARED", ROOT.parent / "shared"))
LABELLED = SHARED / "data" / "labelled" / "visa_statements.jsonl"


def run() -> str:
    """Read our own cases, the labelled statements where they are at hand, and long texts."""
    read_policy("We sponsor visas.")  # compile the expressions outside the clock
    own = own_texts()
    rows = [("our own cases", own)]
    if LABELLED.exists():
        lines = LABELLED.read_text("utf-8").splitlines()
        rows.append(("labelled statements", [json.loads(line)["statement"] for line in lines]))
    rows.append(("all our cases as one page", ["\n".join(own)]))
    rows.append(("5 MB: our cases again and again", [_long(own, "")]))
    rows.append(("5 MB, each sentence different", [_long(own, "No. {}: ")]))
    rows.append(("5 MB without a blank", ["visah1b" * 714_286]))
    lines = [
        "| texts | number | characters | seconds | texts a second | MB a second |",
        "| --- " * 6 + "|",
    ]
    for name, texts in rows:
        scan.cache_clear()
        start = time.process_time()
        for text in texts:
            read_policy(text)
        seconds = time.process_time() - start
        size = sum(map(len, texts))
        lines.append(
            f"| {name} | {len(texts):,} | {size:,} | {seconds:.2f} | {len(texts) / seconds:,.0f} | "
            f"{size / 1e6 / seconds:.2f} |"
        )
    return "\n".join(lines)


def _long(texts: list[str], head: str) -> str:
    pieces, size = [], 0
    for number, text in enumerate(itertools.cycle(texts)):
        pieces.append(head.format(number) + text)
        size += len(pieces[-1]) + 1
        if size >= 5_000_000:
            return "\n".join(pieces)
    return ""


def own_texts() -> list[str]:
    """The texts of the reader's own cases."""
    files = sorted((ROOT / "tests/evidence/policy/cases").glob("*.yaml"))
    return [case["text"] for path in files for case in yaml.safe_load(path.read_text("utf-8"))]
