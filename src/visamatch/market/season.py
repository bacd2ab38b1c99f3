"""One season of the simulated Match: applications, signals, interviews, both sides' lists, the matching, cutoffs.

Everything is flat arrays and every draw a function of (seed, season, who, where), see ``market/noise.py``,
so a season is the same bytes wherever and whenever it is made. The steps:

1. Applicants draw strength and specialties, then tracks in proportion to what their kind looks for.
2. A track scores every application: strength + handicap of the kind + openness of the program + signal +
   its own taste.
3. Interviews are offered from the best score down. Who is offered more than one attends keeps the preferred
   ones; what is declined is offered further down, ``WAVES`` times.
4. Programs add the day of the interview and rank; a score too far below the invitations is not ranked.
   Applicants rank every interview: first specialty first, inside it by common and own taste.
5. The applicant-proposing match with couples; then preliminary places, for those who hold an advanced one
   and those who hold none (nobody else asks for them, so the two steps give the match of both together).
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from visamatch.market.matching import NO_COUPLES, Couples, Market, lay_out, solve
from visamatch.market.noise import bell, bells, key_of, mix, unit
from visamatch.market.population import Country
from visamatch.market.scenarios import LOWEST, MATCH_LOWEST, MATCH_STEP, NOBODY, STEP, encode

WAVES = 3
MOST = 5  # specialties a person applies in, preliminary years included
PAIRS = 60  # joint choices a couple lists before each member alone
SAME_CITY = 6  # places that a couple gives up to be in one city
FIRST_IMG, NEEDS_VISA = 3, 5  # in KINDS
_SLOT = np.uint64(64 - 12)  # the upper bits of a draw: one of TABLE slots
_STRENGTH, _SIZE, _CHOICE, _TASTE, _OPEN, _SHOCK, _VISA, _DAY = range(101, 109)


class People(NamedTuple):
    """Applicants, A rows. ``specialty`` (A, MOST): applied in, first choice first, -1 behind the last."""

    kind: NDArray[np.int8]
    strength: NDArray[np.float32]
    specialty: NDArray[np.int16]


class Lists(NamedTuple):
    """Rank order lists in compressed rows, best track first.

    ``score``: the track's of the applicant; minus infinity where it does not rank him. ``at``: place on the
    applicant's own list, from 0.
    """

    start: NDArray[np.int32]
    track: NDArray[np.int32]
    score: NDArray[np.float32]
    at: NDArray[np.int32]


class Season(NamedTuple):
    """What a season leaves.

    ``interview``, ``match`` (T codes), ``openness`` (P codes), ``shock`` (kinds): as in ``Scenarios``.
    By applicant: ``applications``; ``interviews``; ``ranked`` on the main list (every interview) and ``contiguous``
    ones in the first choice; ``place``: main track or -1; ``rank`` of it on the main list from 0; ``year_one``:
    preliminary track or -1. ``filled`` (T): seats taken; ``offers``: invitations, also those declined.
    """

    people: People
    interview: NDArray[np.uint8]
    match: NDArray[np.uint8]
    openness: NDArray[np.uint8]
    shock: NDArray[np.float32]
    applications: NDArray[np.int32]
    interviews: NDArray[np.int32]
    ranked: NDArray[np.int32]
    contiguous: NDArray[np.int32]
    place: NDArray[np.int32]
    rank: NDArray[np.int32]
    year_one: NDArray[np.int32]
    filled: NDArray[np.int32]
    offers: int


def play(country: Country, seed: int, number: int) -> Season:
    """Play season ``number`` of ``seed``."""
    market = prepare(country, seed, number)
    return finish(country, market, solve(market.market))


class Prepared(NamedTuple):
    """A season up to the lists, before the matching."""

    people: People
    openness: NDArray[np.uint8]
    shock: NDArray[np.float32]
    cutoff: NDArray[np.uint8]
    applications: NDArray[np.int32]
    interviews: NDArray[np.int32]
    main: Lists
    interviewed: Lists  # with preliminary tracks
    market: Market
    offers: int


def prepare(country: Country, seed: int, number: int) -> Prepared:
    """Applications, interviews and lists of season ``number``."""
    c, key = country, key_of(seed, number)
    shock = np.float32(c.shock_sd) * bells(key_of(seed, number, _SHOCK), len(c.size))
    people = People(
        *_people(
            key,
            c.size,
            c.count_sd,
            c.first,
            c.extra,
            c.backup,
            c.preliminary_of,
            c.preliminary_rate,
        )
    )
    openness = _openness(key, c.open_mean, c.open_sd, c.open_closed)
    start, track, code, seen = _apply(
        key, *people, c.applications, c.table, c.tracks_in, c.signals, c.program_of, c.handicap + shock,
        c.loading, c.closed, openness, np.array([c.visa_closed, c.noise_program, c.signal], np.float32),
    )  # fmt: skip
    cutoff, invited = _invite(
        key,
        start,
        track,
        code,
        seen,
        c.quota,
        c.per_position,
        c.specialty_of,
        *people[::2],
        c.most,
        c.quality,
    )
    lists = Lists(*_rank(
        key, start, track, invited, cutoff, *people, c.specialty_of, c.program_of, c.handicap + shock, c.loading,
        openness, c.margin, c.late, c.quality, np.array([c.noise_program, c.noise_interview], np.float32),
    ))  # fmt: skip
    ranked = np.isfinite(lists.score)
    main = _keep(lists, ranked & ~c.preliminary[lists.track], np.ones(len(people.kind), np.bool_))
    market = arrange(main, c.quota, _couples(main, people.kind, c.couples, c.city))
    return Prepared(
        people,
        openness,
        shock,
        cutoff,
        np.diff(start).astype(np.int32),
        _sums(start, invited),
        main,
        lists,
        market,
        _offers(seen, cutoff),
    )


def finish(country: Country, market: Prepared, found: Any) -> Season:
    """The preliminary year, and what the season leaves."""
    c, main = country, market.main
    wants = (found.program < 0) | c.advanced[found.program]
    lists = market.interviewed
    extra = _keep(lists, np.isfinite(lists.score) & c.preliminary[lists.track], wants)
    second = solve(arrange(extra, c.quota))
    worst = np.minimum(_worst(main, found, c.quota), _worst(extra, second, c.quota))
    floor = np.where(
        market.cutoff <= 1, -np.inf, LOWEST + STEP * market.cutoff - c.margin[c.specialty_of]
    )
    return Season(
        people=market.people,
        interview=np.where(market.cutoff <= 1, 0, market.cutoff).astype(np.uint8),
        match=encode(
            np.where(np.isfinite(worst), worst, floor).astype(np.float32), MATCH_LOWEST, MATCH_STEP
        ),
        openness=market.openness,
        shock=market.shock,
        applications=market.applications,
        interviews=market.interviews,
        ranked=_sums(lists.start, ~c.preliminary[lists.track]),
        contiguous=_contiguous(lists, market.people.specialty, c.specialty_of),
        place=found.program,
        rank=np.where(found.entry >= 0, main.at[found.entry], -1),
        year_one=second.program,
        filled=found.filled + second.filled,
        offers=market.offers,
    )


@numba.njit(cache=True)
def _draw(chance: Any, u: float) -> int:
    at = 0
    while at < len(chance) - 1 and u >= chance[at]:
        at += 1
    return at


@numba.njit(cache=True)
def _people(key, count, count_sd, first, extra, backup, preliminary_of, preliminary_rate):
    sizes = np.empty(len(count), np.int64)
    for k in range(len(count)):
        sizes[k] = int(count[k] * (1 + count_sd * bell(mix(mix(key, _SIZE), k))) + 0.5)
    kind, strength = np.empty(sizes.sum(), np.int8), np.empty(sizes.sum(), np.float32)
    specialty = np.full((sizes.sum(), MOST), -1, np.int16)
    a = 0
    for k in range(len(count)):
        for _ in range(sizes[k]):
            own = mix(key, a)
            kind[a], strength[a] = k, bell(mix(own, _STRENGTH))
            choice = mix(own, _CHOICE)
            one = _draw(first[k], unit(choice))
            specialty[a, 0], n = one, 1
            if unit(mix(choice, 1)) < extra[k]:
                two = _draw(backup[k], unit(mix(choice, 2)))
                if two != one:
                    specialty[a, 1], n = two, 2
            for j in range(preliminary_of.shape[1]):
                if preliminary_of[one, j] >= 0 and unit(mix(choice, 3)) < preliminary_rate[one, k]:
                    specialty[a, n] = preliminary_of[one, j]
                    n += 1
            a += 1
    return kind, strength, specialty


@numba.njit(cache=True)
def _openness(key, mean, sd, closed):
    code = np.empty(len(mean), np.uint8)
    for p in range(len(mean)):
        own = mix(mix(key, _OPEN), p)
        value = (mean[p] + sd * bell(own) - LOWEST) / STEP
        code[p] = (
            NOBODY if unit(mix(own, 1)) < closed[p] else np.uint8(min(max(value + 0.5, 1), 254))
        )
    return code


@numba.njit(cache=True)
def _apply(key, kind, strength, specialty, applications, table, tracks_in, signals, program_of, handicap,
           loading, closed, openness, levels):  # fmt: skip
    """Applications in compressed rows: tracks, score codes, and how many of each code a track received."""
    people, start = len(kind), np.zeros(len(kind) + 1, np.int64)
    size = 0
    for a in range(people):
        size += int(3 * applications[kind[a]].sum())
    track, code = np.empty(size, np.int16), np.empty(size, np.uint8)
    seen = np.zeros((len(program_of), 256), np.uint16)
    stamp = np.full(len(program_of), -1, np.int32)
    pull = _pull(key, openness, loading, closed, levels[0])
    e = 0
    for a in range(people):
        k, own = kind[a], mix(key, a)
        group = 1 if k >= FIRST_IMG else 0
        for j in range(specialty.shape[1]):
            s = specialty[a, j]
            if s < 0:
                break
            which = 2 if tracks_in[s] < 0 else min(j, 1)
            mean = applications[k, which] * np.exp(0.35 * bell(mix(mix(own, _SIZE), j)))
            wanted = int(min(mean, 0.7 * abs(tracks_in[s]) + 1))
            base, draw = strength[a] + handicap[s, k], mix(own, s)
            sent, n = 0, 0
            while sent < wanted and n < 2 * wanted:
                t = table[group, s, mix(draw, n) >> _SLOT]
                n += 1
                if stamp[t] == a:
                    continue
                stamp[t] = a
                sent += 1
                score = base + pull[k, program_of[t]] + levels[1] * bell(mix(own, -2 - t))
                if sent <= signals[s]:
                    score += levels[2]
                track[e], code[e] = t, _code(score)
                seen[t, code[e]] += 1
                e += 1
        start[a + 1] = e
    return start, track[:e].copy(), code[:e].copy(), seen


@numba.njit(cache=True)
def _pull(key, openness, loading, closed, visa_closed):
    """What a program's openness adds to an applicant of each kind; minus infinity where it is closed."""
    out = np.empty((len(loading), len(openness)), np.float32)
    for p in range(len(openness)):
        no_visa = unit(mix(mix(key, _VISA), p)) < visa_closed
        for k in range(len(loading)):
            shut = openness[p] == NOBODY or (k == NEEDS_VISA and no_visa)
            out[k, p] = (
                -np.inf if closed[k] and shut else loading[k] * (LOWEST + STEP * openness[p])
            )
    return out


