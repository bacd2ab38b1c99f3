"""Ask the rule book: one case in, one answer out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from visamatch.rules import credentials, entry, exams, money, states, status, waivers, ways
from visamatch.rules.case import Facts
from visamatch.rules.reading import read
from visamatch.rules.ruling import Answer, Ruling

Question = Callable[[Facts], Ruling]

QUESTIONS: Mapping[str, Question] = {
    question.__name__: question
    for question in (
        ways.h1b, credentials.h1b_exam, credentials.h1b_license, status.h1b_clock, money.h1b_cap,
        money.payment_100k, money.h1b_fees, money.fees_who_pays, money.prevailing_wage,
        status.change_of_status, credentials.j1_physician, credentials.j1_statement_of_need,
        status.j1_clock, status.j1_specialty_change, status.admission_period,
        status.two_year_requirement, waivers.waiver_ground, waivers.conrad30, waivers.green_card,
        entry.entry_ban, entry.consular_interview, ways.tn, ways.e3, ways.o1, status.ead,
        status.sponsorship_needed, status.activity_permitted, credentials.ecfmg_required,
        credentials.ecfmg_certification, credentials.match_eligibility, exams.usmle_eligibility,
        exams.step3_timing, states.state_license, states.program_policy, money.procedure_dates,
    )
}  # fmt: skip


def evaluate(case: Mapping[str, Any]) -> Answer:
    """Answer the question of one case on its day.

    Args:
        case: ``asked_on`` (ISO), ``question`` and tables of facts, as in ``case.yaml``.

    Raises:
        InputError: names the field that is wrong.
    """
    facts = read(case, QUESTIONS)
    return ask(case["question"], facts)


def ask(question: str, facts: Facts) -> Answer:
    """Answer a question on facts that were checked before."""
    return QUESTIONS[question](facts).answer()
