"""The Match on flat arrays: who goes where, given both sides' lists.

**Stability without couples.** A matching gives every applicant at most one program, every program at most its
quota, and pairs only those who rank each other. It is *stable* when no applicant and program both prefer
each other: no program that an applicant prefers to what he holds has a free seat or holds anyone it ranks worse.
Applicants propose, so among all stable matchings everyone gets the best program any of them gives him.

**The interface**, for whoever brings a market::

    market = build(quota, start, program, order)          # once per market: sorts both sides
    found = solve(market)                                 # milliseconds
    found.program[a]                                      # program of applicant a, or -1
    found.cutoff[p]                                       # place on p's own list, see Matching

``start`` (A+1) and ``program`` (E) are compressed rows: applicant a ranks ``program[start[a]:start[a + 1]]``, most
preferred first, only programs that rank him. ``order`` (E, any number type) stands beside each entry and sorts the
program's own list, *least first*: a rank, or minus a score; equal values rank by row. ``quota`` (P) counts seats.
Couples: ``build(…, couples=Couples(member, start, option))``. Advanced tracks with supplemental lists become couples of
a person's two years: ``build(quota, *supplemented(start, program, order, Supplements(…)))``. Reversion:
``solve(market, reverts_to)`` with, for each program, the one its unfilled seats go to, or -1.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visamatch.market import kernels, search
from visamatch.market.kernels import OPEN

Ints = NDArray[np.int32]


class Couples(NamedTuple):
    """Couples and their joint lists.

    ``member`` (C, 2): two applicants. ``option`` (R, 2): for each choice the *entry* (index into ``program``) of the
    first and second member, or -1 for none; couple c's choices are ``option[start[c]:start[c + 1]]``, best first.
    The rows of members in ``program`` hold every program that occurs in an option; their order means nothing.
    """

    member: Ints
    start: Ints
    option: Ints


NO_COUPLES = Couples(np.zeros((0, 2), np.int32), np.zeros(1, np.int32), np.zeros((0, 2), np.int32))


class Market(NamedTuple):
    """Both sides' lists, sorted; made by :func:`build`.

    ``entry`` (E, 2): the program, and the applicant's place (0 is best) on that program's list. ``listed`` (E, 2):
    the applicant, and his entry, at each place of each program's list, which begins at
    ``list_start[p]``. ``word_start``: where the program's bitmap begins.
    """

    quota: Ints
    start: Ints
    entry: NDArray[Any]
    list_start: Ints
    listed: Ints
    word_start: Ints
    couples: Couples
    couple_of: Ints


class Matching(NamedTuple):
    """What :func:`solve` found.

    ``entry`` (A): the entry each applicant holds, or -1. ``program`` (A): its program, or -1.
    ``filled`` (P): seats taken.
    ``cutoff`` (P): the place of the worst applicant a full program holds, ``OPEN`` while it has a seat left, -1 without
    quota; an applicant at place r of p's list is or would be taken if and only if ``r <= cutoff[p]``.
    ``stable``: whether no pair and no couple blocks. ``proposals``: how often a program was asked.
    """

    entry: Ints
    program: Ints
    filled: Ints
    cutoff: Ints
    stable: bool
    proposals: int


def build(
    quota: NDArray[Any],
    start: NDArray[Any],
    program: NDArray[Any],
    order: NDArray[Any],
    couples: Couples = NO_COUPLES,
) -> Market:
    """Sort every program's list and lay both sides out for :func:`solve`; see the module."""
    quota, start = quota.astype(np.int32), start.astype(np.int32)
    programs, entries, applicants = len(quota), len(program), len(start) - 1
    by_place = np.lexsort((order, program)).astype(np.int32)
    list_start = _offsets(np.bincount(program, minlength=programs))
    place = np.empty(entries, np.int32)
    place[by_place] = np.arange(entries, dtype=np.int32) - list_start[program[by_place]]
    lengths = np.diff(list_start)
    small = max(programs, int(lengths.max(initial=0))) < 2**16
    entry = np.stack([program, place], axis=1).astype(np.uint16 if small else np.uint32)
    owner = np.repeat(np.arange(applicants, dtype=np.int32), np.diff(start))
    couple_of = np.full(applicants, -1, np.int32)
    couple_of[couples.member] = np.arange(len(couples.member), dtype=np.int32)[:, None]
    return Market(
        quota, start, entry, list_start, np.stack([owner[by_place], by_place], axis=1),
        _offsets((lengths + 63) // 64), couples, couple_of,
    )  # fmt: skip


def _offsets(counts: NDArray[Any]) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)


