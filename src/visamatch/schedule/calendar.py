"""The plan of one season: tasks with windows counted from the anchors of a Match cycle.

A task whose window is over, but which still makes sense, moves to today ("late"); one that does not
is named as missed, with what can still be done. Data: ``tasks.yaml``; anchors: ``facts/cycles``.
"""

from __future__ import annotations

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

State = Literal["planned", "now", "late", "missed", "done", "skipped", "snoozed"]
OPEN: tuple[State, ...] = ("planned", "now", "late", "snoozed")
Anchors = Mapping[str, Event]


@dataclass(frozen=True, slots=True)
class Task:
    """One item of the plan.

    ``start`` and ``due`` are when to do it now, ``window`` is when it is best done; they differ for
    late starters and snoozed tasks. ``at`` is ``HH:MM`` in ``zone`` for a deadline that has an hour.
    ``standing`` tells whether the anchor's date is official, secondary, projected, derived or yours.
    """

    uid: str
    task_id: str
    phase: str
    title: str
    start: date
    due: date
    at: str
    zone: str
    anchor: str
    anchored_on: date
    standing: str
    depends_on: tuple[str, ...]
    why: str
    source: tuple[Source, ...]
    state: State
    window: tuple[date, date]
    instead: str = ""
    program_id: str = ""


@dataclass(frozen=True, slots=True)
class Phase:
    """One of the five phases, from its first task to its last; phases may overlap."""

    phase: str
    title: str
    start: date
    due: date
    overlaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The plan for one cycle as of one day, in order of due dates."""

    cycle: int
    today: date
    anchors: Anchors
    tasks: tuple[Task, ...]

    @property
    def open(self) -> tuple[Task, ...]:
        """What is still to be done."""
        return tuple(task for task in self.tasks if task.state in OPEN)

    @property
    def missed(self) -> tuple[Task, ...]:
        """What can no longer be done, each with what can be done instead."""
        return tuple(task for task in self.tasks if task.state == "missed")

    @property
    def late(self) -> tuple[Task, ...]:
        """What is overdue and still worth doing."""
        return tuple(task for task in self.tasks if task.state == "late")

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases with their first and last days, and which of the others run beside them."""
        spans = {
            phase: [task.window for task in self.tasks if task.phase == phase]
            for phase in table("tasks")["phases"]
        }
        ends = {
            phase: (min(start for start, _ in span), max(due for _, due in span))
            for phase, span in spans.items()
            if span
        }
        return tuple(
            Phase(phase, table("tasks")["phases"][phase], *span, _overlapping(phase, ends))
            for phase, span in ends.items()
        )


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
    rows = [row for row in table("tasks")["tasks"] if _all(row.get("if", ()), profile)]
    kept = {row["id"] for row in rows}
    noted = {mark.task: mark for mark in marks}
    tasks = [_task(row, kept, cycle, anchors, today, noted.get(row["id"])) for row in rows]
    tasks += [_follow_up(contact, cycle, today) for contact in contacts if _waits(contact)]
    order = sorted(tasks, key=lambda task: (task.due, task.at, task.start, task.uid))
    return Calendar(cycle, today, anchors, tuple(order))


def next_cycle(today: date) -> int:
    """The first Match whose applications can still go out on the opening day."""
    year = today.year
    opens = {event.event: event.date for event in events(year + 1)}["eras_submission"]
    return year + 1 if today <= opens else year + 2


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
    rank = anchors["rol_deadline"]
    anchors["step3_last_sitting"] = replace(
        rank,
        event="step3_last_sitting",
        title="Last safe day to sit Step 3 for the rank list",
        system="USMLE",
        date=latest_sitting(rank.date),
        time="",
        standing="derived",
        source=("S3-SCORE",),
    )
    return anchors


CONDITIONS: dict[str, Callable[[Profile], bool]] = {
    "needs_visa": lambda me: me.needs_visa,
    "img": lambda me: not me.us_graduate,
    "h1b_open": lambda me: me.needs_visa and me.visa.h1b != "none",
    "j1_open": lambda me: me.needs_visa and me.visa.h1b != "must",
    "abroad": lambda me: me.needs_visa and me.applicant.location != "us",
    "ecfmg_open": lambda me: not me.us_graduate and not me.applicant.ecfmg.certified,
    "step3_open": lambda me: (
        me.needs_visa
        and me.visa.h1b != "none"
        and not me.us_graduate
        and me.step3_passed is not True
    ),
}


def _all(conditions: Iterable[str], profile: Profile) -> bool:
    return all(CONDITIONS[name](profile) for name in conditions)


def _task(
    row: Mapping[str, Any],
    kept: set[str],
    cycle: int,
    anchors: Anchors,
    today: date,
    mark: Mark | None,
) -> Task:
    anchor = anchors[row["anchor"]]
    window = shift(anchor.date, row["window"][0]), shift(anchor.date, row["window"][1])
    state, start, due = _when(row, window, anchors, today, mark)
    keys = [
        name for key in row["source"] for name in (anchor.source if key == "anchor" else (key,))
    ]
    return Task(
        uid=_uid(cycle, row["id"]),
        task_id=row["id"],
        phase=row["phase"],
        title=row["title"],
        start=start,
        due=due,
        at=anchor.time if row.get("timed") and due == anchor.date else "",
        zone=anchor.zone,
        anchor=anchor.event,
        anchored_on=anchor.date,
        standing=anchor.standing,
        depends_on=tuple(_uid(cycle, each) for each in row.get("after", ()) if each in kept),
        why=row["why"],
        source=tuple(source(key) for key in keys),
        state=state,
        window=window,
        instead=row.get("instead", "") if state == "missed" else "",
    )


def _when(
    row: Mapping[str, Any],
    window: tuple[date, date],
    anchors: Anchors,
    today: date,
    mark: Mark | None,
) -> tuple[State, date, date]:
    start, due = window
    if mark and mark.state != "snoozed":
        return mark.state, start, due
    if mark and mark.until and date.fromisoformat(mark.until) > today:
        until = date.fromisoformat(mark.until)
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


def _waits(contact: Contact) -> bool:
    return bool(contact.follow_up_on and not contact.reply)


def _follow_up(contact: Contact, cycle: int, today: date) -> Task:
    day = date.fromisoformat(contact.follow_up_on or contact.sent_on)
    due = max(day, today)
    return Task(
        uid=_uid(cycle, f"follow-up-{contact.contact_id}"),
        task_id=f"follow-up-{contact.contact_id}",
        phase="T4",
        title=f"No answer yet to your letter of {contact.sent_on}: ask once more, kindly",
        start=due,
        due=due,
        at="",
        zone="America/New_York",
        anchor="letter",
        anchored_on=date.fromisoformat(contact.sent_on),
        standing="yours",
        depends_on=(),
        why="One reminder is fine, a second rarely helps; offices are busy in the season",
        source=(source("opinion"),),
        state="late" if day < today else "planned",
        window=(day, day),
        program_id=contact.program_id,
    )


def _overlapping(phase: str, ends: Mapping[str, tuple[date, date]]) -> tuple[str, ...]:
    start, due = ends[phase]
    return tuple(
        other
        for other, (first, last) in ends.items()
        if other != phase and first <= due and start <= last
    )
