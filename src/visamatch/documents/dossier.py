"""The printable dossier: a plan as a tagged PDF. The same plan gives the same bytes.

It takes the plan as the command line's contract has it; whatever part is missing is left out.
"""

from __future__ import annotations

import json
from calendar import month_name
from collections.abc import Mapping, Sequence
from importlib.resources import as_file, files
from itertools import groupby
from pathlib import Path
from typing import Any

from visamatch.evidence.words import MARKS, plural

Record = Mapping[str, Any]
GROUPS = {"core": "H-1B core", "regional": "H-1B in the wider region", "safety": "J-1 safety"}
ASK = ("unknown", "conditional", "conflict")
SHOWN = 60  # programs a group where the plan does not say which ones to apply to
POINTS = 12  # rows of the table beside the curve
VERDICTS = {"open": "Open", "conditional": "Open on conditions", "unknown_verify": "Verify first"}


def write_pdf(plan: Record, path: Path, **more: Any) -> None:
    """Write a plan as a PDF; ``more`` as in :func:`dossier`."""
    path.write_bytes(dossier(plan, **more))


def dossier(
    plan: Record, on: str = "", name: str = "", details: Mapping[str, Record] | None = None
) -> bytes:
    """A plan as PDF/UA.

    Args:
        plan: the contract's record; ``list``, ``totals``, ``curve``, ``price_of_constraints``,
            ``calendar`` and ``paths`` may each be missing.
        on: the day that counts as today, ISO; decides which tasks come next.
        name: the applicant's, for the head of the first page.
        details: program details by program id (see ``records.program_detail``), for the evidence.
    """
    import typst  # slow to import

    data = {"data": json.dumps(_view(plan, on, name, details or {}))}
    with as_file(files("visamatch.documents") / "dossier.typ") as template:

        def compiled(**how: Any) -> bytes:
            made: bytes = typst.compile(
                str(template), format="pdf", sys_inputs=data, timestamp=0, **how
            )
            return made

        try:
            return compiled(ignore_system_fonts=True, pdf_standards=["ua-1"])
        except typst.TypstError as error:
            if "could not be displayed" not in str(error):
                raise
            # Letters that the fonts of the package lack: tagged as well, with the fonts of the machine.
            return compiled(ignore_system_fonts=False)


