"""Row types and loaders of the shipped tables.

One frozen dataclass is one table, its fields are the columns in order, and :func:`rows` reads it.
Types decide the reading: ``str`` (empty = unknown), ``int | None``, ``float | None``, ``bool`` (``1``
or empty), ``tuple[str, ...]`` (``|`` between items). Every table has a ``source`` column: ids of
:class:`Source` rows, so each fact leads to a title, an address and a date.
"""

import csv
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar, TypeVar, get_args, get_origin, get_type_hints

from visamatch.errors import InputError

DATA = files("visamatch.facts") / "data"


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts come from. ``as_of`` is ISO (``2026``, ``2026-03``, ``2026-03-19``) or ``undated``."""

    table: ClassVar[str] = "sources"
    source_id: str
    kind: str  # as in schema.yaml, like every word of a fixed list
    title: str
    publisher: str
    url: str
    as_of: str
    via: str  # the copy that was read, where it was not the publisher's own


@dataclass(frozen=True, slots=True)
class Specialty:
    """A specialty with its codes. ``years`` is the accredited length of residency, PGY-1 included."""

    table: ClassVar[str] = "specialties"
    specialty_id: str  # slug, e.g. internal-medicine
    name: str
    nrmp_code: str  # three digits inside an NRMP program code; empty when it has none
    aliases: tuple[str, ...]
    level: str  # residency, fellowship or combined
    years: float | None
    match_system: str  # NRMP, SF Match, AUA, or unknown
    parent: str  # for a fellowship: specialty_id it follows
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class System:
    """A hospital system: institutions under one parent."""

    table: ClassVar[str] = "systems"
    system_id: str
    name: str
    aliases: tuple[str, ...]
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Institution:
    """A hospital, school, health center or consortium that sponsors or hosts programs."""

    table: ClassVar[str] = "institutions"
    institution_id: str  # slug of the name
    name: str
    aliases: tuple[str, ...]
    kind: str  # hospital, school, university, health_center, consortium, government or unknown
    city: str
    state: str
    lat: float | None
    lon: float | None
    system_id: str
    ownership: str  # nonprofit, for_profit, government, or empty = unknown
    university: str  # the university it is affiliated with, as the source names it
    affiliation_basis: str  # why we say so, in a few words
    cms_ccn: str
    nrmp_codes: tuple[str, ...]  # four-digit NRMP institution codes
    status: str  # open, closed or moved
    status_note: str
    source: tuple[str, ...]
    point: str = ""  # what lat and lon are: hospital, or city (mean of its hospitals: approximate)


@dataclass(frozen=True, slots=True)
class Petitioner:
    """A legal employer that files for trainees. ``relation`` says for whom it files.

    ``relation``: as in schema.yaml; empty where the employer is linked to no institution.
    ``institutions`` lists whom it may file for; a filing of a petitioner with several supports them
    jointly, never each of them fully.
    """

    table: ClassVar[str] = "petitioners"
    petitioner_id: str
    name: str
    spellings: tuple[str, ...]
    city: str
    state: str
    relation: str
    institutions: tuple[str, ...]
    system_id: str
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """A residency program: one institution, one specialty, one or more NRMP tracks."""

    table: ClassVar[str] = "programs"
    program_id: str  # NRMP institution and specialty code, e.g. 1256-140, or a slug without codes
    name: str
    institution_id: str
    specialty_id: str
    level: str  # residency or fellowship
    acgme_id: str  # ten digits
    city: str
    state: str
    lat: float | None
    lon: float | None
    status: str  # as in schema.yaml
    status_note: str
    successor: str  # program_id that took it over, where known
    website: str
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Track:
    """An NRMP track: institution 4 + specialty 3 + letter + number. Letter C, P, A, R or M."""

    table: ClassVar[str] = "tracks"
    nrmp_code: str
    program_id: str
    name: str
    letter: str
    current: bool  # offered in the newest Match on file
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quota:
    """Positions offered and filled by one track in one Match year."""

    table: ClassVar[str] = "quotas"
    nrmp_code: str
    year: int
    quota: int
    filled: int | None
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Places of a New England program in an earlier Match: its C, A, M and R tracks together.

    A transitional year counts its P tracks; other preliminary places are not in it.
    """

    table: ClassVar[str] = "history"
    program_id: str
    year: int
    quota: int
    filled: int | None
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """What a page says about visas, as codes (the page's text is never stored).

    ``subject`` is a program_id, institution_id or system_id, as ``scope`` says. ``sponsors_*`` and the
    condition codes are those of the policy reader. ``details`` holds further findings as
    ``key=value`` (``step3_deadline=12-31``, ``yog_limit=5``). ``page_date`` is what the page says of
    its own age: ISO, possibly partial, or ``undated``; ``read_on`` is when a person read it.
    """

    table: ClassVar[str] = "policies"
    policy_id: str
    scope: str  # program, institution or system
    subject: str
    level: str  # residency, fellowship or all
    specialty_id: str  # empty = every specialty of the subject
    sponsors_j1: str  # yes, no, unknown
    sponsors_h1b: str  # yes, no, conditional, case_by_case, unknown
    h1b_conditions: tuple[str, ...]
    other_visas: tuple[str, ...]
    details: tuple[str, ...]
    note: str  # own words, where the codes do not carry it
    page_date: str
    read_on: str
    confidence: str  # high, medium or low
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filings:
    """Labor condition applications for trainees: one petitioner, fiscal year, kind and specialty.

    Counts are cases, not people: one case may cover several workers, amendments repeat people.
    ``period`` names the decisions covered (``2024-10/2025-03``): a part of a year is a lower bound.
    ``new`` and ``continuing`` count positions; empty where the layout does not say. ``cases`` are the
    case numbers behind the count, where the copy read has them.
    """

    table: ClassVar[str] = "filings"
    petitioner_id: str
    fiscal_year: int
    period: str
    kind: str  # resident, fellow or resident_or_fellow
    specialty_id: str  # empty = the title names none
    count: int
    wage_min: int | None  # dollars a year
    wage_max: int | None
    prevailing_min: int | None
    prevailing_max: int | None
    new: int | None
    continuing: int | None
    cases: tuple[str, ...]
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Approvals:
    """USCIS H-1B approvals of a petitioner in a fiscal year, all occupations together."""

    table: ClassVar[str] = "approvals"
    petitioner_id: str
    fiscal_year: int
    initial: int
    continuing: int | None
    complete: bool  # empty when the published year is partial
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fee:
    """A price. ``up_to`` is the last unit at this price in a tiered fee (empty = no end)."""

    table: ClassVar[str] = "fees"
    fee_id: str
    item: str
    season: str
    amount: float
    up_to: int | None
    rule: str
    payer: str  # applicant or employer
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signals:
    """Program signals an applicant may send in a specialty and season."""

    table: ClassVar[str] = "signals"
    season: int
    specialty_id: str
    gold: int | None
    silver: int | None
    total: int
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BaseRate:
    """A published share of programs that sponsor, with its denominator."""

    table: ClassVar[str] = "base_rates"
    specialty_id: str  # empty = all specialties
    visa: str  # J-1 or H-1B
    rate: float
    n: int
    year: int
    what: str
    source: tuple[str, ...]


