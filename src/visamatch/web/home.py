"""Where the app keeps what is the user's: one folder on this machine, readable by its owner only."""

import os
import secrets
from pathlib import Path

from platformdirs import user_data_path


def home() -> Path:
    """The folder named by ``VISAMATCH_HOME``, else the platform's data folder; made when missing."""
    named = os.environ.get("VISAMATCH_HOME")
    folder = Path(named) if named else user_data_path("visamatch")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def secret_key() -> str:
    """The key that signs forms, made on the first run and kept beside the database."""
    path = home() / "secret"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), "ascii")
    return path.read_text("ascii")
