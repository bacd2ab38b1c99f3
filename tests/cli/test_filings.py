import json
import os
import subprocess
import sys

import pytest

from tests.sources.test_load import case, text


@pytest.fixture
def filings(tmp_path):
    def run(*arguments, stdin=""):
        call = [
            sys.executable,
            "-c",
            "from visamatch.cli import main; main()",
            "filings",
            *arguments,
        ]
        env = os.environ | {
            "VISAMATCH_HOME": str(tmp_path / "home"),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        return subprocess.run(
            call, input=stdin, capture_output=True, text=True, env=env, check=False
        )

    return run


def lines(*records):
    return "\n".join(map(json.dumps, records))


def test_titles(filings):
    asked = [
        {
            "id": "a",
            "job_title": "Resident in Neurology",
            "soc": "29-1229",
            "employer": "Any Hospital",
        },
        {"id": "b", "job_title": "Resident Engineer", "soc": None, "employer": None},
    ]
    answers = [
        json.loads(line)
        for line in filings("titles", "--jsonl", stdin=lines(*asked)).stdout.splitlines()
    ]
    assert answers == [
        {"id": "a", "label": "resident", "specialty": "neurology"},
        {"id": "b", "label": "other", "specialty": None},
    ]


def test_resolve(filings):
    asked = {
        "id": 7,
        "raw_name": "CHILDREN S HOSP CORP",
        "city": "BOSTON",
        "state": "MA",
        "tax_id_last4": 4441,
    }
    nobody = {
        "id": 8,
        "raw_name": "BRIGHT HORIZONS CHILDRENS CTRS LLC",
        "city": "NEWTON",
        "state": "MA",
    }
    ran = filings("resolve", "--jsonl", stdin=lines(asked, nobody))
    found, none = map(json.loads, ran.stdout.splitlines())
    assert (found["id"], found["institution_id"], found["relation"]) == (
        7,
        "boston-childrens-hospital",
        "self",
    )
    assert (none["institution_id"], none["institution"], none["relation"]) == (
        None,
        None,
        "not_teaching",
    )


@pytest.mark.parametrize("record", [{"id": 1}, {"id": 1, "job_title": ["x"]}])
def test_a_record_without_a_title_stops_with_its_line(filings, record):
    ran = filings("titles", "--jsonl", stdin=lines({"id": 0, "job_title": "Fellow"}, record))
    assert ran.returncode == 2
    assert ran.stderr.startswith("visamatch: line 2, job_title")
    assert len(ran.stdout.splitlines()) == 1


def test_load_then_summary(filings, tmp_path):
    path = tmp_path / "lca.csv"
    path.write_text(
        text(
            [
                case(1, EMPLOYER_NAME="Baystate Medical Center, Inc", EMPLOYER_CITY="Springfield"),
                case(2, CASE_NUMBER=""),
            ]
        )
    )
    loaded = json.loads(filings("load", str(path), "--json").stdout)
    (file,) = loaded["files"]
    assert (file["path"], file["layout"], file["rows"], file["kept"]) == (
        "lca.csv",
        "FY2020+",
        2,
        1,
    )
    assert file["rejected"] == [{"row": 3, "why": "case_number is missing"}]
    (group,) = json.loads(filings("summary", "--state", "MA", "--json").stdout)
    assert (group["institutions"], group["count"]) == (["baystate-medical-center"], 1)
    assert "Baystate Medical Center" in filings("summary").stdout


def test_a_state_nobody_knows_is_named(filings):
    ran = filings("summary", "--state", "ZZ")
    assert ran.returncode == 2
    assert "'ZZ'" in ran.stderr


def test_bad_files_exit_2_with_one_line(filings, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"%PDF-1.4")
    ran = filings("load", str(tmp_path / "a.xlsx"))
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert "this is a PDF" in ran.stderr.splitlines()[-1]


def test_offline_forbids_the_network(filings):
    ran = filings("fetch", "--year", "2025", "--quarter", "1", "--offline")
    assert ran.returncode == 2
    assert "LCA_Disclosure_Data_FY2025_Q1.xlsx" in ran.stderr
