from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visamatch.advice.preference import (
    ASPECTS,
    LIKING_SD,
    VISA,
    WEIGHT,
    WEIGHT_SD,
    aspects_of,
    break_even,
    circle,
    learn,
    proposed,
)
from visamatch.workspace.sponsor_list import Choice, Entry

IDS = tuple("abcdefgh")
RNG = np.random.default_rng(3)
ASPECT = RNG.random((len(IDS), len(ASPECTS))).round(2)
unit = st.floats(0, 1)
pairs = st.tuples(st.sampled_from(IDS), st.sampled_from(IDS), st.booleans())


def over(better, worse):
    return Choice(better=better, worse=worse)


def answered(count, weights, liking=None):
    """A person with these weights, asked ``count`` adaptive questions, who answers by worth."""
    worth = ASPECT @ np.array(weights) + (0 if liking is None else np.array(liking))
    choices, learned = [], learn(IDS, ASPECT, [])
    for _ in range(count):
        a, b = learned.question()
        better, worse = sorted((a, b), key=lambda name: -worth[IDS.index(name)])
        choices.append(over(better, worse))
        learned = learn(IDS, ASPECT, choices)
    return learned, worth


def test_without_choices_the_ratings_order_and_all_aspects_count_alike():
    learned = learn(IDS, ASPECT, [])
    assert [round(share.mean, 3) for share in learned.shares().values()] == [0.25] * 4
    worth = ASPECT.sum(axis=1).round(9)
    assert learned.order() == [IDS[at] for at in np.argsort(-worth, kind="stable")]


def test_a_rating_left_out_is_the_interest_and_that_left_out_is_the_middle():
    rows = aspects_of(
        [Entry(program_id="a", interest=5, fit_rating=1), Entry(program_id="b")], [0.3, 0.7]
    )
    assert rows.tolist() == [[1, 0, 1, 0.3], [0.5, 0.5, 0.5, 0.7]]
    assert learn("ab", rows, []).rated
    assert not learn("b", rows[1:], []).rated


@settings(max_examples=60, deadline=None)
@given(st.lists(pairs, max_size=15))
def test_newton_ends_where_the_slope_is_nothing(drawn):
    choices = [Choice(better=a, worse=b, even=even) for a, b, even in drawn if a != b]
    learned = learn(IDS, ASPECT, choices)
    slope = np.zeros(len(learned.mean))
    slope[:4] = -(learned.mean[:4] - WEIGHT) / WEIGHT_SD**2
    slope[4:] = -learned.mean[4:] / LIKING_SD**2
    for each in choices:
        step = np.zeros(len(slope))
        a, b = IDS.index(each.better), IDS.index(each.worse)
        step[:4] = ASPECT[a] - ASPECT[b]
        step[4 + a], step[4 + b] = 1, -1
        slope += step * ((0.5 if each.even else 1.0) - 1 / (1 + np.exp(-step @ learned.mean)))
    assert np.abs(slope).max() < 1e-8


def test_a_person_of_visa_and_one_of_place_are_told_apart():
    for at, name in ((VISA, "visa"), (2, "place")):
        weights = [1.0] * 4
        weights[at] = 8.0
        shares = answered(12, weights)[0].shares()
        assert max(shares, key=lambda each: shares[each].mean) == name


def test_questions_that_tell_most_beat_questions_at_random():
    weights, liking = [3.0, 1.0, 0.5, 5.0], RNG.normal(0, 0.5, len(IDS))

    def wrong(learned, worth):
        order = learned.order()
        return sum(worth[IDS.index(a)] < worth[IDS.index(b)] for a, b in combinations(order, 2))

    asked, worth = answered(8, weights, liking)
    rng, random = np.random.default_rng(1), []
    every = list(combinations(IDS, 2))
    for _ in range(40):
        drawn = [every[at] for at in rng.choice(len(every), 8, replace=False)]
        told = [over(*sorted(pair, key=lambda n: -worth[IDS.index(n)])) for pair in drawn]
        random.append(wrong(learn(IDS, ASPECT, told), worth))
    assert wrong(asked, worth) < np.mean(random)
    assert wrong(asked, worth) < wrong(learn(IDS, ASPECT, []), worth)


