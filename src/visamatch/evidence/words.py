"""The words for standings, conditions and statements: one place, the same everywhere."""

from __future__ import annotations

from visamatch.evidence.assessment import StandingCode
from visamatch.evidence.statement import (
    Answer,
    FamilyFilings,
    H1bApprovals,
    Offer,
    Silence,
    Statement,
    TraineeFilings,
    VisaPolicy,
)
from visamatch.shipped import shipped

_WORDS = shipped("evidence/words.yaml")
STANDINGS: dict[StandingCode, str] = _WORDS["standings"]
MARKS: dict[StandingCode, str] = _WORDS["marks"]
MEANINGS: dict[StandingCode, str] = _WORDS["meanings"]
CONDITIONS: dict[str, str] = _WORDS["conditions"]
REQUIREMENTS: dict[str, str] = _WORDS["requirements"]
OFFERS: dict[Offer, str] = _WORDS["offers"]
J1: dict[Answer, str] = _WORDS["j1"]


def conditions_text(policy: VisaPolicy) -> str:
    """The conditions in words, joined: ``Step 3 passed by 12-31; decided case by case``."""
    known = {"step3_deadline": "a date it names"} | dict(policy.details)
    phrases = []
    for code in policy.conditions:
        plain = code.removeprefix("other:").replace("_", " ")
        phrases.append(CONDITIONS.get(code, plain).format_map(known))
    return "; ".join(dict.fromkeys(phrases))


def requirement_text(key: str, value: object) -> str:
    """What a page asks of international graduates, in words: ``years since graduation, at most: 5``."""
    plain = {"True": "yes", "False": "no"}.get(str(value), str(value))
    return REQUIREMENTS.get(key, key.replace("_", " ") + ": {}").format(plain)


def plural(count: int, singular: str, many: str = "") -> str:
    """A count with its noun: ``1 resident``, ``6 residents``."""
    return f"{count:,} {singular if count == 1 else many or singular + 's'}"


def statement_text(claim: Statement) -> str:
    """A statement as one plain sentence."""
    match claim.value:
        case VisaPolicy() as policy:
            return _policy_text(policy)
        case TraineeFilings() as filings:
            return _filings_text(filings, bool(claim.specialty_id))
        case H1bApprovals() as approvals:
            years = ", ".join(
                f"{count} in FY{year}{' (part)' * (year in approvals.partial)}"
                for year, count in reversed(approvals.initial[-4:])
            )
            ahead = approvals.next_year
            again = f" Chance of any in the year after: {ahead:.0%}." if ahead is not None else ""
            return f"Initial H-1B approvals, all occupations together: {years}.{again}"
        case Silence(period):
            return f"No trainee filing of its employers in the records on file ({period})."
        case FamilyFilings() as family:
            return _family_text(family)


def _filings_text(filings: TraineeFilings, named: bool) -> str:
    if filings.other_specialties:
        count = len(set(filings.other_specialties))
        which = f"for {count} other {'specialty' if count == 1 else 'specialties'}"
    else:
        which = "naming this specialty" if named else "naming no department"
    case = plural(filings.count, f"{filings.kind.replace('_', ' ')} case")
    text = f"{case} {which} in the labor condition applications of FY{filings.fiscal_year}"
    if filings.new is not None and filings.continuing is not None:
        text += f", {filings.new} new and {filings.continuing} continuing positions"
    if wages := _dollars(filings.wage_min, filings.wage_max):
        text += f", paying {wages} a year"
    if wages and (prevailing := _dollars(filings.prevailing_min, filings.prevailing_max)):
        text += f" (prevailing wage {prevailing})"
    return text + "."


def _dollars(low: int | None, high: int | None) -> str:
    """A range of yearly wages; empty when unknown."""
    if low is None or high is None:
        return ""
    return f"${low:,}" if low == high else f"${low:,} to ${high:,}"


def _family_text(family: FamilyFilings) -> str:
    others = plural(family.members, "other institution")
    if not family.institutions:
        return f"None of {others} of its system filed for a trainee ({family.period})."
    return (
        f"{family.institutions} of {others} of its system filed for trainees: "
        f"{plural(family.resident, 'resident case')}, {plural(family.fellow, 'fellow case')}."
    )


def _policy_text(policy: VisaPolicy) -> str:
    text = f"{J1[policy.sponsors_j1]}; {OFFERS[policy.sponsors_h1b]}"
    if policy.conditions:
        text += f" ({conditions_text(policy)})"
    if preferred := policy.detail("prefers"):
        text += f"; prefers {preferred}"
    return text + "."
