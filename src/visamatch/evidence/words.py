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

STANDINGS: dict[StandingCode, str] = {
    "confirmed": "Confirmed in writing",
    "filed": "Filed recently",
    "says_yes": "Says yes",
    "conditional": "Conditional",
    "not_for_you": "H-1B, but not for you",
    "j1_only": "J-1 only",
    "no_h1b": "No H-1B",
    "unknown": "Unknown",
    "conflict": "Conflict",
}

MARKS: dict[StandingCode, str] = {
    "confirmed": "●",
    "filed": "◆",
    "says_yes": "▲",
    "conditional": "◐",
    "not_for_you": "◇",
    "j1_only": "■",
    "no_h1b": "✕",
    "unknown": "?",
    "conflict": "≠",
}

CONDITIONS: dict[str, str] = {
    "exceptional_only": "only in exceptional cases",
    "step3_by_date": "Step 3 passed by {step3_deadline}",
    "step3_before_start": "Step 3 passed before the start",
    "step3_before_petition": "Step 3 passed before the petition",
    "step3_unspecified_deadline": "Step 3 passed, date not given",
    "institution_approval": "the GME office or a committee must approve",
    "case_by_case": "decided case by case",
    "transfer_only": "only for people already in H-1B status",
    "us_grad_only": "only for graduates of US medical schools",
    "us_grad_f1_only": "only for US graduates on F-1",
    "track_limited": "only some tracks or places",
    "categorical_only": "only categorical positions",
    "site_limited": "only some sites",
    "applicant_pays": "the applicant pays the costs",
    "institution_pays": "the institution pays the costs",
    "score_threshold": "scores above its line",
    "research_background": "a strong research record",
    "non_acgme_only": "only positions outside ACGME accreditation",
    "pending_proclamation": "waiting for federal guidance",
    "other:fallback_to_j1": "a J-1 must be accepted otherwise",
    "other:subject_to_regulations": "as current regulations allow",
    "other:in_us_or_existing_visa": "for people in the US or holding the visa already",
    "other:j1_ineligible_only": "only for people who cannot have a J-1",
    "other:program_opt_in": "if the program opts in",
    "other:institution_cap": "few places for the whole institution",
    "other:premium_processing": "with premium processing",
    "other:scholarly_merit": "on scholarly merit",
    "other:state_license": "with the state license it asks for",
    "other:legal_feasibility": "where legally feasible",
    "other:requirements_met_in_time": "if all requirements are met in time",
    "other:employee_title_only": "only for posts titled as employees",
    "other:preapproval_before_ranking": "approved before ranking",
}


def conditions_text(policy: VisaPolicy) -> str:
    """The conditions in words, joined: ``Step 3 passed by 12-31; decided case by case``."""
    known = {"step3_deadline": "a date it names"} | dict(policy.details)
    phrases = []
    for code in policy.conditions:
        plain = code.removeprefix("other:").replace("_", " ")
        phrases.append(CONDITIONS.get(code, plain).format_map(known))
    return "; ".join(dict.fromkeys(phrases))


REQUIREMENTS: dict[str, str] = {
    "ecfmg": "ECFMG certificate: {}",
    "yog_limit": "years since graduation, at most: {}",
    "yog_preferred": "years since graduation, preferred: {}",
    "attempts_limit": "attempts at a USMLE step, at most: {}",
    "attempts_preferred": "attempts at a USMLE step, preferred: {}",
    "step_min": "Step score, at least: {}",
    "step2_min": "Step 2 score, at least: {}",
    "step_pref": "Step score, preferred: {}",
    "step2_pref": "Step 2 score, preferred: {}",
    "step3": "Step 3 for all applicants: {}",
    "step3_deadline": "Step 3 for the H-1B by {}",
    "usce_required": "US clinical experience required: {}",
    "usce_preferred": "US clinical experience preferred: {}",
    "usce_months": "months of US clinical experience: {}",
    "usce_weeks": "weeks of US clinical experience: {}",
    "us_lor": "letters from the US: {}",
}


def requirement_text(key: str, value: object) -> str:
    """What a page asks of international graduates, in words: ``years since graduation, at most: 5``."""
    plain = {"True": "yes", "False": "no"}.get(str(value), str(value))
    return REQUIREMENTS.get(key, key.replace("_", " ") + ": {}").format(plain)


def plural(count: int, singular: str, many: str = "") -> str:
    """A count with its noun: ``1 resident``, ``6 residents``."""
    return f"{count:,} {singular if count == 1 else many or singular + 's'}"


OFFERS: dict[Offer, str] = {
    "yes": "sponsors H-1B",
    "no": "does not sponsor H-1B",
    "conditional": "sponsors H-1B on conditions",
    "case_by_case": "decides on H-1B case by case",
    "unknown": "does not say whether it sponsors H-1B",
}
J1: dict[Answer, str] = {
    "yes": "Takes J-1",
    "no": "Does not take J-1",
    "unknown": "Does not speak of J-1",
}


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
