"""The policy reader: what a page's own words say about visas, with the words that say it.

``text`` keeps offsets and finds sentences, ``cues`` marks the words of ``lexicon.yaml`` (and ``patterns.yaml``), ``claims`` turns
each clause into claims about visas, ``verdict`` weighs the claims of a page, ``conditions`` and
``requirements`` read what is asked of the applicant, ``dating`` finds the date the words speak for.
"""

from visamatch.evidence.policy.dating import AsOf
from visamatch.evidence.policy.reader import read_policy
from visamatch.evidence.policy.reading import Reading, Span

__all__ = ["AsOf", "Reading", "Span", "read_policy"]
