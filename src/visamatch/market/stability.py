"""Who blocks a matching: an independent check that shares no step with the algorithm.

**Stability with couples** (Kojima, Pathak and Roth 2013). From any group of applicants a program chooses those it ranks
best, up to its quota, each judged alone (responsive preferences). A single applicant and a program block when he
prefers it to what he holds and it would choose him from him and those it holds. A couple and a choice (p, q) of
its list block when the couple prefers the choice to what it holds, and p would choose the first member from
him and those it holds, and q the second likewise; where p and q are one program it must choose *both* from the two and
those it holds. A null in a choice asks nothing of anybody. A couple holds a choice of its list as a whole, or
nothing. A matching is stable when nobody blocks it.

Those a program holds include a member who would leave in the same move: it keeps comparing the two. A stricter sense
counts that seat as free. Small markets are searched for a matching that is stable in either sense first.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from visamatch.market.kernels import OPEN
from visamatch.market.matching import Ints, Market

Block = tuple[tuple[int, ...], tuple[int, ...]]
"""Applicants (one, or both members of a couple) and the programs they would go to (-1: none)."""


def blocking(market: Market, entry: Ints) -> list[Block]:
    """Every pair and every couple with a choice that blocks; ``entry[a]`` is the entry held, or -1."""
    return [*_pairs(market, entry), *_couples(market, entry)]


def _cutoffs(market: Market, entry: Ints) -> NDArray[np.int64]:
    """The worst place each full program holds; ``OPEN`` where a seat is left."""
    program, place = market.entry[entry[entry >= 0]].astype(np.int64).T
    worst = np.full(len(market.quota), -1)
    np.maximum.at(worst, program, place)
    filled = np.bincount(program, minlength=len(worst))
    return np.where(filled < market.quota, OPEN, worst)


def _pairs(market: Market, entry: Ints) -> Iterator[Block]:
    reach = np.where(entry >= 0, entry, market.start[1:])
    reach = np.where(market.couple_of < 0, reach, market.start[:-1])
    owner = np.repeat(np.arange(len(entry)), np.diff(market.start))
    preferred = np.arange(len(owner)) < reach[owner]
    program, place = market.entry.T
    wanted = preferred & (place < _cutoffs(market, entry)[program])
    for e in np.flatnonzero(wanted):
        yield (int(owner[e]),), (int(program[e]),)


def _couples(market: Market, entry: Ints) -> Iterator[Block]:
    """Sift the choices by what the cutoffs allow at best, then look at each one left in full."""
    cutoff = _cutoffs(market, entry)
    member, start, option = market.couples
    of = np.repeat(np.arange(len(member)), np.diff(start))
    held = entry[member][of]
    same = np.flatnonzero((option == held).all(axis=1))
    reach = start[1:].copy()
    reach[of[same]] = same
    hopeful = np.arange(len(option)) < reach[of]
    for e, own in zip(option.T, held.T, strict=True):
        program, place = market.entry[e].astype(np.int64).reshape(-1, 2).T
        hopeful &= (e < 0) | (e == own) | (place < cutoff[program])
    for k in np.flatnonzero(hopeful):
        if _would_take(market, entry, option[k]):
            programs = (int(market.entry[e, 0]) if e >= 0 else -1 for e in option[k])
            yield tuple(map(int, member[of[k]])), tuple(programs)


def _would_take(market: Market, entry: Ints, choice: Ints) -> bool:
    """Whether each program of the choice would choose whom it is asked to take."""
    asked: dict[int, set[int]] = {}
    for e in choice[choice >= 0]:
        program, place = map(int, market.entry[e])
        asked.setdefault(program, set()).add(place)
    for program, places in asked.items():
        people, entries = market.listed[
            market.list_start[program] : market.list_start[program + 1]
        ].T
        everyone = sorted(places.union(np.flatnonzero(entry[people] == entries).tolist()))
        if not places <= set(everyone[: market.quota[program]]):
            return False
    return True
