"""The rule book: cases answered a second on one core, and the share of the time that reading takes.

``python -m bench.rules`` asks every case of ``tests/rules/cases`` many times over, the answer as a JSON document included.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).resolve().parent.parent / "tests" / "rules" / "cases"
ROUNDS = 20


def cases() -> list[dict[str, Any]]:
    """The cases as the command line gets them: without what people wrote beside them."""
    found = [
        case for path in sorted(CASES.glob("*.yaml")) for case in yaml.safe_load(path.read_text())
    ]
    return [
        {key: case[key] for key in case if key not in ("score", "plain", "expect")}
        for case in found
    ]


def seconds(work: Callable[[Any], object], items: Iterable[Any]) -> float:
    """Processor time of some work on every item, the best of three."""
    times = []
    for _ in range(3):
        start = time.process_time()
        for item in items:
            work(item)
        times.append(time.process_time() - start)
    return min(times)


def run() -> str:
    """One table: evaluations a second, and the parts of one evaluation."""
    from visamatch.rules.engine import QUESTIONS, evaluate
    from visamatch.rules.reading import read

    asked = cases() * ROUNDS
    lines = [json.dumps(case) for case in asked]
    whole = seconds(lambda case: evaluate(case).document(), asked)
    reading = seconds(lambda case: read(case, QUESTIONS), asked)
    line = seconds(lambda text: json.dumps(evaluate(json.loads(text)).document()), lines)
    rows = [
        ("case to answer", whole),
        ("of this, reading and checking the facts", reading),
        ("line of JSON to line of JSON", line),
    ]
    table = "\n".join(
        f"| {name} | {len(asked) / each:,.0f} | {each / whole:.2f} |" for name, each in rows
    )
    return f"{len(cases())} cases, one core.\n\n| step | a second | times a case to answer |\n| --- | --- | --- |\n{table}"


if __name__ == "__main__":
    print(run())