Row = TypeVar("Row")

TABLES: tuple[type[Any], ...] = (
    Source, Specialty, System, Institution, Petitioner, Program, Track, Quota, History, Policy,
    Filings, Approvals, Fee, Signals, BaseRate,
)  # fmt: skip

_read: dict[type[Any], tuple[Any, ...]] = {}


def rows(table: type[Row]) -> tuple[Row, ...]:
    """All rows of a shipped table, in file order; read once."""
    if table not in _read:
        _read[table] = tuple(read(table))
    return _read[table]


def read(table: type[Row], folder: Any = DATA) -> Iterator[Row]:
    """Read one table from ``folder``; a cell that does not fit its column stops with its place.

    Whole columns are converted at once, which saves most of the time; only a failure looks for its line.
    """
    name = f"{table.table}.csv"  # type: ignore[attr-defined]
    readers = _readers(table)
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        header, *lines = csv.reader(stream)
    expected = [column for column, _ in readers]
    if header != expected:
        raise InputError(f"{name} line 1", f"the columns {', '.join(expected)}", header)
    try:
        columns = list(zip(*lines, strict=True))
        if lines and len(columns) != len(readers):
            raise ValueError
        values = [
            column if convert is str else map(convert, column)
            for column, (_, convert) in zip(columns, readers, strict=False)
        ]
        yield from _fill(table, len(lines), values)
    except ValueError:
        _complain(name, lines, readers)


def _fill(table: type[Row], count: int, columns: Iterable[Iterable[Any]]) -> list[Row]:
    """Make rows without their frozen constructor, which would cost more than all the reading."""
    made = [table.__new__(table) for _ in range(count)]
    for field, column in zip(fields(table), columns, strict=False):  # type: ignore[arg-type]
        deque(map(getattr(table, field.name).__set__, made, column), maxlen=0)
    return made


def _complain(name: str, lines: list[list[str]], readers: list[Any]) -> None:
    """Find the line that does not fit, and say so."""
    for number, cells in enumerate(lines, 2):
        if len(cells) != len(readers):
            raise InputError(f"{name} line {number}", f"{len(readers)} cells", len(cells))
        for cell, (column, convert) in zip(cells, readers, strict=True):
            try:
                convert(cell)
            except ValueError:
                where = f"{name} line {number}, {column}"
                raise InputError(
                    where, "1 or nothing" if cell and convert is _flag else "a number", cell
                ) from None


def _readers(table: type[Any]) -> list[tuple[str, Callable[[str], Any]]]:
    hints = get_type_hints(table)
    return [(field.name, _reader(hints[field.name])) for field in fields(table)]


def _reader(hint: Any) -> Callable[[str], Any]:
    if get_origin(hint) is tuple:
        return cache(_items)
    if hint is bool:
        return _flag
    if isinstance(hint, types.UnionType):
        number = next(kind for kind in get_args(hint) if kind is not type(None))
        return lambda cell: number(cell) if cell else None
    return hint  # type: ignore[no-any-return]


def _items(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _flag(cell: str) -> bool:
    if cell not in {"", "1"}:
        raise ValueError(cell)
    return cell == "1"
