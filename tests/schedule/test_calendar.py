from datetime import date

import pytest

from visamatch.errors import InputError
from visamatch.facts.cycles import events
from visamatch.schedule import calendar
from visamatch.schedule.book import source, table
from visamatch.schedule.calendar import CONDITIONS, next_cycle, shift
from visamatch.workspace.diary import Contact, Mark, marked, unmarked
from visamatch.workspace.profile import Profile

EARLY = date(2026, 2, 1)
PHASES = {
    "T1": ("decide", "look through", "sponsor list", "page", "step 3"),
    "T2": ("take step 3, or book", "write to the programs", "clinical experience", "research"),
    "T3": ("step 3 passed", "statement", "letter writers"),
    "T4": ("three groups", "result arrives", "visa question", "submit"),
    "T5": ("weigh", "gme", "license", "i-129", "approval", "consulate", "every request", "j-1"),
}


def someone(**changes) -> Profile:
    return Profile.model_validate(
        {"match_year": 2028, "applicant": {"location": "abroad", "school_kind": "foreign"}}
        | changes
    )


@pytest.mark.parametrize("phase", PHASES)
def test_every_task_of_the_guide_is_there_with_reason_and_source(phase):
    tasks = [task for task in calendar(someone(), EARLY).tasks if task.phase == phase]
    titles = " ".join(task.title for task in tasks).lower()
    assert [words for words in PHASES[phase] if words not in titles] == []
    assert all(task.why and task.source for task in tasks)


@pytest.mark.parametrize(("phase", "first", "last"), [("T1", -24, -18), ("T2", -18, -12)])
def test_early_phases_keep_their_window_before_match_day(phase, first, last):
    plan = calendar(someone(), EARLY)
    match_day = plan.anchors["match_day"].date
    assert match_day == date(2028, 3, 17)
    for task in plan.tasks:
        if task.phase == phase:
            assert shift(match_day, f"{first}m") <= task.start <= task.due
            assert task.due <= shift(match_day, f"{last}m")


def test_phase_three_follows_eras_and_overlaps_phase_two():
    usual = calendar(someone(), EARLY)
    moved = calendar(someone(), EARLY, dates={"eras_submission": date(2027, 9, 29)})

    def days(plan, phase):
        return [(task.start, task.due) for task in plan.tasks if task.phase == phase]

    assert days(usual, "T2") == days(moved, "T2")
    assert {
        (b - a).days for (a, _), (b, _) in zip(days(usual, "T3"), days(moved, "T3"), strict=True)
    } == {28}
    assert usual.phases["T3"][0] < usual.phases["T2"][1]


def test_a_late_starter_gets_a_compressed_plan_and_the_truth():
    today = date(2027, 1, 15)
    plan = calendar(someone(match_year=2027), today)
    late = [task for task in plan.open if task.state == "late"]
    assert late
    assert all(task.start == today <= task.due for task in late)
    assert "Submit your applications, signals set" in [task.title for task in plan.missed]
    assert all(task.instead for task in plan.missed)
    assert min(task.due for task in plan.open) >= today
    step3 = next(task for task in plan.missed if task.task_id == "last-sitting")
    assert step3.due == date(2026, 12, 31)


def test_dates_say_whether_anyone_published_them():
    by_id = {task.task_id: task for task in calendar(someone(match_year=2027), EARLY).tasks}
    assert by_id["certify"].anchor.standing == "secondary"
    assert (by_id["certify"].due, by_id["certify"].at) == (date(2027, 3, 3), "21:00")
    later = {task.task_id: task for task in calendar(someone(match_year=2030), EARLY).tasks}
    assert later["certify"].anchor.standing == "projected"


@pytest.mark.parametrize(
    ("changes", "gone", "kept"),
    [
        ({"visa": {"needed": False, "h1b": "none"}}, "ask-programs", "statement"),
        ({"visa": {"h1b": "must"}}, "statement-of-need", "license"),
        ({"visa": {"h1b": "none"}}, "file-i129", "ds2019"),
        ({"applicant": {"location": "us", "school_kind": "us_md"}}, "book-step3", "file-i129"),
        ({"applicant": {"exams": {"step3": {"status": "passed"}}}}, "tell-step3", "confirm-visa"),
    ],
)
def test_the_plan_fits_the_person(changes, gone, kept):
    ids = {task.task_id for task in calendar(someone(**changes), EARLY).tasks}
    assert gone not in ids
    assert kept in ids


def test_done_skipped_and_snoozed_are_kept():
    marks = marked((), Mark(task="statement", state="snoozed", on="2026-09-10", until="2026-12-01"))
    marks = marked(marks, Mark(task="apply", state="done", on="2026-09-10"))
    plan = calendar(someone(), date(2026, 10, 1), marks)
    by_id = {task.task_id: task for task in plan.tasks}
    assert (by_id["statement"].state, by_id["statement"].due) == ("snoozed", date(2026, 12, 1))
    assert by_id["apply"].state == "done"
    assert calendar(someone(), date(2026, 12, 2), marks).tasks  # a snooze ends
    assert unmarked(marks, "apply") == marks[:1]


def test_a_letter_without_answer_brings_a_reminder():
    sent = Contact(
        contact_id="c1",
        program_id="1256-140",
        kind="program",
        sent_on="2026-11-01",
        follow_up_on="2026-11-15",
    )
    answered = sent.model_copy(update={"contact_id": "c2", "reply": "We sponsor J-1."})
    plan = calendar(someone(), date(2026, 11, 10), contacts=[sent, answered])
    assert [task.due for task in plan.tasks if task.program_id] == [date(2026, 11, 15)]


def test_next_cycle_is_the_one_that_can_still_be_entered_in_time():
    assert next_cycle(date(2026, 9, 2)) == 2027
    assert next_cycle(date(2026, 9, 3)) == 2028


def test_an_unknown_anchor_is_named():
    with pytest.raises(InputError, match="match_day"):
        calendar(someone(), EARLY, dates={"match_dy": EARLY})


def test_the_task_file_holds_together():
    names = {event.event for event in events(2028)} | {"step3_last_sitting"}
    rows = table("tasks")["tasks"]
    ids = [row["id"] for row in rows]
    assert len(ids) == len(set(ids))
    for row in rows:
        assert row["anchor"] in names
        assert set(row.get("if", ())) <= set(CONDITIONS)
        assert set(row.get("after", ())) <= set(ids)
        assert row.get("last", "match_day 0d").split()[0] in names
        assert all(source(key) for key in row["source"] if key != "anchor")
    before = {task.uid: task.due for task in calendar(someone(), EARLY).tasks}
    for task in calendar(someone(), EARLY).tasks:
        assert all(before[uid] <= task.due for uid in task.depends_on), task.title