@numba.njit(cache=True, inline="always")
def _code(score):
    """The code of a score; 0 for minus infinity, which is never invited."""
    return np.uint8(min(max((score - LOWEST) / STEP + 0.5, 1), 254)) if score > -50 else np.uint8(0)


def _offers(seen: Any, cutoff: Any) -> int:
    return int(seen[np.arange(256) >= cutoff[:, None].astype(int)].sum(dtype=np.int64))


@numba.njit(cache=True, inline="always")
def _liking(own, s, first, quality_t, t):
    """What an applicant thinks of a track: first specialty first, then common and own taste."""
    return quality_t + bell(mix(mix(own, _TASTE), t)) + (100.0 if s == first else 0.0)


@numba.njit(cache=True)
def _invite(key, start, track, code, seen, quota, per_position, specialty_of, kind, specialty, most,
            quality):  # fmt: skip
    """Waves of invitations: the last code invited by each track, and who holds an invitation (1)."""
    tracks = len(quota)
    cutoff, before = np.full(tracks, 255, np.uint8), np.full(tracks, 255, np.uint8)
    room = np.empty(tracks, np.int64)
    invited = np.zeros(len(track), np.uint8)
    held = np.zeros(len(kind), np.int64)
    for t in range(tracks):
        room[t] = int(quota[t] * per_position[specialty_of[t]] + 0.999)
    for _ in range(WAVES):
        for t in range(tracks):
            before[t] = cutoff[t]
            while cutoff[t] > 1 and room[t] > 0:
                cutoff[t] -= 1
                room[t] -= seen[t, cutoff[t]]
        for a in range(len(kind)):
            offered = _offered(start[a], start[a + 1], track, code, cutoff, before)
            if not len(offered):
                continue
            own = mix(key, a)
            free = max(_attends(own, most[kind[a]], specialty[a]) - held[a], 0)
            if len(offered) > free:
                _prefer(own, offered, track, specialty_of, specialty[a, 0], quality)
            for i in range(len(offered)):
                invited[offered[i]] = i < free
                room[track[offered[i]]] += i >= free
            held[a] += min(len(offered), free)
    return cutoff, invited


