"""The build: small rules on our own input, and the whole of it where the raw folder is at hand."""

import csv
import subprocess
import sys

import pytest

from tests.shared import FOLDER, ROOT, shared
from visamatch.facts.tables import DATA, TABLES, Program, rows

sys.path.insert(0, str(ROOT / "scripts"))
pytest.importorskip("pyarrow")

from facts import policies, raw


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2025 (for 2026-2027)", "2025"), ("2020-21", "2020"), ("2019-06-10", "2019-06-10"),
        ("circa 2009", "2009"), ("undated, pre-2020", "undated"), ("current site", "undated"),
        ("2025-09 or later", "2025-09"), ("", "undated"),
    ],
)  # fmt: skip
def test_page_dates(text, date):
    assert policies.page_date(text) == date


def test_names_are_spelled_out_and_compared():
    assert (
        raw.spell_out("U Iowa Hosps and Clinics-IA", "IA")
        == "University of Iowa Hospitals and Clinics"
    )
    assert raw.spell_out("Johns Hopkins Hosp-MD", "MD") == "Johns Hopkins Hospital"
    assert raw.key("The Children's Hospital Corp.") == raw.key("CHILDREN S HOSPITAL CORPORATION")
    assert raw.key("Gen Hosp Corp d/b/a Mass Gen Hosp") == raw.key(
        "The General Hospital Corporation"
    )
    assert raw.key("Fairview Hospital") != raw.key("Fairview Health")


def test_a_rebuild_gives_the_shipped_bytes(tmp_path):
    shared("data")
    subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "build_facts.py"),
         "--data", str(FOLDER / "data"), "--out", str(tmp_path)],
        check=True, capture_output=True,
    )  # fmt: skip
    for table in TABLES:
        name = f"{table.table}.csv"
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes(), name


def test_every_open_massachusetts_row_is_in_the_directory():
    with shared("data/programs/ma_programs.csv").open(encoding="utf-8-sig", newline="") as stream:
        raw_rows = list(csv.DictReader(stream))
    open_rows = [row for row in raw_rows if row["status"] not in {"closed", "not_in_2023_match"}]
    by_acgme = {program.acgme_id for program in rows(Program)}
    ids = {program.program_id for program in rows(Program)}
    shipped = {"MA-PSY-LAHEY": "3130-400", "MA-FM-LOWELLCHC": "2478-120"}
    assert len(open_rows) == 156
    for row in open_rows:
        code = f"{row['nrmp_institution_code']}-{row['specialty_code']}"
        known = {code, shipped.get(row["program_key"], "")} & ids or row[
            "acgme_program_id"
        ] in by_acgme
        assert known, row["program_key"]


def test_no_text_of_a_labelled_page_ships():
    text = shared("data/labelled/visa_statements.jsonl").read_text(encoding="utf-8")
    with (DATA / "policies.csv").open(encoding="utf-8", newline="") as stream:
        notes = [row["note"] for row in csv.DictReader(stream) if len(row["note"]) > 40]
    assert notes
    assert not [note for note in notes if note in text]
