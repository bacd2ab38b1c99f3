"""A program's standing on H-1B, derived from the statements that bear on it.

The order of precedence: a written reply; then what names the program; then what its institution says
for all its programs; then filings that name no department. Statements of equal reach that contradict
each other make a conflict, which is shown and not resolved. What a system files for all its hospitals
never becomes the standing of one program.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations
from typing import Literal

from visamatch.evidence.ages import is_stale, last_day
from visamatch.evidence.asker import Asker
from visamatch.evidence.assessment import Standing, StandingCode
from visamatch.evidence.ledger import Bearing
from visamatch.evidence.statement import Reach, Statement, TraineeFilings, VisaPolicy
from visamatch.evidence.words import STANDINGS, conditions_text, plural

RECENT_FISCAL_YEARS = 3
Stance = Literal["yes", "conditional", "not_for_you", "no", "unknown"]


def stance(policy: VisaPolicy, who: Asker) -> Stance:
    """What a policy offers this person."""
    if policy.sponsors_h1b in ("no", "unknown"):
        return policy.sponsors_h1b
    if who.excluded_by(policy.conditions):
        return "not_for_you"
    if policy.sponsors_h1b == "yes" and not policy.conditions:
        return "yes"
    return "conditional"


def standing(bearing: Sequence[Bearing], who: Asker, on: date) -> Standing:
    """The standing that the statements bearing on a program add up to for ``who`` on ``on``."""
    replies = [
        claim for claim, reach in bearing if claim.property == "reply" and reach == "program"
    ]
    if replies:
        return _of_reply(max(replies, key=_day), who, on)
    for reach in ("program", "institution"):
        said = [claim for claim, near in bearing if near == reach and claim.property == "policy"]
        filed = _recent_resident_filings(bearing, reach, on)
        if found := _at_one_reach(said, filed, who, on):
            return found
    return _unknown(bearing, on)


def _at_one_reach(
    said: list[Statement], filed: list[Statement], who: Asker, on: date
) -> Standing | None:
    clashes = contradictions([*said, *filed], who)
    if clashes:
        first, second = clashes[0]
        other = _says(second)
        reason = f"{_says(first)}; {other[0].lower()}{other[1:]}."
        return _make("conflict", reason, max((first, second), key=_day), on)
    decided = [claim for claim in said if stance(_policy(claim), who) != "unknown"]
    if decided:
        return _of_policy(max(decided, key=_day), filed, who, on)
    if filed:
        return _make("filed", _filed(filed), max(filed, key=_day), on)
    return None


def _of_reply(claim: Statement, who: Asker, on: date) -> Standing:
    code: dict[Stance, StandingCode] = {
        "yes": "confirmed",
        "conditional": "conditional",
        "not_for_you": "not_for_you",
        "no": _refusal(_policy(claim)),
        "unknown": "unknown",
    }
    reason = f"Your note of a reply: {claim.note}" if claim.note else "A reply you noted."
    return _make(code[stance(_policy(claim), who)], reason, claim, on)


def _of_policy(claim: Statement, filed: list[Statement], who: Asker, on: date) -> Standing:
    policy = _policy(claim)
    offer, conditions = stance(policy, who), conditions_text(policy)
    if offer == "no":
        return _make(_refusal(policy), f"{_page(claim)} refuses H-1B.", claim, on)
    if offer == "not_for_you":
        return _make("not_for_you", f"{_page(claim)} offers H-1B: {conditions}.", claim, on)
    if filed and all(filing.specialty_id for filing in filed):
        extra = f" Its page adds: {conditions}." if conditions else ""
        return _make("filed", _filed(filed) + extra, max(filed, key=_day), on)
    if offer == "yes":
        return _make("says_yes", f"{_page(claim)} says it sponsors H-1B.", claim, on)
    terms = conditions or "each case is decided singly"
    return _make("conditional", f"{_page(claim)} offers H-1B: {terms}.", claim, on)


def _unknown(bearing: Sequence[Bearing], on: date) -> Standing:
    if system := _recent_resident_filings(bearing, "system", on):
        reason = f"{_filed(system)} It files for several hospitals and does not say for which."
        return _make("unknown", reason, max(system, key=_day), on)
    near = ("program", "institution")
    pages = [claim for claim, reach in bearing if claim.property == "policy" and reach in near]
    if pages:
        newest = max(pages, key=_day)
        j1 = "speaks of J-1 and " if _policy(newest).sponsors_j1 == "yes" else ""
        return _make("unknown", f"{_page(newest)} {j1}does not settle H-1B.", newest, on)
    return Standing("unknown", STANDINGS["unknown"], "Nothing on file speaks of H-1B.", "", True)


def contradictions(claims: Iterable[Statement], who: Asker) -> list[tuple[Statement, Statement]]:
    """Pairs of statements that cannot both hold for the same trainee.

    An offer to this person against a refusal or an offer to others only; a refusal, or a preference
    for J-1, against filings for residents.
    """
    return [pair for pair in combinations(claims, 2) if _contradict(pair[0], pair[1], who)]


def _contradict(a: Statement, b: Statement, who: Asker) -> bool:
    if is_filing(a) or is_filing(b):
        page, other = (b, a) if is_filing(a) else (a, b)
        return (
            is_filing(other)
            and isinstance(page.value, VisaPolicy)
            and (stance(page.value, who) == "no" or page.value.detail("prefers") == "J-1")
        )
    if not (isinstance(a.value, VisaPolicy) and isinstance(b.value, VisaPolicy)):
        return False
    offers = {stance(a.value, who), stance(b.value, who)}
    return bool(offers & {"yes", "conditional"}) and bool(offers & {"no", "not_for_you"})


def is_filing(claim: Statement) -> bool:
    """Whether the statement counts filings for residents."""
    return isinstance(claim.value, TraineeFilings) and claim.value.kind == "resident"


def _recent_resident_filings(bearing: Sequence[Bearing], reach: Reach, on: date) -> list[Statement]:
    this_year = on.year + (on.month >= 10)  # the federal fiscal year starts in October
    return [
        claim
        for claim, near in bearing
        if near == reach
        and is_filing(claim)
        and this_year - _filings(claim).fiscal_year <= RECENT_FISCAL_YEARS
    ]


def _filed(claims: list[Statement]) -> str:
    newest = max(_filings(claim).fiscal_year for claim in claims)
    same_year = [claim for claim in claims if _filings(claim).fiscal_year == newest]
    count = sum(_filings(claim).count for claim in same_year)
    named = all(claim.specialty_id for claim in same_year)
    where = "naming this specialty" if named else "naming no department"
    return f"Its employer filed for {plural(count, 'resident')} in FY{newest}, {where}."


def _says(claim: Statement) -> str:
    if is_filing(claim):
        return _filed([claim]).rstrip(".")
    policy = _policy(claim)
    if policy.sponsors_h1b == "unknown":
        return f"{_page(claim)} prefers {policy.detail('prefers')}"
    verb = {"no": "refuses H-1B", "yes": "says yes", "case_by_case": "decides case by case"}
    return f"{_page(claim)} {verb.get(policy.sponsors_h1b, 'offers H-1B on conditions')}"


def _page(claim: Statement) -> str:
    dated = "undated" if last_day(claim.as_of) is None else claim.as_of
    owner = "Its institution's page" if claim.subject_kind == "institution" else "Its page"
    return f"{owner} ({dated})"


def _policy(claim: Statement) -> VisaPolicy:
    assert isinstance(claim.value, VisaPolicy)
    return claim.value


def _filings(claim: Statement) -> TraineeFilings:
    assert isinstance(claim.value, TraineeFilings)
    return claim.value


def _refusal(policy: VisaPolicy) -> StandingCode:
    return "j1_only" if policy.sponsors_j1 == "yes" else "no_h1b"


def _day(claim: Statement) -> date:
    return last_day(claim.as_of) or date.min


def _make(code: StandingCode, reason: str, claim: Statement, on: date) -> Standing:
    return Standing(code, STANDINGS[code], reason, claim.as_of, is_stale(claim.as_of, on))
