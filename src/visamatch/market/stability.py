"""Who blocks a matching: an independent check that shares no step with the algorithm.

**Stability with couples.** A program chooses from any group of applicants those it ranks best, up to its quota, each
judged alone (responsive preferences). A single applicant and a program block when he prefers it to what he
holds and it would choose him from him and those it holds. A couple and a choice (p, q) of its list block when
the couple prefers the choice to what it holds and, once both members have left their seats, p would choose the
first from those left and him, and q the second likewise; where p and q are one program it must choose
*both* from those left and the two. A null in a choice asks nothing of anybody. A couple holds a choice of its list as
a whole or nothing. A matching is stable when nobody blocks it.

One point is a convention: a seat that a couple's own member leaves counts as free for the other member (some authors
let the program keep comparing the two). Fewer matchings are stable this way, so ours are stable either way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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
    for side in (0, 1):
        program, place = (
            market.entry[option[:, side]].astype(np.int64).T if len(option) else option.T
        )
        own = (
            ((held >= 0) & (market.entry[held][..., 0] == program[:, None])).any(axis=1)
            if len(option)
            else hopeful
        )
        hopeful &= (option[:, side] < 0) | (place < cutoff[program]) | own
    for k in np.flatnonzero(hopeful):
        if _would_take(market, entry, member[of[k]], option[k]):
            programs = (int(market.entry[e, 0]) if e >= 0 else -1 for e in option[k])
            yield tuple(map(int, member[of[k]])), tuple(programs)


def _would_take(market: Market, entry: Ints, pair: Any, choice: Any) -> bool:
    """Whether each program of the choice would choose whom it is asked to take, the pair's seats being free."""
    asked: dict[int, list[int]] = {}
    for e in choice[choice >= 0]:
        program, place = map(int, market.entry[e])
        asked.setdefault(program, []).append(place)
    for program, places in asked.items():
        listed = slice(market.list_start[program], market.list_start[program + 1])
        people, entries = market.listed[listed].T
        sits = entry[people] == entries
        sits &= ~np.isin(people, pair)
        everyone = sorted([*np.flatnonzero(sits).tolist(), *places])
        if not set(places) <= set(everyone[: market.quota[program]]):
            return False
    return True
