"""The JSON boundary: every wrong market is named, nothing else gets through."""

import copy
import json
import random

import pytest

from tests.market.reference import random_market
from visamatch.errors import InputError
from visamatch.market.document import answer

GOOD = {
    "programs": [
        {"id": "p", "quota": 1, "ranks": ["a", "b", "c"]},
        {"id": "q", "quota": 2, "ranks": ["c", "b"]},
    ],
    "applicants": [{"id": "a", "ranks": ["p"]}],
    "couples": [{"members": ["b", "c"], "ranks": [["p", "q"], [None, "q"]]}],
}


def test_the_example():
    assert answer(json.dumps(GOOD)) == {
        "matches": {"a": "p", "b": None, "c": "q"},
        "stable": True,
        "blocking": [],
        "proposals": 3,
    }


@pytest.mark.parametrize(
    "empty",
    [
        {"programs": [], "applicants": [], "couples": []},
        {"programs": [{"id": "p", "quota": 3, "ranks": []}], "applicants": []},
    ],
)
def test_an_empty_market_is_an_empty_answer(empty):
    assert answer(json.dumps(empty)) == {
        "matches": {},
        "stable": True,
        "blocking": [],
        "proposals": 0,
    }


def test_only_those_who_rank_each_other_meet():
    market = {
        "programs": [
            {"id": "p", "quota": 1, "ranks": []},
            {"id": "q", "quota": 1, "ranks": ["b", "a"]},
        ],
        "applicants": [{"id": "a", "ranks": ["p", "q"]}, {"id": "b", "ranks": []}],
    }
    assert answer(json.dumps(market))["matches"] == {"a": "q", "b": None}


def changed(path, value):
    """``GOOD`` with the item at a dotted path set, or taken out where the value is ``...``."""
    market = copy.deepcopy(GOOD)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    at = market
    for part in way:
        at = at[part]
    if value is ...:
        del at[last]
    elif isinstance(at, list) and last == len(at):
        at.append(value)
    else:
        at[last] = value
    return json.dumps(market)


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("programs", ..., "programs"),
        ("applicants", ..., "applicants"),
        ("programs.0.id", ..., "programs.1.id"),
        ("programs.0.quota", ..., "programs.1.quota"),
        ("programs.1.ranks", ..., "programs.2.ranks"),
        ("applicants.0.ranks", ..., "applicants.1.ranks"),
        ("applicants.0.id", ..., "applicants.1.id"),
        ("couples.0.members", ..., "couples.1.members"),
        ("couples.0.ranks", ..., "couples.1.ranks"),
        ("programs.0.quota", -1, "programs.1.quota"),
        ("programs.0.quota", 1.5, "programs.1.quota"),
        ("programs.0.quota", "1", "programs.1.quota"),
        ("programs.0.quota", True, "programs.1.quota"),
        ("programs.0.quota", None, "programs.1.quota"),
        ("programs.0.quota", float("nan"), "programs.1.quota"),
        ("programs.0.quota", float("inf"), "programs.1.quota"),
        ("programs.0.id", 7, "programs.1.id"),
        ("programs.0.id", None, "programs.1.id"),
        ("programs.0.id", "q", "programs.2"),
        ("programs.0.ranks", "abc", "programs.1.ranks"),
        ("programs.0.ranks.1", "x", "programs.1.ranks.2"),
        ("programs.0.ranks.1", "a", "programs.1.ranks.2"),
        ("programs.0.ranks.1", 3, "programs.1.ranks.2"),
        ("applicants.0.ranks.0", "x", "applicants.1.ranks.1"),
        ("applicants.0.ranks.1", "p", "applicants.1.ranks.2"),
        ("applicants.0.ranks.0", None, "applicants.1.ranks.1"),
        ("applicants.1", {"id": "a", "ranks": []}, "applicants.2"),
        ("applicants.0.rank", [], "applicants.1.rank"),
        ("couples.0.members", ["b"], "couples.1.members"),
        ("couples.0.members", ["b", "b"], "couples.1.members.2"),
        ("couples.0.members", ["b", "c", "a"], "couples.1.members"),
        ("couples.1", {"members": ["a", "c"], "ranks": []}, "couples.2.members.2"),
        ("couples.0.ranks.0", ["p"], "couples.1.ranks.1"),
        ("couples.0.ranks.0", ["p", "x"], "couples.1.ranks.1"),
        ("couples.0.ranks.0", [None, "q"], "couples.1.ranks.2"),
        ("couples.0.ranks.0", "pq", "couples.1.ranks.1"),
        ("couples", None, "couples"),
        ("couple", [], "couple"),
    ],
)  # fmt: skip
def test_wrong_input_is_named(path, value, where):
    with pytest.raises(InputError) as caught:
        answer(changed(path, value), "market.json")
    assert caught.value.where.startswith(f"market.json: {where}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[]",
        "null",
        "3",
        '"x"',
        "{]",
        "[" * 100_000,
        '{"programs":' * 500,
        "{}\udc80",
        "1" * 5000,
    ],
)
def test_what_is_no_market_at_all(text):
    with pytest.raises(InputError):
        answer(text)


def test_a_huge_quota_is_a_number_like_any_other():
    assert answer(changed("programs.0.quota", 10**30))["matches"]["a"] == "p"


def test_fuzz():
    """A market broken in any place is either still a market or wrong input; nothing else happens."""
    rng = random.Random(3)
    junk = [
        None,
        True,
        -1,
        0,
        2**70,
        1.5,
        float("nan"),
        "",
        "p0",
        "a0",
        "ü",
        [],
        ["p0"],
        [["p0", "p0"]],
        {},
        {"id": "p0"},
    ]
    refused = 0
    for n in range(2000):
        market = random_market(n % 40)
        at, key = market, rng.choice(list(market))
        while isinstance(at[key], (dict, list)) and at[key] and rng.random() < 0.8:
            at = at[key]
            key = rng.choice(list(at)) if isinstance(at, dict) else rng.randrange(len(at))
        if rng.random() < 0.2:
            del at[key]
        else:
            at[key] = rng.choice(junk)
        try:
            found = answer(json.dumps(market))
        except InputError as error:
            refused += bool(error.where)
        else:
            people = {a["id"] for a in market["applicants"]} | {
                a for c in market["couples"] for a in c["members"]
            }
            assert set(found["matches"]) == people
    assert 500 < refused < 1950
