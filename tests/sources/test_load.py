import csv
import io
import zipfile
from pathlib import Path

import pytest

from bench.filings import workbook
from tests.shared import shared
from visamatch.errors import InputError
from visamatch.sources import cells
from visamatch.sources.store import FilingsStore
from visamatch.sources.tabular import open_table

HUB = ["Fiscal Year", "Employer", "Initial Approvals", "Initial Denials", "Continuing Approvals",
       "Continuing Denials", "NAICS", "Tax ID", "State", "City", "ZIP"]  # fmt: skip
LCA = [
    "CASE_NUMBER", "CASE_STATUS", "RECEIVED_DATE", "DECISION_DATE", "VISA_CLASS", "JOB_TITLE", "SOC_CODE",
    "SOC_TITLE", "BEGIN_DATE", "END_DATE", "TOTAL_WORKER_POSITIONS", "NEW_EMPLOYMENT",
    "CONTINUED_EMPLOYMENT", "EMPLOYER_NAME", "TRADE_NAME_DBA", "EMPLOYER_CITY", "EMPLOYER_STATE",
    "EMPLOYER_FEIN", "NAICS_CODE", "WORKSITE_CITY", "WORKSITE_STATE", "WAGE_RATE_OF_PAY_FROM",
    "WAGE_RATE_OF_PAY_TO", "WAGE_UNIT_OF_PAY", "PREVAILING_WAGE", "PW_UNIT_OF_PAY",
]  # fmt: skip


def case(number=1, **changed):
    row = dict.fromkeys(LCA, "") | {
        "CASE_NUMBER": f"I-200-24001-{number:06}", "CASE_STATUS": "Certified", "DECISION_DATE": "2024-02-01",
        "VISA_CLASS": "H-1B", "JOB_TITLE": "Resident", "SOC_CODE": "29-1229.00", "EMPLOYER_NAME": "Any Hospital",
        "EMPLOYER_STATE": "MA", "WORKSITE_STATE": "MA", "WAGE_RATE_OF_PAY_FROM": "$30.50",
        "WAGE_UNIT_OF_PAY": "Hour", "PREVAILING_WAGE": "60,000.00", "PW_UNIT_OF_PAY": "Year",
    }  # fmt: skip
    return row | changed


def text(rows, header=LCA, delimiter=",", end="\n"):
    out = io.StringIO()
    writer = csv.DictWriter(
        out, header, delimiter=delimiter, lineterminator=end, extrasaction="ignore"
    )
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.fixture
def store(tmp_path):
    return FilingsStore(tmp_path / "home")


