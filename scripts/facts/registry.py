"""The list of sources: hand-written rows for files, one row a page for addresses met on the way."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit

from facts.raw import HAND, read, slug
from visamatch.facts.tables import Source


class Registry:
    """Hands out source ids; only sources that a row cites are shipped."""

    def __init__(self) -> None:
        self._known = {row["source_id"]: Source(**row) for row in read(HAND / "sources.csv")}
        self._used: dict[str, Source] = {}

    def cite(self, *source_ids: str) -> tuple[str, ...]:
        """Cite hand-written sources by id; an unknown id stops the build."""
        for source_id in source_ids:
            self._used[source_id] = self._known[source_id]
        return source_ids

    def page(self, url: str, kind: str, title: str, as_of: str, via: str = "") -> str:
        """Cite a web page by address. The same address with another date is another source."""
        full = url if "://" in url or not url else f"https://{url}"
        host = re.sub(r"^www\.", "", urlsplit(full).netloc)
        last = next((part for part in reversed(re.split(r"[/?=]", full)) if part), "")
        digest = hashlib.sha256(f"{full or title} {as_of}".encode()).hexdigest()[:5]
        source_id = slug(f"{host or title[:40]} {last[:32] if host not in last else ''} {digest}")
        self._used[source_id] = Source(source_id, kind, title, host, full, as_of, via)
        return source_id

    def used(self) -> list[Source]:
        """The sources cited so far."""
        return list(self._used.values())
