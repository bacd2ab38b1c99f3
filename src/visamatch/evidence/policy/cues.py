"""Cues: the words of the lexicon found in a sentence, in order."""

import itertools
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from visamatch.shipped import shipped

VISAS = frozenset(
    {"j1", "h1b", "visa", "other_visa", "work_visa", "opt", "ead", "pr", "citizen", "other"}
)
PREDICATES = frozenset({"consider", "offer", "must", "needed", "seek", "prefer", "refuse"})
_BLANK = re.compile(r"(\[[^\]]*\])|( \??)")
NUMBERS = re.findall(r"\w+", "zero one two three four five six seven eight nine ten eleven twelve")
_NUMBER = rf"(?:(?P<n%s>\d{{1,2}}|{'|'.join(NUMBERS[1:])}|an?)(?: ?\(\d+\))?)"


@cache
def patterns(part: str) -> dict[Any, re.Pattern[str]]:
    """The expressions of one part of ``patterns.yaml`` by name, each any of its list."""

    def compiled(listed: list[str]) -> re.Pattern[str]:
        count = itertools.count()
        return re.compile(re.sub("NUMBER", lambda _: _NUMBER % next(count), "|".join(listed)))

    listed = shipped("evidence/policy/patterns.yaml")[part]
    return {name: compiled(each) for name, each in listed.items()}


@dataclass(frozen=True, slots=True)
class Cue:
    """One found phrase: ``kind`` as in the lexicon (visas under their common name), and its place."""

    kind: str
    start: int
    end: int
    special: str = ""  # the finer kind, such as ``j1_ecfmg`` or ``h1b_new``


def lexicon() -> Any:
    """The reader's words, as they stand in ``lexicon.yaml``."""
    return shipped("evidence/policy/lexicon.yaml")


def alternatives(patterns: list[str]) -> str:
    """One expression for any of the phrases; a blank in them stands for any white space."""
    return _BLANK.sub(lambda m: m[1] or (r"\s*" if m[2] == " ?" else r"\s+"), "|".join(patterns))


@cache
def _scanner() -> re.Pattern[str]:
    words = "|".join(f"(?P<{k}>{alternatives(v)})" for k, v in lexicon()["cues"].items())
    marks = r"(?P<mark>[;:,()/&—|\t\[\]]|(?<=\s)-(?=\s))"
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)|{marks}")


@lru_cache(maxsize=4096)  # menus and footers repeat from page to page
def scan(sentence: str) -> tuple[Cue, ...]:
    """All cues of a plain sentence; offsets count from its start."""
    found = []
    for match in _scanner().finditer(sentence):
        kind = match.lastgroup or ""
        if kind == "mark":
            kind = lexicon()["marks"][match.group()]
        common = lexicon()["same"].get(kind, kind)
        special = match.group() if kind in ("join", "cut") else kind if kind != common else ""
        if kind == "if" and match.group().startswith(("only", "solely")):
            special = "only_if"
        found.append(Cue(common, match.start(), match.end(), special))
    return tuple(found)
