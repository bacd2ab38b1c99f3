"""The compiled steps of a season, see ``market/season.py``. ``c`` is a ``Country``; a *code* is a score in steps.

One key for each applicant and track gives, from different bits, how the program likes the application, how the
day of the interview went, and how the applicant likes the track.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from visamatch.market.noise import bell, mix, slot, unit
from visamatch.market.scenarios import LOWEST, NOBODY, STEP

WAVES = 3
MOST = 5  # specialties a person applies in, preliminary years included
PAIRS = 60  # joint choices a couple lists before each member alone
ALONE = 30  # places of each member that come into joint choices
SAME_CITY = 6  # places that a couple gives up to be in one city
NUMBER_SPREAD = 0.35  # of the logarithm of how many applications people of a kind send
FIRST_IMG, NEEDS_VISA = 3, 5  # in KINDS
SHUT = np.float32(-1e6)
HIGHEST, FINENESS = 32, 1024  # an order counts steps of 1 / FINENESS below HIGHEST
_PERSON, _SIZE, _CHOICE, _LIMIT, _OPEN, _VISA = range(-8, -2)  # no number of a track
_TASTE, _DAY, _LIKING = range(3)  # which bits of the key of an application


class People(NamedTuple):
    """Applicants, A rows, by kind and first choice.

    ``specialty`` (A, MOST): applied in, first choice first, -1 behind the last.
    """

    kind: NDArray[np.int8]
    strength: NDArray[np.float32]
    specialty: NDArray[np.int16]


def score_of(order: Any) -> Any:
    """The ranking score of an order."""
    return HIGHEST - order / np.float32(FINENESS)


@numba.njit(cache=True)
def _draw(chance: Any, u: float) -> int:
    at = 0
    while at < len(chance) - 1 and u >= chance[at]:
        at += 1
    return at


@numba.njit(cache=True)
def people(key, c):
    """Applicants, and the members of couples, who are of one kind."""
    kinds, width = c.first_choice.shape
    sizes = np.empty(kinds, np.int64)
    for k in range(kinds):
        sizes[k] = int(c.applicants[k] * (1 + c.count_sd * bell(mix(mix(key, _SIZE), k))) + 0.5)
    kind, first = np.repeat(np.arange(kinds), sizes), np.empty(sizes.sum(), np.int64)
    for i in range(len(kind)):
        first[i] = _draw(c.first_choice[kind[i]], unit(mix(mix(mix(key, _PERSON), i), _CHOICE)))
    drawn = _counting(kind * width + first, np.arange(len(kind)), kinds * width)
    strength, specialty = np.empty(len(kind), np.float32), np.full((len(kind), MOST), -1, np.int16)
    row = np.empty(len(kind), np.int32)
    for a in range(len(kind)):
        own = mix(mix(key, _PERSON), drawn[a])
        row[drawn[a]], strength[a], specialty[a, 0], n = a, bell(own), first[drawn[a]], 1
        k, one, choice = kind[a], first[drawn[a]], mix(own, _CHOICE)
        likely = c.second_specialty_rate[one, k] * np.exp(
            -c.hedge * strength[a] - c.hedge**2 / 2
        )  # the weaker, the likelier
        if unit(mix(choice, 1)) < likely:
            two = _draw(c.second_specialty[k], unit(mix(choice, 2)))
            if two != one:
                specialty[a, 1], n = two, 2
        for s in c.preliminary_of[one]:
            if s >= 0 and unit(mix(choice, 3)) < c.preliminary_rate[one, k]:
                specialty[a, n] = s
                n += 1
    member, m, begin = np.empty((c.couples.sum(), 2), np.int32), 0, 0
    for k in range(kinds):
        for pair in range(c.couples[k]):
            member[m, 0], member[m, 1] = row[begin + 2 * pair], row[begin + 2 * pair + 1]
            m += 1
        begin += sizes[k]
    return People(kind.astype(np.int8), strength, specialty), member


@numba.njit(cache=True)
def openness(key, c):
    """Codes of how open each program is to international graduates this season."""
    code = np.empty(len(c.open_mean), np.uint8)
    for p in range(len(code)):
        own = mix(mix(key, _OPEN), p)
        value = (c.open_mean[p] + c.open_sd * bell(own) - LOWEST) / STEP
        shut = unit(mix(own, 1)) < c.open_closed[p]
        code[p] = NOBODY if shut else np.uint8(min(max(value + 0.5, 1), 254))
    return code


@numba.njit(cache=True)
def pull(key, c, openness):
    """What a track's openness adds to the code of an applicant of each kind, K x T; ``SHUT`` where it is closed."""
    out = np.empty((len(c.loading), len(c.program_of)), np.float32)
    for t in range(len(c.program_of)):
        p = c.program_of[t]
        no_visa = unit(mix(mix(key, _VISA), p)) < c.visa_closed
        for k in range(len(c.loading)):
            shut = openness[p] == NOBODY or (k == NEEDS_VISA and no_visa)
            value = c.loading[k] * (LOWEST + STEP * openness[p]) / STEP
            out[k, t] = SHUT if c.closed[k] and shut else value
    return out


