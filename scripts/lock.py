"""Renew requirements.lock and requirements-dev.lock from pyproject.toml.

The lock files hold versions and hashes for every platform, and no address: where packages
come from is the reader's own setting. Needs `uv` (`pip install uv`), which only makes the files.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    "requirements.lock": ["--extra", "build"],
    "requirements-dev.lock": ["--extra", "build", "--extra", "dev"],
}
HEADER = (
    "# Versions and hashes, made by `make lock` from pyproject.toml. No addresses belong here.\n"
)


def lock(name: str, extras: list[str]) -> None:
    """Resolve `pyproject.toml` with `extras` into the hashed lock file `name`."""
    command = ["uv", "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-header", "--no-annotate"]
    command += ["--upgrade", "--quiet", *extras]
    text = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    if re.search(r"https?://|^--", text, re.MULTILINE):
        sys.exit(f"{name}: the resolver wrote an address; nothing was changed")
    (ROOT / name).write_text(HEADER + text)


if __name__ == "__main__":
    for name, extras in LOCKS.items():
        lock(name, extras)
