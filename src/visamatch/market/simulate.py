"""Many seasons: played in this process, in a pool or on a Dask cluster, kept in parts, packed into a scenario file.

A season is a function of parameters, seed and number, so it does not matter where it is played, or twice: the
runners give the same bytes. Finished parts lie in a folder named after what made them; a broken run goes on there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visamatch.errors import InputError
from visamatch.market import openness
from visamatch.market.population import Country, country, parameters
from visamatch.market.scenarios import Scenarios
from visamatch.market.season import play

PART = 10  # seasons played at a time

Tell = Callable[[int, int], None]


class Part(NamedTuple):
    """Seasons one after another: cutoffs and openness as codes, the shock of each kind."""

    interview: NDArray[np.uint8]
    match: NDArray[np.uint8]
    openness: NDArray[np.uint8]
    shock: NDArray[np.float32]


@cache
def _country() -> Country:
    return country()


def play_part(numbers: tuple[int, ...], seed: int) -> Part:
    """Play some seasons of the shipped parameters."""
    played = [play(_country(), seed, number) for number in numbers]
    rows = [(s.interview, s.match, s.made.openness, s.made.shock) for s in played]
    return Part(*map(np.stack, zip(*rows, strict=True)))


Runner = Callable[[Callable[[tuple[int, ...]], Part], list[tuple[int, ...]]], Iterable[Part]]


in_process: Runner = map
"""Play here, one part after another."""


def pool(workers: int) -> Runner:
    """Play in ``workers`` processes."""

    def run(work: Any, parts: list[tuple[int, ...]]) -> Iterator[Part]:
        with ProcessPoolExecutor(workers) as processes:
            yield from processes.map(work, parts)

    return run


def dask(address: str) -> Runner:
    """Play on the Dask cluster at ``address``; a part whose worker dies is played again elsewhere.

    Raises:
        InputError: Dask is not installed, or nothing answers there.
    """
    try:
        from distributed import Client
    except ImportError:
        raise InputError("--dask", "Dask; install visamatch[dask]", address) from None

    def run(work: Any, parts: list[tuple[int, ...]]) -> Iterator[Part]:
        try:
            client: Any = Client(address, timeout="10s")  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise InputError(
                "--dask", f"the address of a Dask scheduler ({error})", address
            ) from None
        with client:
            waiting = [client.submit(work, part, pure=False, retries=3) for part in parts]
            for future in waiting:
                yield future.result()

    return run


def simulate(
    count: int, seed: int, runner: Runner, folder: Path | None, tell: Tell, command: str = ""
) -> Scenarios:
    """Play seasons 0 … ``count - 1`` and pack them.

    Args:
        folder: where finished parts are kept and looked for; None keeps none.
        tell: called with (seasons done, seasons in all).
    """
    if count < 1:
        raise InputError("--scenarios", "a number from 1", count)
    numbers = [tuple(range(at, min(at + PART, count))) for at in range(0, count, PART)]
    paths = {part: folder and _path(folder, seed, part) for part in numbers}
    done = {part: found for part in numbers if (found := _kept(paths[part])) is not None}
    missing = [part for part in numbers if part not in done]
    tell(sum(map(len, done)), count)
    for part, played in zip(missing, runner(partial(play_part, seed=seed), missing), strict=True):
        if path := paths[part]:
            _keep(path, played)
        done[part] = played
        tell(sum(map(len, done)), count)
    made = {"seed": seed, "command": command, "parameters": digest()}
    return pack(_country(), [done[part] for part in numbers], made)


def digest() -> str:
    """A short name of the parameters and tracks that a scenario was made with."""
    known, given = _country(), [parameters(), openness.parameters()]
    name = hashlib.sha256(json.dumps(given, sort_keys=True, default=str).encode())
    for values in (known.open_mean, known.quota, known.specialty_of):
        name.update(values.tobytes())
    return name.hexdigest()[:12]


def _path(folder: Path, seed: int, part: tuple[int, ...]) -> Path:
    return folder / f"{digest()}-{seed}" / f"{part[0]:06d}-{part[-1]:06d}.npz"


def _kept(path: Path | None) -> Part | None:
    if path is None or not path.exists():
        return None
    with np.load(path) as stored:
        return Part(*(stored[name] for name in Part._fields))


def _keep(path: Path, played: Part) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    with half.open("wb") as stream:
        np.savez_compressed(stream, **played._asdict())
    half.replace(path)


def pack(known: Country, parts: list[Part], made: dict[str, Any]) -> Scenarios:
    """Seasons and country as scenarios."""
    together = Part(*(np.concatenate(rows) for rows in zip(*parts, strict=True)))
    same = set(Scenarios.__dataclass_fields__) & set(known._fields) - {"specialties", "season"}
    return Scenarios(
        specialties=tuple(map(str, known.specialties)),
        interview=together.interview,
        match=together.match,
        openness=together.openness,
        season=together.shock,
        step2=parameters()["step2"],
        made=made,
        **{name: getattr(known, name) for name in same},
    )


def verify(shipped: Scenarios, sample: int) -> list[int]:
    """Play ``sample`` of the shipped seasons again; the numbers of those that differ.

    Raises:
        InputError: the file was made with other parameters or another directory.
    """
    made, now = shipped.made["parameters"], digest()
    if made != now:
        raise InputError("scenario file", f"one made with these parameters ({now})", made)
    numbers = np.linspace(0, shipped.count - 1, min(sample, shipped.count)).astype(int).tolist()

    def same(number: int) -> bool:
        again = play_part((number,), shipped.made["seed"])
        names = ("interview", "match", "openness")
        return all((getattr(shipped, n)[number] == getattr(again, n)[0]).all() for n in names)

    return [number for number in numbers if not same(number)]
