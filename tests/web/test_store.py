import pytest

from visamatch.errors import InputError
from visamatch.web import store
from visamatch.web.models import Revision
from visamatch.workspace.document import Workspace
from visamatch.workspace.sponsor_list import Entry, put

pytestmark = pytest.mark.django_db


def adding(program_id: str):
    return lambda old: old.model_copy(
        update={"entries": put(old.entries, Entry(program_id=program_id))}
    )


def ids(who: str) -> list[str]:
    return [entry.program_id for entry in store.load(who).entries]


def test_a_new_owner_has_an_empty_workspace():
    assert store.load("ann") == Workspace()


def test_every_change_is_a_revision_and_undo_is_one_more():
    store.change("ann", adding("a"), "Added a")
    undo = store.change("ann", adding("b"), "Added b")
    redo = store.restore("ann", undo)
    assert ids("ann") == ["a"]
    store.restore("ann", redo)
    assert ids("ann") == ["a", "b"]
    assert [row.number for row in store.history("ann")] == [4, 3, 2, 1, 0]


def test_the_very_first_change_can_be_undone():
    store.restore("ann", store.change("ann", adding("a"), "Added a"))
    assert ids("ann") == []


def test_owners_do_not_see_each_other():
    store.change("ann", adding("a"), "Added a")
    assert ids("bob") == []
    with pytest.raises(InputError, match="revision"):
        store.restore("bob", 1)


def test_an_edit_that_fails_or_changes_nothing_leaves_no_revision():
    store.change("ann", adding("a"), "Added a")

    def fail(old: Workspace) -> Workspace:
        raise InputError("list", "another day")

    with pytest.raises(InputError):
        store.change("ann", fail, "Failed")
    assert store.change("ann", lambda old: old, "Nothing") is None
    assert Revision.objects.count() == 2


def test_old_revisions_are_dropped(monkeypatch):
    monkeypatch.setattr(store, "KEPT", 3)
    for name in "abcdef":
        store.change("ann", adding(name), name)
    assert [row.note for row in store.history("ann")] == ["f", "e", "d"]
