"""A reading: what a text says about visas, and the places that say it."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from visamatch.evidence.policy.dating import AsOf
from visamatch.evidence.statement import Answer, Offer

Label = Literal["policy", "no_policy"]


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` to ``end`` of the text, and what they say (``h1b: refuse``)."""

    start: int
    end: int
    says: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text says. What is not said is ``unknown``; a reading is not yet an accepted fact.

    Attributes:
        label: ``policy`` when an applicant is told which visa status is taken, sponsored or refused.
        sponsors_j1: ``yes`` also where the ECFMG is the formal sponsor.
        sponsors_h1b: ``conditional``: yes, if the conditions hold; ``case_by_case``: each case is decided
            and nothing promised.
        h1b_conditions, j1_conditions: codes of ``lexicon.yaml``.
        other_visas: other standings named as taken ("Permanent Resident", "EAD", "F-1 OPT", …).
        needs_us_work_authorization_only: only people already allowed to work.
        img_policy: what is asked of graduates of foreign schools, by key (``yog_limit``, ``ecfmg``, …).
        spans: the places that carry the findings, offsets into ``text``.
        as_of: the date the words speak for, or None where nothing says it.
        notes: what a person should know before accepting the reading.
        text: the text that was read: as given, or the visible text of the HTML given.
    """

    label: Label
    sponsors_j1: Answer = "unknown"
    sponsors_h1b: Offer = "unknown"
    h1b_conditions: tuple[str, ...] = ()
    j1_conditions: tuple[str, ...] = ()
    other_visas: tuple[str, ...] = ()
    needs_us_work_authorization_only: bool = False
    img_policy: dict[str, Any] = field(default_factory=dict, hash=False)
    spans: tuple[Span, ...] = ()
    as_of: AsOf | None = None
    notes: tuple[str, ...] = ()
    text: str = field(default="", repr=False)

    def answers(self) -> dict[str, Any]:
        """The reading as plain data, without the text; two readings agree when these agree."""
        plain = asdict(self)
        del plain["text"]
        return plain