@numba.njit(cache=True, inline="always")
def _level(c, strength, s, k):
    """The code of somebody's score in a specialty before openness, signals and taste."""
    return np.float32((strength + c.handicap[s, k] - LOWEST) / STEP + 0.5)


@numba.njit(cache=True)
def _wanted(key, c, people):
    """How many applications each person means to send in each specialty."""
    wanted = np.zeros(people.specialty.shape, np.int32)
    for a in range(len(wanted)):
        size = mix(mix(key, a), _SIZE)
        for j in range(MOST):
            s = people.specialty[a, j]
            if s < 0:
                break
            mean = c.applications[people.kind[a], 2 if c.tracks_in[s] < 0 else min(j, 1)]
            mean *= np.exp(NUMBER_SPREAD * bell(size, j))
            wanted[a, j] = int(min(mean, 0.7 * abs(c.tracks_in[s]) + 1))
    return wanted


@numba.njit(cache=True)
def apply(key, c, people, pull):
    """Applications in compressed rows.

    Returns how many each person sent; then of those to tracks that take the kind: where each person's begin, track,
    code; and how many of each code a track received.
    """
    kind, strength, specialty = people
    wanted = _wanted(key, c, people)
    size = wanted.sum() + 1  # one more is written than kept
    start, sent = np.zeros(len(kind) + 1, np.int32), np.zeros(len(kind), np.int32)
    track, code = np.empty(size, np.uint16), np.empty(size, np.uint8)
    seen = np.zeros((len(c.quota), 256), np.uint16)
    asked = np.full(len(c.quota), -1, np.int32)
    e = 0
    for a in range(len(kind)):
        k, own = kind[a], mix(key, a)
        pulled, looks = pull[k], c.table[1 if k >= FIRST_IMG else 0]
        for j in range(MOST):
            s = specialty[a, j]
            if s < 0:
                break
            level, taste = _level(c, strength[a], s, k), np.float32(c.noise_program[s] / STEP)
            signal, signals = np.float32(c.signal / STEP), c.signals[s]
            look, draw, n, turn = looks[s], mix(own, -100 - s), 0, 0
            # a few tracks come up again and again: no more than twice as many draws as wanted
            while n < wanted[a, j] and turn < 2 * wanted[a, j]:
                bits = mix(draw, turn)
                turn += 5
                for which in range(5):
                    t = look[slot(bits, which)]
                    new = (asked[t] != a) & (n < wanted[a, j])
                    asked[t] = a
                    here = level + pulled[t] + taste * bell(mix(own, t), _TASTE)
                    here += signal if n < signals else np.float32(0)
                    value = np.uint8(min(max(here, np.float32(1)), np.float32(254)))
                    track[e], code[e] = t, value  # no branch: what is not taken is written over
                    take = new & (pulled[t] > SHUT)
                    seen[t, value] += np.uint16(take)
                    n += new
                    e += take
            sent[a] += n
        start[a + 1] = e
    return sent, start, track[:e], code[:e], seen


