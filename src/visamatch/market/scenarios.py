"""Scenarios: seasons of the simulated Match, kept as cutoffs against which a new applicant is evaluated.

**What a scenario is.** One simulated season (``market/season.py``) leaves two cutoffs for every track: the
score that was needed to be *interviewed*, and the score that was needed to be *matched* by those interviewed
(the last person a full track took; where seats stayed empty, the last score it would rank). They are the
cutoffs of a stable matching: an applicant matches to the best track, by the own list, among those that are
reachable (Azevedo and Leshno 2016). One more applicant does not move them.

**The latent scale.** ``strength`` is where somebody stands among the applicants of the same kind: mean 0,
standard deviation 1. A track sees ``strength + handicap(kind, specialty, program, season)``.
:meth:`Scenarios.cutoffs` subtracts the handicap, so its cutoffs are in strength: ``+inf`` nobody of this kind
can reach the track in that season, ``-inf`` anybody can.

**Evaluating an applicant** (row = one scenario and draw, column = track)::

    strength[row]       = mean + sd * z[row]                            # unknown to us: one for all tracks of a row
    invitation[row, t]  = strength + noise_program[t] * e[row, t] + signal[t]
    interviewed         = invitation >= interview_cutoff
    ranking[row, t]     = strength + noise_program[t] * e[row, t] + noise_interview * d[row, t]
    reachable           = interviewed and ranking >= match_cutoff

``z`` makes a weak season weak everywhere; ``e`` is a program's taste (seen before the interview and after),
``d`` the day of the interview. All are functions of (seed, scenario, draw, track): two sets of tracks share
the noise of the tracks they share, so sets can be compared. :meth:`Scenarios.outcomes` does this in one pass:
250 rows x 400 tracks take a few milliseconds.

**The chance of a set of tracks** is the share of rows in which at least one is ``reachable``; the chance at
one track alone is a column mean. Both are chances of *ending there if one lists it first*. Applying to P
programs in one specialty and being interviewed nowhere is a row of False: the denominator is everybody who
applies, not (as in published match rates) those who certified a list.

**Visa.** The cutoffs of ``non_us_img_visa`` suppose that the program takes this person's visa at all. Whether
it does is ``evidence``'s P(sponsor): draw it once a row and program (or once an institution) and clear the
column."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from visamatch.errors import InputError
from visamatch.market.noise import bell, mix

Kind = Literal["us_md", "us_do", "us_prior", "us_img", "non_us_img", "non_us_img_visa"]
# US graduates of an earlier year are a kind of their own; the sixth kind needs a visa.
KINDS: tuple[Kind, ...] = (
    "us_md", "us_do", "us_prior", "us_img", "non_us_img", "non_us_img_visa",
)  # fmt: skip
ANYBODY, NOBODY = 0, 255  # codes of -inf and +inf
LOWEST, STEP = np.float32(-8.0), np.float32(0.06)  # code c stands for LOWEST + STEP * c
MATCH_LOWEST, MATCH_STEP = np.float32(-22.0), np.float32(0.12)  # ranking scores spread wider
SHIPPED = files("visamatch.market") / "data" / "scenarios.npz"

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]


class Strength(NamedTuple):
    """What is known of somebody's latent strength: mean and standard deviation."""

    mean: float
    sd: float


class Outcomes(NamedTuple):
    """What happens in each row (scenario x draw) at each track; booleans, rows x tracks."""

    interviewed: Bools
    reachable: Bools


