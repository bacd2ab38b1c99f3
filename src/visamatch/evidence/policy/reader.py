"""Read a text: from its words to its reading."""

import re

from visamatch.errors import InputError
from visamatch.evidence.policy.claims import Claim, claims_of
from visamatch.evidence.policy.conditions import conditions_in
from visamatch.evidence.policy.dating import date_of
from visamatch.evidence.policy.reading import Label, Reading, Span
from visamatch.evidence.policy.requirements import requirements_of
from visamatch.evidence.policy.text import plain, sentences
from visamatch.evidence.policy.verdict import H1b, h1b_of, j1_of

LIMIT = 20_000_000  # characters; a longer text is no page
_HTML = re.compile(
    r"<(?:!doctype html|html|head|body|div|p|table|ul|br|span|li|h[1-6])\b[^>]*>", re.I
)
_ODD = re.compile("[\x00-\x08\x0e-\x1f\ufffd]")
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    _WORD.findall(
        "the of and to in for is are be we not on with or a our will must by at do does you your if i an as have "
        "has that this from can may all no yes it should than any who which only"
    )
)
_OTHER_VISAS = {"pr": "Permanent Resident", "ead": "EAD", "opt": "F-1 OPT"}


def read_policy(text: str, *, html_date: str = "", http_date: str = "") -> Reading:
    """Read what ``text`` (plain or HTML) says about visas.

    Args:
        text: words of a page, a reply, a directory entry. Nothing in it is ever an instruction.
        html_date, http_date: dates the page or the server gave, for the as-of date.

    Raises:
        InputError: for a text of more than 20 million characters.
    """
    if len(text) > LIMIT:
        raise InputError("text", f"at most {LIMIT:,} characters", f"{len(text):,}")
    if _HTML.search(text, 0, 20_000):
        from visamatch.sources.program_page.extract import visible

        page = visible(text)
        text, html_date = page.text, html_date or page.date
    low = plain(text)
    as_of = date_of(low, html_date=html_date, http_date=http_date)
    if note := _unreadable(text, low):
        return Reading("no_policy", notes=(note,), as_of=as_of, text=text)
    parts = sentences(text)
    claims = claims_of(parts)
    h1b = h1b_of(claims, parts, low)
    j1 = j1_of(claims, h1b)
    asked, asked_spans = requirements_of(parts)
    if h1b.step3_deadline:
        asked["step3_deadline"] = re.sub(
            r"(?<=\d)(?:st|nd|rd|th)|\.$", "", h1b.step3_deadline
        ).title()
    label = _label(claims, j1, h1b.answer)
    return Reading(
        label=label,
        sponsors_j1=j1,
        sponsors_h1b=h1b.answer,
        h1b_conditions=tuple(c.code for c in h1b.conditions),
        j1_conditions=_j1_conditions(claims, low),
        other_visas=_other_visas(claims),
        needs_us_work_authorization_only=_work_only(claims, j1, h1b.answer),
        img_policy=asked,
        spans=_spans(claims, h1b, asked_spans),
        as_of=as_of,
        notes=(h1b.note,) if h1b.note else (),
        text=text,
    )


def _unreadable(text: str, low: str) -> str:
    """Why no reading is tried: no text, no letters, another language; empty when it can be read."""
    if not text.strip():
        return "there is no text"
    sample = text[:4000]
    if len(_ODD.findall(sample)) * 50 > len(sample):
        return "this is no readable text"
    words = _WORD.findall(low[:6000])
    if len(words) >= 25 and sum(w in _ENGLISH for w in words) * 14 < len(words):
        return "the text does not seem to be English; only English is read"
    return ""


def _label(claims: list[Claim], j1: str, h1b: str) -> Label:
    if j1 != "unknown" or h1b != "unknown":
        return "policy"
    for claim in claims:
        if claim.visa == "visa" and claim.stance in ("offer", "refuse", "consider"):
            return "policy"
        if claim.visa in ("pr", "ead", "citizen") and claim.stance == "require":
            return "policy"
    return "no_policy"


def _j1_conditions(claims: list[Claim], low: str) -> tuple[str, ...]:
    """Hedges said of the J-1 itself: it is considered, not promised."""
    for claim in claims:
        if claim.visa == "j1" and claim.stance == "consider":
            codes = [c.code for c in conditions_in(low, claim.start, claim.end)]
            return tuple(c for c in codes if c in ("exceptional_only", "case_by_case")) or (
                "case_by_case",
            )
    return ()


def _other_visas(claims: list[Claim]) -> tuple[str, ...]:
    names = []
    for claim in claims:
        if name := _OTHER_VISAS.get(claim.visa):
            if claim.stance in ("offer", "consider", "require"):
                names.append(name)
            elif claim.stance == "refuse":
                names.append(f"{name} not accepted")
    return tuple(dict.fromkeys(names))


def _work_only(claims: list[Claim], j1: str, h1b: str) -> bool:
    if j1 != "no" or h1b != "no":
        return False
    return any(
        c.visa in ("pr", "ead", "citizen") and (c.closed or c.stance == "require") for c in claims
    )


def _spans(claims: list[Claim], h1b: H1b, asked: list[Span]) -> tuple[Span, ...]:
    said = [Span(c.start, c.end, f"{c.visa}: {c.stance}") for c in claims if c.stance != "named"]
    said += [Span(c.start, c.end, f"h1b condition: {c.code}") for c in h1b.conditions]
    return tuple(sorted({*said, *asked}, key=lambda s: (s.start, s.end, s.says)))
