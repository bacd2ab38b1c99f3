"""The least and the most applications that a person wants in a part of the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np

from visamatch.advice.groups import GroupName, Placed
from visamatch.advice.portfolio.problem import UNLIMITED, Parts
from visamatch.directory.places import RINGS, ring_of
from visamatch.errors import InputError
from visamatch.facts.specialties import specialty_or_none
from visamatch.facts.states import STATES
from visamatch.workspace.profile import Limit

GROUPS: tuple[str, ...] = get_args(GroupName)
REST = "the rest"


def parts(limits: Sequence[Limit], placed: Sequence[Placed]) -> Parts | None:
    """The parts that the limits name and the rest; None where nothing is limited.

    Raises:
        InputError: a name that means nothing here, or two parts that share programs.
    """
    if not limits:
        return None
    of = np.full(len(placed), len(limits), dtype=np.int64)
    for at, limit in enumerate(limits):
        inside = members(limit.of, placed)
        taken = inside & (of < len(limits))
        if taken.any():
            other = limits[of[taken][0]].of
            wanted = (
                f"parts without a program in common; {other} and {limit.of} share {taken.sum()}"
            )
            raise InputError(f"limits.{at + 1}.of", wanted, limit.of)
        of[inside] = at
    least = np.array([*(limit.least for limit in limits), 0])
    most = np.array(
        [UNLIMITED if limit.most is None else limit.most for limit in limits] + [UNLIMITED]
    )
    return Parts(of, least, most, (*(limit.of for limit in limits), REST))


def members(name: str, placed: Sequence[Placed]) -> np.ndarray:
    """Which programs a part has: a group, a ring of places, a state or a specialty."""
    programs = [each.assessment.program for each in placed]
    if name in GROUPS:
        return np.array([each.group == name for each in placed], bool)
    if name in RINGS:
        return np.array([ring_of(program) == name for program in programs], bool)
    if name.upper() in STATES:
        return np.array([program.state == name.upper() for program in programs], bool)
    if (specialty := specialty_or_none(name)) is not None:
        return np.array([p.specialty_id == specialty.specialty_id for p in programs], bool)
    wanted = f"a group or ring ({', '.join((*GROUPS, *RINGS))}), a state or a specialty"
    raise InputError("limits: of", wanted, name)
