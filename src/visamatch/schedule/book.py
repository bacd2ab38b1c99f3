"""The data of this room (``*.yaml`` beside the code), the sources it names, and its plainest record."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from visamatch.facts.tables import Source, rows
from visamatch.rules.book import book
from visamatch.shipped import shipped


@dataclass(frozen=True, slots=True)
class Item:
    """Something with its days, who acts, and where that comes from; days are None when unknown."""

    title: str
    start: date | None
    due: date | None
    who: str = ""
    source: tuple[Source, ...] = ()


def table(name: str) -> Any:
    """One data file: ``tasks``, ``step3``, ``petition``, ``waiver`` or ``sources``."""
    return shipped(f"schedule/{name}.yaml")


@cache
def source(key: str) -> Source:
    """The source called ``key``: of this room, a rule of the rule book, or a row of the facts."""
    if own := table("sources").get(key):
        return Source(source_id=key, via="", **own)
    if law := book().get(key):
        title = f"{law.title}: {law.citation}"
        return Source(key, "law", title, "rule book", law.url or "", law.as_of, "")
    return next(row for row in rows(Source) if row.source_id == key)
