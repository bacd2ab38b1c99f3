"""Readings that wait for the person: what was read, with the words that say it marked in the text."""

import hashlib
from dataclasses import dataclass
from itertools import pairwise

from visamatch.evidence.policy import Reading, Span, read_policy
from visamatch.evidence.words import CONDITIONS, requirement_text
from visamatch.shipped import shipped
from visamatch.sources.program_page.extract import paragraph
from visamatch.workspace.document import Pending, Workspace

NAMES, STANCES = (shipped("web/words.yaml")[name] for name in ("visas", "stances"))
QUOTED = 500  # characters of the words kept with a statement


@dataclass(frozen=True, slots=True)
class Review:
    """One waiting reading.

    ``pieces`` are the text cut at its marks: the words, and what they say or nothing. ``conditions`` are
    codes with their words, ``asked`` what is asked of international graduates, in words.
    """

    pending: Pending
    reading: Reading
    pieces: tuple[tuple[str, str], ...]
    conditions: tuple[tuple[str, str], ...]
    asked: tuple[str, ...]
    as_of: str

    @property
    def marked(self) -> list[tuple[str, str]]:
        """The words of each mark, and what it says."""
        return [(self.reading.text[s.start : s.end], says(s.says)) for s in self.reading.spans]


def reviews_of(workspace: Workspace, program_id: str) -> list[Review]:
    """The waiting readings of a program, newest first."""
    return [review(each) for each in reversed(workspace.pending) if each.program_id == program_id]


def review(pending: Pending) -> Review:
    """Read the words anew and mark them."""
    reading = read_policy(pending.text)
    date = reading.as_of
    dated = date and date.found in ("revised", "effective", "page")
    codes = reading.h1b_conditions
    named = {"step3_deadline": str(reading.img_policy.get("step3_deadline", "a date it names"))}
    return Review(
        pending,
        reading,
        tuple(pieces(reading.text, reading.spans)),
        tuple((code, CONDITIONS.get(code, code).format_map(named)) for code in codes),
        tuple(requirement_text(key, value) for key, value in reading.img_policy.items()),
        date.date + "-01-01"[len(date.date) - 4 :] if date and dated else pending.read_on,
    )


def pieces(text: str, spans: tuple[Span, ...]) -> list[tuple[str, str]]:
    """The text cut where a span starts or ends, each piece with what its spans say in words."""
    cuts = sorted({0, len(text), *(s.start for s in spans), *(s.end for s in spans)})
    found = []
    for start, end in pairwise(cuts):
        said = [says(s.says) for s in spans if s.start <= start and end <= s.end]
        found.append((text[start:end], "; ".join(dict.fromkeys(said))))
    return found


def says(code: str) -> str:
    """What a span says, for a person: ``h1b: refuse`` is ``H-1B refused``."""
    what, _, how = code.partition(": ")
    if how in STANCES:
        return f"{NAMES.get(what, what)} {STANCES[how]}"
    if what == "h1b condition":
        return f"H-1B {CONDITIONS.get(how, how.replace('_', ' ')).format(step3_deadline='a date')}"
    return requirement_text(what, how)


def quote(pending: Pending) -> str:
    """The words kept with an accepted reading: those on visas, or the beginning."""
    text = read_policy(pending.text).text
    return (paragraph(text) or text)[:QUOTED]


def reading_id(program_id: str, kind: str, text: str) -> str:
    """The same words of the same program are one reading."""
    return "read-" + hashlib.sha256(f"{program_id} {kind} {text}".encode()).hexdigest()[:16]
