"""Where to send signals, and what each one gains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from visamatch.advice.chances import Chances, by_program
from visamatch.advice.portfolio.attend import Attended
from visamatch.facts.tables import Signals, rows
from visamatch.workspace.profile import Profile

Quota = tuple[int, int]  # gold and silver signals; where a specialty has one kind, all are silver
Sent = tuple[str | None, float]  # gold, silver or empty, None where not known; what it gains


def quotas(
    specialties: Sequence[str], profile: Profile, on: date, stated: Mapping[str, Quota]
) -> dict[str, Quota | None]:
    """Signals of each specialty in the season: as stated, else as published for that season, else not known."""
    year = profile.match_year or on.year + 1
    published = {
        row.specialty_id: (row.gold or 0, row.silver if row.silver is not None else row.total)
        for row in rows(Signals)
        if row.season == year
    }
    return {name: stated.get(name, published.get(name)) for name in dict.fromkeys(specialties)}


def signals(
    list_: Chances, specialties: Sequence[str], known: Mapping[str, Quota | None]
) -> list[Sent]:
    """What each program of a list gets: one signal after the other to where the next adds most; gold first.

    A signal changes who invites and not how an interview ends, so it acts like a second application there
    that counts where the first brought no invitation, or one to another of the program's tracks.
    """
    left = {
        name: ["gold"] * quota[0] + ["silver"] * quota[1]
        for name, quota in known.items()
        if quota is not None
    }
    sent: list[Sent] = [("" if name in left else None, 0.0) for name in specialties]
    if not any(left[name] for name in specialties if name in left):
        return sent
    invited, reach = (by_program(part[0]).copy() for part in (list_.interviewed, list_.matched))
    told = list_.signaled()
    more, better = (
        by_program(new) & (1 - old) for new, old in zip(told, (invited, reach), strict=True)
    )
    every, ones = range(len(specialties)), np.ones(len(specialties))
    while True:
        now = Attended(invited, list_.attended.place, list_.most)
        again = Attended(more | better, now.place, now.most)
        gains = again.gains(now.standing(every, ones, reach), every, ones, better)
        open_ = [sent[at][0] == "" and bool(left[name]) for at, name in enumerate(specialties)]
        if not any(open_):
            return sent
        at = int(np.argmax(np.where(open_, gains, -np.inf)))
        sent[at] = (left[specialties[at]].pop(0), float(gains[at] / reach.shape[1]))
        invited[at] |= more[at]
        reach[at] |= better[at]
