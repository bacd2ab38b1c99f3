import re
from datetime import date, timedelta
from pathlib import Path

import ics
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visamatch.documents.ics import calendar_file
from visamatch.errors import InputError
from visamatch.schedule import calendar
from visamatch.workspace.diary import Mark
from visamatch.workspace.profile import Profile, profile_from_toml

EXAMPLES = [
    profile_from_toml(path.read_text("utf-8"))
    for path in sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.toml"))
]
DAY = date(2026, 11, 27)


def made(profile: Profile, on: date = DAY, marks=(), before=b"") -> bytes:
    return calendar_file(calendar(profile, on, marks), before)


def events_of(body: bytes) -> dict[str, dict[str, str]]:
    text = body.decode().replace("\r\n ", "")
    blocks = re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT", text, re.DOTALL)
    events = [
        dict(re.findall(r"^([A-Z-]+)[;:](.*)\r$", block.split("BEGIN:VALARM")[0], re.MULTILINE))
        for block in blocks
    ]
    return {event["UID"]: event for event in events}


def assert_valid(body: bytes) -> None:
    """The rules of RFC 5545 that this file can break."""
    assert body.endswith(b"\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert max(len(line) for line in body.split(b"\r\n")) <= 75
    text = body.decode("utf-8")
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    stack = []
    for kind, name in re.findall(r"^(BEGIN|END):(\w+)\r$", text, re.MULTILINE):
        if kind == "BEGIN":
            stack.append(name)
        else:
            assert stack.pop() == name
    assert stack == []
    zones = set(re.findall(r"TZID:(\S+)\r", text))
    assert set(re.findall(r"TZID=([^:;]+)", text)) <= zones
    events = events_of(body)
    assert len(events) == text.count("BEGIN:VEVENT")
    for event in events.values():
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE", "LAST-MODIFIED"} <= set(event)
        assert re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"])
        if event["DTSTART"].startswith("VALUE=DATE"):
            assert event["DTEND"] > event["DTSTART"]
    for alarm in re.findall(r"BEGIN:VALARM(.*?)END:VALARM", text, re.DOTALL):
        assert all(
            f"\r\n{name}" in alarm for name in ("ACTION:DISPLAY", "DESCRIPTION", "TRIGGER:-P")
        )


@settings(max_examples=60, deadline=None)
@given(
    on=st.dates(date(2026, 1, 1), date(2032, 12, 31)),
    who=st.sampled_from(EXAMPLES),
    year=st.none() | st.integers(2026, 2034),
    state=st.sampled_from(["done", "skipped"]),
    task=st.sampled_from(["apply", "certify", "statement"]),
)
def test_valid_for_any_day_and_read_the_same_by_a_second_library(on, who, year, state, task):
    profile = who.model_copy(update={"match_year": year})
    marks = [Mark(task=task, state=state, on=on.isoformat())]
    plan = calendar(profile, on, marks)
    body = calendar_file(plan)
    assert_valid(body)
    there = {task.uid: task for task in plan.tasks if task.state != "missed"}
    read = ics.Calendar(body.decode())
    assert {event.uid for event in read.events} == set(there)
    for event in read.events:
        item = there[event.uid]
        assert event.begin.date() == item.due
        assert event.all_day == (not item.at)
        if item.at:
            assert event.begin.format("HH:mm") == item.at
            assert str(event.begin.tzinfo).count("New_York")


def test_deadlines_carry_us_eastern():
    certify = events_of(made(EXAMPLES[1], date(2027, 1, 5)))["2027-certify@visamatch"]
    assert certify["DTSTART"] == "TZID=America/New_York:20270303T210000"


def test_the_same_call_gives_the_same_bytes_and_a_later_one_keeps_the_uids():
    first, later = made(EXAMPLES[0]), made(EXAMPLES[0], DAY + timedelta(days=3))
    assert first == made(EXAMPLES[0])
    assert set(events_of(first)) == set(events_of(later))


def test_importing_again_changes_nothing_and_an_update_updates():
    first = made(EXAMPLES[0])
    assert made(EXAMPLES[0], before=first) == first
    marks = [
        Mark(task="statement", state="done", on="2026-11-28"),
        Mark(task="apply", state="skipped", on="2026-11-28"),
    ]
    old, new = events_of(first), events_of(made(EXAMPLES[0], DAY, marks, first))
    done, gone, same = (f"2028-{name}@visamatch" for name in ("statement", "apply", "certify"))
    assert new[done]["SUMMARY"].startswith("Done: ")
    assert int(new[done]["SEQUENCE"]) == int(old[done]["SEQUENCE"]) + 1
    assert new[gone]["STATUS"] == "CANCELLED"
    assert new[same] == old[same]


def test_what_the_plan_has_no_more_is_cancelled_once():
    first = made(EXAMPLES[0])
    passed = Profile.model_validate(
        EXAMPLES[0].model_dump(exclude_defaults=True)
        | {
            "applicant": {
                "exams": {"step3": {"status": "passed"}},
                "ecfmg": {"certified": True},
                "location": "abroad",
            }
        }
    )
    second = made(passed, before=first)
    event = events_of(second)["2028-book-step3@visamatch"]
    assert event["STATUS"] == "CANCELLED"
    assert_valid(second)
    assert made(passed, before=second) == second


@pytest.mark.parametrize(
    "other",
    [b"notes of mine", b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:other\r\nEND:VCALENDAR\r\n"],
)
def test_a_file_of_another_kind_is_not_overwritten(other):
    with pytest.raises(InputError, match="visamatch wrote"):
        made(EXAMPLES[0], before=other)
