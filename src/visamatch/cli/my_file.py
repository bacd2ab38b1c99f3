"""The list that commands read and change: a visamatch file, or what the app keeps on this machine."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from visamatch.cli import output
from visamatch.workspace import document
from visamatch.workspace.document import Workspace

OWNER = "local"


def load(file: Path | None) -> Workspace:
    """The workspace of a file, empty where the file is yet to be; without a file, that of the app."""
    if file:
        return document.load(output.read_text(file), str(file)) if file.exists() else Workspace()
    return _store().load(OWNER) if _begun() else Workspace()


def change(file: Path | None, edit: Callable[[Workspace], Workspace], note: str) -> None:
    """Apply ``edit``; the app keeps it as a change that can be undone there."""
    if file:
        output.save(file, document.dump(edit(load(file))).encode())
    else:
        _store().change(OWNER, edit, note)


def _begun() -> bool:
    from visamatch.web.home import home

    return (home() / "visamatch.sqlite3").exists()


def _store() -> ModuleType:
    """The app's store, its database made ready."""
    from django.core.management import call_command

    from visamatch.web import wsgi  # noqa: F401  sets Django up

    call_command("migrate", verbosity=0)
    from visamatch.web import store

    return store