@numba.njit(cache=True, inline="always")
def _offered(first, last, track, code, cutoff, before):
    """Entries of an applicant that a track invites in this wave."""
    found, n = np.empty(last - first, np.int64), 0
    for e in range(first, last):
        t, c = track[e], code[e]
        if c >= cutoff[t] and c < before[t]:
            found[n] = e
            n += 1
    return found[:n]


@numba.njit(cache=True, inline="always")
def _attends(own, most, specialty):
    """Interviews a person attends at most: it differs between people; three more for each further specialty."""
    more = 0
    for j in range(1, len(specialty)):
        more += 3 if specialty[j] >= 0 else 0
    return int(most * (0.6 + 0.9 * unit(mix(own, _DAY)))) + more


@numba.njit(cache=True)
def _prefer(own, offered, track, specialty_of, first, quality):
    """Sort offers by what the applicant thinks of them, the best first."""
    liking = np.empty(len(offered), np.float64)
    for i in range(len(offered)):
        t = track[offered[i]]
        liking[i] = -_liking(own, specialty_of[t], first, quality[t], t)
    offered[:] = offered[np.argsort(liking)]


@numba.njit(cache=True)
def _rank(key, start, track, invited, cutoff, kind, strength, specialty, specialty_of, program_of, handicap, loading,
          openness, margin, late, quality, noises):  # fmt: skip
    """Both sides' lists from the interviews: rows sorted by the applicant, scores of the tracks beside."""
    total = 0
    for e in range(len(invited)):
        total += invited[e]
    begin, listed, score = (
        np.zeros(len(kind) + 1, np.int32),
        np.empty(total, np.int32),
        np.empty(total, np.float32),
    )
    liking, place = np.empty(total, np.float32), np.empty(total, np.int32)
    m = 0
    for a in range(len(kind)):
        k, own, first = kind[a], mix(key, a), m
        for e in range(start[a], start[a + 1]):
            if not invited[e]:
                continue
            t = track[e]
            s = specialty_of[t]
            here = mix(own, -2 - t)
            value = (
                strength[a]
                + handicap[s, k]
                + loading[k] * (LOWEST + STEP * openness[program_of[t]])
            )
            value += noises[0] * bell(here) + noises[1] * bell(mix(here, _DAY)) - late[s, k]
            if value < LOWEST + STEP * cutoff[t] - margin[s]:
                value = -np.inf
            like = np.float32(_liking(own, s, specialty[a, 0], quality[t], t))
            at = m
            while at > first and liking[at - 1] < like:
                liking[at], listed[at], score[at] = liking[at - 1], listed[at - 1], score[at - 1]
                at -= 1
            liking[at], listed[at], score[at] = like, t, value
            m += 1
        for i in range(first, m):
            place[i] = i - first
        begin[a + 1] = m
    return begin, listed, score, place


