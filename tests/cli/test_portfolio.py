import json

import pytest

TOGETHER = {
    "utility": [1.0, 0.6, 0.5],
    "reachable": [[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1]],
    "fees": [10, 20, 20],
    "budget": 40,
}


def solve(visamatch, document):
    text = document if isinstance(document, str) else json.dumps(document)
    return visamatch("portfolio", "solve", "--json", stdin=text)


def test_the_public_form(visamatch):
    made = json.loads(solve(visamatch, TOGETHER).out)
    assert made == {
        "chosen": [1, 2],
        "value": pytest.approx(0.55),
        "values": pytest.approx([0.3, 0.55]),
        "upper_bound": pytest.approx(0.55),
        "cost": 40.0,
    }


def test_tiers_and_locks(visamatch):
    fees = {"tiers": [{"up_to": 1, "each": 11}, {"each": 30}], "group": ["im", "im", "fm"]}
    made = json.loads(solve(visamatch, {**TOGETHER, "fees": fees, "must": [0], "never": [2]}).out)
    assert made["chosen"] == [0]
    assert made["cost"] == 11.0


def test_parts_have_a_least_and_a_most(visamatch):
    parts = {"parts": ["far", "near", "near"], "limits": {"far": {"least": 1}, "near": {"most": 1}}}
    made = json.loads(solve(visamatch, {**TOGETHER, **parts}).out)
    assert set(made["chosen"]) == {0, 2}
    assert made["value"] == pytest.approx(made["upper_bound"])


def test_interviews_that_cannot_be_attended_count_for_nothing(visamatch):
    invited = [[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1]]
    asked = {**TOGETHER, "invited": invited, "budget": 50, "max_interviews": 1}
    made = json.loads(solve(visamatch, asked).out)
    assert set(made["chosen"]) == {1, 2}  # the dream would take the only day of every season
    assert made["value"] == pytest.approx(0.55)
    assert set(json.loads(solve(visamatch, {**asked, "max_interviews": 2}).out)["chosen"]) == {
        0,
        1,
        2,
    }


LIMITED = {"parts": ["a", "b", "b"]}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"limits": {"a": {"least": 2}}}, ["limits: a", "a least of 1 or fewer"]),
        ({"limits": {"b": {"least": 2, "most": 1}}}, ["limits: b", "least of 1 or fewer, the most"]),
        ({"limits": {"b": {"most": 1}}, "must": [1, 2]}, ["limits: b", "a most of 2 or more"]),
        ({"limits": {"b": {"least": 2}}, "max_applications": 1}, ["limits", "allow 2"]),
        ({"limits": {"b": {"least": 2}}, "budget": 30},
         ["limits", "raise the budget to 40", "lower the least of b to 1"]),
        ({"limits": {"c": {"least": 1}}}, ["limits.c", "stands in parts"]),
        ({"limits": {"a": {"least": -1}}}, ["limits.a.least", "0 or more"]),
        ({"limits": {"a": {"least": float("nan")}}}, ["limits.a.least", "0 or more"]),
        ({"limits": {"a": {"fewest": 1}}}, ["limits.a", "least, most"]),
        ({"limits": {"a": 3}}, ["limits.a", "object"]),
        ({"limits": [1]}, ["limits", "object"]),
        ({}, ["limits", "object"]),
        ({"parts": ["a"], "limits": {"a": {"least": 1}}}, ["parts", "3 entries"]),
    ],
)  # fmt: skip
def test_limits_that_cannot_hold_are_one_sentence_with_a_way_out(visamatch, change, says):
    answer = solve(visamatch, {**TOGETHER, **LIMITED, **change})
    assert answer.code == 2, answer.out
    assert len(answer.err.strip().splitlines()) == 1
    for part in says:
        assert part in answer.err


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"max_interviews": 2}, "invited"),
        ({"invited": TOGETHER["reachable"]}, "max_interviews"),
        ({"invited": TOGETHER["reachable"], "max_interviews": 0}, "max_interviews"),
        ({"invited": TOGETHER["reachable"], "max_interviews": 1.5}, "whole"),
        ({"invited": [[0] * 4] * 3, "max_interviews": 1}, "as reachable says"),
        ({"invited": [[1] * 3] * 3, "max_interviews": 1}, "4 scenarios"),
    ],
)
def test_wrong_invitations_are_one_sentence(visamatch, change, says):
    answer = solve(visamatch, {**TOGETHER, **change})
    assert answer.code == 2, answer.out
    assert says in answer.err
    assert len(answer.err.strip().splitlines()) == 1


