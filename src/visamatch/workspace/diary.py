"""What the person did: tasks marked, letters sent, replies received."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from visamatch.workspace.boundary import Day, Record


class Mark(Record):
    """A task as the person left it. ``until`` belongs to a snooze: the new day it is due.

    A line of the certify checklist is a task too: ``by`` is who put it in writing, ``on`` when.
    """

    task: str
    state: Literal["done", "skipped", "snoozed"]
    on: Day
    by: str = Field(default="", max_length=200)
    until: Day | None = None


class Contact(Record):
    """One letter to a program, and the answer word for word once there is one."""

    contact_id: str
    program_id: str
    kind: Literal["program", "resident", "update", "thanks", "confirm"]
    sent_on: Day
    to: str = ""
    follow_up_on: Day | None = None
    reply: str = ""
    replied_on: Day | None = None


def marked(marks: Iterable[Mark], mark: Mark) -> tuple[Mark, ...]:
    """The marks with this one in place of any earlier mark of its task."""
    return (*unmarked(marks, mark.task), mark)


def unmarked(marks: Iterable[Mark], task: str) -> tuple[Mark, ...]:
    """The marks without those of a task."""
    return tuple(each for each in marks if each.task != task)
