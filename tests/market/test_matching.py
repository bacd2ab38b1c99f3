"""The engine without couples, against enumeration, hand-worked cases and its own theorems."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.market.reference import Reference
from visamatch.market.matching import OPEN, Queue, build, program_optimal, solve
from visamatch.market.stability import blocking


def market(quota, rows, lists):
    """A market from plain lists: rows[a] = programs, lists[p] = applicants, best first, mutual."""
    start = np.cumsum([0, *map(len, rows)])
    program = np.array([p for row in rows for p in row], int)
    order = np.array([lists[p].index(a) for a, row in enumerate(rows) for p in row], int)
    return build(np.array(quota, int), start, program, order)


@st.composite
def plain(draw, people=5, programs=3):
    """Quotas, rows and mutual lists of a small market."""
    quota = draw(st.lists(st.integers(0, 2), min_size=programs, max_size=programs))
    rows = [
        draw(st.lists(st.integers(0, programs - 1), unique=True))
        for _ in range(draw(st.integers(0, people)))
    ]
    lists = [
        draw(st.permutations([a for a, row in enumerate(rows) if p in row]))
        for p in range(programs)
    ]
    return quota, rows, lists


def reference(quota, rows, lists):
    return Reference(
        {
            "programs": [{"id": p + 1, "quota": q, "ranks": lists[p]} for p, q in enumerate(quota)],
            "applicants": [{"id": a, "ranks": [p + 1 for p in row]} for a, row in enumerate(rows)],
        }
    )


def matches(found):
    return {a: int(p) + 1 if p >= 0 else None for a, p in enumerate(found.program)}


def test_the_example_everyone_knows():
    found = solve(market([1, 1], [[0, 1], [0], [1, 0]], [[2, 0, 1], [0, 2]]))
    assert found.program.tolist() == [0, -1, 1]
    assert found.cutoff.tolist() == [1, 1]
    assert found.proposals == 3


def test_open_and_closed_programs():
    found = solve(market([2, 0], [[1, 0]], [[0], [0]]))
    assert found.program.tolist() == [0]
    assert found.cutoff.tolist() == [OPEN, -1]
    assert found.filled.tolist() == [1, 0]


@given(plain())
@settings(max_examples=300, deadline=None)
def test_the_best_stable_matching_for_every_applicant(lists):
    """Nobody does better in another stable matching, nor worse than when programs propose; all fill the same seats."""
    _, rows, _ = lists
    found, by_force = solve(market(*lists)), reference(*lists).stable()
    got, theirs = matches(found), matches(program_optimal(market(*lists)))
    assert got in by_force
    assert theirs in by_force
    for other in by_force:
        for a, row in enumerate(rows):
            liking = [*(p + 1 for p in row), None]
            assert liking.index(got[a]) <= liking.index(other[a]) <= liking.index(theirs[a])
            assert (got[a] is None) == (other[a] is None)
        for p, (filled, quota) in enumerate(zip(found.filled, found.quota, strict=True), 1):
            group = {a for a, q in other.items() if q == p}
            assert len(group) == filled
            assert filled == quota or group == {a for a, q in got.items() if q == p}


@given(plain(people=9, programs=5), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_any_order_of_proposals_gives_the_same(lists, rng):
    made = market(*lists)
    found = solve(made)
    people = list(range(len(lists[1])))
    rng.shuffle(people)
    again = solve(made._replace(queue=in_order(made, np.array(people, np.int32))))
    assert again.proposals == found.proposals
    assert again.entry.tolist() == found.entry.tolist()


def in_order(made, people):
    """The queue of a market without couples in an order of one's own."""
    rows = [made.entry[made.start[a] : made.start[a + 1]] for a in people]
    position = np.argsort(people).astype(np.int32)
    return Queue(
        people,
        np.cumsum([0, *map(len, rows)]).astype(np.int32),
        np.concatenate([made.entry[:0], *rows]),
        position[made.listed[:, 0]],
    )


@given(plain(people=9, programs=5))
@settings(max_examples=150, deadline=None)
def test_the_cutoff_says_who_gets_in(lists):
    """An applicant ends with the first program of the row whose cutoff he makes."""
    _, rows, places = lists
    found = solve(market(*lists))
    for a, row in enumerate(rows):
        reached = [p for p in row if places[p].index(a) <= found.cutoff[p]]
        assert found.program[a] == (reached[0] if reached else -1)


def random_lists(rng, people=6, programs=4):
    rows = [rng.sample(range(programs), rng.randint(1, programs)) for _ in range(people)]
    lists = [[a for a, row in enumerate(rows) if p in row] for p in range(programs)]
    for ranked in lists:
        rng.shuffle(ranked)
    return [rng.randint(0, 2) for _ in range(programs)], rows, lists


def test_nobody_gains_by_a_false_list():
    """10,000 markets; in each, one applicant tries another order or a part of the list."""
    rng = random.Random(1)
    changed = 0
    for _ in range(10_000):
        quota, rows, lists = random_lists(rng)
        liar = rng.randrange(len(rows))
        false = rng.sample(rows[liar], rng.randint(0, len(rows[liar])))
        lying = [false if a == liar else row for a, row in enumerate(rows)]
        truth = solve(market(quota, rows, lists)).program[liar]
        lie = solve(
            market(quota, lying, [[a for a in who if p in lying[a]] for p, who in enumerate(lists)])
        ).program[liar]
        liking = [*rows[liar], -1]
        assert liking.index(truth) <= liking.index(lie)
        changed += truth != lie
    assert changed > 1000  # lies do matter: they hurt


@pytest.mark.parametrize("seats", [1, 64, 65, 200])
def test_lists_longer_than_a_word_of_the_bitmap(seats):
    """One program ranks 300 people, worst first to propose: the best ``seats`` of them sit."""
    people = 300
    order = np.arange(people)[::-1]
    found = solve(build(np.array([seats]), np.arange(people + 1), np.zeros(people, int), order))
    assert np.flatnonzero(found.program == 0).tolist() == list(range(people - seats, people))
    assert found.cutoff.tolist() == [seats - 1]


def test_many_programs_need_wider_numbers():
    programs = 70_000
    found = solve(
        build(
            np.ones(programs, int),
            np.arange(programs + 1),
            np.arange(programs)[::-1],
            np.zeros(programs),
        )
    )
    assert (found.program == np.arange(programs)[::-1]).all()


def test_a_large_market_is_stable():
    rng = np.random.default_rng(5)
    people, programs, width = 3000, 400, 10
    rows = np.array([rng.permutation(programs)[:width] for _ in range(people)])
    made = build(
        rng.integers(1, 12, programs),
        np.arange(people + 1) * width,
        rows.ravel(),
        rng.normal(size=people * width),
    )
    assert blocking(made, solve(made).entry) == []
