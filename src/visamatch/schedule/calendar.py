"""The plan of one season: tasks with windows counted from the anchors of a Match cycle.

A task whose window is over, but which still makes sense, moves to today ("late"); one that does not
is named as missed, with what can still be done. Data: ``tasks.yaml``; anchors: ``facts/cycles``.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from visamatch.errors import InputError, one_of
from visamatch.facts.cycles import Event, events
from visamatch.facts.tables import Source
from visamatch.rules.days import add_months
from visamatch.rules.exams import latest_sitting
from visamatch.schedule.book import source, table
from visamatch.workspace.diary import Contact, Mark
from visamatch.workspace.profile import Profile

State = Literal["planned", "now", "late", "snoozed", "missed", "done", "skipped"]
OPEN: tuple[State, ...] = ("planned", "now", "late", "snoozed")
Span = tuple[date, date]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """One item of the plan.

    ``start`` and ``due`` are when to do it now, ``window`` is when it is best done; they differ for
    late starters and snoozed tasks. ``at`` is the hour of a deadline, in the zone of its anchor. The
    anchor's ``standing`` is official, secondary, projected, derived or yours.
    """

    uid: str
    task_id: str
    phase: str
    title: str
    start: date
    due: date
    at: str
    anchor: Event
    depends_on: tuple[str, ...]
    why: str
    source: tuple[Source, ...]
    state: State
    window: Span
    instead: str
    program_id: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """The plan for one cycle as of one day, in order of due dates."""

    cycle: int
    today: date
    anchors: Mapping[str, Event]
    tasks: tuple[Task, ...]

    @property
    def open(self) -> list[Task]:
        """What is still to be done."""
        return [task for task in self.tasks if task.state in OPEN]

    @property
    def missed(self) -> list[Task]:
        """What can no longer be done, each with what can be done instead."""
        return [task for task in self.tasks if task.state == "missed"]

    @property
    def phases(self) -> dict[str, Span]:
        """First and last day of each of the five phases (``T1``); they overlap, by two anchors."""
        days: dict[str, list[date]] = {}
        for task in self.tasks:
            days.setdefault(task.phase, []).extend(task.window)
        return {phase: (min(days[phase]), max(days[phase])) for phase in sorted(days)}


def calendar(
    profile: Profile,
    today: date,
    marks: Iterable[Mark] = (),
    contacts: Iterable[Contact] = (),
    dates: Mapping[str, date] | None = None,
) -> Calendar:
    """The plan for a profile as of a day.

    Args:
        marks: what the person has done, skipped or put off.
        contacts: letters sent; those that wait for an answer bring a reminder.
        dates: anchors that the person knows better, by event.

    Raises:
        InputError: an anchor of ``dates`` that no cycle has.
    """
    cycle = profile.match_year or next_cycle(today)
    anchors = _anchors(cycle, dates or {})
    rows = [
        row
        for row in table("tasks")["tasks"]
        if all(CONDITIONS[name](profile) for name in row.get("if", ()))
    ]
    kept = {row["id"] for row in rows}
    noted = {mark.task: mark for mark in marks}
    tasks = [_task(row, anchors[row["anchor"]], kept, anchors, today, noted) for row in rows]
    tasks += [
        _task(*_reminder(contact, anchors["match_day"]), kept, anchors, today, noted)
        for contact in contacts
        if contact.follow_up_on and not contact.reply
    ]
    order = sorted(tasks, key=lambda task: (task.due, task.at, task.start, task.uid))
    return Calendar(cycle, today, anchors, tuple(order))


def next_cycle(today: date) -> int:
    """The first Match whose applications can still go out on the opening day."""
    opens = {event.event: event.date for event in events(today.year + 1)}["eras_submission"]
    return today.year + 1 + (today > opens)


def shift(day: date, offset: str) -> date:
    """A day moved by ``-18m`` or ``+30d``.

    >>> shift(date(2028, 3, 17), "-18m")
    datetime.date(2026, 9, 17)
    """
    found = re.fullmatch(r"([+-]?\d+)([md])", offset)
    assert found, offset
    count = int(found[1])
    return add_months(day, count) if found[2] == "m" else day + timedelta(days=count)


def _anchors(cycle: int, dates: Mapping[str, date]) -> dict[str, Event]:
    anchors = {event.event: event for event in events(cycle)}
    for name, day in dates.items():
        if name not in anchors:
            raise InputError("anchor", one_of(anchors, name), name)
        anchors[name] = replace(anchors[name], date=day, standing="yours", source=())
    name, rank = "step3_last_sitting", anchors["rol_deadline"]
    title, day = "Last safe day to sit Step 3 for the rank list", latest_sitting(rank.date)
    anchors[name] = Event(name, cycle, title, "USMLE", day, "", rank.zone, "derived", ("S3-SCORE",))
    return anchors


CONDITIONS: dict[str, Callable[[Profile], bool]] = {
    "needs_visa": lambda me: me.needs_visa,
    "img": lambda me: not me.us_graduate,
    "h1b_open": lambda me: me.needs_visa and me.visa.h1b != "none",
    "j1_open": lambda me: me.needs_visa and me.visa.h1b != "must",
    "abroad": lambda me: me.needs_visa and me.applicant.location != "us",
    "ecfmg_open": lambda me: not me.us_graduate and not me.applicant.ecfmg.certified,
    "step3_matters": lambda me: CONDITIONS["h1b_open"](me) and not me.us_graduate,
    "step3_open": lambda me: CONDITIONS["step3_matters"](me) and not me.step3_passed,
}
"""What a task, a letter or a plan may depend on."""


def _task(
    row: Row, anchor: Event, kept: set[str], anchors: Mapping[str, Event], today: date, noted: Row
) -> Task:
    window = shift(anchor.date, row["window"][0]), shift(anchor.date, row["window"][1])
    state, start, due = _when(row, window, anchors, today, noted.get(row["id"]))
    keys = [name for key in row["source"] for name in (anchor.source if key == "anchor" else [key])]
    return Task(
        uid=_uid(anchor.cycle, row["id"]),
        task_id=row["id"],
        phase=row["phase"],
        title=row["title"],
        start=start,
        due=due,
        at=anchor.time if row.get("timed") and due == anchor.date else "",
        anchor=anchor,
        depends_on=tuple(_uid(anchor.cycle, id_) for id_ in row.get("after", ()) if id_ in kept),
        why=row["why"],
        source=tuple(source(key) for key in keys),
        state=state,
        window=window,
        instead=row.get("instead", "") if state == "missed" else "",
        program_id=row.get("program", ""),
    )


def _when(
    row: Row, window: Span, anchors: Mapping[str, Event], today: date, mark: Mark | None
) -> tuple[State, date, date]:
    start, due = window
    if mark and mark.state != "snoozed":
        return mark.state, start, due
    until = date.fromisoformat(mark.until) if mark and mark.until else today
    if until > today:
        return "snoozed", min(start, until), until
    if today <= due:
        return ("planned" if today < start else "now"), start, due
    name, _, offset = row.get("last", "").partition(" ")
    last = shift(anchors[name].date, offset) if name else due
    if today > last:
        return "missed", start, due
    return "late", today, min(last, today + timedelta(days=row.get("takes", 7)))


def _uid(cycle: int, task_id: str) -> str:
    return f"{cycle}-{task_id}@visamatch"


def _reminder(contact: Contact, rank: Event) -> tuple[Row, Event]:
    """The task to ask once more, and the letter as its anchor."""
    day = date.fromisoformat(contact.follow_up_on or contact.sent_on)
    row = table("tasks")["reminder"]
    known = {"id": f"{row['id']}-{contact.contact_id}", "program": contact.program_id}
    title = row["title"].format(sent_on=contact.sent_on)
    anchor = replace(rank, event="letter", date=day, time="", standing="yours", source=())
    return row | known | {"title": title}, anchor
