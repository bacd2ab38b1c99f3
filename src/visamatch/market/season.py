"""One season of the simulated Match: applications, signals, interviews, both sides' lists, the matching, cutoffs.

Everything is flat arrays and every draw a function of (seed, season, who, where), see ``market/noise.py``,
so a season is the same bytes wherever and whenever it is made. The steps (kernels in ``market/steps.py``):

1. Applicants draw strength and specialties, then tracks in proportion to what their kind looks for.
2. A track scores every application: strength + handicap of the kind + openness of the program + signal +
   its own taste.
3. Interviews are offered from the best score down. Who is offered more than one attends keeps the preferred
   ones; what is declined is offered further down, ``WAVES`` times.
4. Programs add the day of the interview, and rank; a score too far below the invitations is not ranked. Applicants
   rank every interview: first specialty first, inside it by common and own taste.
5. The applicant-proposing match with couples; then preliminary places, for those who hold an advanced one
   and those who hold none (nobody else asks for them, so the two steps give the match of both together).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visamatch.market import steps
from visamatch.market.matching import NO_COUPLES, Couples, Market, Matching, lay_out, solve
from visamatch.market.noise import bells, key_of
from visamatch.market.population import Country
from visamatch.market.scenarios import LOWEST, MATCH_LOWEST, MATCH_STEP, STEP, encode
from visamatch.market.steps import People


class Lists(NamedTuple):
    """Rank order lists in compressed rows, best track first.

    ``order``: place on the track's side, less is better (see ``steps.score_of``). ``at``: place on the applicant's own
    list, from 0, tracks that do not rank him counted.
    """

    start: NDArray[np.int32]
    track: NDArray[np.int32]
    order: NDArray[np.uint16]
    at: NDArray[np.int16]


class Prepared(NamedTuple):
    """A season up to the lists, before the matching.

    ``cutoff`` (T): the code of the last score invited. ``offers`` (T): invitations, also those declined. By applicant:
    ``applications``; ``interviews``; ``preferred``, the specialty on top of the list, -1 if none; ``ranked`` on the
    main list (every interview) and ``contiguous`` ones in the preferred specialty. ``main``, ``extra``: lists of main
    and preliminary tracks that rank the applicant.
    """

    people: People
    openness: NDArray[np.uint8]
    shock: NDArray[np.float32]
    cutoff: NDArray[np.uint8]
    offers: NDArray[np.int64]
    applications: NDArray[np.int32]
    interviews: NDArray[np.int32]
    preferred: NDArray[np.int32]
    ranked: NDArray[np.int32]
    contiguous: NDArray[np.int32]
    main: Lists
    extra: Lists
    market: Market


class Season(NamedTuple):
    """What a season leaves: how it was made, and the cutoffs.

    ``interview``, ``match`` (T codes): as in ``Scenarios``. By applicant: ``place``: main track or -1; ``rank`` of it
    on the main list from 0; ``year_one``: preliminary track or -1. ``filled`` (T): seats taken.
    """

    made: Prepared
    interview: NDArray[np.uint8]
    match: NDArray[np.uint8]
    place: NDArray[np.int32]
    rank: NDArray[np.int32]
    year_one: NDArray[np.int32]
    filled: NDArray[np.int32]


def play(country: Country, seed: int, number: int) -> Season:
    """Play season ``number`` of ``seed``."""
    made = prepare(country, seed, number)
    return finish(country, made, solve(made.market))


def prepare(country: Country, seed: int, number: int) -> Prepared:
    """Applications, interviews and lists of season ``number``."""
    key = key_of(seed, number)
    shock = np.float32(country.shock_sd) * bells(key_of(seed, number, -1), len(country.applicants))
    c = country._replace(handicap=country.handicap + shock)
    people, member = steps.people(key, c)
    openness = steps.openness(key, c)
    pull = steps.pull(key, c, openness)
    sent, *applied = steps.apply(key, c, people, pull)
    cutoff, offers, *held = steps.invite(key, c, people, *applied)
    (preferred, ranked, contiguous), main, extra = steps.rank(
        key, c, people, pull, cutoff, applied[1], *held
    )
    lists = Lists(*main)
    couples = Couples(member, *steps.joint(lists.start, lists.track, member, c.city))
    market = arrange(lists, c.quota, couples)
    return Prepared(
        people, openness, shock, cutoff, offers, sent, held[1], preferred, ranked, contiguous,
        lists, Lists(*extra), market,
    )  # fmt: skip


def finish(country: Country, made: Prepared, found: Matching) -> Season:
    """The preliminary year, and what the season leaves."""
    c, main = country, made.main
    extra = _of(made.extra, (found.program < 0) | c.advanced[found.program])
    second = solve(arrange(extra, c.quota))
    worst = np.minimum(_worst(main, found), _worst(extra, second))
    anybody = made.cutoff <= 1
    floor = np.where(anybody, -np.inf, LOWEST + STEP * made.cutoff - c.margin[c.specialty_of])
    return Season(
        made,
        interview=np.where(anybody, 0, made.cutoff).astype(np.uint8),
        match=encode(
            np.where(np.isfinite(worst), worst, floor).astype(np.float32), MATCH_LOWEST, MATCH_STEP
        ),
        place=found.program,
        rank=np.where(found.entry >= 0, main.at[found.entry], -1),
        year_one=second.program,
        filled=found.filled + second.filled,
    )


def _of(lists: Lists, people: NDArray[np.bool_]) -> Lists:
    """The lists of some people; those of the others are empty."""
    sizes = np.where(people, np.diff(lists.start), 0)
    keep = np.repeat(people, np.diff(lists.start))
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    return Lists(start, lists.track[keep], lists.order[keep], lists.at[keep])


def _worst(lists: Lists, found: Matching) -> Any:
    """The lowest score a full track holds; infinite where seats are left."""
    held = found.entry[found.entry >= 0]
    worst = np.zeros(len(found.quota), np.uint16)
    np.maximum.at(worst, lists.track[held], lists.order[held])
    return np.where(found.filled < found.quota, np.inf, steps.score_of(worst))


def arrange(lists: Lists, quota: Any, couples: Couples = NO_COUPLES) -> Market:
    """The market that ``matching.build`` would make, sorted by counting: a season has no time for more."""
    by_place, list_start = steps.by_place(lists.track, lists.order, len(quota))
    return lay_out(quota, lists.start, lists.track, by_place, list_start, couples)
