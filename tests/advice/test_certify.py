from datetime import date, timedelta

import pytest

from visamatch.advice.certify import DAYS, POLICY, STEP3, checklist
from visamatch.directory.programs import directory
from visamatch.evidence.assess import assess_all
from visamatch.schedule import calendar
from visamatch.schedule.step3 import step3_plan
from visamatch.workspace.diary import Contact, Mark
from visamatch.workspace.document import OwnStatement, Workspace
from visamatch.workspace.profile import Profile

ON = date(2027, 2, 10)
PERSON = {
    "match_year": 2027,
    "specialties": [{"name": "Internal Medicine"}],
    "visa": {"needed": True, "h1b": "prefer"},
    "applicant": {
        "school_kind": "foreign",
        "exams": {"step3": {"status": "passed", "date": "2026-10-01"}},
    },
}
ORDER = [p for p in directory().programs.values() if p.specialty_id == "internal-medicine"][:3]
FIRST = ORDER[0].program_id


def checked(mine=None, **person):
    mine = mine or Workspace()
    profile = Profile.model_validate({**PERSON, **person})
    mine = mine.model_copy(update={"profile": profile})
    plan = calendar(profile, ON, mine.marks, mine.contacts)
    step3 = step3_plan(profile, plan, ORDER, mine.statements)
    return checklist(mine, ORDER, assess_all(ON, profile, mine.statements), plan, step3)


def line(made, task):
    return next(each for each in made.lines if each.task == task)


def reply(as_of="2027-01-20", j1="yes", h1b="no"):
    said = {"program_id": FIRST, "kind": "reply", "sponsors_j1": j1, "sponsors_h1b": h1b}
    return OwnStatement(statement_id=f"reply-{FIRST}-confirm", as_of=as_of, **said)


def marks(*tasks, state="skipped", on="2027-02-01", by=""):
    return tuple(Mark(task=task, state=state, on=on, by=by) for task in tasks)


def test_it_opens_thirty_days_before_the_deadline_and_nothing_is_ready_by_itself():
    made = checked()
    assert made.deadline.date == date(2027, 3, 3)
    assert made.opens == made.deadline.date - timedelta(DAYS)
    assert {each.task for each in made.open} >= {POLICY + p.program_id for p in ORDER}
    assert line(made, "step3-passed").state == "verified"


def test_a_reply_of_this_season_verifies_with_who_and_when():
    contact = Contact(
        contact_id=f"{FIRST}-confirm",
        program_id=FIRST,
        kind="confirm",
        sent_on="2027-01-02",
        to="GME office",
    )
    found = line(checked(Workspace(statements=(reply(),), contacts=(contact,))), POLICY + FIRST)
    assert (found.state, found.by, found.on) == ("verified", "GME office", "2027-01-20")


@pytest.mark.parametrize(
    ("statement", "h1b"),
    [
        (reply(as_of="2025-12-01"), "prefer"),  # of an earlier season
        (reply(j1="no", h1b="no"), "prefer"),  # no way at all
        (reply(j1="yes", h1b="no"), "must"),  # no way for this person
        (reply(j1="unknown", h1b="unknown"), "prefer"),
    ],
)
def test_an_answer_that_settles_nothing_leaves_the_line_open(statement, h1b):
    made = checked(Workspace(statements=(statement,)), visa={"needed": True, "h1b": h1b})
    assert line(made, POLICY + FIRST).state == "open"


def test_an_accepted_line_is_dated_and_no_longer_open():
    made = checked(Workspace(marks=marks(POLICY + FIRST)))
    found = line(made, POLICY + FIRST)
    assert (found.state, found.on, found.marked) == ("accepted", "2027-02-01", True)
    assert found in made.accepted


def test_a_later_reply_undoes_what_was_noted_before():
    noted = marks(POLICY + FIRST, state="done", by="chief resident")
    assert line(checked(Workspace(marks=noted)), POLICY + FIRST).state == "verified"
    no = reply(as_of="2027-02-05", j1="no", h1b="no")
    found = line(checked(Workspace(marks=noted, statements=(no,))), POLICY + FIRST)
    assert found.state == "open"
    again = marks(POLICY + FIRST, on="2027-02-06")
    assert (
        line(checked(Workspace(marks=again, statements=(no,))), POLICY + FIRST).state == "accepted"
    )


def test_what_was_accepted_last_season_is_asked_again():
    old = marks(POLICY + FIRST, on="2026-02-20")
    assert line(checked(Workspace(marks=old)), POLICY + FIRST).state == "open"


def test_without_step_3_every_program_that_names_a_day_has_a_line_and_the_others_one():
    made = checked(
        applicant={"school_kind": "foreign", "exams": {"step3": {"status": "not_taken"}}}
    )
    tasks = [each.task for each in made.lines if each.task.startswith(STEP3)]
    assert len(tasks) == len(set(tasks))
    assert tasks
    assert all("too late" in each.says for each in made.lines if each.task in tasks)


def test_who_needs_no_visa_has_only_the_tasks():
    made = checked(visa={"needed": False})
    assert not [each for each in made.lines if each.program_id]


def test_ready_when_each_line_is_verified_or_accepted():
    made = checked()
    done = checked(Workspace(marks=marks(*(each.task for each in made.open))))
    assert not done.open
    assert len(done.accepted) == len(made.open)
