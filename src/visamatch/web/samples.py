"""The invented applicants of ``examples/``, to look around with."""

from functools import cache
from pathlib import Path

import visamatch
from visamatch.workspace.profile import Profile, profile_from_toml

PACKAGE = Path(visamatch.__file__).parent


@cache
def samples() -> dict[str, Profile]:
    """Sample profiles by file name."""
    return {
        path.stem: profile_from_toml(path.read_text("utf-8"), path.name)
        for path in sorted(_folder().glob("*.toml"))
    }


def about(name: str) -> str:
    """What a sample is, from the comment in the first line of its file."""
    first = (_folder() / f"{name}.toml").read_text("utf-8").splitlines()[0]
    text = first.removeprefix("# An invented applicant: ")
    return text[:1].upper() + text[1:]


def _folder() -> Path:
    """In the wheel the examples lie inside the package, in a checkout at its root."""
    inside = PACKAGE / "examples"
    return inside if inside.is_dir() else PACKAGE.parents[1] / "examples"
