"""A better program on J-1 against a lesser one on H-1B: years, odds and cost of each, and where the order turns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from visamatch.advice.paths import Said, comparison, situation
from visamatch.advice.preference import VISA, break_even
from visamatch.advice.rank_board import Board, j1_worth
from visamatch.directory.programs import Directory
from visamatch.errors import InputError
from visamatch.evidence.assessment import Chance
from visamatch.rules.book import number
from visamatch.schedule.calendar import Calendar
from visamatch.schedule.petition import after_match
from visamatch.workspace.document import Workspace
from visamatch.workspace.profile import Profile

POINTS = (
    "Exams",
    "Duty to go home",
    "Ways around the duty",
    "The $100,000 payment",
    "Fees, and who pays",
)
LIKELY = 0.3  # chance of an H-1B from which a program is taken for one on H-1B
CLOSE = 0.1  # points of liking within which two programs count as equal
SCALE = 4  # a rating runs over four points, 1 to 5


@dataclass(frozen=True, slots=True)
class Side:
    """One program on one path.

    Attributes:
        takes: chance that it takes the person on this path. match: chance to match there if those above are full.
        ready: chance to be there on the first day once matched; None where the path is shut.
        training: years meant, residency and fellowship. bound: years until no duty or clock binds any more;
            None where the training does not fit under the path's limit.
        liking: worth without the visa, in points of 1 to 5.
    """

    program_id: str
    takes: float
    match: float
    ready: Chance | None
    training: float
    bound: float | None
    liking: float


@dataclass(frozen=True, slots=True)
class TwoPaths:
    """The comparison.

    Attributes:
        turns_at: share of the visa from which the H-1B program goes first; None where the order never turns.
        j1_first: whether the J-1 program goes first as things stand.
        turns_if_written: ``turns_at`` if each program had promised its path in writing.
        share: what the choices say the visa counts.
        longer: years that the J-1 binds more. a_year: points of liking that each of them must cost to turn the order.
        law: points of law as the rule book answers them for this person.
    """

    j1: Side
    h1b: Side
    turns_at: float | None
    j1_first: bool
    turns_if_written: float | None
    share: Chance
    longer: float
    a_year: float | None
    law: tuple[tuple[str, Said, Said], ...]


def two_paths(
    known: Directory, board: Board, mine: Workspace, plan: Calendar,
    j1: str = "", h1b: str = "", fellowship: int = 0,
) -> TwoPaths | None:  # fmt: skip
    """Compare two programs of the list; None where it holds no such pair, or no visa is needed.

    Args:
        j1, h1b: ids; else the best liked of each kind, the J-1 program liked better.
        fellowship: years meant after residency.
    """
    profile = mine.profile or Profile()
    pair = _pair(board, j1, h1b) if profile.needs_visa else None
    if pair is None:
        return None
    on_j1 = _side(known, board, mine, plan, pair[0], "j1", fellowship)
    on_h1b = _side(known, board, mine, plan, pair[1], "h1b", fellowship)
    at = [board.learned.ids.index(name) for name in pair]
    rest, visa = board.learned.rest, board.learned.aspects[:, VISA]
    points = [(float(rest[row]), float(visa[row])) for row in at]
    years = (on_j1.bound or 0) - (on_h1b.bound or 0)
    gap = on_j1.liking - on_h1b.liking
    both_fit = on_j1.bound is not None and on_h1b.bound is not None
    return TwoPaths(
        on_j1,
        on_h1b,
        break_even(points[0], points[1]),
        board.learned.order().index(pair[0]) < board.learned.order().index(pair[1]),
        break_even((points[0][0], j1_worth(profile)), (points[1][0], 1.0)),
        board.learned.shares()["visa"],
        years,
        gap / years if both_fit and years > 0 and gap > CLOSE else None,
        tuple(row for row in comparison(situation(profile, plan.today)) if row[0] in POINTS),
    )


def _pair(board: Board, j1: str, h1b: str) -> tuple[str, str] | None:
    """The programs meant, else the best liked of each kind, if possible the one on J-1 liked better."""
    takes = board.paths
    for name in filter(None, (j1, h1b)):
        if name not in takes:
            raise InputError("program", "a program of your rank list", name)
    if j1 and j1 == h1b:
        raise InputError("programs", "two that differ", j1)
    liking = dict(zip(board.learned.ids, board.learned.rest.tolist(), strict=True))
    best = sorted(takes, key=lambda name: -liking[name])
    on_j1 = [j1] if j1 else [n for n in best if takes[n][1] > 0 and takes[n][0] < takes[n][1] / 2]
    on_h1b = [h1b] if h1b else [n for n in best if takes[n][0] >= LIKELY]
    pairs = [(a, b) for a in on_j1 for b in on_h1b if a != b]
    return next((p for p in pairs if liking[p[0]] >= liking[p[1]]), next(iter(pairs), None))


def _side(
    known: Directory, board: Board, mine: Workspace, plan: Calendar, name: str, path: str, fellowship: int
) -> Side:  # fmt: skip
    program, profile = known.programs[name], mine.profile or Profile()
    years = (known.specialty(program).years or 3) + fellowship
    ways = after_match(profile, plan, program.state, mine.marks).ways
    reached: Mapping[str, float] = {r.program_id: r.if_reached for r in board.made.ranks}
    row = board.learned.ids.index(name)
    return Side(
        name,
        board.paths[name][path == "j1"],
        reached.get(name, 0.0),
        max((way.chance for way in ways if way.route == path), key=lambda c: c.mean, default=None),
        years,
        _bound(years, path, profile),
        1 + SCALE * float(board.learned.rest[row]),
    )


def _bound(years: float, path: str, profile: Profile) -> float | None:
    """Years until the person may work for anybody: J-1 and the service of a waiver, or the training on H-1B."""
    if path == "j1":
        fits = 12 * years <= number("J1-7Y", "maximum_months")
        return years + number("J1-CONRAD", "service_months") / 12 if fits else None
    used = profile.applicant.h1b.used_months if profile.applicant.h1b else 0
    return years if 12 * years + (used or 0) <= number("H1B-6YR", "maximum_months") else None