@numba.njit(cache=True, inline="always")
def _attends(own, most, specialty):
    """Interviews a person attends at most: it differs between people; three more for each further specialty."""
    more = -3
    for s in specialty:
        more += 3 if s >= 0 else 0
    return int(most * (0.6 + 0.9 * unit(mix(own, _LIMIT)))) + more


@numba.njit(cache=True, inline="always")
def _liking(own, c, t, first):
    """Sorts tracks as an applicant likes them, least first: first specialty first, then common and own taste."""
    value = c.taste * c.quality[t] + bell(mix(own, t), _LIKING)
    value += np.float32(100 if c.specialty_of[t] == first else 0)
    return np.int64(value * -65536.0) << 32


@numba.njit(cache=True, inline="always")
def _sort(values, begin, end):
    """Sort a few values in place."""
    for i in range(begin + 1, end):
        value, at = values[i], i
        while at > begin and values[at - 1] > value:
            values[at] = values[at - 1]
            at -= 1
        values[at] = value


@numba.njit(cache=True)
def _lower(cutoff, room, offers, seen):
    """Each track invites from its last code down until it has no room."""
    for t in range(len(room)):
        while cutoff[t] > 1 and room[t] > 0:
            cutoff[t] -= 1
            room[t] -= seen[t, cutoff[t]]
            offers[t] += seen[t, cutoff[t]]


@numba.njit(cache=True)
def invite(key, c, people, start, track, code, seen):
    """Waves of invitations.

    Returns the last code each track invited; invitations of each, declined ones too; and the interviews: where each
    person's begin, how many they are, and what they are: ``_liking`` above the number of the application.
    """
    cutoff, before = np.full(len(c.quota), 255, np.uint8), np.full(len(c.quota), 255, np.uint8)
    room, offers = np.empty(len(c.quota), np.int64), np.zeros(len(c.quota), np.int64)
    begin, held = np.zeros(len(start), np.int32), np.zeros(len(start) - 1, np.int32)
    longest = 0
    for a in range(len(held)):
        most = _attends(mix(key, a), c.most[people.kind[a]], people.specialty[a])
        begin[a + 1] = begin[a] + min(most, start[a + 1] - start[a])
        longest = max(longest, start[a + 1] - start[a])
    interview, offered = np.empty(begin[-1], np.int64), np.empty(longest + 1, np.int64)
    for t in range(len(room)):
        room[t] = int(c.quota[t] * c.per_position[c.specialty_of[t]] + 0.999)
    for _ in range(WAVES):
        before[:] = cutoff
        _lower(cutoff, room, offers, seen)
        for a in range(len(held)):
            n = 0
            for e in range(start[a], start[a + 1]):
                offered[n] = e
                n += (code[e] >= cutoff[track[e]]) & (code[e] < before[track[e]])
            own, first = mix(key, a), people.specialty[a, 0]
            for i in range(n):
                offered[i] += _liking(own, c, track[offered[i]], first)
            at, free = begin[a] + held[a], begin[a + 1] - begin[a] - held[a]
            if n > free:
                _sort(offered, 0, n)
            for i in range(n):
                if i < free:
                    interview[at + i] = offered[i]
                else:
                    room[track[offered[i] & 0xFFFFFFFF]] += 1
            held[a] += min(n, free)
    return cutoff, offers, begin, held, interview