@numba.njit(cache=True)
def _select(start, keep, people):
    begin, at, m = np.zeros(len(start), np.int32), np.empty(start[-1], np.int32), 0
    for a in range(len(start) - 1):
        if people[a]:
            for e in range(start[a], start[a + 1]):
                if keep[e]:
                    at[m] = e
                    m += 1
        begin[a + 1] = m
    return begin, at[:m].copy()


def _keep(lists: Lists, keep: Any, people: Any) -> Lists:
    begin, at = _select(lists.start, keep, people)
    return Lists(begin, lists.track[at], lists.score[at], lists.at[at])


@numba.njit(cache=True)
def _by_place(track, score, tracks):
    """Entries by track, best score first: two counting sorts; ties by row."""
    code = np.empty(len(track), np.int64)
    for e in range(len(track)):
        code[e] = min(max(int((16.0 - score[e]) * 1536.0), 0), 65535)
    once = _counting(code, np.arange(len(track)), 65536)
    return _counting(track, once, tracks)


@numba.njit(cache=True)
def _counting(key, order, size):
    at = np.zeros(size + 1, np.int64)
    for e in order:
        at[key[e] + 1] += 1
    for i in range(size):
        at[i + 1] += at[i]
    out = np.empty(len(order), np.int64)
    for e in order:
        out[at[key[e]]] = e
        at[key[e]] += 1
    return out


