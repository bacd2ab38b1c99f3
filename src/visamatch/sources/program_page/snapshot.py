"""Snapshots of program pages, kept on this machine only: the words, their day and their hash."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from visamatch.errors import InputError


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The words of one page as they stood from ``first_seen`` to ``last_seen`` (ISO days).

    ``etag`` and ``last_modified`` are the server's validators, ``page_date`` the day the markup states,
    ``paragraph`` the lines on visas, ``sha256`` the hash of the words.
    """

    program_id: str
    url: str
    first_seen: str
    last_seen: str
    text: str
    paragraph: str
    sha256: str
    etag: str = ""
    last_modified: str = ""
    page_date: str = ""


def digest(text: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


class Snapshots:
    """A folder with one folder a program; a snapshot is written once, then only seen again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def programs(self) -> list[str]:
        """The programs that have snapshots."""
        return sorted(path.name for path in self.folder.glob("*") if path.is_dir())

    def of(self, program_id: str) -> list[Snapshot]:
        """The snapshots of a program, oldest first.

        Raises:
            InputError: a file that is no snapshot.
        """
        found = []
        for path in sorted((self.folder / program_id).glob("*.json")):
            try:
                found.append(Snapshot(**json.loads(path.read_text("utf-8"))))
            except (ValueError, TypeError):
                raise InputError(str(path), "a snapshot; delete the file to go on") from None
        return sorted(found, key=lambda s: (s.first_seen, s.last_seen))

    def keep(self, new: Snapshot) -> Snapshot:
        """Keep a snapshot; the newest one with the same words is only seen again."""
        before = self.of(new.program_id)
        if before and before[-1].sha256 == new.sha256:
            new = replace(new, first_seen=before[-1].first_seen)
        path = self.folder / new.program_id / f"{new.first_seen}-{new.sha256[:12]}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(asdict(new), ensure_ascii=False, indent=1), "utf-8")
        part.replace(path)
        return new
