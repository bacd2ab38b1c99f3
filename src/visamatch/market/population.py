"""The country: every active track with its quota, and the dated parameters, as flat arrays for a season."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray

from visamatch.directory.programs import Directory, directory
from visamatch.facts.tables import Quota, Signals, Track, rows
from visamatch.market.noise import SLOTS, bells, key_of
from visamatch.market.openness import openness
from visamatch.market.scenarios import KINDS

PARAMETERS = files("visamatch.market") / "parameters" / "market.yaml"
YEAR = 2026  # the Match whose tracks these are
PRELIMINARY = ("internal-medicine/P", "transitional-year/P", "general-surgery/P")

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


class Country(NamedTuple):
    """T tracks by specialty, P programs, N specialties (preliminary places are specialties too, ``…/P``), K kinds.

    Attributes:
        quota, specialty_of, program_of, city, quality: by track; ``quality`` is what all applicants value alike.
        preliminary, advanced: which tracks are one PGY-1 year, and which begin at PGY-2.
        open_mean, open_closed: by program, openness to international graduates and the chance of none at all.
        size: applicants by kind, those without interviews included. couples: by kind.
        first, backup: K x N, cumulative chances of the first choice, and of a second specialty.
        extra: N x K, chance of a second specialty by first choice.
        preliminary_of: N x 2 preliminary specialties, -1 = none; preliminary_rate: N x K, who asks for them.
        applications: K x 3, to the first choice, a second specialty, a preliminary one.
        table: (US, international) x N x SLOTS tracks; tracks_in: tracks of a specialty, negative if preliminary.
        handicap: N x K. late: N x K, what programs take off when they rank.
        margin: N, how far below the last invitation a program still ranks. noise_program: N.
        per_position: N, interviews a position. most: K, interviews one attends. taste: weight of ``quality``.
        hedge: how much likelier the weaker apply in a second specialty.
    """

    tracks: NDArray[np.str_]
    programs: NDArray[np.str_]
    specialties: NDArray[np.str_]
    quota: Ints
    specialty_of: Ints
    program_of: Ints
    city: Ints
    quality: Floats
    preliminary: NDArray[np.bool_]
    advanced: NDArray[np.bool_]
    open_mean: Floats
    open_closed: Floats
    open_sd: float
    size: Floats
    couples: Ints
    first: Floats
    backup: Floats
    extra: Floats
    preliminary_of: Ints
    preliminary_rate: Floats
    applications: Floats
    table: NDArray[np.uint16]
    tracks_in: Ints
    signals: Ints
    handicap: Floats
    margin: Floats
    per_position: Floats
    most: Floats
    late: Floats
    loading: Floats
    closed: NDArray[np.bool_]
    count_sd: float
    shock_sd: float
    visa_closed: float
    noise_program: Floats
    hedge: float
    taste: float
    noise_interview: float
    signal: float


@cache
def parameters() -> dict[str, Any]:
    """The shipped parameters: fitted ones and single published figures, each with its source."""
    return yaml.safe_load(PARAMETERS.read_text("utf-8"))  # type: ignore[no-any-return]


def active_tracks(known: Directory) -> list[tuple[str, str, str, int]]:
    """Tracks offered in the newest Match: code, program, specialty (``…/P`` for a preliminary year), quota."""
    quota = {row.nrmp_code: row.quota for row in rows(Quota)}
    active = (track for track in rows(Track) if track.current and quota.get(track.nrmp_code, 0) > 0)
    found = [
        (
            track.nrmp_code,
            track.program_id,
            known.programs[track.program_id].specialty_id + ("/P" if track.letter == "P" else ""),
            quota[track.nrmp_code],
        )
        for track in active
    ]
    return sorted(found, key=lambda track: (track[2], track[0]))


def country(given: dict[str, Any] | None = None) -> Country:
    """The country of the parameters (the shipped ones by default)."""
    p, known = given or parameters(), directory()
    codes, program_ids, names, quotas = zip(*active_tracks(known), strict=True)
    specialties, specialty_of = np.unique(names, return_inverse=True)
    programs, program_of = np.unique(program_ids, return_inverse=True)
    places = [known.programs[name] for name in program_ids]
    _, city = np.unique([f"{place.city}, {place.state}" for place in places], return_inverse=True)
    mean, closed = openness([known.programs[name] for name in programs])
    quota = np.array(quotas, np.int32)
    preliminary = np.array([name.endswith("/P") for name in names])
    index = {name: at for at, name in enumerate(specialties)}
    tracks_in = np.bincount(specialty_of) * np.where(np.char.endswith(specialties, "/P"), -1, 1)
    noise = bells(key_of(YEAR), len(programs))  # what no covariate tells
    valued = 0.6 * np.log(np.maximum(quota, 1)) - 0.5 * mean[program_of] + 0.7 * noise[program_of]
    return Country(
        tracks=np.array(codes),
        programs=programs,
        specialties=specialties,
        quota=quota,
        specialty_of=specialty_of.astype(np.int32),
        program_of=program_of.astype(np.int32),
        city=city.astype(np.int32),
        quality=valued.astype(np.float32),
        preliminary=preliminary,
        advanced=np.array([code[7] == "A" for code in codes]),
        open_mean=mean.astype(np.float32),
        open_closed=closed.astype(np.float32),
        size=_by_kind(p["applicants"]),
        couples=_by_kind(p["couples"]).astype(np.int32),
        first=_chances(p["first_choice"], specialties),
        backup=_chances(p["second_specialty"], specialties),
        extra=_matrix(p["second_specialty_rate"], specialties),
        preliminary_of=_preliminary_of(p, specialties, index),
        preliminary_rate=_preliminary_rate(p, specialties),
        applications=np.stack([_by_kind(row) for row in p["applications"].values()], axis=1),
        table=_tables(quota, specialty_of, mean[program_of], p["seek_open"]),
        tracks_in=tracks_in.astype(np.int32),
        signals=_signals(specialties),
        handicap=_matrix(p["handicap"], specialties),
        margin=_column(p["margin"], specialties),
        noise_program=_column(p["noise_program"], specialties),
        per_position=_column(p["interviews_per_position"], specialties),
        most=_by_kind(p["most_interviews"]),
        late=_matrix(p["late"], specialties),
        loading=_by_kind(p["loading"]),
        closed=_by_kind(p["closed"]).astype(np.bool_),
        **{name: float(p[name]) for name in _NUMBERS},
    )


_NUMBERS = (
    "open_sd", "count_sd", "shock_sd", "visa_closed", "hedge", "taste", "noise_interview", "signal",
)  # fmt: skip


def scaled(quota: NDArray[Any], scale: float) -> Ints:
    """Quotas of another year: every track scaled, remainders spread in order."""
    total = np.floor(np.cumsum(quota * scale) + 0.5)
    return np.diff(total, prepend=0.0).astype(np.int32)


def _by_kind(given: Any) -> Floats:
    if not isinstance(given, dict):
        given = dict.fromkeys(KINDS, given)
    given = {"non_us_img_visa": given.get("non_us_img", 0)} | given
    return np.array([float(given.get(kind, 0)) for kind in KINDS], np.float32)


def _column(given: dict[str, float], specialties: Any) -> Floats:
    return np.array([given.get(name, given["other"]) for name in specialties], np.float32)


def _matrix(given: dict[str, dict[str, float]], specialties: Any) -> Floats:
    return np.stack([_by_kind(given.get(name, given["other"])) for name in specialties])


def _chances(given: dict[str, dict[str, float]], specialties: Any) -> Floats:
    return cumulative(np.stack([_by_kind(given.get(name, {})) for name in specialties]))


def cumulative(chance: NDArray[Any]) -> Floats:
    """N x K chances, up to a factor, summed up as ``Country.first`` has them."""
    total = np.cumsum(chance.T.astype(float), axis=1)
    return np.asarray(total / np.maximum(total[:, -1:], 1e-9), np.float32)


def _preliminary_of(p: dict[str, Any], specialties: Any, index: dict[str, int]) -> Ints:
    out = np.full((len(specialties), 2), -1, np.int32)
    for name, at in index.items():
        if not name.endswith("/P"):
            wanted = PRELIMINARY[2:] if name in p["surgical"] else PRELIMINARY[:2]
            out[at, : len(wanted)] = [index[one] for one in wanted if one in index]
    return out


def _preliminary_rate(p: dict[str, Any], specialties: Any) -> Floats:
    rates = p["preliminary_rate"]
    chosen = [
        rates[
            "advanced"
            if name in p["advanced"]
            else "surgical"
            if name in p["surgical"]
            else "other"
        ]
        for name in specialties
    ]
    return np.stack([_by_kind(row) for row in chosen])


def _tables(quota: Ints, specialty_of: Any, mean: Any, seek: float) -> NDArray[np.uint16]:
    """Slots in proportion to what applicants look for: size; and for international graduates, openness."""
    count = int(specialty_of.max()) + 1
    out = np.zeros((2, count, SLOTS), np.uint16)
    for group, pull in enumerate((0.0, seek)):
        weight = np.sqrt(quota) * np.exp(pull * mean)
        for s in range(count):
            mine = np.flatnonzero(specialty_of == s)
            share = np.cumsum(weight[mine]) / weight[mine].sum()
            out[group, s] = mine[
                np.searchsorted(share, (np.arange(SLOTS) + 0.5) / SLOTS).clip(0, len(mine) - 1)
            ]
    return out


def _signals(specialties: Any) -> Ints:
    """Signals a person has in a specialty: the newest season on file; 0 where none is known."""
    newest = {
        row.specialty_id: row.total for row in sorted(rows(Signals), key=lambda row: row.season)
    }
    return np.array([newest.get(str(name).removesuffix("/P"), 0) if not str(name).endswith("/P") or
                     str(name).startswith("transitional") else 0 for name in specialties], np.int32)  # fmt: skip