def test_answers_make_surer_and_the_intervals_narrower():
    before, after = learn(IDS, ASPECT, []), answered(15, [2, 2, 2, 6.0])[0]
    for share in after.shares().values():
        assert share.low <= share.mean <= share.high
    assert np.linalg.slogdet(after.spread)[1] < np.linalg.slogdet(before.spread)[1]
    a, b = after.order()[0], after.order()[-1]
    assert after.sure(a, b) > 0.9
    assert after.sure(a, b) == pytest.approx(1 - after.sure(b, a))


def test_too_close_to_say_draws_two_programs_together():
    a, b = "a", "b"
    even = learn(IDS, ASPECT, [Choice(better=a, worse=b, even=True)])
    gap = abs(learn(IDS, ASPECT, []).sure(a, b) - 0.5)
    assert abs(even.sure(a, b) - 0.5) < gap


def test_every_pair_is_asked_once_and_then_none():
    choices, learned = [], learn(IDS[:3], ASPECT[:3], [])
    while pair := learned.question():
        choices.append(over(*pair))
        learned = learn(IDS[:3], ASPECT[:3], choices)
    assert len({frozenset((c.better, c.worse)) for c in choices}) == 3


def test_a_choice_about_a_program_that_is_gone_teaches_nothing():
    assert learn(IDS, ASPECT, [over("a", "gone")]).mean == pytest.approx(
        learn(IDS, ASPECT, []).mean
    )


def test_a_circle_is_found_and_the_shortest_named():
    assert circle([over("a", "b"), over("b", "c"), over("a", "c")]) == []
    assert circle([over("a", "b"), over("b", "c"), over("c", "a")]) == ["a", "b", "c"]
    longer = [over("a", "b"), over("b", "c"), over("c", "d"), over("d", "a")]
    assert circle(longer) == ["a", "b", "c", "d"]
    assert circle([*longer, over("c", "a")]) == ["a", "b", "c"]
    assert circle([over("a", "b"), Choice(better="b", worse="a", even=True)]) == []


def test_what_an_order_does_not_follow_is_named():
    learned = learn(IDS, ASPECT, [over("a", "b"), over("c", "d")])
    assert learned.against(["b", "a", "c", "d"]) == [over("a", "b")]
    assert learned.against(["a", "b", "c", "d"]) == []


@given(st.lists(st.tuples(unit, unit), min_size=2, max_size=6), unit, unit, st.data())
def test_a_heavier_visa_weight_never_lowers_a_program_with_the_better_visa(rows, one, other, data):
    rest, visa = zip(*rows, strict=True)
    low, high = sorted((one, other))
    a, b = data.draw(st.permutations(range(len(rows))))[:2]
    if visa[a] > visa[b]:
        before, after = proposed(rest, visa, low), proposed(rest, visa, high)
        if before.index(a) < before.index(b):
            assert after.index(a) < after.index(b)


def test_the_break_even_turns_the_order():
    turn = break_even((0.9, 0.2), (0.5, 1.0))
    assert turn == pytest.approx(1 / 3)
    assert proposed([0.9, 0.5], [0.2, 1.0], turn - 0.01) == [0, 1]
    assert proposed([0.9, 0.5], [0.2, 1.0], turn + 0.01) == [1, 0]
    assert break_even((0.9, 1.0), (0.5, 1.0)) is None


def test_the_turns_told_are_where_the_proposed_order_turns():
    learned, _ = answered(6, [2, 2, 2, 4.0])
    order = learned.order()
    for better, easier, at in learned.turns(order):
        before, after = learned.order(at - 1e-6), learned.order(at + 1e-6)
        assert before.index(better) < before.index(easier)
        assert after.index(easier) < after.index(better)
