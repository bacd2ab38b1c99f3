"""A small market, one proposal at a time: to explain the Match, not to solve one (``market/matching.py`` does)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Names = Mapping[str, tuple[str, ...]]

APPLICANTS: Names = {
    "Amara": ("City", "Lakeside", "Valley"),
    "Ben": ("City", "Valley"),
    "Chen": ("City", "Lakeside"),
    "Dina": ("Lakeside", "City"),
    "Emre": ("Lakeside",),
}
PROGRAMS: Names = {
    "City": ("Dina", "Chen", "Amara", "Ben"),
    "Lakeside": ("Amara", "Emre", "Dina", "Chen"),
    "Valley": ("Ben", "Amara"),
}
QUOTA = {"City": 1, "Lakeside": 2, "Valley": 1}


@dataclass(frozen=True)
class Step:
    """After one proposal.

    ``held``: program -> applicants, best first. ``refused``: pairs (applicant, program) that are over.
    ``says``: the step in a sentence. ``moved``: the applicant who proposed, ``to`` whom.
    """

    says: str
    held: Mapping[str, tuple[str, ...]]
    refused: frozenset[tuple[str, str]]
    moved: str = ""
    to: str = ""


def steps(
    applicants: Names = APPLICANTS, programs: Names = PROGRAMS, quota: Mapping[str, int] = QUOTA
) -> list[Step]:
    """Every step from the empty market to the matching."""
    return list(_steps(applicants, programs, quota))


def _steps(applicants: Names, programs: Names, quota: Mapping[str, int]) -> Iterator[Step]:
    held: dict[str, tuple[str, ...]] = dict.fromkeys(programs, ())
    refused: set[tuple[str, str]] = set()
    waiting = list(applicants)
    yield Step(
        "Nobody has been placed. The applicants come one by one, in any order.",
        dict(held),
        frozenset(),
    )
    while waiting:
        name = waiting.pop(0)
        left = [one for one in applicants[name] if (name, one) not in refused]
        if not left:
            yield Step(
                f"{name}’s list is used up: unmatched, and on to SOAP.",
                dict(held),
                frozenset(refused),
                name,
            )
            continue
        here = left[0]
        wished = sorted((*held[here], name), key=programs[here].index)
        held[here], out = tuple(wished[: quota[here]]), wished[quota[here] :]
        refused.update((one, here) for one in out)
        waiting = out + waiting
        yield Step(
            _says(name, here, out, len(held[here]) < quota[here]),
            dict(held),
            frozenset(refused),
            name,
            here,
        )
    yield Step(
        "Nobody is left who could ask again. What is held now is the match.",
        dict(held),
        frozenset(refused),
    )


def _says(name: str, here: str, out: list[str], room: bool) -> str:
    if not out:
        return f"{name} asks {here}, which has a seat{' and more to spare' if room else ''}: held for now."
    if out == [name]:
        return f"{name} asks {here}, which is full of people it ranks higher: refused."
    return f"{name} asks {here}, which is full but ranks {name} above {out[0]}: {out[0]} asks elsewhere."