@pytest.fixture
def file(tmp_path):
    def write(content, name="file.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_case_is_read_into_one_shape(store, file):
    store.load([file(text([case(EMPLOYER_FEIN="4-2697983", EMPLOYER_NAME="A &AMP; B")]))])
    (row,) = store.query("SELECT * FROM lca")
    assert (row["employer"], row["tax_id"], row["fiscal_year"]) == ("A & B", "042697983", 2024)
    assert (row["wage_from"], row["prevailing_wage"]) == (63440.0, 60000.0)
    assert (row["status"], row["layout"]) == ("CERTIFIED", "FY2020+")


@pytest.mark.parametrize(
    ("delimiter", "end", "start", "encoding"),
    [(",", "\r", "\ufeff", "utf-8"), (";", "\n", "", "utf-8"), ("\t", "\r\n", "", "cp1252")],
)
def test_every_dialect_of_csv(store, file, delimiter, end, start, encoding):
    content = start + text([case(EMPLOYER_NAME="Hôpital; Any, Inc")], delimiter=delimiter, end=end)
    store.load([file(content.encode(encoding))])
    assert store.query("SELECT employer FROM lca")[0]["employer"] == "Hôpital; Any, Inc"


def test_headers_drift_and_extra_columns_are_no_matter(store, file):
    header = [*[name.lower().replace("_", " ") for name in LCA], "Unnamed: 0"]
    body = text([case()]).split("\n", 1)[1].rstrip("\n") + ",0\n"
    (report,) = store.load([file(",".join(header) + "\n" + body)])
    assert report.kept == 1


def test_bad_rows_are_rejected_one_by_one_with_the_reason(store, file):
    rows = [
        case(1), case(2, CASE_NUMBER=""), case(3, DECISION_DATE="soon"), case(4, JOB_TITLE="=SUM(A1:A9)"),
        case(5, EMPLOYER_NAME=" "), case(6, SOC_CODE="Nov-21"), case(7, CASE_STATUS=""),
    ]  # fmt: skip
    (report,) = store.load([file(text(rows) + "cut,short\n")])
    assert (report.rows, report.kept) == (8, 3)
    why = {item["row"]: item["why"] for item in report.rejected}
    assert why[3] == "case_number is missing"
    assert "'soon' is no date" in why[4]
    assert "a formula (=SUM(A1:A9))" in why[5]
    assert why[6] == "employer_name is missing"
    assert why[9] == "2 cells where the header has 26"
    assert report.left_empty == {"soc_code": 1}


def test_the_newest_decision_of_a_case_stays_whatever_the_order(store, file):
    later = case(1, DECISION_DATE="2024-05-05", CASE_STATUS="Certified - Withdrawn")
    store.load([file(text([later, case(2)]), "q3.csv")])
    store.load([file(text([case(1)]), "q1.csv")])
    rows = store.query("SELECT status, decision_date::VARCHAR AS day FROM lca ORDER BY case_number")
    assert rows[0] == {"status": "CERTIFIED-WITHDRAWN", "day": "2024-05-05"}
    assert len(rows) == 2


def test_loading_twice_changes_no_byte(store, file):
    path = file(
        text([case(1), case(2, DECISION_DATE="2023-12-01"), case(3, DECISION_DATE="10/2/24")])
    )

    def state():
        return {p.name: p.read_bytes() for p in store.folder.rglob("*.parquet")}

    store.load([path])
    first = state()
    store.load([path])
    assert state() == first
    assert sorted(first) == ["2024.parquet", "2025.parquet"]


def test_an_interrupted_load_leaves_the_old_state(store, file, monkeypatch):
    store.load([file(text([case(1)]))])
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        store.load([file(text([case(2)]), "other.csv")])
    monkeypatch.undo()
    assert [row["n"] for row in store.query("SELECT count(*) AS n FROM lca")] == [1]
    assert len(list(store.folder.glob("state-*"))) == 1


def test_one_bad_file_keeps_all_out(store, file):
    with pytest.raises(InputError):
        store.load([file(text([case()])), file("", "empty.csv")])
    assert store.query("SELECT count(*) AS n FROM lca") == [{"n": 0}]


def test_hub_rows_repeated_with_and_without_leading_zeros_are_one(store, file):
    row = dict(
        zip(
            HUB,
            ["2021", "ANY HOSP", "1", "0", "2", "0", "62", "0042", "MA", "BOSTON", "02114"],
            strict=True,
        )
    )
    bare = row | {"Tax ID": "42", "ZIP": "2114", "State": "Massachusetts"}
    wrong = row | {"Initial Approvals": "many"}
    (report,) = store.load([file(text([row, bare, wrong], HUB))])
    assert (report.layout, report.kept) == ("data hub export", 2)
    assert "'many' is no count" in str(report.rejected)
    (found,) = store.query("SELECT * FROM hub")
    assert (found["tax_id"], found["zip"], found["state"]) == ("0042", "02114", "MA")


def test_the_newer_hub_layout(store, file):
    header = (
        "Line by line,Fiscal Year   ,Employer (Petitioner) Name,Tax ID,Industry (NAICS) Code,Petitioner City,"
        "Petitioner State,Petitioner Zip Code,Initial Approval,Initial Denial,Continuing Approval,"
        "Continuing Denial"
    )
    (report,) = store.load(
        [file("\ufeff" + header + "\n1,2024,X LLC,3805,62 - Health Care,BOSTON,MA,02114,1,0,0,0\n")]
    )
    assert report.layout == "employer information"
    assert store.query("SELECT naics, initial_approvals FROM hub") == [
        {"naics": "62", "initial_approvals": 1}
    ]


def zipped(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name.replace("_csv", ".csv"), body)
    return out.getvalue()


def test_a_zip_of_files(store, file):
    content = zipped(a_csv=text([case(1)]), b_csv=text([case(2)]))
    reports = store.load([file(content, "year.zip")])
    assert [report.path for report in reports] == ["year.zip/a.csv", "year.zip/b.csv"]


def test_a_workbook_with_shared_strings(tmp_path):
    workbook(tmp_path / "b.xlsx", 50)
    (rows,) = [list(table.rows) for table in open_table(tmp_path / "b.xlsx")]
    assert len(rows) == 50
    assert {len(cells_) for _, cells_ in rows} == {96}
    assert rows[7][1][0] == "I-200-00000-000007"
    assert cells.day(rows[0][1][2]) == "2023-03-15"  # Excel's day 45000


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        ("", "a.csv", "it is empty"),
        (b"%PDF-1.7 ...", "a.xlsx", "this is a PDF"),
        (zipped(a_csv=text([case(n) for n in range(500)]))[:900], "a.zip", "damaged or cut"),
        (text([case()]).replace("EMPLOYER_NAME", "EMPLOYER"), "a.csv", "missing: EMPLOYER_NAME"),
        (text([case(JOB_TITLE="=A1")]), "a.csv", "a formula"),
        ("one,two\n1,2\n", "a.csv", "a layout of the Labor Department's or USCIS's"),
        (b"\xd0\xcf\x11\xe0 old", "a.xls", "save it as .xlsx"),
        (b"PK\x03\x04 not a zip", "a.xlsx", "damaged or cut"),
        (b"\x00\x01\x02\x03", "a.csv", "not text"),
    ],
)
def test_bad_input_gets_a_sentence_and_loses_nothing(store, file, content, name, says):
    store.load([file(text([case(9)]), "good.csv")])
    with pytest.raises(InputError, match=says):
        store.load([file(content, name)])
    assert store.query("SELECT count(*) AS n FROM lca") == [{"n": 1}]


def test_no_file_and_a_folder(store, tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InputError, match="expected a file"):
            store.load([path])


def test_rows_stream_whatever_the_size(tmp_path):
    """A csv of any size costs the memory of a row: 64 MB are read while holding under 4."""
    import tracemalloc

    path = tmp_path / "large.csv"
    line = text([case()]).split("\n", 1)[1]
    with path.open("w") as out:
        out.write(text([]))
        for _ in range(64):
            out.write(line * (1_000_000 // len(line)))
    tracemalloc.start()
    count = sum(1 for table in open_table(path) for _ in table.rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count > 300_000
    assert peak < 4 << 20


def test_every_layout_sample(store):
    folder = shared("data/filings")
    samples = sorted(folder.glob("*_layout_samples/*.csv"))
    reports = store.load(samples)
    assert len(reports) == len(samples) == 24
    assert sum(len(report.rejected) for report in reports) <= 0.001 * sum(r.rows for r in reports)
    assert {r.layout for r in reports} == {
        "FY2008", "FY2009", "FY2010", "FY2011-FY2014", "FY2015", "FY2016", "FY2017-FY2018", "FY2019",
        "FY2020+", "data hub export", "employer information",
    }  # fmt: skip
