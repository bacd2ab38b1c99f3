"""Whatever a person asks for ends in a plan that keeps to it, or in one clear sentence."""

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.advice.portfolio.instances import small
from tests.advice.season import season
from tests.advice.test_plan import person
from visamatch.advice.choose import Season, choose
from visamatch.advice.portfolio.document import answer
from visamatch.directory.programs import directory
from visamatch.errors import InputError
from visamatch.workspace.profile import Limit

ON = date(2026, 11, 24)
PARTS = (
    "core",
    "regional",
    "safety",
    "Boston",
    "New England",
    "Elsewhere",
    "MA",
    "Psychiatry",
    "x",
)
number = st.one_of(st.none(), st.integers(0, 60))
limit = st.builds(
    lambda of, least, most: Limit(of=of, least=least or 0, most=most), st.sampled_from(PARTS), number, number
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    st.lists(limit, max_size=3),
    st.one_of(st.none(), st.sampled_from([0.0, 5.0, 11.0, 60.0, 300.0])),
    st.one_of(st.none(), st.integers(1, 5)),
    st.sampled_from(["must", "prefer", "either", "none"]),
    st.lists(st.integers(0, 40), max_size=4),
    st.lists(st.integers(0, 40), max_size=4),
)
def test_a_plan_keeps_to_what_was_asked_for(limits, budget, interviews, h1b, must, never):
    profile = person(h1b, states=("MA", "CT")).model_copy(
        update={"limits": tuple(limits), "most_interviews": interviews}
    )
    ids = sorted(p for p in directory().programs if p.endswith("-400"))
    locks = (tuple(ids[at] for at in must), tuple(ids[at] for at in never))
    try:
        made = choose(Season(directory(), season(), ON, (), budget, 0.7, *locks), profile)
    except InputError as error:
        made, told = None, str(error)
    if made is None:
        assert "\n" not in told
        return
    assert made.answer.cost <= (np.inf if budget is None else budget)
    assert made.problem.parts.allow(made.chosen)
    assert set(made.problem.must) <= set(made.chosen)
    assert not set(made.problem.never) & set(made.chosen)


odd = st.sampled_from(
    [None, True, -1, 0, 1, 2.5, float("nan"), float("inf"), "1", [], {}, [[]], 10**400]
)
keys = ("utility", "reachable", "fees", "budget", "max_applications", "must", "never", "parts",
        "limits", "invited", "max_interviews", "f", "t", "g", "nothing")  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**32), st.dictionaries(st.sampled_from(keys), odd, max_size=2), st.data())
def test_any_document_is_answered_or_refused_in_a_sentence(seed, changes, data):
    problem = small(seed, programs=4)
    document = {
        "utility": problem.utility.tolist(),
        "reachable": problem.reachable.tolist(),
        "fees": [1, 2, 3, 4],
        "budget": 6,
        "parts": ["a", "a", "b", "b"],
        "limits": {"a": {"least": 1}, "b": {"most": 1}},
        "invited": np.ones_like(problem.reachable).tolist(),
        "max_interviews": 2,
    }
    for key, value in changes.items():
        if isinstance(document.get(key), list) and data.draw(st.booleans()):
            document[key] = [value, *document[key][1:]]
        else:
            document[key] = value
    try:
        made = answer(document)
    except InputError as error:
        made, told = None, str(error)
    if made is None:
        assert "\n" not in told
        return
    assert made["value"] <= made["upper_bound"] + 1e-9
