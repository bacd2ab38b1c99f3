import json
from itertools import permutations

from visamatch.market.document import answer
from visamatch.market.walkthrough import APPLICANTS, PROGRAMS, QUOTA, steps


def placed(step):
    return {name: program for program, names in step.held.items() for name in names}


def test_it_ends_where_the_engine_ends():
    market = {
        "programs": [{"id": p, "quota": QUOTA[p], "ranks": PROGRAMS[p]} for p in PROGRAMS],
        "applicants": [{"id": a, "ranks": APPLICANTS[a]} for a in APPLICANTS],
        "couples": [],
    }
    found = answer(json.dumps(market))["matches"]
    assert {name: place for name, place in found.items() if place} == placed(steps()[-1])


def test_the_order_of_applicants_does_not_matter():
    ends = {
        tuple(sorted(placed(steps({name: APPLICANTS[name] for name in order})[-1]).items()))
        for order in permutations(APPLICANTS)
    }
    assert len(ends) == 1


def test_it_shows_a_refusal_and_somebody_who_is_pushed_out():
    said = " ".join(step.says for step in steps())
    assert "refused" in said
    assert "asks elsewhere" in said
    assert "SOAP" in said
