"""Conditions on an H-1B: the codes whose words stand where a page speaks of it."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from visamatch.evidence.policy.cues import alternatives, lexicon, patterns

# Conditions that promise nothing: they say how a case is decided, not what an applicant must bring.
SOFT = frozenset(
    (
        "exceptional_only",
        "case_by_case",
        "institution_approval",
        "pending_proclamation",
        "research_background",
    )
)
# Terms of an offer that hold for everyone and limit nobody.
TERMS = frozenset({"applicant_pays", "institution_pays"})
_SAYS = patterns("conditions")


@dataclass(frozen=True, slots=True)
class Condition:
    """A code and the characters that carry it."""

    code: str
    start: int
    end: int


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [
        (code, re.compile(rf"(?<!\w)(?:{alternatives(words)})"))
        for code, words in lexicon()["conditions"].items()
    ]


def conditions_in(low: str, start: int, end: int) -> list[Condition]:
    """The condition codes said in ``low[start:end]``, Step 3 left out."""
    return [
        Condition(code, start + left, start + right) for code, left, right in _said(low[start:end])
    ]


@lru_cache(maxsize=4096)
def _said(piece: str) -> tuple[tuple[str, int, int], ...]:
    found = ((code, pattern.search(piece)) for code, pattern in _patterns())
    return tuple((code, m.start(), m.end()) for code, m in found if m)


def step3_in(low: str, start: int, end: int) -> tuple[Condition, str] | None:
    """The Step 3 condition said in ``low[start:end]`` and its date in words, if any."""
    piece = low[start:end]
    match = _SAYS["step3"].search(piece)
    if not match or re.search(
        r"step (?:3|iii)\b.{0,30}(?:(?:not|n't) (?:required|needed|necessary)(?! until)|preferred|recommended)",
        piece,
    ):
        return None
    day = _SAYS["date"].search(piece)
    if day or _SAYS["received"].search(piece):
        code = "step3_by_date"
    elif _SAYS["petition"].search(piece):
        code = "step3_before_petition"
    elif _SAYS["start"].search(piece):
        code = "step3_before_start"
    else:
        code = "step3_unspecified_deadline"
    return Condition(code, start + match.start(), start + match.end()), day.group(1) if day else ""
