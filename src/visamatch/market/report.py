"""What the calibration found, written down: parameter files, the targets table, the method page.

``parameters/market.yaml`` holds the parameters, ``parameters/targets.yaml`` every target beside the model's figure.
Of tables whose owner asks for permission only single cited figures are written, see ``Target.citable``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from visamatch.facts.tables import Quota, rows
from visamatch.market import openness, population
from visamatch.market.published import Published, read
from visamatch.market.scenarios import load
from visamatch.market.targets import Target

TARGETS = files("visamatch.market") / "parameters" / "targets.yaml"
_FITTED = (
    "applicants", "first_choice", "second_specialty", "second_specialty_rate", "handicap", "late", "margin",
    "noise_program", "step2",
)  # fmt: skip
_HEAD = """\
# Parameters of the simulated Match. Fitted ones: {fitted}.
# They reproduce published figures (targets.yaml names each with its source); the rest was chosen by hand.
# Kinds: docs/method/market.md. No program's own rate is here.
"""


def read_published(data: Path) -> tuple[population.Country, Published]:
    """The country and the published figures."""
    known = population.country()
    filled = {row.nrmp_code: row.filled or 0 for row in rows(Quota)}
    seats = np.array([filled[code] for code in known.tracks])
    return known, read(data, known, np.bincount(known.specialty_of, seats, len(known.specialties)))


def write(folder: Path, p: dict[str, Any], compared: list[Target], on: date) -> None:
    """Write both YAML files; ``p`` are the parameters that changed."""
    p = population.parameters() | p
    p = {"as_of": on.isoformat()} | {name: p[name] for name in sorted(p) if name != "as_of"}
    table = {"as_of": on.isoformat(), "targets": [record(target) for target in compared]}
    dump: Any = partial(yaml.safe_dump, sort_keys=False, width=180)
    text = _HEAD.format(fitted=", ".join(_FITTED)) + dump(p, default_flow_style=None)
    (folder / "market.yaml").write_text(text, encoding="utf-8")
    (folder / "targets.yaml").write_text(dump(table), encoding="utf-8")


def record(target: Target) -> dict[str, Any]:
    """A target as plain data; a figure that may not ship is shown by its deviation alone."""
    shown = {"published": _short(target.published), "model": _short(target.model)}
    return {"name": target.name} | (shown if target.citable else {}) | {
        "off": round(float(target.off), 3),
        "tolerance": round(float(target.tolerance), 3),
        "met": bool(target.met),
        "held_out": target.held_out,
        "source": target.source,
    }  # fmt: skip


def _short(value: float) -> float:
    return round(float(value), 3) if value < 100 else round(float(value))


def lines(compared: Iterable[Target]) -> Iterator[str]:
    """The table for a terminal."""
    yield f"{'':3}{'target':72}{'published':>11}{'model':>11}{'off':>8}  source"
    for t in compared:
        state, kept = "ok" if t.met else "--", "(held out) " if t.held_out else ""
        yield f"{state:3}{t.name:72}{t.published:11.5g}{t.model:11.5g}{t.off:+8.1%}  {kept}{t.source}"


@cache
def targets() -> dict[str, Any]:
    """The shipped table of targets."""
    return yaml.safe_load(TARGETS.read_text("utf-8"))  # type: ignore[no-any-return]


def summary() -> dict[str, Any]:
    """How many targets are met, fitted and held out, and the worst ones."""
    table = targets()["targets"]
    fitted, held = ([row for row in table if row["held_out"] == flag] for flag in (False, True))
    return {
        "as_of": targets()["as_of"],
        "fitted": len(fitted),
        "fitted_met": sum(row["met"] for row in fitted),
        "held": len(held),
        "held_met": sum(row["met"] for row in held),
        "numbers": sum(_count(population.parameters()[name]) for name in _FITTED),
        "worst": sorted(table, key=lambda row: -abs(row["off"]))[:12],
        "openness": openness.parameters()["validation"],
        "scenarios": load().count,
        "made": load().made,
    }


def _count(value: Any) -> int:
    return sum(map(_count, value.values())) if isinstance(value, dict) else int(value != 0)


def page() -> str:
    """``docs/method/market.md``."""
    text = (files("visamatch.market") / "parameters" / "method.md").read_text("utf-8")
    about, table = summary(), targets()["targets"]
    tables = {
        "fitted_table": _table(row for row in table if not row["held_out"]),
        "held_table": _table(row for row in table if row["held_out"]),
        "spread": openness.parameters()["spread"],
        "worst_list": "\n".join(f"- {row['name']}: {row['off']:+.0%}" for row in about["worst"]),
    }
    return text.format(**about | about["openness"] | about["made"] | tables)


def _table(table: Iterable[dict[str, Any]]) -> str:
    head = "| | figure | published | model | off | source |\n| --- | --- | ---: | ---: | ---: | --- |\n"
    return head + "\n".join(
        f"| {'met' if row['met'] else '**off**'} | {row['name']} | {row.get('published', '')} | {row.get('model', '')} "
        f"| {row['off']:+.1%} | {row['source']} |"
        for row in table
    )
