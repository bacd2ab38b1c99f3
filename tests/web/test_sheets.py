import io
from html import unescape

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.documents.sheets import BIDMC, MGH, cell, edited, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(client):
    for program in (MGH, BIDMC):
        client.post("/list/add/", {"program": program})


def upload(client, body: bytes, name: str = "mine.xlsx"):
    answer = client.post("/list/sheet/", {"file": SimpleUploadedFile(name, body)})
    return answer, unescape(answer.content.decode())


def token(page: str) -> str:
    return page.split('name="token" value="')[1].split('"')[0]


def test_out_edited_in_again_and_undone(client, saved, listed):
    file = client.get("/list/visamatch-list.xlsx")
    assert file.headers["Content-Disposition"] == 'attachment; filename="visamatch-list.xlsx"'
    before = saved()

    def edit(sheet):
        cell(sheet, "Notes", 2).value = "asked"
        sheet.cell(1, sheet.max_column + 1).value = "Rent"
        sheet.delete_rows(3)

    answer, page = upload(client, edited(file.content, edit))
    assert answer.status_code == 200
    for part in ("1 cell changed", "asked", "No longer in the sheet", "kept: Rent"):
        assert part in page
    assert saved() == before
    done = client.post("/list/sheet/apply/", {"token": token(page), "remove": "1"})
    assert done.url == "/list/"
    assert [(entry.program_id, entry.notes) for entry in saved().entries] == [(MGH, "asked")]
    listing = client.get("/list/").content.decode()
    assert "Imported mine.xlsx." in listing
    client.post(
        "/file/restore/", {"number": listing.split('name="number" value="')[1].split('"')[0]}
    )
    assert saved() == before


def test_questions_are_answered_on_the_page(client, saved, listed):
    rows = [("ACGME ID", "My rating", "Contacted on"), ("1402411169", 9, "11/2/2026")]
    _, page = upload(client, xlsx(*rows))
    assert "Row 2, Interest: '9' is no number of 1 to 5." in page
    assert "'11/2/2026' may be 2026-11-02 or 2026-02-11." in page
    form = {"token": token(page), "answer:2:contacted_on": "2026-11-02", "answer:2:interest": ""}
    client.post("/list/sheet/apply/", form)
    assert (saved().entries[0].contacted_on, saved().entries[0].interest) == ("2026-11-02", None)
    assert "1 question left open" in client.get("/list/").content.decode()


def test_a_program_that_is_unsure_is_chosen(client, saved):
    _, page = upload(client, b"Program,State\nLahey hospital IM,MA\n", "a.csv")
    assert "Which program is" in page
    value = page.split('name="answer:2:program" value="')[2].split('"')[0]
    client.post("/list/sheet/apply/", {"token": token(page), "answer:2:program": value})
    assert [entry.program_id for entry in saved().entries] == [value]


def test_a_sheet_that_says_nothing_new(client, listed):
    _, page = upload(client, client.get("/list/visamatch-list.csv").content, "list.csv")
    assert "your list says all of this already" in page


@pytest.mark.parametrize(
    ("name", "body"), [("a.xlsx", b"PK cut"), ("a.csv", b"Invoice,Sum\n1,2"), ("a.pdf", b"%PDF")]
)
def test_a_bad_sheet_is_told_and_changes_nothing(client, saved, listed, name, body):
    before = saved()
    answer, page = upload(client, body, name)
    assert answer.status_code == 400
    assert "Your list is as it was." in page
    assert client.post("/list/sheet/", {}).status_code == 400
    assert client.post("/list/sheet/apply/", {"token": "forged"}).status_code == 400
    assert saved() == before


def test_an_empty_list_gives_a_starting_list_that_becomes_the_list(client, saved):
    file = client.get("/list/visamatch-list.xlsx").content
    rows = openpyxl.load_workbook(io.BytesIO(file))["List"].max_row - 1
    assert rows > 100
    _, page = upload(client, file)
    client.post("/list/sheet/apply/", {"token": token(page)})
    assert len(saved().entries) == rows


def test_the_dossier_is_a_pdf_of_the_list(client, listed):
    from pypdf import PdfReader

    client.post("/profile/sample/abroad-no-step3/")
    answer = client.get("/list/visamatch-list.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    for part in (
        "Massachusetts General Hospital Internal Medicine",
        "Calendar",
        "Visa paths",
        "Sources",
    ):
        assert part in text


def test_a_status_is_kept(client, saved, listed):
    client.post("/list/", {f"status:{MGH}": "invited"})
    assert saved().entries[0].status == "invited"
    assert client.post("/list/", {f"status:{MGH}": "hired"}).status_code == 400
    assert "Letters and log" in client.get("/list/").content.decode()


def test_a_file_of_an_earlier_version_opens(client, saved, request):
    path = request.config.rootpath / "tests" / "workspace" / "files" / "version-1.json"
    client.post("/file/", {"file": SimpleUploadedFile("old.json", path.read_bytes())})
    assert saved().columns == ("Car", "LOI sent", "Rent")