@numba.njit(cache=True)
def _sums(start, flags):
    out = np.zeros(len(start) - 1, np.int32)
    for a in range(len(out)):
        for e in range(start[a], start[a + 1]):
            out[a] += flags[e]
    return out


@numba.njit(cache=True)
def _contiguous(lists, specialty, specialty_of):
    out = np.zeros(len(specialty), np.int32)
    for a in range(len(out)):
        for e in range(lists[0][a], lists[0][a + 1]):
            out[a] += specialty_of[lists[1][e]] == specialty[a, 0]
    return out


def _worst(lists: Lists, found: Any, quota: Any) -> Any:
    """The lowest score a full track holds; infinite where seats are left."""
    held = found.entry[found.entry >= 0]
    worst = np.full(len(quota), np.inf, np.float32)
    np.minimum.at(worst, lists.track[held], lists.score[held])
    worst[found.filled < quota] = np.inf
    return worst


def arrange(lists: Lists, quota: Any, couples: Couples | None = None) -> Market:
    """The market that ``matching.build`` would make, sorted by counting: a season has no time for more."""
    by_place = _by_place(lists.track, lists.score, len(quota))
    sizes = np.bincount(lists.track, minlength=len(quota))
    list_start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    return lay_out(quota, lists.start, lists.track, by_place, list_start, couples or NO_COUPLES)


def _couples(lists: Lists, kind: Any, counts: Any, city: Any) -> Couples:
    """Couples, both of one kind, neighbors in the order of applicants; ``counts`` by kind."""
    first = np.searchsorted(kind, np.arange(len(counts)))
    member = np.concatenate(
        [
            at + np.arange(2 * number).reshape(-1, 2)
            for at, number in zip(first, counts, strict=True)
        ]
    ).astype(np.int32)
    return Couples(member, *_joint(lists.start, lists.track, member, city))


@numba.njit(cache=True)
def _joint(start, track, member, city):
    """Joint choices: the best pairs by the sum of places, one city preferred; then each member alone."""
    begin = np.zeros(len(member) + 1, np.int32)
    option = np.full((len(member) * (PAIRS + 60), 2), -1, np.int32)
    n = 0
    for c in range(len(member)):
        one, two = member[c]
        a, b = min(start[one + 1] - start[one], 30), min(start[two + 1] - start[two], 30)
        cost = np.empty(a * b, np.float32)
        for i in range(a):
            for j in range(b):
                near = city[track[start[one] + i]] == city[track[start[two] + j]]
                cost[i * b + j] = i + j - (SAME_CITY if near else 0)
        for x in np.argsort(cost, kind="mergesort")[:PAIRS]:
            option[n] = start[one] + x // b, start[two] + x % b
            n += 1
        for i in range(max(a, b)):
            if i < a:
                option[n, 0] = start[one] + i
                n += 1
            if i < b:
                option[n, 1] = start[two] + i
                n += 1
        begin[c + 1] = n
    return begin, option[:n].copy()
