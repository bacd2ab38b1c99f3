import numpy as np
import pytest

from visamatch.market import matching, steps
from visamatch.market.noise import bell, key_of
from visamatch.market.population import country, parameters
from visamatch.market.scenarios import KINDS, MATCH_LOWEST, MATCH_STEP, decode, encode
from visamatch.market.season import arrange, finish, play, prepare
from visamatch.market.steps import score_of


@pytest.fixture(scope="module")
def known():
    """A twentieth of the country's applicants for the same tracks, each quota kept."""
    p = parameters()
    few = {kind: count / 20 for kind, count in p["applicants"].items()}
    return country(p | {"applicants": few, "couples": {"us_md": 30}})


@pytest.fixture(scope="module")
def played(known):
    return play(known, 1, 0)


def test_a_season_is_a_function_of_its_number(known, played):
    again, other = play(known, 1, 0), play(known, 1, 1)
    assert all(np.array_equal(a, b) for a, b in zip(played[1:], again[1:], strict=True))
    assert (played.made.openness == again.made.openness).all()
    assert not np.array_equal(played.place[:500], other.place[:500])


def test_nobody_sits_where_there_is_no_seat_or_interview(known, played):
    for places in (played.place, played.year_one):
        held = np.bincount(places[places >= 0], minlength=len(known.tracks))
        assert (held <= known.quota).all()
    assert (played.made.interviews[(played.place >= 0) | (played.year_one >= 0)] > 0).all()
    assert not known.preliminary[played.place[played.place >= 0]].any()
    assert known.preliminary[played.year_one[played.year_one >= 0]].all()


def test_a_preliminary_year_goes_to_holders_of_advanced_places_or_of_none(known, played):
    both = (played.place >= 0) & (played.year_one >= 0)
    assert known.advanced[played.place[both]].all()


def test_the_quick_market_is_the_engine_s_own(known):
    made = prepare(known, 3, 1)
    built = matching.build(
        known.quota, made.main.start, made.main.track, made.main.order, made.market.couples
    )
    quick, slow = matching.solve(made.market), matching.solve(built)
    assert (quick.program == slow.program).all()
    assert quick.filled.sum() == slow.filled.sum()


def test_swapping_the_proposing_side_moves_almost_nobody(known):
    made = prepare(known, 5, 0)
    market = arrange(made.main, known.quota)
    found = matching.solve(market)
    other = programs_propose(market)
    assert (found.program != other).mean() < 0.01
    assert ((found.program >= 0) == (other >= 0)).all()  # rural hospitals


def programs_propose(market):
    """Deferred acceptance from the other side, by its definition."""
    rank = {}
    for a in range(len(market.start) - 1):
        for place, e in enumerate(range(market.start[a], market.start[a + 1])):
            rank[a, int(market.entry[e, 0])] = place
    held = np.full(len(market.start) - 1, -1)
    at, free = market.list_start[:-1].copy(), list(np.flatnonzero(market.quota > 0))
    seats = market.quota.copy()
    while free:
        p = free.pop()
        while seats[p] > 0 and at[p] < market.list_start[p + 1]:
            a = int(market.listed[at[p], 0])
            at[p] += 1
            if held[a] < 0 or rank[a, p] < rank[a, int(held[a])]:
                if held[a] >= 0:
                    seats[held[a]] += 1
                    free.append(int(held[a]))
                held[a], seats[p] = p, seats[p] - 1
    return held


def test_cutoffs_separate_the_matched(known):
    made = prepare(known, 2, 0)
    found = matching.solve(made.market)
    season = finish(known, made, found)
    held = found.entry[found.entry >= 0]
    cutoff = decode(season.match, MATCH_LOWEST, MATCH_STEP)
    lowest, score = cutoff[made.main.track[held]], score_of(made.main.order[held])
    assert (score >= lowest - MATCH_STEP).all()  # whoever is placed reaches the cutoff
    full = np.bincount(made.main.track[held], minlength=len(known.tracks)) >= known.quota
    worst = np.full(len(known.tracks), np.inf)
    np.minimum.at(worst, made.main.track[held], score)
    coded = decode(encode(worst[full], MATCH_LOWEST, MATCH_STEP), MATCH_LOWEST, MATCH_STEP)
    assert np.allclose(coded, cutoff[full], atol=MATCH_STEP)  # and the last one is the cutoff
    assert season.made.openness.shape == known.programs.shape
    assert len(season.made.shock) == len(KINDS)


def test_the_specialty_on_top_of_a_list_is_the_preferred_one(known, played):
    made = played.made
    top = made.preferred >= 0
    meant, second = made.people.specialty[:, 0], made.people.specialty[:, 1]
    assert ((made.preferred == meant) | (made.preferred == second))[top].all()
    assert (made.preferred[top] != meant[top]).any()  # nobody invited them where they meant to go
    assert (made.contiguous <= made.ranked).all()
    assert (made.contiguous[top] > 0).all()
    first = made.main.start[:-1][np.diff(made.main.start) > 0]
    first = first[made.main.at[first] == 0]  # ranked by the track on top
    owner = np.searchsorted(made.main.start, first, side="right") - 1
    assert (known.specialty_of[made.main.track[first]] == made.preferred[owner]).all()


def test_the_weaker_hedge(known):
    people, _ = steps.people(key_of(1, 2), known._replace(hedge=1.0))
    two = known.tracks_in[people.specialty[:, 1]] > 0
    two &= people.specialty[:, 1] >= 0
    assert people.strength[two].mean() < people.strength[~two].mean() - 0.3


def test_couples_are_two_people_of_one_kind_each_once(known):
    people, member = steps.people(key_of(3), known)
    assert len(np.unique(member)) == 2 * known.couples.sum()
    assert (people.kind[member[:, 0]] == people.kind[member[:, 1]]).all()


def test_a_closed_program_interviews_nobody_it_is_closed_to(known):
    shut = known._replace(open_closed=np.ones_like(known.open_closed))
    made = prepare(shut, 4, 0)
    closed_to = known.closed[made.people.kind]
    assert made.applications[closed_to].sum() > 0 == made.interviews[closed_to].sum()
    assert made.interviews[~closed_to].sum() > 0


def test_one_key_gives_independent_normal_values():
    keys = [key_of(9, number) for number in range(20_000)]
    drawn = np.array([[bell(key, which) for which in range(3)] for key in keys])
    assert np.allclose(drawn.mean(axis=0), 0, atol=0.03)
    assert np.allclose(np.cov(drawn.T), np.eye(3), atol=0.03)
