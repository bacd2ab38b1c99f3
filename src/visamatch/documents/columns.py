"""Which column is which: headers recognised by the names people use, without case, blanks and punctuation."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from visamatch.shipped import shipped


@dataclass(frozen=True, slots=True)
class Column:
    """A column we know. ``kind`` and ``table`` as explained in ``columns.yaml``."""

    field: str
    title: str
    kind: str
    table: str
    meaning: str = ""
    names: tuple[str, ...] = ()


DATA = "documents/columns.yaml"


@cache
def columns() -> dict[str, Column]:
    """Every known column by its field, in the order in which we write them."""
    rows = (Column(**{**row, "names": tuple(row["names"])}) for row in shipped(DATA)["columns"])
    return {row.field: row for row in rows}


@cache
def words(kind: str) -> dict[str, str]:
    """What a column of this kind may say: comparable spelling to the word we keep."""
    return {
        plain(name): str(word)
        for word, names in shipped(DATA)["words"].get(kind, {}).items()
        for name in (word, *names)
        if name
    }


def plain(text: str) -> str:
    """A header without case, accents, blanks and punctuation; signs alone stay as they are.

    >>> plain(" E-mail_Address: ")
    'emailaddress'
    """
    folded = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[^a-z0-9]+", "", folded) or "".join(folded.split())


def named(header: str) -> Column | None:
    """The column a header names, or None."""
    return columns().get(_index().get(plain(header), ""))


def title_of(field: str) -> str:
    """The title of a field; an own header is its own title."""
    return columns()[field].title if field in columns() else field


def recognise(headers: Sequence[str]) -> tuple[Column | None, ...]:
    """The column of every header; each column is given once, to its own title before any synonym."""
    found = [named(header) for header in headers]
    taken: dict[str, int] = {}
    for at, column in enumerate(found):
        if column is None:
            continue
        holder = taken.setdefault(column.field, at)
        own_title = plain(headers[at]) == plain(column.title)
        if own_title and plain(headers[holder]) != plain(column.title):
            taken[column.field] = at
    return tuple(
        column if column and taken[column.field] == at else None for at, column in enumerate(found)
    )


@cache
def _index() -> dict[str, str]:
    index: dict[str, str] = {}
    for column in columns().values():
        for name in (column.title, *column.names):
            index.setdefault(plain(name), column.field)
    return {column.field.replace("_", ""): column.field for column in columns().values()} | index
