from datetime import date
from itertools import product

import numpy as np
import pytest
from numpy.polynomial.hermite_e import hermegauss

from tests.advice.season import season
from visamatch.advice.joint_list import (
    DRAWS,
    Pair,
    _drawn,
    _first,
    distance,
    joint_list,
    rules,
    together,
)
from visamatch.advice.rank_list import STRENGTHS, States, rank_list
from visamatch.directory.programs import directory
from visamatch.evidence.assess import assess_all
from visamatch.workspace.document import Partner
from visamatch.workspace.profile import Profile

ON = date(2026, 11, 24)
ME, YOU = (
    Profile.model_validate(
        {
            "specialties": [{"name": name}],
            "visa": {"needed": False},
            "applicant": {"school_kind": "foreign", "exams": {"step2ck": {"score": score}}},
        }
    )
    for name, score in (("Psychiatry", 245), ("Internal Medicine", 255))
)


def programs(specialty, *states):
    every = [p for p in directory().programs.values() if p.specialty_id == specialty]
    return [next(p for p in every if p.state == state) for state in states]


MINE = programs("psychiatry", "MA", "NY", "CA")
YOURS = programs("internal-medicine", "NY", "MA")


def joined(how=None, mine=MINE, yours=YOURS):
    assessed = [assess_all(ON, person) for person in (ME, YOU)]
    return together(directory(), season(), assessed, (ME, YOU), (mine, yours), how or Partner(), ON)


def test_near_pairs_come_first_then_the_smaller_sum_then_places_for_one():
    pairs = joint_list(MINE, YOURS, Partner(together="state"))
    near = [(p.mine, p.theirs) for p in pairs if p.distance in ("one city", "one state")]
    assert [(p.mine, p.theirs) for p in pairs[: len(near)]] == near
    assert {(0, 1), (1, 0)} == set(near)
    sums = [p.mine + p.theirs for p in pairs if p.distance == "apart"]
    assert sums == sorted(sums)
    assert [(p.mine, p.theirs) for p in pairs[-5:]] == [
        (0, None),
        (None, 0),
        (1, None),
        (None, 1),
        (2, None),
    ]


def test_every_rule_of_the_list_can_be_left_out():
    assert len(joint_list(MINE, YOURS, Partner())) == 3 * 2 + 3 + 2
    assert len(joint_list(MINE, YOURS, Partner(alone=False))) == 6
    nearest = joint_list(MINE, YOURS, Partner(together="state", apart=False, alone=False))
    assert {p.distance for p in nearest} <= {"one city", "one state"}
    assert len(nearest) == 2
    far = joint_list(MINE, MINE, Partner(together="any", alone=False))
    expected = [(0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (2, 2)]
    assert [(p.mine, p.theirs) for p in far] == expected


def test_one_city_by_name_or_by_a_commute():
    every = directory().programs.values()
    boston, cambridge = (
        next(p for p in every if (p.city, p.state) == (c, "MA") and p.lat)
        for c in ("Boston", "Cambridge")
    )
    assert distance(boston, cambridge) == distance(boston, boston) == "one city"
    assert distance(boston, MINE[2]) == "apart"


def test_shares_add_up_and_each_pair_has_its_own():
    found = joined()
    assert (
        found.couple.both + found.couple.only_me + found.couple.only_them + found.couple.neither
        == pytest.approx(1)
    )
    assert sum(p.chance for p in found.pairs) == pytest.approx(1 - found.couple.neither)
    assert found.couple.one_city <= found.couple.both
    alone = found.alone.both + found.alone.only_me + found.alone.only_them + found.alone.neither
    assert alone == pytest.approx(1)


def test_with_all_pairs_and_single_places_nobody_loses_a_place():
    found = joined()
    assert found.couple.both == pytest.approx(found.alone.both)
    assert found.couple.neither == pytest.approx(found.alone.neither)
    assert found.couple.one_city >= found.alone.one_city
    stricter = joined(Partner(together="state", apart=False, alone=False))
    assert stricter.couple.both < found.couple.both
    assert stricter.couple.neither > found.couple.neither


def test_each_alone_is_what_the_rank_list_says():
    """In one season with one strength the two are the same; here both share the seasons, which moves little."""
    found = joined()
    for person, listed, share in (
        (ME, MINE, found.alone.both + found.alone.only_me),
        (YOU, YOURS, found.alone.both + found.alone.only_them),
    ):
        exact = rank_list(
            directory(), season(), assess_all(ON, person), person, listed, ON
        ).anywhere
        assert share == pytest.approx(exact, abs=0.03)


def test_a_couple_of_nobody_or_with_one_list_only():
    assert joined(mine=[], yours=[]).couple.neither == 1.0
    one = joined(yours=[])
    assert one.couple.both == 0.0
    assert one.couple.only_me == pytest.approx(one.alone.only_me)


def test_pairs_beyond_the_most_are_cut_and_counted():
    psychiatry = [p for p in directory().programs.values() if p.specialty_id == "psychiatry"][:20]
    found = joined(mine=psychiatry, yours=psychiatry)
    assert len(found.pairs) == rules()["most_pairs"]
    assert found.cut == 20 * 20 + 40 - rules()["most_pairs"]


def test_the_first_pair_that_takes_both_is_the_match():
    rng = np.random.default_rng(1)
    takes = [rng.random((DRAWS, 2)) < 0.5, rng.random((DRAWS, 2)) < 0.5]
    pairs = [Pair(a, b, "") for a, b in product((0, 1), repeat=2)] + [Pair(0, None, "")]
    got = _first(pairs, takes)
    for row in range(50):
        free = [
            at for at, p in enumerate(pairs)
            if takes[0][row, p.mine] and (p.theirs is None or takes[1][row, p.theirs])
        ]  # fmt: skip
        assert got[row] == (free[0] if free else len(pairs))


def test_both_live_in_the_season_that_both_interviews_make_likely():
    """Two seasons: the interviews of each speak for the second by 2 to 1 and by 4 to 1, so together by 8 to 1."""
    strengths = hermegauss(STRENGTHS)[1] / hermegauss(STRENGTHS)[1].sum()
    states = []
    for odds in (2, 4):
        share = np.array([1, odds]) / (1 + odds)
        likely = np.log(share[:, None] * strengths).ravel()
        reach = np.repeat([[0.0], [1.0]], STRENGTHS, axis=0)  # only the second season takes them
        states.append(States(np.exp(likely), likely, reach))
    mine, yours = _drawn(states)
    assert (mine == yours).all()
    assert mine.mean() == pytest.approx(8 / 9, abs=0.01)


def test_rules_of_the_nrmp_carry_their_source_and_day():
    told = rules()
    assert all(each["url"].startswith("http") for each in told["source"].values())
    assert told["read_on"].isoformat() >= "2026"
