import json

import pytest

MARKET = {
    "programs": [{"id": "p", "quota": 1, "ranks": ["b", "a"]}],
    "applicants": [{"id": "a", "ranks": ["p"]}, {"id": "b", "ranks": ["p"]}],
    "couples": [],
}


@pytest.mark.parametrize("source", ["input", "dash", "file"])
def test_solve_to_contract(visamatch, tmp_path, source):
    path = tmp_path / "market.json"
    path.write_text(json.dumps(MARKET))
    extra = {"input": [], "dash": ["-"], "file": [str(path)]}[source]
    answer = visamatch("match", "solve", "--json", *extra, stdin=json.dumps(MARKET))
    assert (answer.code, answer.err) == (0, "")
    assert json.loads(answer.out) == {
        "matches": {"a": None, "b": "p"},
        "stable": True,
        "blocking": [],
        "proposals": 2,
    }


def test_for_people(visamatch):
    answer = visamatch("match", "solve", stdin=json.dumps(MARKET))
    assert "a  no match" in answer.out
    assert "The matching is stable." in answer.out


def test_wrong_input_is_one_line_and_exit_2(visamatch, tmp_path):
    answer = visamatch(
        "match", "solve", "--json", stdin=json.dumps(MARKET).replace('"quota": 1', '"quota": -1')
    )
    assert (answer.code, answer.out) == (2, "")
    assert (
        answer.err
        == "visamatch: standard input: programs.1.quota: found '-1'; expected a number of 0 or more\n"
    )
    (tmp_path / "m.json").write_bytes(b"\xff")
    answer = visamatch("match", "solve", "--json", str(tmp_path / "m.json"))
    assert (answer.code, answer.out) == (2, "")
    assert "UTF-8" in answer.err
