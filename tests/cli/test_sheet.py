import json
import os
import subprocess
import sys

import openpyxl
import pytest

ON = ("--on", "2026-11-27")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A machine where the app was never started."""
    monkeypatch.setenv("VISAMATCH_HOME", str(tmp_path / "home"))
    return tmp_path


def imported(visamatch, *args):
    answer = visamatch("sheet", "import", *map(str, args), *ON, "--json")
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def test_out_edited_and_in_again(visamatch, home):
    path, mine = home / "list.xlsx", home / "mine.json"
    told = visamatch("sheet", "export", str(path), "--state", "RI", *ON)
    assert told.code == 0
    assert told.out == ""
    assert "starting list" in told.err
    book = openpyxl.load_workbook(path)
    sheet = book["List"]
    headers = [cell.value for cell in sheet[1]]
    sheet.cell(2, headers.index("Notes") + 1).value = "asked on Monday"
    sheet.cell(1, len(headers) + 1).value = "Rent"
    sheet.cell(2, len(headers) + 1).value = 2100
    book.save(path)
    shown = imported(visamatch, path, "--into", mine)
    assert [(c["row"], c["field"], c["old"], c["new"]) for c in shown["changed"]] == [
        (2, "notes", "", "asked on Monday"),
        (2, "Rent", "", "2100"),
    ]
    assert (shown["added"], shown["conflicts"]) == ([], [])
    assert shown["unknown_columns_kept"] == ["Rent"]
    assert not mine.exists()
    assert imported(visamatch, path, "--into", mine, "--apply") == shown
    saved = json.loads(mine.read_text())
    assert saved["columns"] == ["Rent"]
    assert len(saved["entries"]) == sheet.max_row - 1
    assert imported(visamatch, path, "--into", mine)["changed"] == []
    again = home / "again.csv"
    assert visamatch("sheet", "export", str(again), "--workspace", str(mine), *ON).code == 0
    assert again.read_bytes().startswith(b"\xef\xbb\xbfvisamatch id,Program and specialty")
    assert imported(visamatch, again, "--into", mine)["changed"] == []


def test_a_plan_is_the_starting_list_of_a_person(visamatch, home, request):
    profile = request.config.rootpath / "examples" / "in-us-step3-passed.toml"
    path = home / "list.csv"
    assert visamatch("sheet", "export", str(path), "--profile", str(profile), *ON).code == 0
    text = path.read_text("utf-8-sig")
    assert ",core," in text
    assert "J-1 only," not in text


def test_conflicts_are_settled_by_answers(visamatch, home):
    path = home / "list.csv"
    path.write_text("ACGME ID,My rating\n1402411169,9\n")
    assert imported(visamatch, path)["conflicts"][0]["field"] == "interest"
    settled = imported(visamatch, path, "--answer", "2:interest=4")
    assert settled["conflicts"] == []
    assert visamatch("sheet", "import", str(path), "--answer", "interest").code == 2


def test_the_app_has_what_was_imported(home):
    """The list of the app is the default; its change can be undone there."""
    (home / "list.csv").write_text("ACGME ID\n1402411169\n")
    code = (
        "import sys; from visamatch import cli; sys.argv=['visamatch','sheet','import',sys.argv[1],'--apply'];"
        "cli.app(standalone_mode=False); from visamatch.web import store;"
        "print([e.program_id for e in store.load('local').entries], store.history('local')[0].note)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(home / "list.csv")],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "visamatch.web.settings"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "['1261-140'] Imported list.csv" in done.stdout


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("a.xlsx", b"PK\3\4 cut", "cut or damaged"),
        ("a.csv", b"Invoice,Amount\n1,2\n", "header row"),
        ("a.csv", b"", "empty"),
    ],
)
def test_a_bad_sheet_is_one_line_and_nothing_is_written(visamatch, home, name, body, says):
    (home / name).write_bytes(body)
    mine = home / "mine.json"
    answer = visamatch(
        "sheet", "import", str(home / name), "--into", str(mine), "--apply", "--json"
    )
    assert answer.code == 2
    assert says in answer.err
    assert (answer.out, len(answer.err.splitlines())) == ("", 1)
    assert not mine.exists()


def test_places_that_cannot_be_written_or_read(visamatch, home):
    for args in (("export", "x.pdf"), ("export", "/nowhere/x.xlsx"), ("import", "/nowhere/x.xlsx")):
        answer = visamatch("sheet", *args)
        assert answer.code == 2
        assert args[1] in answer.err


def test_the_table_reads(visamatch, home):
    path = home / "list.csv"
    path.write_text("Program,State,My rating,Car\nMGH IM,MA,9,yes\nLahey hospital IM,MA,3,no\n")
    text = visamatch("sheet", "import", str(path), *ON).out
    for part in ("+ row 2", "2:interest", "3:program", "kept: Car", "Nothing is changed yet"):
        assert part in text
    assert max(map(len, text.splitlines())) <= 80