def test_independent_schools(visamatch):
    made = json.loads(solve(visamatch, {"f": [0.2, 0.5], "t": [10, 4], "max_applications": 2}).out)
    assert made["chosen"] == [0, 1]
    assert made["values"] == pytest.approx([2.0, 3.6])
    made = json.loads(
        solve(visamatch, {"f": [0.2, 0.5], "t": [10, 4], "g": [5, 3], "budget": 4}).out
    )
    assert (made["chosen"], made["cost"]) == ([1], 3.0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"budget": 9}, ["budget", "at least 10"]),
        ({"must": [1, 2], "budget": 39}, ["must", "raise the budget to 40", "unlock program"]),
        ({"must": [0, 1], "max_applications": 1}, ["must", "raise it to 2"]),
        ({"must": [0], "never": [0]}, ["must", "never"]),
        ({"never": [0, 1, 2]}, ["never", "at least one program"]),
        ({"utility": []}, ["utility", "empty"]),
        ({"utility": [1, float("nan"), 1]}, ["utility[1]", "number"]),
        ({"utility": [1, -1, 1]}, ["utility[1]", "0 or more"]),
        ({"utility": [1, "1", 1]}, ["utility[1]", "number"]),
        ({"reachable": [[1], [1, 0], [1]]}, ["reachable[1]", "1 scenarios"]),
        ({"reachable": [[1], [None], [1]]}, ["reachable[1][0]", "0 or 1"]),
        ({"reachable": [[1], [0.5], [1]]}, ["reachable[1][0]", "0 or 1"]),
        ({"reachable": [[], [], []]}, ["reachable[0]"]),
        ({"reachable": [[1], [float("nan")], [1]]}, ["reachable[1][0]"]),
        ({"reachable": [[1], [[1]], [1]]}, ["reachable[1][0]"]),
        ({"fees": [1, 2]}, ["fees", "3 entries"]),
        ({"fees": [1, 2, -3]}, ["fees[2]", "0 or more"]),
        ({"fees": None}, ["fees"]),
        ({"budget": float("nan")}, ["budget"]),
        ({"budget": "40"}, ["budget"]),
        ({"max_applications": 1.5}, ["max_applications", "whole"]),
        ({"max_applications": 0}, ["max_applications"]),
        ({"must": [3]}, ["must[0]", "from 0 to 2"]),
        ({"must": [0, 0]}, ["must[1]", "once"]),
        ({"bugdet": 40}, ["bugdet", "budget"]),
        ({"fees": {"tiers": [{"up_to": 3, "each": 1}, {"up_to": 2, "each": 1}, {"each": 1}],
                   "group": [1, 1, 1]}}, ["tiers[1].up_to", "4 or more"]),
        ({"fees": {"tiers": [{"up_to": 3, "each": 1}], "group": [1, 1, 1]}}, ["tiers[0].up_to"]),
        ({"fees": {"tiers": [{"each": 1}], "group": [1, 1]}}, ["fees.group", "3 entries"]),
        ({"fees": {"tiers": [], "group": [1, 1, 1]}}, ["fees.tiers"]),
    ],
)  # fmt: skip
def test_wrong_input_is_one_sentence(visamatch, change, says):
    answer = solve(visamatch, {**TOGETHER, **change})
    assert answer.code == 2, answer.out
    assert len(answer.err.strip().splitlines()) == 1
    for part in says:
        assert part in answer.err
    assert not answer.out


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"f": [1.5], "t": [1], "max_applications": 1}, "f[0]"),
        ({"f": [0.5], "t": [1, 2], "max_applications": 1}, "t"),
        ({"f": [0.5], "t": [1], "budget": 1}, "g"),
        ({"f": [0.5], "t": [1], "g": [2], "budget": 1}, "at least 2"),
        ({"f": [0.5], "t": [1], "g": [2]}, "max_applications"),
        ({"t": [1], "max_applications": 1}, "f"),
        ({"f": [], "t": [], "max_applications": 1}, "empty"),
        ("[1]", "object"),
        ("{}", "utility"),
        ("{", "JSON"),
        ("", "JSON"),
    ],
)
def test_wrong_schools_are_one_sentence(visamatch, document, says):
    answer = solve(visamatch, document)
    assert answer.code == 2, answer.out
    assert says in answer.err
    assert len(answer.err.strip().splitlines()) == 1


def test_the_table_reads(visamatch):
    text = visamatch("portfolio", "solve", stdin=json.dumps(TOGETHER)).out
    assert "value 0.55, at most 0.55, cost 40" in text
