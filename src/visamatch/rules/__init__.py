"""Immigration law as dated, cited data, and the engine that answers questions from it."""

from visamatch.rules.engine import QUESTIONS, evaluate
from visamatch.rules.ruling import Answer

__all__ = ["QUESTIONS", "Answer", "evaluate"]
