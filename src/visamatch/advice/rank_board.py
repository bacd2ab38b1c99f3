"""The rank list of a person as it stands: the order kept or proposed, its chances, and what the choices say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from visamatch.advice.chances import J1_WORTH, open_paths
from visamatch.advice.preference import Learned, aspects_of, circle, learn
from visamatch.advice.rank_list import RankList, rank_list
from visamatch.directory.programs import Directory
from visamatch.errors import InputError
from visamatch.evidence.assess import assess_all
from visamatch.evidence.assessment import Assessment
from visamatch.market.scenarios import Scenarios
from visamatch.workspace.document import Partner, Workspace
from visamatch.workspace.profile import Profile
from visamatch.workspace.sponsor_list import Entry, interviews

LONGEST = 100  # programs; nobody interviews at more
UNSURE = 0.75  # below this chance, the order of two neighbors is told as open


@dataclass(frozen=True)
class Board:
    """The list and what is known of it.

    Attributes:
        order: entries in order. kept: the order is the person's own, else it is the proposed one.
        aside: interviews that are not on the list. unknown: interviews at programs the directory does not know,
            of which nothing can be said. marked: some program is marked as interviewed.
        silent: how many were applied to and did not invite; they tell of the person's strength as well.
        paths: chance that each program takes the person on H-1B, and on J-1.
        proposed: ids of ``order`` as the ratings and choices would have them.
    """

    order: tuple[Entry, ...]
    aside: tuple[Entry, ...]
    unknown: tuple[Entry, ...]
    kept: bool
    marked: bool
    silent: int
    paths: Mapping[str, tuple[float, float]]
    made: RankList
    learned: Learned
    proposed: tuple[str, ...]

    @property
    def ids(self) -> list[str]:
        """The order as ids."""
        return [entry.program_id for entry in self.order]

    @property
    def circle(self) -> list[str]:
        """Choices that contradict each other, as programs each preferred to the next; else nothing."""
        return circle(self.learned.choices)

    @property
    def open_neighbors(self) -> list[tuple[str, str, float]]:
        """Neighbors of the proposed order whose order is unsure, with the chance that it is right."""
        found = [(a, b, self.learned.sure(a, b)) for a, b in pairwise(self.proposed)]
        return [each for each in found if each[2] < UNSURE]


def j1_worth(profile: Profile) -> float:
    """Worth of a J-1 place beside an H-1B place; less only to someone who prefers H-1B."""
    return J1_WORTH if profile.visa.h1b == "prefer" else 1.0


def partner_of(
    known: Directory, scenarios: Scenarios, theirs: Workspace, on: date, before: Partner | None
) -> Partner:
    """The partner as their own file has them, with the rules that were kept before.

    Raises:
        InputError: the file lists no program.
    """
    assessed = assess_all(on, theirs.profile, theirs.statements)
    board = rank_board(known, scenarios, assessed, theirs, on)
    if board is None:
        raise InputError("the partner's file", "programs on their list")
    profile = theirs.profile or Profile()
    told = {"name": profile.name, "profile": profile, "ranked": tuple(board.ids)}
    return (before or Partner()).model_copy(update=told)


def rank_board(
    known: Directory,
    scenarios: Scenarios,
    assessed: Mapping[str, Assessment],
    mine: Workspace,
    on: date,
    visa: float | None = None,
) -> Board | None:
    """The board; None where the list holds no program of the directory.

    Args:
        visa: how much the visa counts in the proposed order, 0 to 1; as the choices say when left out.
    """
    profile = mine.profile or Profile()
    listed = [entry for entry in mine.entries if entry.program_id in known.programs]
    seen = interviews(listed)
    entries = (seen or listed)[:LONGEST]
    if not entries:
        return None
    ids = [entry.program_id for entry in entries]
    ways = open_paths([known.programs[name] for name in ids], assessed, profile, on)
    on_j1 = j1_worth(profile)
    worth = (h1b + on_j1 * max(0.0, j1 - h1b) for h1b, j1 in ways)  # who takes H-1B takes J-1
    learned = learn(ids, aspects_of(entries, worth), mine.choices)
    kept = [entry for entry in entries if entry.rank]
    wanted = learned.order(visa)
    order = kept or [entries[ids.index(name)] for name in wanted]
    aside = [entry for entry in entries if entry not in order]
    silent = [e for e in listed if seen and e.status in ("applied", "rejected") and not e.rank]
    made = rank_list(
        known, scenarios, assessed, profile,
        [known.programs[entry.program_id] for entry in order], on,
        *([known.programs[entry.program_id] for entry in part] for part in (aside, silent)),
    )  # fmt: skip
    on_list = {entry.program_id for entry in order}
    return Board(
        order=tuple(order),
        aside=tuple(aside),
        unknown=tuple(e for e in interviews(mine.entries) if e.program_id not in known.programs),
        kept=bool(kept),
        marked=bool(seen),
        silent=len(silent),
        paths=dict(zip(ids, ways, strict=True)),
        made=made,
        learned=learned,
        proposed=tuple(name for name in wanted if name in on_list),
    )
