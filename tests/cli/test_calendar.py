import json
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ON = ("--on", "2026-11-27")
ME = str(EXAMPLES / "abroad-no-step3.toml")
KEYS = {"uid", "title", "start", "due", "anchor", "depends_on", "why", "source"}


def test_json_is_the_contract(visamatch):
    tasks = json.loads(visamatch("calendar", ME, *ON, "--json").out)
    uids = {task["uid"] for task in tasks}
    assert len(uids) == len(tasks)
    for task in tasks:
        assert set(task) >= KEYS
        assert task["start"] <= task["due"]
        assert set(task["depends_on"]) <= uids


def test_the_file_is_written_renewed_and_never_half(visamatch, tmp_path):
    path = tmp_path / "plan.ics"
    assert visamatch("calendar", ME, *ON, "--ics", str(path)).code == 0
    first = path.read_bytes()
    assert visamatch("calendar", ME, *ON, "--ics", str(path)).code == 0
    assert path.read_bytes() == first
    path.write_text("something of mine")
    answer = visamatch("calendar", ME, *ON, "--ics", str(path))
    assert (answer.code, path.read_text()) == (2, "something of mine")
    assert [each.name for each in tmp_path.iterdir()] == ["plan.ics"]


@pytest.mark.parametrize("name", ["missing/plan.ics", ""])
def test_a_place_that_cannot_be_written_is_one_sentence(visamatch, tmp_path, name):
    answer = visamatch("calendar", ME, *ON, "--ics", str(tmp_path / name))
    assert answer.code == 2
    assert visamatch("calendar", ME, *ON, "--ics", "/").code == 2
    assert visamatch("calendar", ME, *ON, "--ics", "/dev/null").code == 2
    assert len(answer.err.strip().splitlines()) == 1
    assert not answer.out


def test_an_anchor_moves_its_tasks(visamatch):
    moved = visamatch("calendar", ME, *ON, "--anchor", "rol_deadline=2028-03-08", "--json")
    task = next(
        each for each in json.loads(moved.out) if each["uid"].endswith("-certify@visamatch")
    )
    assert (task["due"], task["anchor_standing"]) == ("2028-03-08", "yours")
    assert visamatch("calendar", ME, "--anchor", "soon").code == 2


def test_the_table_tells_a_late_starter_what_is_over(visamatch):
    text = visamatch(
        "calendar", str(EXAMPLES / "in-us-step3-passed.toml"), "--on", "2027-01-15"
    ).out
    assert "Already over" in text
    assert "late" in text
    assert max(map(len, text.splitlines())) <= 80