def _view(plan: Record, on: str, name: str, details: Mapping[str, Record]) -> Record:
    sources = _Sources()
    chosen = _chosen(plan.get("list") or ())
    programs = [_program(row, details.get(row["program_id"], row), sources) for row in chosen]
    tasks = [_task(task) for task in plan.get("calendar") or ()]
    for task in plan.get("calendar") or ():
        for source in task.get("source") or ():
            sources.number(source)
    ahead = [task for task in tasks if task["state"] not in ("done", "skipped", "missed")]
    curve = [_point(row) for row in plan.get("curve") or ()]
    return {
        "title": "Residency and visa plan",
        "name": name,
        "day": on,
        "verdict": _verdict(plan, programs),
        "next": [task for task in ahead if task["due"] >= on][:3],
        "missed": [task for task in tasks if task["state"] == "missed"],
        "ask": [program for program in programs if program["code"] in ASK][:8],
        "groups": _groups(programs),
        "curve": curve,
        "curve_alt": _curve_words(curve),
        "points": curve[:: max(1, len(curve) // POINTS)],
        "prices": [_price(row) for row in plan.get("price_of_constraints") or ()],
        "months": _months(tasks),
        "paths": [_path(row) for row in plan.get("paths") or ()],
        "sources": sources.listed,
    }


class _Sources:
    """Sources in the order of their first mention."""

    def __init__(self) -> None:
        self.listed: list[dict[str, str]] = []

    def number(self, source: Record) -> int:
        """The number of a source, from 1."""
        plain = {key: str(source.get(key) or "") for key in ("title", "url", "as_of")}
        if plain not in self.listed:
            self.listed.append(plain)
        return self.listed.index(plain) + 1


def _chosen(rows: Sequence[Record]) -> list[Record]:
    """The programs to apply to; without such a choice, the first of each group."""
    if any(row.get("apply") for row in rows):
        return [row for row in rows if row.get("apply")]
    return [row for group in GROUPS for row in [r for r in rows if r.get("group") == group][:SHOWN]]


def _program(row: Record, detail: Record, sources: _Sources) -> dict[str, Any]:
    standing = detail.get("standing") or row.get("standing") or {}
    code = standing.get("code", "")
    claims = [claim for claim in detail.get("statements") or () if isinstance(claim, Mapping)]
    signal = row.get("signal")
    return {
        "name": row.get("name") or row["program_id"],
        "group": row.get("group") or "",
        "code": code,
        "standing": f"{MARKS[code]} {standing['label']}" if code else "unknown",
        "as_of": standing.get("as_of", ""),
        "p_sponsor": row.get("p_sponsor"),
        "p_match": _mean(row.get("p_match")),
        "signal": "" if not signal else "yes" if signal is True else str(signal),
        "fee": row.get("fee"),
        "reasons": " ".join(row.get("reasons") or ()),
        "evidence": [
            {
                "text": claim["text"],
                "as_of": f"({claim['as_of']})",
                "source": sources.number({**claim["source"], "as_of": claim["as_of"]}),
            }
            for claim in claims
            if claim.get("reach") != "other"
        ][:3],
    }


def _mean(value: Any) -> float | None:
    return value.get("mean") if isinstance(value, Mapping) else value


def _verdict(plan: Record, programs: Sequence[Record]) -> list[str]:
    totals = plan.get("totals") or {}
    if not totals:
        return [f"{plural(len(programs), 'program')} on the list."] if programs else []
    chance = totals.get("p_match")
    said = f"Apply to {plural(totals['applications'], 'program')} for ${totals['cost']:,.0f}."
    if chance:
        low, high = (f"{chance[key] * 100:.0f}" for key in ("low", "high"))
        said += f" The chance to match is {chance['mean'] * 100:.0f} % ({low} to {high} %)."
    if totals.get("expected_interviews") is not None:
        said += f" Expect about {_mean(totals['expected_interviews']):.0f} interviews."
    return [said]


def _groups(programs: Sequence[Record]) -> list[Record]:
    groups: list[Record] = []
    for code, title in GROUPS.items():
        members = [program for program in programs if program["group"] == code]
        if members:
            note = plural(len(members), "program")
            groups.append({"title": title, "note": note, "programs": members})
    return groups


def _point(row: Record) -> dict[str, Any]:
    chance = row["p_match"]
    band = (
        chance if isinstance(chance, Mapping) else {"mean": chance, "low": chance, "high": chance}
    )
    return {"applications": row["applications"], "cost": row["cost"], **band}


def _curve_words(curve: Sequence[Record]) -> str:
    told = [f"{point['applications']} applications: {point['mean']:.0%}" for point in curve[::10]]
    return "Chance to match, rising with the number of applications. " + "; ".join(told)


def _price(row: Record) -> dict[str, str]:
    name = str(row.get("constraint") or row.get("name") or row.get("title") or "").replace("_", " ")
    chance = next(
        (row[key] for key in ("p_match_without", "without", "p_match") if key in row), None
    )
    mean = _mean(chance)
    return {"what": name, "chance": "unknown" if mean is None else f"{mean:.0%}"}


def _task(task: Record) -> dict[str, str]:
    keys = ("title", "state", "due", "why", "instead")
    zone = {"America/New_York": "US Eastern"}.get(task.get("zone") or "", task.get("zone") or "")
    anchor = str(task.get("anchor") or "").replace("_", " ").replace("eras", "ERAS")
    plain = {key: str(task.get(key) or "") for key in keys}
    return {**plain, "time": f"{task.get('time') or ''} {zone}".strip(), "anchor": anchor}


def _months(tasks: Sequence[Record]) -> list[Record]:
    dated = sorted(
        (task for task in tasks if task["state"] != "missed"), key=lambda task: task["due"]
    )
    return [
        {"name": f"{month_name[int(month[5:])]} {month[:4]}", "tasks": list(members)}
        for month, members in groupby(dated, key=lambda task: task["due"][:7])
    ]


def _path(row: Record) -> dict[str, Any]:
    reasons = [*(row.get("blockers") or ()), *(row.get("conditions") or ())]
    words = [reason["means"] if isinstance(reason, Mapping) else str(reason) for reason in reasons]
    cost = row.get("cost_usd")
    return {
        "title": row.get("title") or row.get("id") or "",
        "verdict": VERDICTS.get(row.get("verdict", ""), "Blocked"),
        "note": f"Government fees: ${cost:,.0f}." if cost else "",
        "reasons": [word.replace("_", " ") for word in words],
    }
