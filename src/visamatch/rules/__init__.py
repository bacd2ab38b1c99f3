"""Immigration law as dated, cited data, and the engine that answers questions from it."""

from visamatch.rules.engine import ask, evaluate
from visamatch.rules.reading import facts_of, unread
from visamatch.rules.ruling import Answer
from visamatch.rules.tables import QUESTIONS

__all__ = ["QUESTIONS", "Answer", "ask", "evaluate", "facts_of", "unread"]
