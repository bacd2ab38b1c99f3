from html import unescape

import pytest

from visamatch.evidence.assess import assess_all
from visamatch.web import store
from visamatch.web.guards import today


@pytest.fixture
def program_with():
    """The first program with a standing: ``program_with("unknown")``."""

    def find(*codes: str):
        found = (item for item in assess_all(today()).values() if item.standing.code in codes)
        return next(found).program

    return find


@pytest.fixture
def saved(db):
    """The stored workspace of the local user, as it is now."""
    return lambda: store.load("local")


@pytest.fixture
def read(client, db):
    """Get a page as plain text: ``read("/programs/", state="MA")``."""

    def get(path: str, status: int = 200, **query: object) -> str:
        answer = client.get(path, query)
        assert answer.status_code == status
        return unescape(answer.content.decode())

    return get
