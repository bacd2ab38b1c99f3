"""Supplemental lists and reversion, worked by hand."""

import numpy as np
import pytest

from tests.market.test_matching import market
from visamatch.errors import InputError
from visamatch.market.matching import Supplements, build, solve, supplemented
from visamatch.market.stability import blocking

ADVANCED, PRELIMINARY, CATEGORICAL, TRANSITIONAL = range(4)


def ints(*values):
    return np.array(values, np.int32)


def test_unfilled_seats_go_where_they_revert():
    two_tracks = market([3, 1], [[0], [1], [1], [1]], [[0], [1, 2, 3]])
    found = solve(two_tracks, ints(1, -1))
    assert found.program.tolist() == [0, 1, 1, 1]
    assert found.quota.tolist() == [1, 3]
    assert solve(two_tracks).program.tolist() == [0, 1, -1, -1]


def test_seats_revert_along_a_chain_and_draw_people_after_them():
    """Track 0 gives its seat to 1, applicant 0 moves up from 2 to 1, and 2 has a seat for applicant 1."""
    chain = market([1, 0, 1], [[1, 2], [2]], [[], [0], [0, 1]])
    assert solve(chain).program.tolist() == [2, -1]
    assert solve(chain, ints(1, 2, -1)).program.tolist() == [1, 2]
    empty = market([2, 0, 0], [[2]], [[], [], [0]])
    assert solve(empty, ints(1, 2, -1)).quota.tolist() == [0, 0, 2]


def test_a_circle_of_reversion_is_refused():
    with pytest.raises(InputError, match="circle"):
        solve(market([1, 1], [[0]], [[0], []]), ints(1, 0))


def season(first_ranks, others):
    """Applicant 0 wants the advanced position with a preliminary year; others want the preliminary one."""
    start, program = (
        ints(0, 2, *range(3, 3 + others)),
        ints(ADVANCED, CATEGORICAL, *[PRELIMINARY] * others),
    )
    order = np.array([0, 0, *range(1, 1 + others)])
    lists = Supplements(
        ints(0, -1, *[-1] * others),
        ints(0, 2),
        ints(PRELIMINARY, TRANSITIONAL),
        np.array(first_ranks),
    )
    return build(ints(1, 1, 1, 1), *supplemented(start, program, order, lists))


def test_an_advanced_match_brings_the_supplemental_list_into_play():
    found = solve(season([0, 0], others=1))
    assert found.program.tolist() == [
        ADVANCED,
        -1,
        PRELIMINARY,
    ]  # applicant 2 is the first year of 0


def test_the_next_program_of_the_supplemental_list_is_tried():
    found = solve(season([5, 0], others=1))
    assert found.program.tolist() == [ADVANCED, PRELIMINARY, TRANSITIONAL]


def test_the_advanced_position_is_kept_without_a_first_year():
    start, program = ints(0, 2, 3), ints(ADVANCED, CATEGORICAL, PRELIMINARY)
    lists = Supplements(ints(0, -1, -1), ints(0, 1), ints(PRELIMINARY), np.array([9]))
    found = solve(build(ints(1, 1, 1), *supplemented(start, program, np.array([0, 0, 1]), lists)))
    assert found.program.tolist() == [ADVANCED, PRELIMINARY, -1]


def test_who_loses_the_advanced_position_gives_up_the_first_year():
    """Applicant 1 takes the advanced seat; applicant 0 goes categorical and the preliminary seat goes to 2."""
    start = ints(0, 2, 3, 4)
    program = ints(ADVANCED, CATEGORICAL, ADVANCED, PRELIMINARY)
    lists = Supplements(
        ints(0, -1, 1, -1), ints(0, 1, 2), ints(PRELIMINARY, TRANSITIONAL), np.array([0, 0])
    )
    made = build(ints(1, 1, 1, 1), *supplemented(start, program, np.array([1, 0, 0, 1]), lists))
    found = solve(made)
    assert found.program.tolist() == [CATEGORICAL, ADVANCED, PRELIMINARY, -1, TRANSITIONAL]
    assert found.stable
    assert blocking(made, found.entry) == []


def test_nobody_with_a_list_changes_nothing():
    start, program, order = ints(0, 1), ints(0), np.array([0])
    none = Supplements(ints(-1), ints(0), ints(), np.array([]))
    assert solve(build(ints(1), *supplemented(start, program, order, none))).program.tolist() == [0]
