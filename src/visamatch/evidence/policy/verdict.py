"""The verdict of a page: its claims weighed together."""

import re
from dataclasses import dataclass

from visamatch.evidence.policy.claims import Claim
from visamatch.evidence.policy.conditions import SOFT, TERMS, Condition, conditions_in, step3_in
from visamatch.evidence.policy.cues import patterns
from visamatch.evidence.policy.text import Sentence
from visamatch.evidence.statement import Answer, Offer

_SAYS = patterns("verdict")
_TAKES = frozenset({"offer", "consider"})
# Told only where the H-1B is named; in a following sentence they are asked of everyone.
_DIRECT = (
    "score_threshold", "research_background", "us_grad_only", "us_grad_f1_only", "other:state_license"
)  # fmt: skip
_STEP3_CODES = (
    "step3_by_date", "step3_before_petition", "step3_before_start", "step3_unspecified_deadline"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class H1b:
    """The H-1B verdict with its conditions, the Step 3 date in words, and a note for the person."""

    answer: Offer
    conditions: tuple[Condition, ...] = ()
    step3_deadline: str = ""
    note: str = ""


class _Page:
    """The claims of a page with its sentences, and where the clauses of each sentence start."""

    def __init__(self, claims: list[Claim], sentences: list[Sentence], low: str) -> None:
        self.claims, self.sentences, self.low = claims, sentences, low
        self.starts: dict[int, set[int]] = {}
        for claim in claims:
            self.starts.setdefault(claim.sentence, set()).add(claim.start)

    def territory(self, index: int, ours: set[int]) -> list[tuple[int, int]]:
        """The stretches of a sentence that belong to the clauses starting at ``ours``, or all of it."""
        sentence = self.sentences[index]
        if not ours:  # what follows a bare "Yes."
            return [(sentence.start, sentence.end)]
        starts = sorted(self.starts[index])
        pieces, left = [], sentence.start
        for start, following in zip(starts, [*starts[1:], None], strict=True):
            right = sentence.end if following is None else _edge(sentence, start, following)
            if start in ours:
                pieces.append((left, right))
            left = right
        return pieces

    def own(self, claim: Claim) -> list[tuple[int, int]]:
        """The stretch of one claim."""
        return self.territory(claim.sentence, {claim.start})


def h1b_of(claims: list[Claim], sentences: list[Sentence], low: str) -> H1b:
    """Weigh what is said of the H-1B: its own claims, then refusals of any visa, then closed lists."""
    page = _Page(claims, sentences, low)
    own = [c for c in claims if c.visa == "h1b"]
    takes = [c for c in own if c.stance in _TAKES or c.stance == "require"]
    refusals = [c for c in own if c.stance == "refuse"]
    refusals += [c for c in claims if c.new_only and c.visa == "visa"]
    takes += [c for c in claims if c.visa == "other_visa" and c.stance == "consider"]
    if not takes and not refusals:
        takes = [c for c in claims if c.visa == "h1b" and _asked_for(c, page)]
    if takes:
        return _taken(takes, refusals, page)
    refusals += [
        c for c in claims if c.visa in ("visa", "other_visa", "work_visa") and c.stance == "refuse"
    ]
    if refusals:
        return _refused(refusals, page)
    closed = [c for c in claims if c.closed]
    if any(c.visa == "visa" and c.stance != "refuse" for c in closed):
        return H1b("unknown")
    asked = closed or [c for c in claims if c.visa == "j1" and c.stance == "require"]
    opened = _opened(asked, sentences, low) if asked else None
    return opened or H1b("no" if closed else "unknown")


def _asked_for(claim: Claim, page: _Page) -> bool:
    """Whether a condition is put on an H-1B that is merely named: "the H-1B requires Step 3"."""
    if _SAYS["to_j1"].search(page.sentences[claim.sentence].plain):
        return False
    return any(
        step3_in(page.low, start, end)
        or {c.code for c in conditions_in(page.low, start, end)} - TERMS
        for start, end in page.own(claim)
    )


def _taken(takes: list[Claim], refusals: list[Claim], page: _Page) -> H1b:
    found, deadline = _conditions(takes, page)
    begun = {c.code for c in found}
    if refusals and all(c.new_only for c in refusals) and "transfer_only" not in begun:
        found = (*found, Condition("transfer_only", refusals[0].start, refusals[0].end))
    codes = {c.code for c in found} - TERMS
    if refusals and not codes and not any(c.stance == "consider" for c in takes):
        if all(c.sentence > takes[-1].sentence for c in refusals):
            return H1b("no", note="the text names the H-1B both ways; the later words count")
        return H1b("unknown", note="the text names the H-1B both ways")
    limited = any(
        c.limited or _SAYS["limit"].search(page.low, start, end)
        for c in takes
        for start, end in page.own(c)
    )
    promised = [c for c in takes if c.stance not in ("consider", "named")]
    if codes - SOFT or (limited and promised and not codes):
        return H1b("conditional", found, deadline)
    if codes or not promised:
        if not codes:
            first = takes[0]
            found = (*found, Condition("case_by_case", first.start, first.end))
        return H1b("case_by_case", found)
    return H1b("yes", found)


def _refused(refusals: list[Claim], page: _Page) -> H1b:
    """No, unless the refusal is for some only, not firm and followed by a door, or has an exception."""
    opened = [c for c in refusals if c.excepted or c.new_only]
    soft = [c for c in refusals if c.soft]
    if not opened and not soft:
        return H1b("no")
    found, deadline = _conditions(opened or soft, page)
    codes = {c.code for c in found} - TERMS
    met = codes - SOFT or (not codes and any(c.excepted for c in opened))
    if opened and met:
        return H1b("conditional", found, deadline)
    if codes & SOFT:
        return H1b("case_by_case", tuple(c for c in found if c.code in SOFT))
    return H1b("no")


def _opened(closed: list[Claim], sentences: list[Sentence], low: str) -> H1b | None:
    """A closed list whose own page tells how to ask for an exception."""
    for index in range(closed[0].sentence, min(closed[-1].sentence + 3, len(sentences))):
        sentence = sentences[index]
        if _SAYS["exception"].search(sentence.plain):
            found = conditions_in(low, sentence.start, sentence.end)
            if soft := tuple(c for c in found if c.code in SOFT):
                return H1b("case_by_case", soft)
    return None


def _conditions(claims: list[Claim], page: _Page) -> tuple[tuple[Condition, ...], str]:
    """The conditions said where the H-1B is taken, and in the sentences that go on about it."""
    found: dict[str, Condition] = {}
    ours: dict[int, set[int]] = {}
    low, deadline = page.low, ""
    for claim in claims:
        ours.setdefault(claim.sentence, set()).add(claim.start)
    for index, direct in _zone(claims, page.sentences):
        sentence = page.sentences[index]
        named = direct or re.search(r"\bh-?1|j-?1|\bvisa", sentence.plain) is not None
        for start, end in page.territory(index, ours.get(index, set())):
            said = conditions_in(low, start, end)
            for condition in said:
                if _is_example(condition, sentence):
                    continue
                if direct or condition.code not in _DIRECT:
                    found.setdefault(condition.code, condition)
            step3 = step3_in(low, start, end)
            if step3 and (named or not _SAYS["everyone"].search(sentence.plain)):
                found.setdefault(step3[0].code, step3[0])
                deadline = deadline or step3[1]
    return _tidy(found), deadline


def _is_example(condition: Condition, sentence: Sentence) -> bool:
    """Whether a condition only illustrates an exceptional case: "including, but not limited to, …"."""
    before = sentence.plain[: condition.start - sentence.start]
    return condition.code not in SOFT and _SAYS["example"].search(before) is not None


def _edge(sentence: Sentence, start: int, following: int) -> int:
    """Where one clause ends and the next begins: the last mark between them, else the next clause's cue."""
    between = sentence.plain[start - sentence.start : following - sentence.start]
    mark = max(between.rfind(m) for m in (";", "(", "—", " but ", " however", ", "))
    return start + mark if mark > 0 else following


def _zone(claims: list[Claim], sentences: list[Sentence]) -> list[tuple[int, bool]]:
    direct = sorted({c.sentence for c in claims})
    direct += [
        i + 1 for i in direct if sentences[i].plain.strip(".,") == "yes" and i + 1 < len(sentences)
    ]
    direct = sorted({i for i in direct if sentences[i].ends != "?"})
    zone = [(i, True) for i in direct]
    ends = [*direct[1:], len(sentences)]
    for index, limit in zip(direct, ends, strict=True):
        for follow in range(index + 1, min(index + 3, limit)):
            if sentences[follow].ends == "?" or not _goes_on(sentences[follow].plain):
                break
            zone.append((follow, False))
    return zone


def _goes_on(plain: str) -> bool:
    return bool(_SAYS["goes_on"].search(plain)) and not re.match(
        r"(?:all|imgs?|international|foreign|applicants? must)\b", plain
    )


def _tidy(found: dict[str, Condition]) -> tuple[Condition, ...]:
    """Drop a general code where a finer one says the same."""
    if {"exceptional_only", "institution_approval"} <= found.keys():
        found.pop("case_by_case", None)
    if "us_grad_f1_only" in found:
        found.pop("us_grad_only", None)
    for coarser in [code for code in _STEP3_CODES if code in found][1:]:
        del found[coarser]
    return tuple(found.values())


def j1_of(claims: list[Claim], h1b: H1b) -> Answer:
    """Weigh what is said of the J-1; taking ECFMG-sponsored visas is a yes even where "no visa" is sponsored."""
    own = [c for c in claims if c.visa == "j1"]
    takes = [c for c in own if c.stance in ("offer", "consider", "require")]
    refusals = [c for c in own if c.stance == "refuse"]
    if takes:
        return "yes"
    if refusals or any(c.visa == "visa" and c.stance == "refuse" for c in claims):
        return "yes" if any(c.by_ecfmg and c.stance == "named" for c in own) else "no"
    if own and (h1b.answer != "unknown" or any(c.by_ecfmg for c in own)):
        return "yes"
    closed = [c for c in claims if c.closed]
    if closed and all(c.visa in ("citizen", "pr", "ead", "opt", "h1b") for c in closed):
        return "no"
    return "unknown"
