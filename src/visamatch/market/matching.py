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
    state = _empty(market)
    singles = np.flatnonzero(market.couple_of < 0).astype(np.int32)
    kernels.propose(*market[1:6], *state, singles.copy())
    asked = _asked(market, state.at[singles], singles)
    if not len(market.couples.member):
        return _matching(market, state, asked)
    state.at[market.couples.member] = market.start[market.couples.member + 1]
    return _with_couples(market, state, asked)


TRIES, WORK = 8, 100_000_000
"""Orders of couples tried; entries read, at most, in trying every placement of the couples instead."""


def _with_couples(market: Market, singles: State, asked: int) -> Matching:
    """Orders of couples one after another, then every placement; at worst the best that was found."""
    member, start, option = market.couples
    order = np.arange(len(member), dtype=np.int32)
    lists = (market.start, market.entry, market.listed, member, start, option, market.couple_of)
    limit, size = 1000 + 20 * len(member), len(market.entry) + len(option)
    best: Matching | None = None
    for attempt in range(max(2, min(TRIES, WORK // (100 * size)))):
        state = singles._replace(held=singles.held.copy(), at=singles.at.copy())
        seat, choice, aside = (
            _seats(market, state),
            start[1:].copy(),
            np.zeros(len(member), np.bool_),
        )
        asked += kernels.settle(*lists, state.held, seat, state.at, choice, aside, order, limit)
        found, whole = _matching(market, _settled(state, seat), asked), not aside.any()
        blocked = kernels.blocked(*lists[:2], *lists[3:6], state.held, seat, state.at, choice)
        if whole and blocked < 0:
            return found
        best = found if best is None or whole else best
        aside[blocked] |= blocked >= 0
        order = np.concatenate(
            [order[aside[order]], order[~aside[order]]]
        )  # who went round goes first
        if attempt > 1:
            order = np.random.default_rng(attempt).permutation(order)
    budget = WORK // size
    if budget > len(member) and search.place(*lists, state.held, seat, state.at, choice, budget):
        return _matching(market, _settled(state, seat), asked)
    assert best is not None  # there was at least one try
    return best._replace(stable=False, proposals=asked)


def _seats(market: Market, state: State) -> Ints:
    """The table of programs that :func:`visamatch.market.kernels.settle` reads; see its columns."""
    columns = (
        market.quota, state.free, state.cutoff, market.list_start[:-1], market.list_start[1:],
        market.word_start[:-1], np.zeros_like(market.quota),
    )  # fmt: skip
    return np.stack(columns, axis=1)


class State(NamedTuple):
    """Who sits where: bitmaps of places held, free seats, cutoffs, and the entry at which each applicant stands."""

    held: NDArray[np.uint64]
    free: Ints
    cutoff: Ints
    at: Ints


def _empty(market: Market) -> State:
    cutoff = np.where(market.quota > 0, np.int32(OPEN), np.int32(-1))
    held = np.zeros(market.word_start[-1], np.uint64)
    return State(held, market.quota.copy(), cutoff, market.start[:-1].copy())


def _settled(state: State, seat: Ints) -> State:
    return state._replace(free=seat[:, kernels.FREE], cutoff=seat[:, kernels.CUTOFF].copy())


def _asked(market: Market, at: Ints, people: Ints) -> int:
    """Each of these applicants asked every program of the row down to where he stands."""
    return int((at - market.start[people] + (at < market.start[people + 1])).sum())


def _matching(market: Market, state: State, asked: int) -> Matching:
    seated = state.at < market.start[1:]
    held = np.where(seated, state.at, np.int32(-1))
    program = np.full(len(held), -1, np.int32)
    program[seated] = market.entry[held[seated], 0]
    return Matching(held, program, market.quota - state.free, state.cutoff, True, asked)
