import pytest

from visamatch.web.samples import samples

TWO = {"specialties.1.name": "Internal Medicine", "visa.needed": "true"}


def test_two_answers_lead_to_programs(client, saved):
    answer = client.post("/profile/", TWO)
    assert answer.status_code == 302
    assert answer.url == "/programs/?specialty=internal-medicine&mode=hide_no"
    assert saved().profile.needs_visa is True
    assert saved().profile.specialties[0].name == "Internal Medicine"


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("applicant.exams.step2ck.score", "400", "Step 2 CK: Score: found '400'; expected a number of 300"),
        ("applicant.exams.step3.date", "2026-02-31", "Step 3: Date taken or booked: found '2026-02-31'"),
        ("specialties.2.name", "Internal Medicin", "perhaps 'Internal Medicine'"),
        ("money.budget", "much", "Budget for applications: found 'much'"),
    ],
)  # fmt: skip
def test_a_bad_answer_is_named_and_everything_typed_stays(client, saved, field, typed, says):
    reason = "my own <words>"
    answer = client.post("/profile/", {**TWO, field: typed, "visa.reason": reason})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert says in page.replace("&#x27;", "'")
    assert f'href="#{field}"' in page
    assert f'value="{typed}"' in page
    assert 'value="my own &lt;words&gt;"' in page
    assert saved().profile is None


@pytest.mark.parametrize("missing", TWO)
def test_only_specialty_and_visa_need_are_compulsory(client, saved, missing):
    answer = client.post("/profile/", {key: text for key, text in TWO.items() if key != missing})
    assert answer.status_code == 400
    assert f'href="#{missing}"' in answer.content.decode()
    assert saved().profile is None


def test_facts_that_a_form_does_not_ask_stay(client, saved):
    client.post("/profile/sample/in-us-step3-passed/")
    before = saved().profile
    client.post("/profile/", TWO)  # the short form of the start page
    after = saved().profile
    assert after.applicant == before.applicant
    assert after.visa.needed is True


def test_saving_what_is_shown_changes_nothing(client, saved):
    for name, profile in samples().items():
        client.post(f"/profile/sample/{name}/")
        form = client.get("/profile/").context["answers"]
        client.post("/profile/", {key: value for key, value in form.items() if value != []})
        assert saved().profile == profile


def test_an_emptied_answer_is_unknown_again(client, saved):
    client.post("/profile/", {**TWO, "applicant.exams.step3.status": "passed"})
    assert saved().profile.step3_passed is True
    client.post("/profile/", {**TWO, "applicant.exams.step3.status": ""})
    assert saved().profile.step3_passed is None


def test_an_unknown_sample_is_not_found(client, db):
    assert client.post("/profile/sample/nobody/").status_code == 404