@numba.njit(cache=True)
def rank(key, c, people, pull, cutoff, track, begin, held, interview):
    """Both sides' lists. Returns by person the specialty on top (-1 if none), how many main tracks are ranked,
    and how many of them of that specialty; then the lists of main and of preliminary tracks."""
    total = held.sum()
    starts = np.zeros((2, len(held) + 1), np.int32)
    tracks, places = np.empty((2, total), np.int32), np.empty((2, total), np.int16)
    orders = np.empty((2, total), np.uint16)
    preferred = np.full(len(held), -1, np.int32)
    ranked, contiguous = np.zeros(len(held), np.int32), np.zeros(len(held), np.int32)
    m = np.zeros(2, np.int64)
    for a in range(len(held)):
        k, own = people.kind[a], mix(key, a)
        _sort(interview, begin[a], begin[a] + held[a])
        at = np.zeros(2, np.int16)
        for i in range(begin[a], begin[a] + held[a]):
            t = track[interview[i] & 0xFFFFFFFF]
            s, here = c.specialty_of[t], mix(own, t)
            value = (
                _level(c, people.strength[a], s, k) + pull[k, t] - cutoff[t] - 0.5
            )  # above the last invitation
            noise = c.noise_program[s] * bell(here, _TASTE) + c.noise_interview * bell(here, _DAY)
            value = value * STEP + noise - c.late[s, k]
            w = int(c.preliminary[t])
            if value >= -c.margin[s]:
                value += LOWEST + STEP * cutoff[t]
                order = np.uint16(min(max((HIGHEST - value) * FINENESS, 0), 65535))
                tracks[w, m[w]], orders[w, m[w]], places[w, m[w]] = t, order, at[w]
                m[w] += 1
            at[w] += 1
            if w == 0 and preferred[a] < 0:
                preferred[a] = s
            contiguous[a] += s == preferred[a]
        ranked[a] = at[0]
        starts[0, a + 1], starts[1, a + 1] = m[0], m[1]
    main = starts[0], tracks[0, : m[0]], orders[0, : m[0]], places[0, : m[0]]
    return (
        (preferred, ranked, contiguous),
        main,
        (starts[1], tracks[1, : m[1]], orders[1, : m[1]], places[1, : m[1]]),
    )


@numba.njit(cache=True)
def joint(start, track, member, city):
    """A couple's joint choices: the best pairs by the sum of places, one city preferred; then each member alone."""
    begin = np.zeros(len(member) + 1, np.int32)
    option = np.full((len(member) * (PAIRS + 2 * ALONE), 2), -1, np.int32)
    n = 0
    for c in range(len(member)):
        one, two = start[member[c, 0]], start[member[c, 1]]
        a = min(start[member[c, 0] + 1] - one, ALONE)
        b = min(start[member[c, 1] + 1] - two, ALONE)
        cost = np.empty(a * b, np.int64)
        for i in range(a):
            for j in range(b):
                near = city[track[one + i]] == city[track[two + j]]
                cost[i * b + j] = i + j + SAME_CITY * (not near)
        best = _counting(cost, np.arange(a * b), 2 * ALONE + SAME_CITY)[:PAIRS]
        for x in best:
            option[n] = one + x // b, two + x % b
            n += 1
        for i in range(max(a, b)):
            if i < a:
                option[n, 0] = one + i
                n += 1
            if i < b:
                option[n, 1] = two + i
                n += 1
        begin[c + 1] = n
    return begin, option[:n].copy()


@numba.njit(cache=True)
def _counting(key, order, size):
    """``order`` sorted by ``key``, which is below ``size``; ties keep their order."""
    at = np.zeros(size + 1, np.int32)
    for e in order:
        at[key[e] + 1] += 1
    for i in range(size):
        at[i + 1] += at[i]
    out = np.empty(len(order), np.int32)
    for e in order:
        out[at[key[e]]] = e
        at[key[e]] += 1
    return out


@numba.njit(cache=True)
def by_place(track, order, tracks):
    """Entries by track and, inside each, by order (two counting sorts, ties by row); where each track's begin."""
    list_start = np.zeros(tracks + 1, np.int32)
    for t in track:
        list_start[t + 1] += 1
    for t in range(tracks):
        list_start[t + 1] += list_start[t]
    return _counting(track, _counting(order, np.arange(len(track)), 65536), tracks), list_start
