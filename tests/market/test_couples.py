"""Couples against enumeration by the definition, and the markets that no matching settles."""

import json

import numpy as np
import pytest

from tests.market.reference import Reference, random_market
from visamatch.market import kernels, search
from visamatch.market.document import answer, read
from visamatch.market.matching import Couples, build, solve
from visamatch.market.stability import blocking


def spelled(blocks):
    """Blocks of an answer as the reference writes them."""
    return sorted(
        str(
            ((b["applicant"],), (b["program"],))
            if "applicant" in b
            else (tuple(b["couple"]), tuple(b["programs"]))
        )
        for b in blocks
    )


@pytest.mark.parametrize("shape", [(6, 4, 2, 6), (9, 5, 3, 6), (7, 3, 1, 12)])
def test_stable_where_enumeration_finds_one(shape):
    """The checker agrees with the definition; stable where any matching is; strictly so where any is."""
    unstable = 0
    for seed in range(120):
        market = random_market(seed, *shape)
        found, by_force = answer(json.dumps(market)), Reference(market)
        matches = found["matches"]
        assert by_force.feasible(matches)
        blocks = by_force.blocks(matches)
        assert spelled(found["blocking"]) == sorted(map(str, blocks))
        assert found["stable"] == (not blocks)
        assert solve(read(json.dumps(market)).market).stable == found["stable"]
        if blocks:
            unstable += 1
            assert not by_force.stable()
        elif by_force.blocks(matches, leaving_counts=False):
            assert not by_force.stable(leaving_counts=False)
    assert unstable or shape[2] == 1


def test_the_checker_on_matchings_of_every_kind():
    for seed in range(12):
        market = random_market(seed, people=5, programs=3)
        named, by_force = read(json.dumps(market)), Reference(market)
        made, ids = named.market, dict(zip(named.applicants, range(99), strict=False))
        entry_of = {
            (a, int(p)): e for a in ids for e in row(made, ids[a]) for p in made.entry[e, :1]
        }
        for matches in list(by_force.matchings())[:200]:
            held = [
                -1 if p is None else entry_of[a, named.programs.index(p)]
                for a, p in matches.items()
            ]
            entry = np.full(len(ids), -1)
            entry[[ids[a] for a in matches]] = held
            names = [*named.programs, None]
            got = [
                (tuple(named.applicants[a] for a in who), tuple(names[p] for p in where))
                for who, where in blocking(made, entry)
            ]
            assert sorted(map(str, got)) == sorted(map(str, by_force.blocks(matches)))


def row(market, a):
    return range(market.start[a], market.start[a + 1])


@pytest.mark.parametrize("own", [0, 1])
def test_trying_every_placement_decides(monkeypatch, own):
    """Without the heuristic, the search alone finds a stable matching if and only if there is one."""

    def set_aside(*tables):
        tables[6][:, kernels.ASIDE] = 1

    seen, place = [], search.place

    def placing(*tables):
        if tables[7][kernels.TALLY, kernels.OWN] == own:
            seen.append(place(*tables))
            return seen[-1]
        return False

    monkeypatch.setattr(kernels, "settle", set_aside)
    monkeypatch.setattr(search, "place", placing)
    for seed in [*range(25), 127, 165]:
        market = random_market(seed)
        found = answer(json.dumps(market))
        assert seen.pop() == bool(Reference(market).stable(leaving_counts=not own))
        assert (
            not own
            or not found["stable"]
            or not Reference(market).blocks(found["matches"], leaving_counts=False)
        )


def unsettled(n):
    """n times, side by side, a couple and a single that no matching of two programs settles."""
    programs, applicants, couples = [], [], []
    for k in range(n):
        a, b, s, p, q = (f"{name}{k}" for name in "abspq")
        programs += [{"id": p, "quota": 1, "ranks": [a, s]}, {"id": q, "quota": 1, "ranks": [s, b]}]
        applicants.append({"id": s, "ranks": [p, q]})
        couples.append({"members": [a, b], "ranks": [[p, q]]})
    return {"programs": programs, "applicants": applicants, "couples": couples}


@pytest.mark.parametrize("n", [1, 2, 40])
def test_markets_without_a_stable_matching_end_and_say_so(n):
    found = answer(json.dumps(unsettled(n)))
    assert not found["stable"]
    assert found["blocking"]
    assert spelled(found["blocking"]) == sorted(
        map(str, Reference(unsettled(n)).blocks(found["matches"]))
    )


def one_program(quota, single_places):
    """A couple at places 1 and 2 of the only program's list, and singles around them."""
    names = {place: f"s{place}" for place in single_places} | {1: "a", 2: "b"}
    return {
        "programs": [
            {"id": "p", "quota": quota, "ranks": [names[place] for place in sorted(names)]}
        ],
        "applicants": [{"id": names[place], "ranks": ["p"]} for place in single_places],
        "couples": [{"members": ["a", "b"], "ranks": [["p", "p"], [None, "p"]]}],
    }


@pytest.mark.parametrize(
    ("quota", "singles", "couple"),
    [
        (2, [3, 4], ["p", "p"]),  # both better than both
        (2, [0, 3], [None, "p"]),  # one seat left for the two: b takes it alone
        (1, [3], [None, "p"]),
        (3, [0, 3, 4], ["p", "p"]),
        (0, [], [None, None]),
    ],
)
def test_two_seats_in_one_program_are_counted_together(quota, singles, couple):
    found = answer(json.dumps(one_program(quota, singles)))
    assert [found["matches"]["a"], found["matches"]["b"]] == couple
    assert found["stable"]


def test_a_list_of_ones_own_is_ignored_and_null_null_ends_the_list():
    market = {
        "programs": [{"id": "p", "quota": 2, "ranks": ["a", "b"]}],
        "applicants": [{"id": "a", "ranks": ["p"]}, {"id": "b"}],
        "couples": [{"members": ["a", "b"], "ranks": [[None, None], ["p", "p"]]}],
    }
    assert answer(json.dumps(market))["matches"] == {"a": None, "b": None}


def test_a_large_market_with_couples_is_stable():
    """2,000 applicants, 80 couples: the heuristic settles everybody, and the checker agrees."""
    rng = np.random.default_rng(7)
    people, programs, width, pairs = 2000, 250, 8, 80
    rows = np.array([rng.permutation(programs)[:width] for _ in range(people)])
    start = np.arange(people + 1) * width
    member = rng.permutation(people)[: 2 * pairs].reshape(-1, 2)
    choices = [
        (start[a] + i, start[b] + j)
        for a, b in member
        for i in range(width)
        for j in (i, (i + 1) % width)
    ]
    couples = Couples(
        member.astype(np.int32),
        np.arange(pairs + 1, dtype=np.int32) * 2 * width,
        np.array(choices, np.int32),
    )
    made = build(
        rng.integers(1, 14, programs), start, rows.ravel(), rng.normal(size=people * width), couples
    )
    found = solve(made)
    assert found.stable
    assert blocking(made, found.entry) == []
    assert all(
        (found.program[pair] >= 0).all() or (found.program[pair] < 0).all() for pair in member
    )
