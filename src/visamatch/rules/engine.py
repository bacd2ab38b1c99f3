"""Ask the rule book: one case in, one answer out."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from visamatch.rules import credentials, entry, exams, money, status  # noqa: F401  they register
from visamatch.rules.book import reference
from visamatch.rules.case import Facts
from visamatch.rules.reading import read
from visamatch.rules.ruling import Answer
from visamatch.rules.tables import QUESTIONS, apply, question

for _name in reference("questions"):
    question(partial(apply, _name), _name)


def evaluate(case: Mapping[str, Any]) -> Answer:
    """Answer the question of one case on its day.

    Args:
        case: ``asked_on`` (ISO), ``question`` and tables of facts, as in ``case.yaml``.

    Raises:
        InputError: names the field that is wrong.
    """
    facts = read(case, QUESTIONS)
    return ask(case["question"], facts)


def ask(name: str, facts: Facts) -> Answer:
    """Answer a question on facts that were checked before."""
    return QUESTIONS[name](facts).answer()
