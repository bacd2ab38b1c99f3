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

from visamatch.errors import InputError
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


class Queue(NamedTuple):
    """Singles in the order in which they propose, the strong first: ``person`` (N), and copies of their rows of
    ``Market.entry`` (``row``, ``rows``), one behind the other. ``waits`` (E): position in the queue of whoever stands
    at each place of the programs' lists, -1 for members of couples.
    """

    person: Ints
    row: Ints
    rows: NDArray[Any]
    waits: Ints


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
    queue: Queue


class Matching(NamedTuple):
    """What :func:`solve` found.

    ``entry`` (A): the entry each applicant holds, or -1. ``program`` (A): its program, or -1.
    ``filled`` and ``quota`` (P): seats taken, and seats there were after reversion.
    ``cutoff`` (P): the place of the worst applicant a full program holds, ``OPEN`` while it has a seat left, -1 without
    quota; an applicant at place r of p's list is or would be taken if and only if ``r <= cutoff[p]``.
    ``stable``: whether no pair and no couple blocks. ``proposals``: how often a program was asked.
    """

    entry: Ints
    program: Ints
    filled: Ints
    quota: Ints
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
    by_place, list_start = kernels.sort_lists(
        program.astype(np.int32), order.astype(np.float64), len(quota)
    )
    return lay_out(quota, start, program, by_place, list_start, couples)


def lay_out(
    quota: NDArray[Any],
    start: NDArray[Any],
    program: NDArray[Any],
    by_place: Ints,
    list_start: Ints,
    couples: Couples = NO_COUPLES,
) -> Market:
    """The market of lists sorted already: ``by_place`` (E) are the entries by program and, inside each, best first;
    the stretch of program p begins at ``list_start[p]``.
    """
    quota, start = quota.astype(np.int32), start.astype(np.int32)
    couples = Couples(*(part.astype(np.int32) for part in couples))
    lengths, applicants = np.diff(list_start), len(start) - 1
    small = max(len(quota), int(lengths.max(initial=0))) < 2**16
    entry = np.empty((len(program), 2), np.uint16 if small else np.uint32)
    entry[:, 0] = program
    entry[by_place, 1] = np.arange(len(program)) - np.repeat(list_start[:-1], lengths)
    owner = np.repeat(np.arange(applicants, dtype=np.int32), np.diff(start))
    listed = np.stack([owner[by_place], by_place.astype(np.int32)], axis=1)
    couple_of = np.full(applicants, -1, np.int32)
    couple_of[couples.member] = np.arange(len(couples.member), dtype=np.int32)[:, None]
    return Market(
        quota, start, entry, list_start, listed, _offsets((lengths + 63) // 64), couples, couple_of,
        Queue(*kernels.line_up(start, entry, list_start, listed, couple_of)),
    )  # fmt: skip


def _offsets(counts: NDArray[Any]) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)


class Supplements(NamedTuple):
    """Lists of first-year (preliminary) programs that apply when an advanced position is won.

    ``of_entry`` (E): which list goes with the entry of an advanced program, or -1. ``start`` (L+1), ``program``,
    ``order``: the lists as rows, like an applicant's. A list belongs to one
    applicant and goes with an entry of his; lists stand in the order of applicants.
    """

    of_entry: Ints
    start: Ints
    program: Ints
    order: NDArray[Any]


def supplemented(
    start: Ints,
    program: Ints,
    order: NDArray[Any],
    lists: Supplements,
    couples: Couples = NO_COUPLES,
) -> tuple[Ints, Ints, NDArray[Any], Couples]:
    """What :func:`build` takes after ``quota``, with each owner of a supplemental list as a couple of two years.

    The i-th owner's first year is applicant ``A + i``: after the match its program is the preliminary position. Each
    advanced program is wanted with each program of its list, best first, then alone, then comes the next program.
    Whoever is in one of ``couples`` must own no list.
    """
    applicants, entries = len(start) - 1, len(program)
    row = np.repeat(np.arange(applicants), np.diff(start))
    using = np.flatnonzero(lists.of_entry >= 0)
    owner_of_list = np.empty(len(lists.start) - 1, np.int64)
    owner_of_list[lists.of_entry[using]] = row[using]
    owners, first_list = np.unique(owner_of_list, return_index=True)
    e = np.flatnonzero(np.isin(row, owners))
    mine = lists.of_entry[e]
    width = np.where(mine >= 0, np.diff(lists.start)[mine], 0)
    end = np.cumsum(width + 1)
    step = np.arange(end[-1] if len(end) else 0) - np.repeat(end - width - 1, width + 1)
    second = np.repeat(entries + lists.start[mine], width + 1) + step
    second[end - 1] = -1
    per_owner = np.bincount(np.searchsorted(owners, row[e]), width + 1, len(owners)).astype(int)
    member = np.stack([owners, applicants + np.arange(len(owners))], 1)
    option = np.stack([np.repeat(e, width + 1), second], 1)
    joined = Couples(
        np.concatenate([couples.member, member]).astype(np.int32),
        np.concatenate([couples.start, couples.start[-1] + np.cumsum(per_owner)]).astype(np.int32),
        np.concatenate([couples.option, option]).astype(np.int32),
    )
    row_ends = entries + np.append(lists.start[first_list[1:]], lists.start[-1])[: len(owners)]
    rows = np.concatenate([start, row_ends]).astype(np.int32)
    return rows, np.append(program, lists.program), np.append(order, lists.order), joined


