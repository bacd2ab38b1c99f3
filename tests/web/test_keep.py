from django.core.files.uploadedfile import SimpleUploadedFile


def upload(client, text: str | bytes):
    body = text if isinstance(text, bytes) else text.encode()
    return client.post("/file/", {"file": SimpleUploadedFile("mine.json", body)})


def test_a_file_comes_back_as_it_was(client, saved, program_with):
    client.post("/profile/sample/abroad-no-step3/")
    client.post("/list/add/", {"program": program_with("filed").program_id})
    before, file = saved(), client.get("/file/visamatch.json")
    assert file.headers["Content-Disposition"] == 'attachment; filename="visamatch.json"'
    client.post("/list/", {"remove": before.entries[0].program_id})
    assert upload(client, file.content).url == "/list/"
    assert saved() == before


def test_a_file_cut_in_half_gets_one_sentence_and_changes_nothing(client, saved):
    client.post("/profile/sample/citizen/")
    before, whole = saved(), client.get("/file/visamatch.json").content
    answer = upload(client, whole[: len(whole) // 2])
    page = answer.content.decode()
    assert answer.status_code == 400
    assert page.count("mine.json") == 1
    assert "Nothing was changed." in page
    assert saved() == before


def test_other_files_are_refused(client, saved):
    for body in (b"", b"\xff\xfe\x00", b"{}", b"hello"):
        assert upload(client, body).status_code == 400
    assert client.post("/file/", {}).status_code == 400
    assert saved().profile is None


def test_any_recent_state_can_come_back(client, saved):
    client.post("/profile/sample/citizen/")
    client.post("/profile/sample/abroad-no-step3/")
    client.post("/file/restore/", {"number": "1"})
    assert saved().profile.name.startswith("Citizen")


def test_a_state_that_never_was_is_refused(client, db):
    assert client.post("/file/restore/", {"number": "77"}).status_code == 400
    assert client.post("/file/restore/", {"number": "x"}).status_code == 400
