"""Signals: never over the quota, never assumed, and the gain that is shown is the gain."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.advice.season import season
from tests.advice.test_plan import person
from visamatch.advice.choose import Season, choose
from visamatch.advice.signals import quotas, signals
from visamatch.directory.programs import directory

ON = date(2026, 11, 24)
NAMES = ("Psychiatry", "Neurology")


@pytest.fixture(scope="module", params=[None, 3])
def listed(request):
    profile = person(names=NAMES).model_copy(update={"most_interviews": request.param})
    made = choose(Season(directory(), season(), ON, budget=400.0), profile)
    return made.list_, [made.candidates.programs[at].specialty_id for at in made.chosen]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 3), st.integers(0, 6), st.integers(0, 40))
def test_no_specialty_gets_more_than_its_quota(listed, gold, silver, other):
    list_, specialties = listed
    known = {"psychiatry": (gold, silver), "neurology": (0, other)}
    sent = signals(list_, specialties, known)
    for name, quota in known.items():
        mine = [
            kind
            for (kind, _), specialty in zip(sent, specialties, strict=True)
            if specialty == name
        ]
        assert mine.count("gold") <= quota[0]
        assert mine.count("silver") <= quota[1]
        assert mine.count("gold") + mine.count("silver") == min(sum(quota), len(mine))


def test_an_unknown_quota_is_no_quota(listed):
    list_, specialties = listed
    sent = signals(list_, specialties, {"psychiatry": None, "neurology": (0, 1)})
    for (kind, gain), name in zip(sent, specialties, strict=True):
        assert (kind is None) == (name == "psychiatry")
        assert gain == 0 or name == "neurology"
    assert quotas(specialties, person(year=2031), ON, {}) == {"psychiatry": None, "neurology": None}


def test_the_gain_that_is_shown_is_what_the_signals_add(listed):
    """All gains together are the chance to match with the signals less the chance without."""
    list_, specialties = listed
    sent = signals(list_, specialties, {"psychiatry": (1, 3), "neurology": (0, 2)})
    to = np.array([bool(kind) for kind, _ in sent])
    assert to.sum() == 6
    with_signal = [
        np.where(to, new, old)
        for new, old in zip(list_.signaled(), (list_.interviewed[0], list_.matched[0]), strict=True)
    ]
    before = _share(list_, list_.interviewed[0], list_.matched[0])
    assert sum(gain for _, gain in sent) == pytest.approx(_share(list_, *with_signal) - before)
    assert sum(gain for _, gain in sent) > 0


def test_the_first_signal_goes_where_it_adds_most(listed):
    list_, specialties = listed
    (first,) = [
        (at, gain)
        for at, (kind, gain) in enumerate(
            signals(list_, specialties, {"psychiatry": (0, 1)} | {"neurology": (0, 0)})
        )
        if kind
    ]
    invited, matched = list_.signaled()
    before = _share(list_, list_.interviewed[0], list_.matched[0])
    gains = []
    for at, name in enumerate(specialties):
        only = np.arange(len(specialties)) == at
        then = _share(
            list_,
            np.where(only, invited, list_.interviewed[0]),
            np.where(only, matched, list_.matched[0]),
        )
        gains.append(then - before if name == "psychiatry" else -1.0)
    assert first[1] == pytest.approx(max(gains))
    assert gains[first[0]] == pytest.approx(max(gains))


def _share(list_, invited, matched):
    """Chance to match at one of the interviews that are attended, row by row."""
    place, hits = list_.attended.place, 0
    for row in range(len(invited)):
        asked = sorted(np.flatnonzero(invited[row]), key=place.__getitem__)[: list_.most]
        hits += bool(matched[row, asked].any())
    return hits / len(invited)
