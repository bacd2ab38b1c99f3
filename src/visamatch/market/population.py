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
from visamatch.market.openness import parameters as openness_parameters
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
        applicants: by kind, those without interviews included. couples: by kind.
        first_choice, second_specialty: K x N, cumulative chances. second_specialty_rate: N x K, by first choice.
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
    applicants: Floats
    couples: Ints
    first_choice: Floats
    second_specialty: Floats
    second_specialty_rate: Floats
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


def country(given: dict[str, Any] | None = None) -> Country:
    """The country of the parameters (the shipped ones by default)."""
    p, known = given or parameters(), directory()
    codes, names, program_ids, quotas = zip(*_tracks(known), strict=True)
    specialties, specialty_of = np.unique(names, return_inverse=True)
    programs, program_of = np.unique(program_ids, return_inverse=True)
    places = [known.programs[name] for name in program_ids]
    _, city = np.unique([f"{place.city}, {place.state}" for place in places], return_inverse=True)
    mean, closed = openness([known.programs[name] for name in programs])
    quota, of_one_year = np.array(quotas, np.int32), np.char.endswith(specialties, "/P")
    noise = bells(key_of(YEAR), len(programs))  # what no covariate tells
    valued = 0.6 * np.log(quota) - 0.5 * mean[program_of] + 0.7 * noise[program_of]

    def table(name: str) -> Floats:
        return np.stack(
            [_by_kind(p[name].get(one, p[name].get("other", 0))) for one in specialties]
        )

    def column(name: str) -> Floats:
        return np.array([p[name].get(one, p[name]["other"]) for one in specialties], np.float32)

    groups = [
        next((g for g in ("advanced", "surgical") if one in p[g]), "other") for one in specialties
    ]
    return Country(
        tracks=np.array(codes),
        programs=programs,
        specialties=specialties,
        quota=quota,
        specialty_of=specialty_of.astype(np.int32),
        program_of=program_of.astype(np.int32),
        city=city.astype(np.int32),
        quality=valued.astype(np.float32),
        preliminary=of_one_year[specialty_of],
        advanced=np.array([code[7] == "A" for code in codes]),
        open_mean=mean.astype(np.float32),
        open_closed=closed.astype(np.float32),
        open_sd=openness_parameters()["spread"],
        applicants=_by_kind(p["applicants"]),
        couples=_by_kind(p["couples"]).astype(np.int32),
        first_choice=cumulative(table("first_choice")),
        second_specialty=cumulative(table("second_specialty")),
        second_specialty_rate=table("second_specialty_rate"),
        preliminary_of=_preliminary_of(specialties, groups),
        preliminary_rate=np.stack([_by_kind(p["preliminary_rate"][group]) for group in groups]),
        applications=np.stack([_by_kind(row) for row in p["applications"].values()], axis=1),
        table=_slots(quota, specialty_of, mean[program_of], p["seek_open"]),
        tracks_in=(np.bincount(specialty_of) * np.where(of_one_year, -1, 1)).astype(np.int32),
        signals=_signals(specialties),
        handicap=table("handicap"),
        late=table("late"),
        margin=column("margin"),
        noise_program=column("noise_program"),
        per_position=column("interviews_per_position"),
        most=_by_kind(p["most_interviews"]),
        loading=_by_kind(p["loading"]),
        closed=_by_kind(p["closed"]).astype(np.bool_),
        **{name: float(p[name]) for name in _NUMBERS},
    )


_NUMBERS = (
    "count_sd", "shock_sd", "visa_closed", "hedge", "taste", "noise_interview", "signal",
)  # fmt: skip


def _tracks(known: Directory) -> list[tuple[str, str, str, int]]:
    """Tracks offered in the newest Match: code, specialty (``…/P`` for a preliminary year), program, quota."""
    quota = {row.nrmp_code: row.quota for row in rows(Quota)}
    active = (track for track in rows(Track) if track.current and quota.get(track.nrmp_code, 0) > 0)
    found = []
    for track in active:
        name = known.programs[track.program_id].specialty_id + ("/P" if track.letter == "P" else "")
        found.append((track.nrmp_code, name, track.program_id, quota[track.nrmp_code]))
    return sorted(found, key=lambda track: (track[1], track[0]))


def scaled(quota: NDArray[Any], scale: float) -> Ints:
    """Quotas of another year: every track scaled, remainders spread in order."""
    total = np.floor(np.cumsum(quota * scale) + 0.5)
    return np.diff(total, prepend=0.0).astype(np.int32)


def cumulative(chance: NDArray[Any]) -> Floats:
    """N x K chances, up to a factor, summed up as ``Country.first_choice`` has them."""
    total = np.cumsum(chance.T.astype(float), axis=1)
    return np.asarray(total / np.maximum(total[:, -1:], 1e-9), np.float32)


def _by_kind(given: Any) -> Floats:
    """Values of the six kinds: one for all, or by name; who needs a visa is like other non-US IMG unless named."""
    if not isinstance(given, dict):
        return np.full(len(KINDS), given, np.float32)
    given = {"non_us_img_visa": given.get("non_us_img", 0)} | given
    return np.array([given.get(kind, 0) for kind in KINDS], np.float32)


def _preliminary_of(specialties: Any, groups: list[str]) -> Ints:
    out = np.full((len(specialties), 2), -1, np.int32)
    for at, (name, group) in enumerate(zip(specialties, groups, strict=True)):
        wanted = PRELIMINARY[2:] if group == "surgical" else PRELIMINARY[:2]
        if not name.endswith("/P"):
            out[at, : len(wanted)] = np.searchsorted(specialties, wanted)
    return out


def _slots(quota: Ints, specialty_of: Any, mean: Any, seek: float) -> NDArray[np.uint16]:
    """Slots in proportion to what applicants look for: size; and for international graduates, openness."""
    out = np.zeros((2, int(specialty_of.max()) + 1, SLOTS), np.uint16)
    at = (np.arange(SLOTS) + 0.5) / SLOTS
    for group, pull in enumerate((0.0, seek)):
        weight = np.sqrt(quota) * np.exp(pull * mean)
        for s in range(out.shape[1]):
            mine = np.flatnonzero(specialty_of == s)
            share = np.cumsum(weight[mine]) / weight[mine].sum()
            out[group, s] = mine[np.searchsorted(share, at).clip(0, len(mine) - 1)]
    return out


def _signals(specialties: Any) -> Ints:
    """Signals a person has in a specialty: the newest season on file; 0 where none is known."""
    newest = {
        row.specialty_id: row.total for row in sorted(rows(Signals), key=lambda row: row.season)
    }
    newest["transitional-year/P"] = newest.get("transitional-year", 0)
    return np.array([newest.get(str(name), 0) for name in specialties], np.int32)
