"""Employer names as comparable words.

Official files cut names at 34 characters, abbreviate, drop apostrophes and blanks, and add legal
forms. :func:`read_names` undoes what can be undone and remembers that a name was cut.
"""

import re
from dataclasses import dataclass

from visamatch.facts.states import STATES
from visamatch.shipped import shipped

USCIS_CUT = 34  # characters an employer name had in USCIS files before FY2022

LEAST = 5  # letters of a second name worth reading


def word_list(name: str) -> frozenset[str]:
    """A list of ``data/words.yaml``."""
    return frozenset(shipped("directory/data/words.yaml")[name].split())


_SMALL = word_list("small")
_LONG = dict(pair.split("=") for pair in word_list("long"))
_PHRASES: dict[str, str] = shipped("directory/data/words.yaml")["phrases"]
# Legal forms long enough to be met cut in two.
_FORMS = ("INCORPORATED", "CORPORATION", "LIMITED", "COMPANY")
_ALSO = re.compile(
    r"\bD ?/? ?B ?/? ?A\b/?|\b[AF] ?/? ?K ?/? ?A\b/?|\bFORMERLY\b|\bDOING BUSINESS AS\b"
    r"|\bAS PART OF\b|\bSUB(?:SIDIARY)? OF\b"
)
_AMBIGUOUS_CODES = frozenset(("IN", "OR", "ME", "OK", "HI", "LA", "CO", "PA"))


@dataclass(frozen=True, slots=True)
class Name:
    """A name's words. ``cut``: the source cut the name, so its last word may be a beginning only."""

    words: tuple[str, ...]
    cut: bool = False


def read_names(raw: str, state: str = "") -> tuple[Name, ...]:
    """The names in an employer string: the legal one first, then what it does business as.

    Args:
        raw: as the file has it, any case.
        state: two letters; the state's own code inside the name is spelled out.
    """
    cut = USCIS_CUT - 1 <= len(raw.strip()) <= USCIS_CUT
    parts = [words for part in _ALSO.split(_clean(raw)) if (words := name_words(part, state))]
    if cut and parts and len(parts[-1]) > 1 and any(f.startswith(parts[-1][-1]) for f in _FORMS):
        parts[-1] = parts[-1][:-1]
    if cut and len(parts) > 1 and len("".join(_ALSO.split(_clean(raw))[-1].split())) < LEAST:
        cut = not parts.pop()  # too little is left of the second name to say anything
    return tuple(Name(words, cut and words is parts[-1]) for words in parts)


def name_words(text: str, state: str = "") -> tuple[str, ...]:
    """A name's words, spelled out, without legal forms and small words."""
    text = re.sub(r"[^A-Z0-9 ]+", " ", _clean(text))
    text = re.sub(r"\b(?!OF\b|THE\b|AND\b)(\w{3,}) S\b", r"\1S", text)
    for short, long in _PHRASES.items():
        text = re.sub(rf"\b{short}\b", long, text)
    words: list[str] = []
    for word in text.split():
        if word == state and word not in _AMBIGUOUS_CODES:
            words += STATES[state].upper().split()
        elif word not in _SMALL:
            words += _LONG.get(word, word).split("-")
    return tuple(word for word in words if len(word) > 1 and word not in _SMALL)


def _clean(text: str) -> str:
    """Upper case, single blanks, no apostrophes, no remains of a wrong decoding."""
    text = re.sub(r"[ÂÃâ]\S?\S?", "", re.sub(r"['’`´]", "", text.replace("&amp;", "&")))
    return " ".join(text.upper().replace("&AMP;", "&").replace("&", " AND ").split())
