"""Immigration law as dated, cited data, and the engine that answers questions from it."""

from visamatch.rules.engine import QUESTIONS, ask, evaluate
from visamatch.rules.reading import facts_of, unread
from visamatch.rules.ruling import Answer

__all__ = ["QUESTIONS", "Answer", "ask", "evaluate", "facts_of", "unread"]
