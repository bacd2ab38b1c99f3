"""What the calibration found, written down: parameter files, the targets table, the method page.

``parameters/market.yaml`` holds the parameters, ``parameters/targets.yaml`` every target beside the model's figure.
Of tables whose owner asks for permission only single cited figures are written, see ``Target.citable``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from visamatch.facts.tables import Quota, rows
from visamatch.market import openness, population
from visamatch.market.calibrate import Target
from visamatch.market.published import Published, read
from visamatch.market.scenarios import load

TARGETS = files("visamatch.market") / "parameters" / "targets.yaml"
_FITTED = (
    "applicants", "first_choice", "second_specialty", "second_specialty_rate", "handicap", "late", "margin",
    "open_sd", "step2",
)  # fmt: skip
_HEAD = """\
# Parameters of the simulated Match. Fitted ones: {fitted}.
# They reproduce published figures (targets.yaml names each with its source); the rest was chosen by hand.
# Kinds: docs/method/market.md. No program's own rate is here.
"""


def read_published(data: Path) -> tuple[population.Country, Published, dict[str, Any]]:
    """The country, the published figures, and the shape parameters to start from."""
    shape = {name: value for name, value in population.parameters().items() if name not in _FITTED}
    blank: dict[str, Any] = {name: {"other": {}} for name in ("handicap", "late")}
    blank |= {
        "margin": {"other": 0.0},
        "applicants": 1,
        "second_specialty_rate": 0.0,
        "open_sd": 1.0,
    }
    known = population.country(shape | blank | {"first_choice": {}, "second_specialty": {}})
    filled = {row.nrmp_code: row.filled or 0 for row in rows(Quota)}
    seats = np.array([filled[code] for code in known.tracks])
    return (
        known,
        read(data, known, np.bincount(known.specialty_of, seats, len(known.specialties))),
        shape,
    )


def write(folder: Path, p: dict[str, Any], compared: list[Target], on: date) -> None:
    """Write both YAML files."""
    p = {"as_of": on.isoformat()} | {name: p[name] for name in sorted(p) if name != "as_of"}
    text = _HEAD.format(fitted=", ".join(_FITTED)) + yaml.safe_dump(
        _plain(p), sort_keys=False, width=180, default_flow_style=None
    )
    (folder / "market.yaml").write_text(text, encoding="utf-8")
    table = {"as_of": on.isoformat(), "targets": [record(target) for target in compared]}
    (folder / "targets.yaml").write_text(
        yaml.safe_dump(table, sort_keys=False, width=180), encoding="utf-8"
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def record(target: Target) -> dict[str, Any]:
    """A target as plain data; a figure that may not ship is shown by its deviation alone."""
    shown = (
        {"published": _short(target.published), "model": _short(target.model)}
        if target.citable
        else {}
    )
    return {
        "name": target.name,
        **shown,
        "off": round(float(target.off), 3),
        "tolerance": round(float(target.tolerance), 3),
        "met": bool(target.met),
        "held_out": target.held_out,
        "source": target.source,
    }


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
        "worst": sorted(table, key=lambda row: -abs(row["off"]))[:12],
        "openness": openness.parameters()["validation"],
        "scenarios": load().count,
        "made": load().made,
    }


def page() -> str:
    """``docs/method/market.md``."""
    text = (files("visamatch.market") / "parameters" / "method.md").read_text("utf-8")
    about = summary()
    return text.format(
        **{
            name: value
            for name, value in about.items()
            if name not in {"worst", "openness", "made"}
        },
        **about["openness"],
        **about["made"],
        spread=openness.parameters()["spread"],
        fitted_table=_table(row for row in targets()["targets"] if not row["held_out"]),
        held_table=_table(row for row in targets()["targets"] if row["held_out"]),
        worst_list="\n".join(f"- {row['name']}: {row['off']:+.0%}" for row in about["worst"]),
    )


def _table(table: Iterable[dict[str, Any]]) -> str:
    head = "| | figure | published | model | off | source |\n| --- | --- | ---: | ---: | ---: | --- |\n"
    return head + "\n".join(
        f"| {'met' if row['met'] else '**off**'} | {row['name']} | {row.get('published', '')} | {row.get('model', '')} "
        f"| {row['off']:+.1%} | {row['source']} |"
        for row in table
    )
