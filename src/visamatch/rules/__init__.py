"""Immigration law as dated, cited data, and the engine that answers questions from it."""

from visamatch.rules.engine import QUESTIONS, evaluate
from visamatch.rules.paths import Path, paths
from visamatch.rules.reading import unread
from visamatch.rules.ruling import Answer

__all__ = ["QUESTIONS", "Answer", "Path", "evaluate", "paths", "unread"]