@dataclass(frozen=True, eq=False)  # hashed by identity
class Scenarios:
    """S seasons of T tracks of P programs. Codes are bytes, see ``LOWEST`` and ``STEP``.

    Attributes:
        tracks: NRMP codes, T. ``row_of`` gives a code's position.
        programs: program ids, P. ``program_of``: T positions into it.
        specialties: specialty ids. ``specialty_of``: T positions into it.
        interview, match: cutoffs on the score scale, S x T codes (``match`` on the wider ``MATCH_`` scale).
        openness: how a program treats international graduates in a season, S x P codes; NOBODY = it takes none.
        handicap: specialties x kinds, added to strength.
        season: S x kinds, added to strength in that season.
        late: specialties x kinds; what programs take off when they rank those they interviewed.
        loading: kinds; weight of openness (0 = openness does not concern the kind).
        closed: kinds for which a closed program is closed.
        noise_program: standard deviation of programs' taste, by specialty. noise_interview: of the day of the
            interview. signal: what a signal adds.
        step2: (kind group, specialty) -> mean, sd and correlation with strength; see :meth:`strength`.
        made: command, seed, date and versions.
    """

    tracks: NDArray[np.str_]
    programs: NDArray[np.str_]
    program_of: NDArray[np.int32]
    specialties: tuple[str, ...]
    specialty_of: NDArray[np.int32]
    interview: Bytes
    match: Bytes
    openness: Bytes
    handicap: Floats
    season: Floats
    late: Floats
    loading: Floats
    closed: Bools
    noise_program: Floats
    noise_interview: float
    signal: float
    step2: dict[str, dict[str, Any]]
    made: dict[str, Any]
    row_of: dict[str, int] = field(repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.row_of.update((str(code), row) for row, code in enumerate(self.tracks))

    @property
    def count(self) -> int:
        """Number of scenarios."""
        return len(self.interview)

    def strength(self, kind: Kind, specialty_id: str, step2ck: float | None = None) -> Strength:
        """Strength in a specialty from a Step 2 CK score; without one the whole spread of the kind."""
        group = self.step2["img" if "img" in kind else "us"]
        row = group.get(specialty_id, group["other"])
        if step2ck is None:
            return Strength(0.0, 1.0)
        r = row["r"]
        return Strength(r * (step2ck - row["mean"]) / row["sd"], float(np.sqrt(1 - r * r)))

    def cutoffs(self, kind: Kind, tracks: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Strength needed to be interviewed and to be matched, S x tracks."""
        k, specialty = KINDS.index(kind), self.specialty_of[tracks]
        code = self.openness[:, self.program_of[tracks]]
        handicap = self.handicap[specialty, k] + self.season[:, k, None]
        handicap = handicap + self.loading[k] * (LOWEST + STEP * code.astype(np.float32))
        interview = decode(self.interview[:, tracks]) - handicap
        match = (
            decode(self.match[:, tracks], MATCH_LOWEST, MATCH_STEP)
            - handicap
            + self.late[specialty, k]
        )
        shut = (code == NOBODY) & self.closed[k]
        interview[shut] = match[shut] = np.inf
        return interview, match

    def outcomes(
        self, kind: Kind, strength: Strength, tracks: NDArray[np.int64], seed: int, draws: int = 1,
        signals: Sequence[int] = (),
    ) -> Outcomes:  # fmt: skip
        """Interviews and reachable tracks, (S x draws) x tracks; row = scenario * draws + draw.

        ``tracks`` are positions; ``signals`` those of ``tracks`` that get a signal (same positions).
        """
        bonus = np.float32(self.signal) * np.isin(tracks, np.array(signals, dtype=np.int64))
        taste = self.noise_program[self.specialty_of[tracks]]
        noise = np.array([strength.mean, strength.sd, self.noise_interview], np.float32)
        return Outcomes(
            *_outcomes(*self.cutoffs(kind, tracks), tracks, bonus, taste, noise, seed, draws)
        )


@numba.njit(cache=True)
def _outcomes(interview, match, tracks, bonus, taste, noise, seed, draws):  # type: ignore[no-untyped-def]
    rows, width = len(interview) * draws, len(tracks)
    seen, reached = np.zeros((rows, width), np.bool_), np.zeros((rows, width), np.bool_)
    for row in range(rows):
        scenario = row // draws
        key = mix(mix(np.uint64(seed), scenario), row % draws)
        own = noise[0] + noise[1] * bell(mix(key, -1))
        for j in range(width):
            here = mix(key, tracks[j])
            liked = own + taste[j] * bell(here)
            if liked + bonus[j] >= interview[scenario, j]:
                seen[row, j] = True
                reached[row, j] = liked + noise[2] * bell(here, 1) >= match[scenario, j]
    return seen, reached


def decode(code: Bytes, lowest: np.float32 = LOWEST, step: np.float32 = STEP) -> Floats:
    """Values of codes, with the two infinities."""
    value = np.asarray(lowest + step * code.astype(np.float32), np.float32)
    value[code == ANYBODY] = -np.inf
    value[code == NOBODY] = np.inf
    return value


def encode(value: Floats, lowest: np.float32 = LOWEST, step: np.float32 = STEP) -> Bytes:
    """Codes of values; what lies outside the scale goes to its last step, infinities to their codes."""
    with np.errstate(invalid="ignore"):
        code = np.clip(np.rint((value - lowest) / step), 1, 254)
    return np.select([np.isneginf(value), np.isposinf(value)], [ANYBODY, NOBODY], code).astype(
        np.uint8
    )


_SCALE = {  # what the codes of a file mean
    "scale": [round(float(one), 2) for one in (LOWEST, STEP, MATCH_LOWEST, MATCH_STEP)]
}
_BYTES = ("interview", "match", "openness")
_ARRAYS = (
    "tracks", "programs", "program_of", "specialty_of", "handicap", "season", "late", "loading", "closed",
    "noise_program",
)  # fmt: skip
_PLAIN = ("specialties", "noise_interview", "signal", "step2", "made")


def save(scenarios: Scenarios, path: Path) -> None:
    """Write a scenario file: bytes as differences from each track's first season, which pack better."""
    arrays = {name: getattr(scenarios, name) for name in _ARRAYS}
    for name in _BYTES:
        code = getattr(scenarios, name)
        arrays[name] = np.vstack([code[:1], code[1:] - code[:1]]).T.copy()
    plain = json.dumps({name: getattr(scenarios, name) for name in _PLAIN} | _SCALE, sort_keys=True)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as stream:
        np.savez_compressed(stream, plain=np.array(plain), **arrays)
    part.replace(path)


def read(path: Any) -> Scenarios:
    """Read a scenario file.

    Raises:
        InputError: no such file, or not a scenario file.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in _ARRAYS}
            for name in _BYTES:
                code = stored[name].T.copy()
                code[1:] += code[:1]
                arrays[name] = code
            plain = json.loads(str(stored["plain"]))
    except (OSError, ValueError, KeyError) as error:
        raise InputError(str(path), "a scenario file (visamatch market simulate)", error) from None
    scale = {"scale": plain.pop("scale", None)}
    if scale != _SCALE:
        raise InputError(str(path), f"a scenario file of this version, with {_SCALE}", scale)
    plain["specialties"] = tuple(plain["specialties"])
    return Scenarios(**arrays, **plain)


@cache
def load() -> Scenarios:
    """The shipped scenarios; read once."""
    return read(SHIPPED)