def solve(market: Market, reverts_to: Ints | None = None) -> Matching:
    """The applicant-optimal stable matching; with couples a stable one, if the search finds it.

    ``reverts_to`` (P) names for each program the one its unfilled seats go to, or -1; seats revert and the
    Match is run again until no seat is left to revert. The same market gives the same matching, always.

    Raises:
        InputError: seats would revert in a circle.
    """
    found = _solve(market)
    if reverts_to is None:
        return found
    _check_reversion(reverts_to)
    while (spare := np.where(reverts_to >= 0, found.quota - found.filled, 0)).any():
        quota = found.quota - spare
        np.add.at(quota, reverts_to[spare > 0], spare[spare > 0])
        found = _solve(market._replace(quota=quota.astype(np.int32)))
    return found


def _check_reversion(reverts_to: Ints) -> None:
    on_the_way = np.arange(len(reverts_to), dtype=np.int32)
    for _ in range(len(reverts_to) + 1):
        on_the_way = reverts_to[on_the_way][reverts_to[on_the_way] >= 0]
    if len(on_the_way):
        raise InputError("reverts_to", "seats that revert in no circle", int(on_the_way[0]))


def _solve(market: Market) -> Matching:
    held, free = np.zeros(market.word_start[-1], np.uint64), market.quota.copy()
    cutoff = np.where(market.quota > 0, np.int32(OPEN), np.int32(-1))
    person, row, rows, waits = market.queue
    lists = row, rows, waits, market.list_start, market.word_start
    at, asked = kernels.propose(*lists, held, free, cutoff)
    entry, program = kernels.seats_of(market.start, person, row, rows, at)
    if len(market.couples.member):
        who = kernels.standing(market.start, market.couple_of, entry)
        return _with_couples(market, held, _seats(market, free, cutoff), who, asked)
    return Matching(entry, program, market.quota - free, market.quota, cutoff, True, asked)


TRIES, MOVES, WORK = 8, 2_000, 50_000_000
"""Orders of couples tried; moves in which a new couple must be settled; entries that every placement may read."""


def _with_couples(market: Market, held: Any, seats: Ints, people: Ints, asked: int) -> Matching:
    """Orders of couples one after another, then every placement; at worst the best that was found.

    At first a couple may also use a seat its own member leaves. What then is stable is so in either sense
    of :mod:`visamatch.market.stability`; small markets get such a matching where there is one.
    """
    member, start, option = market.couples
    couples, budget = len(member), WORK // (len(market.entry) + len(option))
    small = budget > 100 * couples
    pairs = np.stack((*member.T, start[:-1], start[1:], start[1:], 0 * start[1:]), 1)
    work = np.zeros((3, len(people) + len(seats) + couples + 2), np.int32)
    work[kernels.TALLY, :2] = asked, -1
    lists = (market.entry, market.listed, option)

    def found() -> Matching:
        free, cutoff = seat[:, kernels.FREE], seat[:, kernels.CUTOFF]
        return _matching(market, who, free, cutoff, int(work[kernels.TALLY, kernels.ASKED]))

    best = None
    for own in (1, 0):
        work[kernels.TALLY, kernels.OWN] = own
        order = np.arange(couples, dtype=np.int32)
        for attempt in range(TRIES if small else 2):
            seat, who, pair = seats.copy(), people.copy(), pairs.copy()
            tables = (held.copy(), seat, who, pair, work)
            kernels.settle(*lists, *tables, order, MOVES)
            trouble, now = pair[:, kernels.ASIDE] > 0, found()
            if not trouble.any():
                one = kernels.blocked(market.entry, option, *tables) if small and own else -1
                if one < 0:
                    return now
                best, trouble[one] = best or now, True
            if trouble.sum() > TRIES:  # not a matter of order
                break
            order = np.concatenate([order[trouble[order]], order[~trouble[order]]])
            if attempt > 1:
                order = np.random.default_rng(attempt).permutation(order)
        if small and search.place(*lists, *tables, budget):
            return found()
        if best:
            return best
    return now._replace(stable=False)


def program_optimal(market: Market) -> Matching:
    """The stable matching of the singles that is best for every program: programs propose, couples stay out."""
    held, free = np.zeros(market.word_start[-1], np.uint64), market.quota.copy()
    seat = _seats(market, free, free)
    nobody = np.full(len(market.couple_of), -1, np.int32)
    who = kernels.standing(market.start, market.couple_of, nobody)
    asked = search.offers(market.entry, market.listed, seat, who, nobody)
    search.take_seats(market.entry, held, seat, who)
    return _matching(market, who, seat[:, kernels.FREE], seat[:, kernels.CUTOFF], asked)


def _seats(market: Market, free: Ints, cutoff: Ints) -> Ints:
    """The table ``seat`` of :mod:`visamatch.market.kernels`."""
    lists = market.list_start[:-1], market.list_start[1:], market.word_start[:-1]
    return np.stack((market.quota, free, cutoff, *lists, 0 * free), 1)


def _matching(market: Market, who: Ints, free: Ints, cutoff: Ints, asked: int) -> Matching:
    entry, program = kernels.outcome(market.entry, who)
    return Matching(entry, program, market.quota - free, market.quota, cutoff.copy(), True, asked)
