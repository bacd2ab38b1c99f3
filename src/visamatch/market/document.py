"""A market as a JSON document, and its matching as another: the form of ``visamatch match solve``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from visamatch.errors import InputError
from visamatch.market.matching import Couples, Market, build, solve
from visamatch.market.stability import Block, blocking
from visamatch.workspace.boundary import problems


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Program(_Strict):
    """A program: seats, and the applicants it ranks, best first."""

    id: str
    quota: int = Field(ge=0)
    ranks: list[str]


class Applicant(_Strict):
    """An applicant and the programs he ranks, best first; a couple's member needs no list, and it is ignored."""

    id: str
    ranks: list[str] | None = None


_Two = Field(min_length=2, max_length=2)


class Couple(_Strict):
    """Two applicants and their pairs of programs, best first; null leaves that member without one."""

    members: Annotated[list[str], _Two]
    ranks: list[Annotated[list[str | None], _Two]]


class Document(_Strict):
    """A whole market."""

    programs: list[Program]
    applicants: list[Applicant]
    couples: list[Couple] = []


class Named(NamedTuple):
    """A market with the ids its numbers stand for."""

    market: Market
    applicants: list[str]
    programs: list[str]


def answer(text: str, where: str = "") -> dict[str, Any]:
    """Read a market, match it, check it: ``matches``, ``stable``, ``blocking``, ``proposals``.

    A blocking pair reads ``{"applicant": a, "program": p}``, a blocking couple ``{"couple": [a, b], "programs":
    [p, q]}`` with null for none; what blocking means stands in :mod:`visamatch.market.stability`.

    Raises:
        InputError: naming the field that is wrong.
    """
    named = read(text, where)
    found = solve(named.market)
    blocks = blocking(named.market, found.entry)
    ids = [*named.programs, None]  # -1 is nobody
    return {
        "matches": {a: ids[p] for a, p in zip(named.applicants, found.program, strict=True)},
        "stable": not blocks,
        "blocking": [_spelled(named, block) for block in blocks],
        "proposals": found.proposals,
    }


def _spelled(named: Named, block: Block) -> dict[str, Any]:
    people = [named.applicants[a] for a in block[0]]
    programs = [None if p < 0 else named.programs[p] for p in block[1]]
    if len(people) == 1:
        return {"applicant": people[0], "program": programs[0]}
    return {"couple": people, "programs": programs}


def read(text: str, where: str = "") -> Named:
    """The market of a JSON document; only applicants and programs that rank each other can meet."""
    try:
        document = Document.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:
            raise InputError(where or "the market", f"a JSON object ({first['msg']})") from None
        raise problems(Document, error, where)[0] from None
    try:
        _check(document)
    except InputError as error:
        at = f"{where}: {error.where}" if where else error.where
        raise InputError(at, error.expected, error.found) from None
    return _numbered(document)


def _distinct(where: str, values: Iterable[Any], what: str) -> None:
    seen = set()
    for n, value in enumerate(values, 1):
        if value in seen:
            raise InputError(f"{where}.{n}", f"{what} once only", value)
        seen.add(value)


def _known(where: str, values: Iterable[str], known: Any, what: str) -> None:
    for n, value in enumerate(values, 1):
        if value not in known:
            raise InputError(f"{where}.{n}", what, value)


def _check(document: Document) -> None:
    _distinct("programs", (p.id for p in document.programs), "each program")
    _distinct("applicants", (a.id for a in document.applicants), "each applicant")
    programs = {p.id for p in document.programs}
    coupled = _check_couples(document.couples, programs)
    for n, applicant in enumerate(document.applicants, 1):
        if applicant.id in coupled:
            continue
        at = f"applicants.{n}.ranks"
        if applicant.ranks is None:
            raise InputError(at, "a list of programs; the field is missing")
        _known(at, applicant.ranks, programs, "the id of a program")
        _distinct(at, applicant.ranks, "each program")
    people = coupled | {a.id for a in document.applicants}
    for n, program in enumerate(document.programs, 1):
        at = f"programs.{n}.ranks"
        _known(at, program.ranks, people, "the id of an applicant")
        _distinct(at, program.ranks, "each applicant")


def _check_couples(couples: list[Couple], programs: set[str]) -> set[str]:
    members: set[str] = set()
    for n, couple in enumerate(couples, 1):
        for m, member in enumerate(couple.members, 1):
            if member in members:
                raise InputError(f"couples.{n}.members.{m}", "a person of one couple", member)
            members.add(member)
        for k, pair in enumerate(couple.ranks, 1):
            named = [p for p in pair if p is not None]
            _known(f"couples.{n}.ranks.{k}", named, programs, "the id of a program or null")
        _distinct(f"couples.{n}.ranks", map(tuple, couple.ranks), "each pair")
    return members


def _numbered(document: Document) -> Named:
    number = {p.id: n for n, p in enumerate(document.programs)}
    places = [{a: place for place, a in enumerate(p.ranks)} for p in document.programs]
    rows: dict[str, list[int]] = {
        a.id: [number[p] for p in a.ranks or ()] for a in document.applicants
    }
    for couple in document.couples:
        for side, member in enumerate(couple.members):
            wanted = (pair[side] for pair in couple.ranks)
            rows[member] = list(dict.fromkeys(number[p] for p in wanted if p is not None))
    rows = {a: [p for p in row if a in places[p]] for a, row in rows.items()}
    start = np.cumsum([0, *map(len, rows.values())])
    program = np.array([p for row in rows.values() for p in row], np.int32)
    order = np.array([places[p][a] for a, row in rows.items() for p in row], np.int32)
    people = {a: n for n, a in enumerate(rows)}

    def entry(a: str, p: str) -> int:
        return int(start[people[a]]) + rows[a].index(number[p]) if a in places[number[p]] else -2

    options = [list(_options(couple, entry)) for couple in document.couples]
    couples = Couples(
        np.array([[people[a] for a in c.members] for c in document.couples], np.int32).reshape(
            -1, 2
        ),
        np.cumsum([0, *map(len, options)]).astype(np.int32),
        np.array([pair for row in options for pair in row], np.int32).reshape(-1, 2),
    )
    quota = np.array([min(p.quota, len(p.ranks)) for p in document.programs], np.int32)
    return Named(build(quota, start, program, order, couples), list(rows), list(number))


def _options(couple: Couple, entry: Callable[[str, str], int]) -> Iterator[list[int]]:
    """The couple's choices as entries, without those a program rules out (-2) and those below none at all."""
    for pair in couple.ranks:
        if pair == [None, None]:
            return
        members = zip(couple.members, pair, strict=True)
        choice = [-1 if p is None else entry(a, p) for a, p in members]
        if -2 not in choice:
            yield choice
