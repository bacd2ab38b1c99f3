import pytest

from visamatch.advice.paths import data


@pytest.fixture
def as_(client, db):
    def take(name):
        client.post(f"/profile/sample/{name}/")

    return take


def test_a_verdict_a_line_with_its_law(read, as_):
    as_("abroad-no-step3")
    page = read("/paths/")
    assert "Step 3 is not passed" in page
    assert "Opened by: <b>Step 3 passed before the petition is filed</b>" in page
    assert "8 CFR 214.2(h)(4)(viii)(B)(2)" in page
    assert "Verify first" in page  # the entry rules are too old to answer today


def test_information_not_legal_advice_is_said_once(read):
    assert read("/paths/").count("not legal advice") == 1


def test_every_common_question_is_answered_for_everyone(read, as_):
    for name in (None, "abroad-no-step3", "in-us-step3-passed", "f1-us-graduate", "citizen"):
        if name:
            as_(name)
        page = read("/paths/")
        for entry in data("answers")["questions"]:
            assert entry["question"] in page
        assert "not inside the same program" in page


def test_switches_change_the_answer_and_can_be_taken_back(read, as_):
    as_("in-us-step3-passed")
    today = read("/paths/")
    off = read("/paths/", payment="off", ban="off")
    assert "Undo: back to what is known today" in off
    assert "Undo: back" not in today
    assert "if the payment is due" in today
    assert "if the payment is due" not in off
    assert "Supposed: consulates issue no J-1 visas" in read("/paths/", j1="paused")


def test_a_switch_that_does_not_exist_is_a_sentence(read):
    assert "expected one of" in read("/paths/", status=400, payment="perhaps")


def test_a_citizen_needs_no_sponsor(read, as_):
    as_("citizen")
    page = read("/paths/")
    assert "You need no visa sponsor" in page
    assert "J-1 beside H-1B" not in page


def test_a_program_shows_the_persons_paths_into_it(read, as_, program_with):
    path = f"/programs/{program_with('filed').program_id}/"
    assert "the visa paths into it are worked out for you" in read(path)
    as_("abroad-no-step3")
    page = read(path)
    assert "H-1B with this hospital" in page
    assert "Step 3 is not passed" in page
    assert "<b>License in " in page


def test_an_impossible_fact_of_the_profile_is_named(client, read, as_, program_with):
    as_("in-us-step3-passed")
    wrong = {"applicant.exams.step3.status": "passed", "applicant.exams.step3.date": "2031-01-01"}
    client.post("/profile/", wrong)
    assert "applicant.exams.step3.date" in read("/paths/", status=400)
    assert "Mend it in your profile" in read(f"/programs/{program_with('filed').program_id}/")
