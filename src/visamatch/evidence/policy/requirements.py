"""What a page asks of graduates of foreign schools: years since graduation, attempts, scores, experience.

Keys: ``ecfmg`` (when certification is needed), ``yog_limit`` and ``yog_preferred`` (years since
graduation; ``none`` where a page says there is no limit), ``attempts_limit`` and ``attempts_preferred``,
``step_min``, ``step2_min``, ``step_pref``, ``step2_pref`` (scores), ``usce_required``, ``usce_preferred``,
``usce_months``, ``usce_weeks`` (US clinical experience), ``step3`` (for all applicants), ``us_lor``.
A limit and a preference are never mixed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from visamatch.evidence.policy.conditions import DATE, STEP3
from visamatch.evidence.policy.reading import Span
from visamatch.evidence.policy.text import Sentence

Found = tuple[str, Any, int, int]  # key, value, and the place in the sentence

_WORDS = re.findall(r"\w+", "zero one two three four five six seven eight nine ten eleven twelve")
_N = rf"(?:(?P<n>\d{{1,2}}|{'|'.join(_WORDS[1:])}|an?)(?: ?\(\d+\))?)"
_PREFER = re.compile(
    r"prefer|encourag|recommend|desir|ideal|typically|favou?r|advis|valued|a plus|helpful|strongly consider"
)
_DENY = re.compile(r"\bno[tr]?\b(?! (?:more|less|fewer|later))|n't\b|\bnone\b")
_ASK = re.compile(r"requir|must|mandatory|need|at least|minimum|expect|only (?:consider|accept)")

_GRADUATION = re.compile(r"graduat|yog\b|medical (?:school|degree)|degree\b|diploma")
_YEARS = re.compile(
    rf"(?:(?:within|in) (?:the )?(?:past|last|previous|prior|most recent)?|(?:last|past)|no more than|not more than|"
    rf"less than|fewer than|under|up to|maximum(?: of)?|max\.?|cut-?off(?: is| of)?:?|limit(?: is| of)?:?|graduation:?|"
    rf"not (?:be )?(?:older|greater) than|of) ?{_N} ?(?:\+ )?(?:years?|yrs?)\b"
    rf"|(?P<n2>\d{{1,2}}) (?:years|yrs) (?:or less|or fewer|max\w*|since|from|of (?:medical school )?graduation|after graduation)"
    rf"|after graduation:? (?P<n3>\d{{1,2}})\b"
)
_NO_YEARS = re.compile(
    r"no (?:\w+[- ]){0,3}(?:cut-?offs?|limits?|requirements?|restrictions?)\b[^.;]{0,40}\bgraduat|"
    r"no (?:specific |strict )?(?:year[- ]of[- ]graduation|graduation[- ](?:year|date)|yog) (?:\w+ ){0,2}(?:requirement|limit|cut-?off)|"
    r"graduat[^.;]{0,50}\bno (?:\w+ ){0,2}(?:cut-?off|limit)"
)
_EXPERIENCE = re.compile(
    r"(?:u\.?s\.?a?\.?|united states|american|hands-on|north american|us or canadian|clinical)(?:[ ,/-]+(?:\w+\.?[ /-]+){0,3}?)(?:clinical )?experience|usce\b|"
    r"clinical experience|experience in (?:the )?(?:us|u\.s|united states)|clinical experience in the"
)
_ABROAD = re.compile(
    r"\bu\.?s\b|\bu\.s\.|united states|\busa?\b|usce|american|hands-on|clinical experience"
)
_AMOUNT = re.compile(
    rf"{_N} (?:\+ )?(?:full )?(?P<unit>months?|years?|weeks?)'?(?: or more)?(?= (?:of |or more|clinical|hands|u|in|\w+ experience)|\W)"
)
_ATTEMPTS = (
    (
        1,
        re.compile(
            r"(?:first|1st|one|single|initial) (?:attempt|try|sitting)|first[- ](?:time|attempt) pass|no (?:\w+ ){0,2}fail(?:ures?|ed attempts?|s)?\b|without (?:any )?fail"
        ),
    ),
    (2, re.compile(r"(?:second|2nd) attempt")),
    (3, re.compile(r"(?:third|3rd) attempt")),
)
_ATTEMPTS_N = re.compile(
    rf"(?:no|not) more than {_N} attempts?|(?:maximum|limit) (?:of )?{_N} attempts?|{_N.replace('<n>', '<n9>')} attempts? (?:maximum|max|or (?:less|fewer)|allowed|only)|within {_N.replace('<n>', '<n8>')} attempts?".replace(
        "?P<n>", "?P<n0>", 1
    ).replace("?P<n>", "?P<n7>", 1)
)
_SCORE = re.compile(
    r"(?P<step>(?:usmle )?steps? ?(?:1|i|one|2|ii|two)\b(?:[ ,&/-]*(?:and |or )?(?:step )?(?:2|ii|two)\b)?(?: ?ck)?|scores?\b|usmle)"
    r"(?P<mid>[^.;]{0,45}?)(?P<score>[12]\d\d)\b"
)
_SCORE_FIRST = re.compile(
    r"(?P<score>[12]\d\d) (?:or (?:higher|above|better|greater|more) |and above |minimum )?(?:on|for|in) (?:the )?(?:usmle )?(?P<step>steps? ?(?:1|i|one|2|ii|two)\b(?:[ ,&/-]*(?:and |or )?(?:step )?(?:2|ii|two)\b)?)"
)
_OF_VISA = re.compile(r"\bh-?1|visa")
_ECFMG = re.compile(
    r"\be[cf]?c?fmg\b[^.;]{0,40}?(?:certif\w+|report)|certif\w+ (?:\w+ ){0,3}?(?:by|from|of|through) (?:the )?ecfmg|"
    r"\becfmg (?:with|\(img|\(international|is required|required|at|by)|ecfmg,? if applicable"
)
_WHEN = (
    ("before rank list", re.compile(r"rank(?:ed|ing)?\b|rank(?:ing)? (?:order )?list|\brol\b")),
    (
        "before applying",
        re.compile(
            r"(?:before|prior to|when|at the time of) (?:\w+ ){0,2}(?:apply\w*|application)\b|at application"
        ),
    ),
    (
        "with application",
        re.compile(
            r"with (?:the |your |their )?application|(?:complete|submit|include|send)\w*[^.;]{0,60}ecfmg"
        ),
    ),
    ("before interview", re.compile(r"(?:before|prior to|for|at)(?: an| the)? interview")),
    (
        "before start",
        re.compile(
            r"(?:before|prior to|by|at|to) (?:the )?(?:\w+ ){0,3}?(?:start|begin|matriculat|appoint|employ|enter|orientation)"
        ),
    ),
)
_LETTERS = re.compile(
    rf"{_N} (?:\w+ ){{0,3}}letters?\b[^.;]{{0,40}}\b(?:us|u\.s\.?|united states|american)\b"
)


def requirements_of(sentences: list[Sentence]) -> tuple[dict[str, Any], list[Span]]:
    """The requirements of a page and the places that say them; the first mention of a key counts."""
    policy: dict[str, Any] = {}
    spans = []
    for sentence in sentences:
        if sentence.ends == "?" or not _MAY_ASK.search(sentence.plain):
            continue
        for key, value, left, right in _asked(sentence.plain):
            if key not in policy:
                policy[key] = value
                at = sentence.start
                spans.append(Span(at + left, at + right, f"{key}: {value}"))
    if policy.get("usce_required") is False and "usce_preferred" in policy:
        del policy["usce_required"]
    return policy, spans


_MAY_ASK = re.compile(
    r"fmg|graduat|yog|degree|diploma|experience|usce|attempt|fail|try\b|sitting|first|score|usmle|step|part|letter"
)
_CLAUSE = re.compile(
    r";|, (?=(?:no|at least|requires?|must|and (?:have|at least)|graduat|ecfmg|us |u\.s|step)\b)|(?<=\d), |(?<=preferred), |(?<=required), |, and (?=have )"
)


@lru_cache(maxsize=4096)
def _asked(plain: str) -> tuple[Found, ...]:
    of_visa = _OF_VISA.search(plain) is not None  # then Step 3 is a condition of the visa
    return tuple(
        (key, value, start + left, start + right)
        for start, clause in _clauses(plain)
        for key, value, left, right in _read(clause)
        if not (of_visa and key == "step3")
    )


def _clauses(plain: str) -> Iterator[tuple[int, str]]:
    start = 0
    for match in _CLAUSE.finditer(plain):
        yield start, plain[start : match.start()]
        start = match.end()
    yield start, plain[start:]


def _read(clause: str) -> Iterator[Found]:
    yield from _ecfmg(clause)
    yield from _graduation(clause)
    yield from _attempts(clause)
    yield from _experience(clause)
    yield from _scores(clause)
    yield from _step3(clause)
    if match := _LETTERS.search(clause):
        yield "us_lor", _number(match["n"]), match.start(), match.end()


def _ecfmg(clause: str) -> Iterator[Found]:
    match = _ECFMG.search(clause)
    if not match or re.search(r"ecfmg[^.;]{0,40} not (?:required|needed|necessary)", clause):
        return
    day = DATE.search(clause, match.start())
    when = f"by {day[1].title()}" if day else "required"
    if not day:
        when = next((name for name, pattern in _WHEN if pattern.search(clause)), "required")
    yield "ecfmg", when, match.start(), match.end()


def _graduation(clause: str) -> Iterator[Found]:
    if not _GRADUATION.search(clause):
        return
    if match := _NO_YEARS.search(clause):
        yield "yog_limit", "none", match.start(), match.end()
    elif (match := _YEARS.search(clause)) and not re.search(
        r"post-?graduate year|experience", clause[: match.end()]
    ):
        key = "yog_preferred" if _PREFER.search(clause) else "yog_limit"
        yield key, _number(match["n"] or match["n2"] or match["n3"]), match.start(), match.end()


def _attempts(clause: str) -> Iterator[Found]:
    if match := _ATTEMPTS_N.search(clause):
        number = _number(next(v for v in match.groupdict().values() if v))
    elif not re.search(r"attempt|fail|try|sitting|first[- ]time", clause):
        return
    else:
        hit = next(((n, m) for n, p in _ATTEMPTS if (m := p.search(clause))), None)
        if hit is None:
            return
        number, match = hit
    key = "attempts_preferred" if _PREFER.search(clause) else "attempts_limit"
    yield key, number, match.start(), match.end()


def _experience(clause: str) -> Iterator[Found]:
    match = _EXPERIENCE.search(clause)
    if not match or not _ABROAD.search(clause):
        return
    place = (match.start(), match.end())
    if amount := _AMOUNT.search(clause):
        count = _number(amount["n"])
        if not _PREFER.search(clause) and "graduat" not in clause:
            unit = amount["unit"]
            months = count * 12 if unit.startswith("year") else count
            yield ("usce_weeks" if unit.startswith("week") else "usce_months"), months, *place
    if _PREFER.search(clause):
        yield "usce_preferred", True, *place
    elif _DENY.search(clause):
        yield "usce_required", False, *place
    elif _ASK.search(clause) and "graduat" not in clause:
        yield "usce_required", True, *place


def _scores(clause: str) -> Iterator[Found]:
    for match in (*_SCORE.finditer(clause), *_SCORE_FIRST.finditer(clause)):
        step, score = match["step"], int(match["score"])
        if not 180 <= score <= 280 or "averag" in clause or "h-1" in clause or "h1" in clause:
            continue
        second = re.search(r"2|ii|two", step) and not re.search(r"\b(?:1|i|one)\b", step)
        kind = "pref" if _PREFER.search(clause) else "min"
        yield f"step{'2' if second else ''}_{kind}", score, match.start(), match.end()


def _step3(clause: str) -> Iterator[Found]:
    match = STEP3.search(clause)
    if not match:
        return
    if re.search(r"(?:\bnot|n't) (?:\w+ )?(?:require|need|necessary)", clause):
        return
    if _PREFER.search(clause):
        value = "preferred"
    elif re.search(r"before (?:\w+ ){0,2}contract", clause):
        value = "before contract"
    elif re.search(r"(?:before|prior to|by) (?:the )?(?:start|begin|enter|matric|employ)", clause):
        value = "before start"
    elif _ASK.search(clause) or "pass" in clause:
        value = "required"
    else:
        return
    yield "step3", value, match.start(), match.end()


def _number(word: str) -> int:
    if word in ("a", "an"):
        return 1
    return int(word) if word.isdigit() else _WORDS.index(word)
