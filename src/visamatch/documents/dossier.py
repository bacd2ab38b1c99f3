"""The printable dossier: a plan as a tagged PDF. The same plan gives the same bytes.

What it says is chosen here; how it looks, and the words around it, stand in ``dossier.typ``.
"""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import as_file, files
from typing import Any

from visamatch.evidence.words import MARKS

Record = Mapping[str, Any]
PARTS = ("totals", "assumes", "curve", "price_of_constraints", "calendar", "parts", "couple")
GROUPS = ("core", "regional", "safety", "")
SHOWN = 60  # programs a group where the plan does not say which ones to apply to
EVIDENCE = 3  # statements a program, the nearest first


def dossier(plan: Record, on: str = "", name: str = "") -> bytes:
    """A plan as PDF/UA.

    Args:
        plan: the contract's record; ``list``, ``totals``, ``curve``, ``price_of_constraints``,
            ``calendar`` and ``paths`` may each be missing. Programs whose ``statements`` are whole
            (see ``records.program_detail``) and not only ids show their evidence.
        on: the day that counts as today, ISO; decides which tasks come next.
        name: the applicant's, for the head of the first page.
    """
    import typst  # slow to import

    data = {"data": json.dumps({"on": on, "name": name, **_contents(plan)})}
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


def _contents(plan: Record) -> dict[str, Any]:
    sources: list[dict[str, str]] = []
    chosen = _chosen(plan.get("list") or ())
    programs = [_program(row, sources) for row in chosen]
    rows = {row["program_id"]: {**row, "statements": ()} for row in plan.get("list") or ()}
    first = [_program(rows[each], sources) for each in plan.get("ask_first") or () if each in rows]
    paths = [
        {**row, "law": [_number(sources, law) for law in row.get("law") or ()]}
        for row in plan.get("paths") or ()
    ]
    for task in plan.get("calendar") or ():
        for source in task.get("source") or ():
            _number(sources, source)
    parts = {part: plan.get(part) or () for part in PARTS}
    return {**parts, "programs": programs, "ask_first": first, "paths": paths, "sources": sources}


def _number(sources: list[dict[str, str]], source: Record) -> int:
    """The number of a source in the list at the end, which it joins at its first mention."""
    plain = {key: str(source.get(key) or "") for key in ("title", "citation", "url", "as_of")}
    if plain not in sources:
        sources.append(plain)
    return sources.index(plain) + 1


def _chosen(rows: Sequence[Record]) -> list[Record]:
    """The programs to apply to; without such a choice, the first of each group."""
    if any(row.get("apply") for row in rows):
        return [row for row in rows if row.get("apply")]
    groups = [[row for row in rows if (row.get("group") or "") == group] for group in GROUPS]
    return [row for members in groups for row in members[:SHOWN]]


def _program(row: Record, sources: list[dict[str, str]]) -> dict[str, Any]:
    standing = row.get("standing")
    claims = [claim for claim in row.get("statements") or () if isinstance(claim, Mapping)]
    near = [claim for claim in claims if claim.get("reach") != "other"][:EVIDENCE]
    told = [
        {**claim, "number": _number(sources, {**claim["source"], "as_of": claim["as_of"]})}
        for claim in near
    ]
    kept = ("program_id", "name", "group", "p_sponsor", "p_match", "signal", "fee", "reasons")
    return {
        **{key: row.get(key) for key in kept},
        "standing": {**standing, "mark": MARKS[standing["code"]]} if standing else None,
        "statements": [{key: each[key] for key in ("text", "as_of", "number")} for each in told],
    }
