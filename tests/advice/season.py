"""An invented Match for tests: every current track of the directory, cutoffs that mean nothing."""

from functools import cache

import numpy as np

from visamatch.directory.programs import directory
from visamatch.market import scenarios
from visamatch.market.scenarios import KINDS, MATCH_LOWEST, MATCH_STEP, Scenarios, encode


@cache
def season(count: int = 40) -> Scenarios:
    known = directory()
    codes = sorted(
        (track.nrmp_code, program.program_id, program.specialty_id)
        for program in known.programs.values()
        for track in known.tracks_of.get(program.program_id, ())
        if track.current
    )
    programs = sorted({program for _, program, _ in codes})
    specialties = tuple(sorted({specialty for _, _, specialty in codes}))
    rng = np.random.default_rng(1)
    cut = rng.normal(1.1, 0.5, len(codes)) + rng.normal(0, 0.15, (count, 1))
    return Scenarios(
        tracks=np.array([code for code, _, _ in codes]),
        programs=np.array(programs),
        program_of=np.array([programs.index(program) for _, program, _ in codes], np.int32),
        specialties=specialties,
        specialty_of=np.array([specialties.index(name) for _, _, name in codes], np.int32),
        interview=encode(cut.astype(np.float32)),
        match=encode((cut + 0.5).astype(np.float32), MATCH_LOWEST, MATCH_STEP),
        openness=encode(rng.normal(0, 0.5, (count, len(programs))).astype(np.float32)),
        handicap=np.tile(
            np.array([1.2, 0.9, 0.5, 0.2, 0.0, -0.1], np.float32), (len(specialties), 1)
        ),
        season=np.zeros((count, len(KINDS)), np.float32),
        late=np.zeros((len(specialties), len(KINDS)), np.float32),
        loading=np.array([0, 0, 0, 0.5, 1, 1], np.float32),
        closed=np.array([0, 0, 0, 0, 1, 1], bool),
        noise_program=np.full(len(specialties), 0.6, np.float32),
        noise_interview=0.6,
        signal=0.5,
        step2={
            group: {"other": {"mean": mean, "sd": 14.0, "r": 0.4}}
            for group, mean in (("img", 245.0), ("us", 250.0))
        },
        made={"seed": 1},
    )


def ship(monkeypatch, count: int = 40) -> None:
    """Put the invented Match in the place of the shipped one."""
    monkeypatch.setattr(scenarios, "load", lambda: season(count))
