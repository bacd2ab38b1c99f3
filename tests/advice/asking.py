"""Simulated answers: what acting on a program's reply brings, over yes and no."""

from dataclasses import dataclass, replace

import numpy as np

from visamatch.advice.choose import Season, choose
from visamatch.workspace.document import OwnStatement


@dataclass(frozen=True)
class Answered:
    """What an answer does on average: worth of the plan made anew over the old one, and programs exchanged."""

    gain: float
    exchanged: float


def answered(season: Season, profile, made, program_id: str) -> Answered:
    """Let a program say yes or no to H-1B as often as its chance says, and plan again."""
    at = [program.program_id for program in made.candidates.programs].index(program_id)
    p_yes = float(made.candidates.told.p_h1b[at])
    old = {made.candidates.programs[at].program_id for at in made.chosen}
    gain = exchanged = 0.0
    for answer, share in (("yes", p_yes), ("no", 1 - p_yes)):
        said = OwnStatement(
            statement_id="own-1",
            program_id=program_id,
            kind="reply",
            sponsors_h1b=answer,
            as_of=season.on.isoformat(),
        )
        new = choose(replace(season, own=(*season.own, said)), profile)
        ids = [program.program_id for program in new.candidates.programs]
        kept = [ids.index(name) for name in old if name in ids]
        gain += share * max(0.0, new.answer.value - new.problem.value(kept))
        exchanged += share * len({ids[at] for at in new.chosen} - old)
    return Answered(gain, exchanged)


def first_and_random(season: Season, profile, first: str, number: int, seed: int = 1):
    """The first of the queue, and programs picked at random from all whose H-1B is open."""
    made = choose(season, profile)
    told = made.candidates.told
    open_ = np.flatnonzero((told.p_h1b > 0.02) & (told.p_h1b < 0.98))
    picked = np.random.default_rng(seed).choice(open_, number, replace=False)
    names = [made.candidates.programs[at].program_id for at in picked]
    return answered(season, profile, made, first), [
        answered(season, profile, made, name) for name in names
    ]