def solve(market: Market) -> Matching:
    """The applicant-optimal stable matching; with couples a stable one, if the search finds it.

    The same market gives the same matching, always. Reads the market, changes nothing.
    """
    held, free = np.zeros(market.word_start[-1], np.uint64), market.quota.copy()
    cutoff = np.where(market.quota > 0, np.int32(OPEN), np.int32(-1))
    single = market.couple_of < 0
    at = np.where(single, market.start[:-1], market.start[1:])
    kernels.propose(*market[1:6], held, free, cutoff, at, np.flatnonzero(single).astype(np.int32))
    asked = int((at - market.start[:-1] + (at < market.start[1:]))[single].sum())
    if len(market.couples.member):
        return _with_couples(market, held, free, cutoff, at, asked)
    return _matching(market, at, free, cutoff, asked)


TRIES, WORK = 8, 100_000_000
"""Orders of couples tried; entries read, at most, in trying every placement of the couples instead."""


def _with_couples(
    market: Market, held: Any, free: Ints, cutoff: Ints, at: Ints, asked: int
) -> Matching:
    """Orders of couples one after another, then every placement; at worst the best that was found."""
    member, start, option = market.couples
    couples, size = len(member), len(market.entry) + len(option)
    seats = (
        market.quota, free, cutoff, market.list_start[:-1], market.list_start[1:], market.word_start[:-1], 0 * free,
    )  # fmt: skip
    pairs = (
        member[:, 0],
        member[:, 1],
        start[:-1],
        start[1:],
        start[1:],
        np.zeros(couples, np.int32),
    )
    singles = (
        np.stack(seats, 1),
        np.stack((at, market.start[1:], market.couple_of), 1),
        np.stack(pairs, 1),
    )
    work = np.zeros((3, len(at) + len(free) + couples + 2), np.int32)
    work[kernels.TALLY, :2] = asked, -1
    order = np.arange(couples, dtype=np.int32)
    lists = (market.entry, market.listed, option)

    def found(stable: bool) -> Matching:
        columns = who[:, kernels.AT], seat[:, kernels.FREE], seat[:, kernels.CUTOFF]
        return _matching(market, *columns, int(work[kernels.TALLY, 0]))._replace(stable=stable)

    best = _matching(market, at, free, cutoff, asked)
    for attempt in range(max(2, min(TRIES, WORK // (100 * size)))):
        bits, (seat, who, pair) = held.copy(), (table.copy() for table in singles)
        tables = (bits, seat, who, pair, work)
        kernels.settle(*lists, *tables, order, 1000 + 20 * couples)
        trouble, now = pair[:, kernels.ASIDE] > 0, found(True)
        if attempt == 0 or not trouble.any():
            best = now
        one = kernels.blocked(market.entry, option, *tables)
        if not trouble.any() and one < 0:
            return now
        trouble[one] |= one >= 0
        order = np.concatenate([order[trouble[order]], order[~trouble[order]]])
        if attempt > 1:
            order = np.random.default_rng(attempt).permutation(order)
    if couples < WORK // size and search.place(*lists, *tables, WORK // size):
        return found(True)
    return best._replace(stable=False, proposals=int(work[kernels.TALLY, 0]))


def _matching(market: Market, at: Ints, free: Ints, cutoff: Ints, asked: int) -> Matching:
    seated = at < market.start[1:]
    entry = np.where(seated, at, np.int32(-1))
    program = np.full(len(at), -1, np.int32)
    program[seated] = market.entry[entry[seated], 0]
    return Matching(entry, program, market.quota - free, cutoff.copy(), True, asked)
