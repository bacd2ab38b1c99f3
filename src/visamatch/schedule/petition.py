"""After the Match: will the papers be there on the first day, and which step decides?

Each step's duration is a triangular range (``petition.yaml``). What is not known about a range's scale
varies between simulated worlds, chance within them; the interval of the answer is the spread of worlds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np

from visamatch.evidence.assessment import Chance
from visamatch.facts.tables import Source
from visamatch.rules import evaluate
from visamatch.rules.days import federal_holidays
from visamatch.schedule.book import source, table
from visamatch.schedule.calendar import CONDITIONS, Calendar
from visamatch.workspace.diary import Mark
from visamatch.workspace.profile import Profile

Route = Literal["h1b", "j1"]
Via = Literal["consulate", "change"]
Days = np.ndarray[Any, np.dtype[np.float64]]
MARK = "petition-"  # a mark of this name and a step's id says that the step is over


@dataclass(frozen=True, slots=True)
class Step:
    """One step: who acts, when it is over (early, median, late: 10, 50, 90 %), how often it decides."""

    id: str
    title: str
    owner: str
    begins: date
    over: tuple[date, date, date]
    critical: float
    done: bool
    source: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """One document: who brings it, by when, for which step."""

    title: str
    owner: str
    due: date
    step: str


@dataclass(frozen=True, slots=True)
class Petition:
    """One way from Match Day to the first day, with its chance of being ready in time."""

    route: Route
    via: Via
    premium: bool
    start: date
    chance: Chance
    steps: tuple[Step, ...]
    papers: tuple[Paper, ...]

    @property
    def name(self) -> str:
        """The way in words: ``H-1B by change of status, premium processing``."""
        if self.route == "j1":
            return "J-1 through the consulate"
        place = "through the consulate" if self.via == "consulate" else "by change of status"
        return f"H-1B {place}, {'premium' if self.premium else 'regular'} processing"

    @property
    def critical(self) -> Step:
        """The open step that most often costs the days that matter."""
        return max(self.steps, key=lambda step: step.critical)


@dataclass(frozen=True, slots=True)
class AfterMatch:
    """All ways for one person: the best first, the J-1 fallback with its last days, the payment's answer.

    ``fallback_safe`` and ``fallback_even`` are the last days to begin the J-1 papers for nine chances in
    ten and for even chances; None where a J-1 is ruled out. ``payment`` and ``change`` are answers of
    the rule book as JSON.
    """

    ways: tuple[Petition, ...]
    fallback_safe: date | None
    fallback_even: date | None
    payment: Mapping[str, Any]
    change: Mapping[str, Any]


def after_match(
    profile: Profile,
    plan: Calendar,
    state: str = "",
    marks: Iterable[Mark] = (),
    step3_result: date | None = None,
    seed: int = 1,
) -> AfterMatch:
    """Every way that is open to this person, by the chance of starting on the first day.

    Args:
        state: of the program, for its training license; unknown states get a wide range.
        marks: steps that are over (``petition-lca``).
        step3_result: when the Step 3 result is expected, if it is not there yet.
    """
    start = plan.anchors["training_starts"].date
    begin = max(plan.today, plan.anchors["match_day"].date)
    over = {
        mark.task.removeprefix(MARK): (date.fromisoformat(mark.on) - begin).days
        for mark in marks
        if mark.task.startswith(MARK) and mark.state == "done"
    }
    if step3_result:
        over["step3"] = (step3_result - begin).days
    vias: tuple[Via, ...] = (
        ("consulate",) if CONDITIONS["abroad"](profile) else ("change", "consulate")
    )
    wanted: list[tuple[Route, Via, bool]] = []
    if CONDITIONS["h1b_open"](profile):
        wanted += [("h1b", via, premium) for via in vias for premium in (True, False)]
    if CONDITIONS["j1_open"](profile):
        wanted.append(("j1", "consulate", False))
    ways = [_way(each, state, begin, start, over, plan.today, seed) for each in wanted]
    spare = _spare(state, begin, seed) if CONDITIONS["j1_open"](profile) else None
    return AfterMatch(
        ways=tuple(sorted(ways, key=lambda way: (way.route == "j1", -way.chance.mean))),
        fallback_safe=start - timedelta(spare[1]) if spare else None,
        fallback_even=start - timedelta(spare[0]) if spare else None,
        payment=_ask("payment_100k", profile, plan.today, start, vias[0]),
        change=_ask("change_of_status", profile, plan.today, start, "change"),
    )


def _rows(route: Route, via: Via, premium: bool, state: str) -> list[dict[str, Any]]:
    book = table("petition")
    rows = [
        dict(row)
        for row in book["steps"]
        if route in row.get("routes", (route,))
        and via == row.get("via", via)
        and row.get("premium", premium) == premium
    ]
    kept = {row["id"] for row in rows}
    for row in rows:
        row["after"] = [name for name in row.get("after", ()) if name in kept]
        if row["id"] == "license":
            row |= book["licenses"].get(state, {})
    return rows


def _way(
    way: tuple[Route, Via, bool],
    state: str,
    begin: date,
    start: date,
    over: Mapping[str, int],
    today: date,
    seed: int,
) -> Petition:
    route, via, premium = way
    rows = _rows(route, via, premium, state)
    began, ended = _simulate(rows, begin, over, seed)
    ready = ended["onboard"] <= (start - begin).days
    worlds = ready.mean(axis=1)
    low, high = np.quantile(worlds, (0.05, 0.95))
    critical = _critical(rows, began, ended, over)

    def day(offset: float) -> date:
        return begin + timedelta(int(np.ceil(offset)))

    steps = tuple(
        Step(
            row["id"],
            row["title"],
            row["owner"],
            day(float(np.median(began[row["id"]]))),
            tuple(day(float(each)) for each in np.quantile(ended[row["id"]], (0.1, 0.5, 0.9))),  # type: ignore[arg-type]
            round(critical[row["id"]], 1),
            row["id"] in over and begin + timedelta(over[row["id"]]) <= today,
            tuple(source(key) for key in row["source"]),
        )
        for row in rows
    )
    begins = {step.id: step.begins for step in steps}
    papers = tuple(
        Paper(each["title"], each["owner"], begins[each["for"]], each["for"])
        for each in table("petition")["documents"]
        if route in each["routes"] and each["for"] in begins
    )
    chance = Chance(*(round(float(each), 3) for each in (worlds.mean(), low, high)))
    ordered = tuple(sorted(papers, key=lambda paper: paper.due))
    return Petition(route, via, premium, start, chance, steps, ordered)


def _simulate(
    rows: list[dict[str, Any]], begin: date, over: Mapping[str, int], seed: int
) -> tuple[dict[str, Days], dict[str, Days]]:
    """When each step begins and ends, in days from ``begin``: arrays of worlds by draws."""
    book, rng = table("petition"), np.random.default_rng(seed)
    shape = book["worlds"], book["draws"]
    began: dict[str, Days] = {}
    ended: dict[str, Days] = {}
    for row in rows:
        name = row["id"]
        scale = np.exp(rng.normal(0, book["spread"], (shape[0], 1)))
        least, most = row.get("share", (1, 1))
        happens = rng.random(shape) < rng.uniform(least, most, (shape[0], 1))
        low, mode, high = row.get("business") or row["days"]
        lasts = rng.triangular(low, mode, high, shape) if low < high else np.full(shape, float(low))
        lasts = np.ceil(lasts if row.get("fixed") else lasts * scale) * happens
        first = np.max([np.zeros(shape), *(ended[each] for each in row["after"])], axis=0)
        if name in over:
            began[name] = ended[name] = np.full(shape, float(over[name]))
            continue
        began[name] = first
        ended[name] = _business(begin, first, lasts) if "business" in row else first + lasts
    return began, ended


def _business(begin: date, first: Days, lasts: Days) -> Days:
    """Ends of steps counted in business days, without weekends and federal holidays."""
    holidays = [day for year in range(begin.year, begin.year + 3) for day in federal_holidays(year)]
    from_ = np.datetime64(begin) + first.astype("timedelta64[D]")
    ends = np.busday_offset(from_, lasts.astype(int), roll="preceding", holidays=holidays)
    return np.asarray((ends - np.datetime64(begin)).astype(float))


def _critical(
    rows: list[dict[str, Any]],
    began: Mapping[str, Days],
    ended: Mapping[str, Days],
    over: Mapping[str, int],
) -> dict[str, float]:
    """Mean days that each step adds to the longest chain, which ends with the last step."""
    on = {row["id"]: np.zeros_like(ended["onboard"], dtype=bool) for row in rows}
    on["onboard"][:] = True
    for row in reversed(rows):
        if row["after"] and row["id"] not in over:
            latest = np.argmax([ended[each] for each in row["after"]], axis=0)
            for at, name in enumerate(row["after"]):
                on[name] |= on[row["id"]] & (latest == at)
    return {name: float(((ended[name] - began[name]) * mask).mean()) for name, mask in on.items()}


def _spare(state: str, begin: date, seed: int) -> tuple[int, int]:
    """Days from the ministry's letter to a J-1's first day, median and nine times in ten.

    Contract and papers serve both ways and are there by then.
    """
    there = dict.fromkeys(("contract", "papers", "license"), 0)
    ended = _simulate(_rows("j1", "consulate", False, state), begin, there, seed)[1]["onboard"]
    middle, long = np.quantile(ended, (0.5, 0.9))
    return int(np.ceil(middle)), int(np.ceil(long))


def _ask(question: str, profile: Profile, on: date, start: date, via: Via) -> dict[str, Any]:
    """The rule book's answer for a petition filed as planned."""
    processing = "change_of_status" if via == "change" else "consular_notification"
    applicant = profile.applicant.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    case = {
        "question": question,
        "asked_on": on.isoformat(),
        "applicant": applicant,
        "petition": {"visa_class": "H-1B", "processing": processing},
        "program": {"level": "residency", "start_date": start.isoformat()},
    }
    return evaluate(case).document()
