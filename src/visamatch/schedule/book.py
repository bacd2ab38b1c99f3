"""The data of this room (``*.yaml`` beside the code), and the sources that it names."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from visamatch.facts.tables import Source, rows
from visamatch.rules.book import book


@cache
def table(name: str) -> Any:
    """One data file: ``tasks``, ``step3``, ``petition``, ``waiver`` or ``sources``."""
    text = (files("visamatch.schedule") / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def source(key: str) -> Source:
    """The source called ``key``: of this room, a rule of the rule book, or a row of the facts."""
    own = table("sources").get(key)
    if own:
        return Source(source_id=key, via="", **own)
    if key in book():
        law = book()[key]
        title = f"{law.title}: {law.citation}"
        return Source(key, "law", title, "rule book", law.url or "", law.as_of, "")
    return _shipped()[key]


@cache
def _shipped() -> dict[str, Source]:
    return {row.source_id: row for row in rows(Source)}
