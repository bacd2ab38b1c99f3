"""The calendar file (RFC 5545): one item a task, on the day it is due, with alarms.

UIDs are stable. Without an earlier file the sequence number is the day of writing, so a newer file
always supersedes an older one; with the earlier file at hand, items that did not change keep their
number and stamps, and writing twice gives the same bytes.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

from icalendar import Alarm, Component, Event
from icalendar import Calendar as File

from visamatch.errors import InputError
from visamatch.schedule.calendar import Calendar, Task

PRODUCT = "-//visamatch//calendar//EN"
STAMPS = ("dtstamp", "last-modified", "sequence")
FIRST_DAY = date(2020, 1, 1)  # sequence numbers count the days from here
DAY = timedelta(days=1)
LONG = timedelta(days=14)  # a window longer than this also rings when it opens

# US Eastern by the rule of 2007, so that the file holds for any year to come (tz database).
EASTERN = (files("visamatch.documents") / "eastern.ics").read_text("ascii")


def calendar_file(plan: Calendar, before: bytes = b"") -> bytes:
    """The plan as a calendar file. Missed tasks stay out; skipped ones, and those that an earlier
    file had and the plan has no more, are cancelled.

    Args:
        before: the file written earlier, if there is one.

    Raises:
        InputError: ``before`` is not a calendar that visamatch wrote.
    """
    earlier = _earlier(before) if before else {}
    file = File()
    for name, value in (("version", "2.0"), ("prodid", PRODUCT), ("calscale", "GREGORIAN")):
        file.add(name, value)
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", f"visamatch, Match of {plan.cycle}")
    file.add_component(Component.from_ical(EASTERN))
    for task in plan.tasks:
        if task.state != "missed":
            file.add_component(_stamped(_event(task), earlier.pop(task.uid, None), plan.today))
    for gone in earlier.values():
        file.add_component(_stamped(_cancelled(gone), gone, plan.today))
    return bytes(file.to_ical())


def _earlier(before: bytes) -> dict[str, Component]:
    try:
        file = File.from_ical(before)
    except ValueError:
        file = None
    if not isinstance(file, File) or file.get("prodid") != PRODUCT:
        raise InputError(
            "calendar file", "a new file name, or a calendar that visamatch wrote before"
        )
    return {str(event["uid"]): event for event in file.walk("VEVENT")}


def _event(task: Task) -> Event:
    event = Event()
    event.add("uid", task.uid)
    done = task.state == "done"
    event.add("summary", f"Done: {task.title}" if done else task.title)
    event.add("description", _description(task))
    event.add("categories", ["visamatch", task.phase])
    event.add("status", "CANCELLED" if task.state == "skipped" else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # a deadline keeps no hour of the day busy
    if task.at:
        hour, minute = map(int, task.at.split(":"))
        zone = ZoneInfo(task.anchor.zone)
        day = task.due
        event.add("dtstart", datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone))
    else:
        event.add("dtstart", task.due)
        event.add("dtend", task.due + DAY)
    if task.state in ("planned", "now", "late", "snoozed"):
        for before in _alarms(task):
            event.add_component(_alarm(task.title, before))
    return event


def _description(task: Task) -> str:
    first, last = task.window
    lines = [f"{task.why}."]
    if first < last:
        lines.append(f"Best done {first} to {last}.")
    if task.anchor.standing == "projected":
        lines.append("The date is projected from earlier years; nobody has published it yet.")
    lines += [f"Source: {each.title}{f' <{each.url}>' if each.url else ''}" for each in task.source]
    return "\n".join(lines)


def _cancelled(event: Component) -> Event:
    copy = Event.from_ical(event.to_ical())
    assert isinstance(copy, Event)
    copy.subcomponents.clear()
    for name in (*STAMPS, "status"):
        del copy[name]
    copy.add("status", "CANCELLED")
    return copy


def _alarms(task: Task) -> Iterable[timedelta]:
    if task.state == "late":
        yield DAY
        return
    if task.due - task.start > LONG:
        yield task.due - task.start
    yield 7 * DAY
    if task.at:
        yield DAY


def _alarm(title: str, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -before)
    return alarm


def _stamped(event: Event, earlier: Component | None, on: date) -> Component:
    sequence = (on - FIRST_DAY).days
    if earlier is not None:
        if _content(earlier) == _content(event):
            for name in STAMPS:
                event.add(name, earlier[name])
            return event
        sequence = max(sequence, int(str(earlier["sequence"])) + 1)
    stamp = datetime(on.year, on.month, on.day, tzinfo=UTC)
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("sequence", sequence)
    return event


def _content(event: Component) -> list[bytes]:
    lines = bytes(event.to_ical()).replace(b"\r\n ", b"").splitlines()
    names = tuple(name.upper().encode() for name in STAMPS)
    return sorted(line for line in lines if not line.startswith(names))
