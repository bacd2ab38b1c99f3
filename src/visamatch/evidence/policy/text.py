"""Text as the reader sees it: lower case and plain marks, every character in its old place."""

import re
from dataclasses import dataclass

_PLAIN = {ord(c): "-" for c in "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d\u00ad"}
_PLAIN |= {ord(c): "'" for c in "\u2018\u2019\u02bc\u00b4`"} | {ord(c): '"' for c in "\u201c\u201d"}
_PLAIN |= {ord(c): " " for c in "\u00a0\u2007\u2009\u200a\u202f\u3000\u200b\ufeff"}
_PLAIN |= {ord(c): "•" for c in "\u25cf\u25aa\u25e6\u2023\u00b7"}
_PLAIN |= {0xFF0F: "/", 0xFF1A: ":", 0x2014: "—", 0x2015: "—"}

LONGEST = (
    1_200  # characters in a sentence; longer runs are cut at a blank so that work stays linear
)

_ABBREVIATION = re.compile(
    r"(?:\b(?:u\.s|u\.s\.a|e\.g|i\.e|etc|dr|mr|ms|mrs|st|vs|inc|dept|univ|approx|incl|ph\.d|m\.d|d\.o|"
    r"jan|feb|mar|apr|aug|sept|oct|nov|dec|h\.q|p\.m|a\.m)|\b[a-mo-xz])$"
)
_END = re.compile(r"[.!?]+[\"')\]]*(?=\s|$)|[.!?](?=[A-Z][a-z])|\n\s*|[•|\t]")
# A cell that only answers belongs to the cell before it: "H-1B | No".
_VALUE = re.compile(
    r"(?:yes|no|y|n|none|(?:not |currently |is |are )*(?:accepted|available|offered|sponsored|supported|considered|eligible|provided))\W*$"
    r"|(?:case|individual)[- ]by|(?:only )?in (?:rare|exceptional|special|certain)"
)
_LETTER = re.compile(r"\s*[aq]\s*")
_WORD = re.compile(r"\w")
_BULLET = re.compile(r"\s*(?:[-*•–o]\s|\d{1,2}[.)]\s)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, list item, table cell or heading: its place in the text and its plain form."""

    start: int
    end: int
    plain: str
    ends: str  # ".", "?", ":" or "" for a line without a mark: a heading, an item, a cell


def plain(text: str) -> str:
    """Lower-case ``text`` with plain dashes, quotes and blanks; as long as ``text``, so offsets hold."""
    flat = text.translate(_PLAIN)
    lower = flat.lower()
    if len(lower) != len(flat):  # a letter such as "İ" that grows
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in flat)
    return lower


def sentences(text: str) -> list[Sentence]:
    """Split ``text`` into sentences, items, cells and headings, in order."""
    found: list[Sentence] = []
    low, start = plain(text), 0
    for match in _END.finditer(text.translate(_PLAIN)):
        if match.start() < start or not _is_end(text, low, start, match):
            continue
        _add(found, low, start, match.end())
        start = match.end()
    _add(found, low, start, len(text))
    return _with_values(found, low)


def _with_values(cells: list[Sentence], low: str) -> list[Sentence]:
    found: list[Sentence] = []
    for cell in cells:
        if (
            found
            and found[-1].ends in ("", ":")
            and cell.ends in ("", ".")
            and _VALUE.match(cell.plain)
        ):
            start = found.pop().start
            cell = Sentence(start, cell.end, low[start : cell.end], cell.ends)
        found.append(cell)
    return found


def _is_end(text: str, low: str, start: int, match: re.Match[str]) -> bool:
    mark = match.group()
    if mark[0] == "\n":
        return _line_ends(text, start, match)
    if mark[0] != "." or _LETTER.fullmatch(low, start, match.start()):
        return mark[0] != "."  # "A. Yes" is one sentence
    after = low[match.end() : match.end() + 8]
    if low.endswith("no", start, match.start()) and re.match(r"\s*\d", after):
        return False  # "No. 12"
    if _ABBREVIATION.search(low, max(start, match.start() - 8), match.start()):
        # "in the U.S. We sponsor": an abbreviation may close a sentence before a new subject
        return bool(re.match(r"\s+(?:we|our|the|all|this|for|if|no|yes)\b", after))
    return not text[match.end() : match.end() + 2].strip()[:1].islower()


def _line_ends(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether a line break ends a sentence: not where a long line was wrapped."""
    if match.group().count("\n") > 1 or _BULLET.match(text, match.end()):
        return True
    line_start = text.rfind("\n", 0, match.start()) + 1
    long_line = match.start() - line_start >= 55
    before = text[max(start, match.start() - 1) : match.start()]
    after = text[match.end() : match.end() + 1]
    if before in (",", "/", "&"):
        return False
    return not (after.islower() or (long_line and before not in (":", ".", "?", "!", ";")))


def _add(found: list[Sentence], low: str, start: int, end: int) -> None:
    while start < end and (low[start].isspace() or low[start] in "•*|"):
        start += 1
    while start < end:
        stop = end
        if end - start > LONGEST:
            stop = low.rfind(" ", start + LONGEST // 2, start + LONGEST) + 1 or start + LONGEST
        body = low[start:stop].rstrip(" \n\t\r\"')]•|")
        if _WORD.search(body):
            mark = body[-1] if body[-1] in ".?!:" else ""
            found.append(Sentence(start, start + len(body), body, "." if mark == "!" else mark))
        start = stop
