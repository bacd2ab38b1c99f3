"""What pages say about visas, as codes: labels of programs' own pages, and the New England table.

No text of a page is read into a row. Which program or institution a page speaks for is decided by hand in
``hand/policies.csv``, with a note in our own words where the codes do not carry the point.
"""

from __future__ import annotations

import json
import re
from calendar import month_name
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from facts.raw import HAND, Record, read, unique
from facts.registry import Registry
from visamatch.facts.tables import Policy

NOT_SHIPPED = {"directory_self_reported", "aggregator"}
COPIES = {"docslib.org", "studylib.net", "hegarsumberkreasi.com"}  # read there, published elsewhere
OTHER_VISAS = {
    "permanent resident": "permanent_resident", "green card": "permanent_resident", "ead": "ead", "f-1 opt": "f1_opt",
    "f-1": "f1_opt", "o-1": "o1", "tn": "tn", "e-3": "e3", "any work": "any_work_status",
    "other visas case": "other_case_by_case",
}  # fmt: skip
MONTHS = {month_name[month].lower(): f"{month:02}" for month in range(1, 13)}
READ_ON = "2026-11"


def build(data: Path, names: dict[str, str], registry: Registry) -> list[Policy]:
    """One row per page: the label where there is one, else the New England table's codes.

    ``names`` are the names of programs and institutions by id, for the titles of pages.
    """
    labels: dict[str, dict[str, Any]] = {}
    for one in _labels(data / "labelled" / "visa_statements.jsonl"):
        fuller = max(labels.get(one["url"], one), one, key=_says)  # of two readings of a page
        labels[one["url"]] = fuller
    table = {
        row["source_url"]: row for row in read(data / "programs" / "visa_policy_facts_new_england.csv")
        if row["source_kind"] not in NOT_SHIPPED
    }  # fmt: skip
    out, spoken_for = [], read(HAND / "policies.csv")
    for place in spoken_for:
        label, row = labels.get(place["url"]), table.get(place["url"])
        if label or row:
            out.append(_policy(place, label, row, names, registry))
    for url in sorted({*labels, *table} - {place["url"] for place in spoken_for}):
        print(f"no subject in hand/policies.csv: {url}")
    return out


def _labels(path: Path) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row["label"] == "policy" and row["source_kind"] == "own_page"]


def _says(label: dict[str, Any]) -> int:
    conditions: list[str] = label["h1b_conditions"]
    return len(conditions) + sum(
        str(label[name]) != "unknown" for name in ("sponsors_j1", "sponsors_h1b")
    )


def _policy(
    place: Record,
    label: dict[str, Any] | None,
    row: Record | None,
    names: dict[str, str],
    registry: Registry,
) -> Policy:
    stated = (label or {}).get("as_of") or (row or {}).get("page_date", "")
    date = page_date(stated)
    host = re.sub(r"^www\.", "", urlsplit(place["url"]).netloc)
    kind = (
        "program_page"
        if place["scope"] == "program" or place["level"] == "fellowship"
        else "gme_page"
    )
    via = host if host in COPIES else ""
    source = registry.page(
        place["url"], kind, f"{names[place['subject']]}: visa page", date, via=via
    )
    codes = _label_codes(label) if label else _table_codes(row or {})
    j1, h1b, conditions, visas, details = codes
    if place["prefers"]:
        details = (*details, f"prefers={place['prefers']}")
    return Policy(
        source, place["scope"], place["subject"], place["level"], place["specialty_id"],
        j1, h1b, conditions, visas, details, place["note"], date, READ_ON, _confidence(date, label, row), (source,),
    )  # fmt: skip


def page_date(text: str) -> str:
    """ISO date, possibly partial, of a page's own age; a range gives its first year."""
    found = re.search(r"(?<!pre-)\b((?:19|20)\d\d)(-(?:0[1-9]|1[0-2])(?!\d)(?:-[0-3]\d)?)?", text)
    return (
        "undated"
        if not found or text.startswith("undated")
        else "".join(filter(None, found.groups()))
    )


def _label_codes(
    label: dict[str, Any],
) -> tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    details = {name: _detail(name, value) for name, value in label["img_policy"].items()}
    lines = [f"{name}={value}" for name, value in sorted(details.items()) if value]
    lines += [f"j1_condition={code}" for code in label.get("j1_conditions") or []]
    return (
        label["sponsors_j1"], label["sponsors_h1b"], unique(label["h1b_conditions"]),
        _visas(label["other_visas"]), tuple(lines),
    )  # fmt: skip


def _table_codes(row: Record) -> tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    conditions = [re.sub(r" \(.*\)", "", code) for code in row["h1b_conditions"].split(";")]
    return (
        row["sponsors_j1"],
        row["sponsors_h1b"],
        unique(conditions),
        _visas(row["other_visas"].split(",")),
        (),
    )


def _detail(name: str, value: Any) -> str:
    """A limit as a short value: dates as MM-DD, stages as words joined by underscores."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value).lower()
    day = re.search(rf"({'|'.join(MONTHS)}) (\d+)", text)
    if day:
        return f"{MONTHS[day[1]]}-{int(day[2]):02}"
    return (
        re.sub(r"\W+", "_", re.sub(r" \(.*\)", "", text)).strip("_") if not text.isdigit() else text
    )


def _visas(names: list[str]) -> tuple[str, ...]:
    codes = []
    for name in names:
        text = name.strip().lower()
        code = next(
            (code for start, code in OTHER_VISAS.items() if text.startswith(start)),
            re.sub(r"\W+", "_", text),
        )
        codes.append(f"not_{code}" if "not accepted" in text else code)
    return unique(codes)


def _confidence(date: str, label: dict[str, Any] | None, row: Record | None) -> str:
    """Of the New England table its own first word; else by age, and low where the page left both open."""
    if row:
        return re.split(r"\W", row["confidence"])[0]
    if label and label["sponsors_j1"] == label["sponsors_h1b"] == "unknown":
        return "low"
    return "high" if date >= "2023" and date != "undated" else "medium"
