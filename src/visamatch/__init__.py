"""visamatch: who will sponsor me, what are my chances, where to apply, what to do by when."""

__version__ = "0.1.0"
