"""The raw data folder beside the repository, which a user's clone does not have."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("VISAMATCH_SHARED", ROOT.parent / "shared"))


def shared(path: str) -> Path:
    """The file ``path`` of the raw data folder; skips the test where there is no such folder."""
    if not FOLDER.is_dir():
        pytest.skip("the raw data folder (../shared) is not part of a clone")
    return FOLDER / path
