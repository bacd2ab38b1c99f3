"""Run every benchmark and write docs/performance.md: ``python -m bench [name …]``.

A benchmark is a module of this folder with ``run() -> str``, which returns a section in Markdown.
Speeds are told as ratios against a peer or a floor measured in the same run.
"""

import importlib
import platform
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PAGE = FOLDER.parent / "docs" / "performance.md"


def main(names: list[str]) -> None:
    known = sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))
    for name in set(names) - set(known):
        sys.exit(f"no benchmark {name!r}; there are {', '.join(known)}")
    sections = _kept()
    for name in names or known:
        print(f"measuring {name} …", file=sys.stderr)
        module = importlib.import_module(f"bench.{name}")
        sections[name] = f"{(module.__doc__ or '').splitlines()[0]}\n\n{module.run()}"
        print(sections[name])
    head = (
        "# Performance\n\nMade by `make bench` "
        f"(Python {platform.python_version()}, {platform.machine()}). Read the ratios; machines differ.\n"
    )
    body = "".join(f"\n## {name}\n\n{sections[name]}\n" for name in sorted(sections))
    PAGE.write_text(head + body)


def _kept() -> dict[str, str]:
    """Sections of the page as it stands, for benchmarks that are not run now."""
    if not PAGE.exists():
        return {}
    parts = PAGE.read_text().split("\n## ")[1:]
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1].strip() for part in parts}


if __name__ == "__main__":
    main(sys.argv[1:])
