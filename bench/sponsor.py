"""P(sponsor): every program at once, and one program with its working, against reading the ledger."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

from visamatch.directory.programs import directory
from visamatch.evidence.asker import Asker
from visamatch.evidence.assess import bearing_on
from visamatch.evidence.ledger import ledger
from visamatch.evidence.p_sponsor import effects, p_sponsor, plain_chances

ON = date(2026, 11, 27)
ROUNDS = 5


def _best(work: Callable[[], object]) -> float:
    """The least processor time of some rounds, in milliseconds."""
    found = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return 1000 * min(found)


def run() -> str:
    """Milliseconds on one core, warm, as a table."""
    known, claims, who = directory(), ledger(), Asker()
    programs = list(known.programs.values())
    bearing = {each.program_id: bearing_on(each, known, claims) for each in programs}
    floor = _best(lambda: [bearing_on(each, known, claims) for each in programs])
    counts = _best(plain_chances.__wrapped__)
    every = _best(lambda: [p_sponsor(each, bearing[each.program_id], who, ON) for each in programs])
    one = max(programs, key=lambda each: len(bearing[each.program_id]))
    working = _best(lambda: effects(one, bearing[one.program_id], who, ON))
    return f"""## P(sponsor)

{len(programs):,} programs, one core, warm, processor time; floor: gathering what bears on each program.

| | ms | times the floor |
| --- | --- | --- |
| gather the statements of every program (floor) | {floor:.0f} | 1 |
| readiness of every institution, chances from counts alone | {counts:.0f} | {counts / floor:.2f} |
| chances of every program with all statements | {every:.0f} | {every / floor:.2f} |
| the working of the program with most statements ({len(bearing[one.program_id])}) | {working:.1f} | |
"""
