"""What a page asks of graduates of foreign schools: years since graduation, attempts, scores, experience.

Keys: ``ecfmg`` (when certification is needed), ``yog_limit`` and ``yog_preferred`` (years since
graduation; ``none`` where a page says there is no limit), ``attempts_limit`` and ``attempts_preferred``,
``step_min``, ``step2_min``, ``step_pref``, ``step2_pref`` (scores), ``usce_required``, ``usce_preferred``,
``usce_months``, ``usce_weeks`` (US clinical experience), ``step3`` (for all applicants), ``us_lor``.
A limit and a preference are never mixed.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from visamatch.evidence.policy.cues import NUMBERS, patterns
from visamatch.evidence.policy.reading import Span
from visamatch.evidence.policy.text import Sentence

Found = tuple[str, Any, int, int]  # key, value, and the place in the sentence
_SAYS = patterns("requirements") | {
    name: patterns("conditions")[name] for name in ("date", "step3")
}


def requirements_of(sentences: list[Sentence]) -> tuple[dict[str, Any], list[Span]]:
    """The requirements of a page and the places that say them; the first mention of a key counts."""
    policy: dict[str, Any] = {}
    spans = []
    for sentence in sentences:
        if sentence.ends == "?" or not _SAYS["may_ask"].search(sentence.plain):
            continue
        for key, value, left, right in _asked(sentence.plain):
            if key not in policy:
                policy[key] = value
                at = sentence.start
                spans.append(Span(at + left, at + right, f"{key}: {value}"))
    if policy.get("usce_required") is False and "usce_preferred" in policy:
        del policy["usce_required"]
    return policy, spans


@lru_cache(maxsize=4096)
def _asked(plain: str) -> tuple[Found, ...]:
    of_visa = _SAYS["of_visa"].search(plain) is not None  # then Step 3 is a condition of the visa
    return tuple(
        (key, value, start + left, start + right)
        for start, clause in _clauses(plain)
        for key, value, left, right in _read(clause)
        if not (of_visa and key == "step3")
    )


def _clauses(plain: str) -> Iterator[tuple[int, str]]:
    start = 0
    for match in _SAYS["clause"].finditer(plain):
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
    if match := _SAYS["letters"].search(clause):
        yield "us_lor", _number(match["n0"]), match.start(), match.end()


def _ecfmg(clause: str) -> Iterator[Found]:
    match = _SAYS["ecfmg"].search(clause)
    if not match or re.search(r"ecfmg[^.;]{0,40} not (?:required|needed|necessary)", clause):
        return
    day = _SAYS["date"].search(clause, match.start())
    when = f"by {day[1].title()}" if day else "required"
    if not day:
        when = next(
            (name for name, pattern in patterns("when").items() if pattern.search(clause)),
            "required",
        )
    yield "ecfmg", when, match.start(), match.end()


def _graduation(clause: str) -> Iterator[Found]:
    if not _SAYS["graduation"].search(clause):
        return
    if match := _SAYS["no_years"].search(clause):
        yield "yog_limit", "none", match.start(), match.end()
    elif (match := _SAYS["years"].search(clause)) and not re.search(
        r"post-?graduate year|experience", clause[: match.end()]
    ):
        key = "yog_preferred" if _SAYS["prefer"].search(clause) else "yog_limit"
        yield key, _number(match["n0"] or match["n2"] or match["n3"]), match.start(), match.end()


def _attempts(clause: str) -> Iterator[Found]:
    if match := _SAYS["attempts_n"].search(clause):
        number = _number(next(v for v in match.groupdict().values() if v))
    elif not re.search(r"attempt|fail|try|sitting|first[- ]time", clause):
        return
    else:
        hit = next(
            ((n, m) for n, p in patterns("attempts").items() if (m := p.search(clause))), None
        )
        if hit is None:
            return
        number, match = hit
    key = "attempts_preferred" if _SAYS["prefer"].search(clause) else "attempts_limit"
    yield key, number, match.start(), match.end()


def _experience(clause: str) -> Iterator[Found]:
    match = _SAYS["experience"].search(clause)
    if not match or not _SAYS["abroad"].search(clause):
        return
    place = (match.start(), match.end())
    if amount := _SAYS["amount"].search(clause):
        count = _number(amount["n0"])
        if not _SAYS["prefer"].search(clause) and "graduat" not in clause:
            unit = amount["unit"]
            months = count * 12 if unit.startswith("year") else count
            yield ("usce_weeks" if unit.startswith("week") else "usce_months"), months, *place
    if _SAYS["prefer"].search(clause):
        yield "usce_preferred", True, *place
    elif _SAYS["deny"].search(clause):
        yield "usce_required", False, *place
    elif _SAYS["ask"].search(clause) and "graduat" not in clause:
        yield "usce_required", True, *place


def _scores(clause: str) -> Iterator[Found]:
    for match in (*_SAYS["score"].finditer(clause), *_SAYS["score_first"].finditer(clause)):
        step, score = match["step"], int(match["score"])
        if not 180 <= score <= 280 or "averag" in clause or "h-1" in clause or "h1" in clause:
            continue
        second = re.search(r"2|ii|two", step) and not re.search(r"\b(?:1|i|one)\b", step)
        kind = "pref" if _SAYS["prefer"].search(clause) else "min"
        yield f"step{'2' if second else ''}_{kind}", score, match.start(), match.end()


def _step3(clause: str) -> Iterator[Found]:
    match = _SAYS["step3"].search(clause)
    if not match:
        return
    if re.search(r"(?:\bnot|n't) (?:\w+ )?(?:require|need|necessary)", clause):
        return
    if _SAYS["prefer"].search(clause):
        value = "preferred"
    elif re.search(r"before (?:\w+ ){0,2}contract", clause):
        value = "before contract"
    elif re.search(r"(?:before|prior to|by) (?:the )?(?:start|begin|enter|matric|employ)", clause):
        value = "before start"
    elif _SAYS["ask"].search(clause) or "pass" in clause:
        value = "required"
    else:
        return
    yield "step3", value, match.start(), match.end()


def _number(word: str) -> int:
    if word in ("a", "an"):
        return 1
    return int(word) if word.isdigit() else NUMBERS.index(word)
