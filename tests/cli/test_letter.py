import json
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
READY, UNREADY = (
    str(EXAMPLES / f"{name}.toml") for name in ("in-us-step3-passed", "abroad-no-step3")
)
PROGRAM = "1256-140"


def test_a_letter_as_json(visamatch):
    for kind in ("program", "resident", "update", "thanks"):
        answer = visamatch("letter", PROGRAM, "--profile", READY, "--kind", kind, "--json")
        made = json.loads(answer.out)
        assert answer.code == 0
        assert made["subject"]
        assert made["missing"] == []


def test_a_missing_field_is_exit_2_and_named_twice(visamatch, tmp_path):
    path = tmp_path / "letter.eml"
    answer = visamatch(
        "letter", PROGRAM, "--profile", UNREADY, "--kind", "program", "--json", "--eml", str(path)
    )
    assert answer.code == 2
    assert json.loads(answer.out)["missing"] == ["area"]
    assert answer.err.startswith("visamatch: letter: area")
    assert not path.exists()
    assert visamatch("letter", PROGRAM, "--profile", UNREADY, "--area", "sepsis").code == 0


def test_options_may_stand_first_and_a_message_file_is_written(visamatch, tmp_path):
    path = tmp_path / "letter.eml"
    answer = visamatch(
        "letter", "--kind", "thanks", "--profile", READY, PROGRAM, "--eml", str(path)
    )
    assert answer.code == 0
    assert b"X-Unsent" in path.read_bytes()


def test_wrong_kind_and_program_are_told(visamatch):
    assert "thanks" in visamatch("letter", PROGRAM, "--profile", READY, "--kind", "note").err
    assert visamatch("letter", "9999-999", "--profile", READY).code == 2


def test_check_and_answers(visamatch, tmp_path):
    path = tmp_path / "statement.txt"
    path.write_text("Visa first.\n\nThen patients.")
    assert (
        json.loads(visamatch("letter", "check", str(path), "--json").out)["flags"][0]["code"]
        == "first_paragraph"
    )
    assert "first paragraph" in visamatch("letter", "check", str(path)).out
    assert len(json.loads(visamatch("letter", "answers", READY, "--json").out)) >= 4
