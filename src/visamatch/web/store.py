"""The seam to persistence: load, change and restore the workspace document of an owner.

A local app has one owner. A hosted one would answer :func:`owner` from a session and point the
same model at PostgreSQL; nothing else here would change.
"""

from collections.abc import Callable
from functools import cached_property, lru_cache

from django.db import transaction
from django.http import HttpRequest

from visamatch.errors import InputError
from visamatch.web.models import Revision
from visamatch.workspace import document
from visamatch.workspace.document import Workspace

KEPT = 200  # revisions an owner can go back


def owner(request: HttpRequest) -> str:
    """Whose workspace this request reads and changes."""
    return "local"


def load(who: str) -> Workspace:
    """The newest state; an empty workspace for someone new."""
    newest = Revision.objects.filter(owner=who).first()
    return Workspace() if newest is None else _parsed(newest.body)


@transaction.atomic
def change(who: str, edit: Callable[[Workspace], Workspace], note: str) -> int | None:
    """Apply ``edit`` to the newest state and keep the result as a new revision.

    Returns the number of the revision before, which :func:`restore` takes to undo the change, or
    None when ``edit`` changed nothing (then nothing is kept). An error leaves everything as it was.
    """
    newest = Revision.objects.select_for_update().filter(owner=who).first()
    before = Workspace() if newest is None else _parsed(newest.body)
    if newest is None:  # so that the very first change can be undone as well
        newest = Revision.objects.create(
            owner=who, number=0, body=document.dump(before), note="Began with an empty workspace"
        )
    after = edit(before)
    if after == before:
        return None
    number = newest.number + 1
    Revision.objects.create(owner=who, number=number, body=document.dump(after), note=note[:200])
    Revision.objects.filter(owner=who, number__lte=number - KEPT).delete()
    return newest.number


def restore(who: str, number: int) -> int | None:
    """Make an earlier state the newest one again; returns the number that undoes this in turn."""
    then = Revision.objects.filter(owner=who, number=number).first()
    if then is None:
        raise InputError("revision", f"one of your last {KEPT} changes", number)
    return change(who, lambda _: _parsed(then.body), f"Went back to: {then.note}")


def history(who: str, limit: int = 20) -> list[Revision]:
    """The newest revisions, newest first."""
    return list(Revision.objects.filter(owner=who)[:limit])


class Shell:
    """What the frame of every page shows of the workspace; read once, and only when asked for."""

    def __init__(self, who: str) -> None:
        self._who = who

    @cached_property
    def workspace(self) -> Workspace:
        """The newest state."""
        return load(self._who)

    @cached_property
    def listed(self) -> frozenset[str]:
        """Ids of the programs on the list."""
        return frozenset(entry.program_id for entry in self.workspace.entries)


@lru_cache(maxsize=64)
def _parsed(body: str) -> Workspace:
    return document.load(body)
