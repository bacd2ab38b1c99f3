"""After the Match: will the papers be there on the first day, and which step decides?

Each step's duration is a triangular range (``petition.yaml``). What is not known about a range's scale
varies between simulated worlds, chance within them; the interval of the answer is the spread of worlds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np

from visamatch.evidence.assessment import Chance
from visamatch.facts.tables import Source
from visamatch.rules import evaluate
from visamatch.rules.book import book as rules
from visamatch.rules.days import federal_holidays
from visamatch.schedule.book import Item, source, table
from visamatch.schedule.calendar import CONDITIONS, Calendar
from visamatch.workspace.diary import Mark
from visamatch.workspace.profile import Profile

Via = Literal["consulate", "change"]
Days = np.ndarray[Any, np.dtype[np.float64]]
Times = dict[str, Days]
MARK = "petition-"  # a mark of this name and a step's id says that the step is over


@dataclass(frozen=True, slots=True)
class Step:
    """One step: who acts, when it is over (10, 50, 90 %), the mean days it adds to the longest chain."""

    id: str
    title: str
    owner: str
    begins: date
    over: tuple[date, ...]
    critical: float
    done: bool
    source: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One way from Match Day to the first day; ``critical`` is the step that most often decides."""

    name: str
    route: str
    chance: Chance
    critical: Step
    steps: tuple[Step, ...]
    papers: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class AfterMatch:
    """All ways for one person: the best first, the J-1 fallback with its last days, the payment's answer.

    ``fallback_safe`` and ``fallback_even`` are the last days to begin the J-1 papers for nine chances in
    ten and for even chances; None where a J-1 is ruled out. ``payment`` and ``change`` are answers of
    the rule book as JSON.
    """

    start: date
    ways: tuple[Way, ...]
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
    done = frozenset(over)
    if step3_result:
        over["step3"] = (step3_result - begin).days
    h1b, j1 = CONDITIONS["h1b_open"](profile), CONDITIONS["j1_open"](profile)
    change = _ask("change_of_status", profile, plan.today, start, "change")
    stays = not CONDITIONS["abroad"](profile) and change["verdict"] != "blocked"
    vias: list[Via] = ["change", "consulate"] if stays else ["consulate"]
    kinds = [("h1b", via, premium) for via in vias for premium in (True, False)] if h1b else []
    if j1:
        kinds.append(("j1", "consulate", False))
    ways = [
        _way(_rows(*kind, state), kind, begin, (start - begin).days, over, done, seed)
        for kind in kinds
    ]
    there = dict.fromkeys(("contract", "papers", "license"), 0)  # they serve both ways
    fallback = _simulate(_rows("j1", "consulate", False, state), begin, there, seed)[1]["onboard"]
    even, safe = (start - timedelta(int(each)) for each in np.quantile(fallback, (0.5, 0.9)))
    return AfterMatch(
        start=start,
        ways=tuple(sorted(ways, key=lambda way: (way.route == "j1", -way.chance.mean))),
        fallback_safe=safe if j1 else None,
        fallback_even=even if j1 else None,
        payment=_ask("payment_100k", profile, plan.today, start, vias[0]),
        change=change,
    )


def _rows(route: str, via: Via, premium: bool, state: str) -> list[dict[str, Any]]:
    book = table("petition")
    rows = [
        dict(row)
        for row in book["steps"]
        if route in row.get("routes", (route,))
        and via == row.get("via", via)
        and premium == row.get("premium", premium)
    ]
    kept = {row["id"] for row in rows}
    for row in rows:
        row["after"] = [name for name in row.get("after", ()) if name in kept]
        if row["id"] == "license":
            row |= _license(state)
    return rows


def _license(state: str) -> dict[str, Any]:
    """How long a state's training license takes, as far as known; none where none is needed."""
    law = rules().get(f"{state}-TRAINING")
    if law and law.values.get("accredited_exempt"):
        return {"days": [0, 0, 0], "source": [law.id]}
    return dict(table("petition")["licenses"].get(state, {}))


def _way(
    rows: list[dict[str, Any]],
    kind: tuple[str, Via, bool],
    begin: date,
    spare: int,
    over: Mapping[str, int],
    done: frozenset[str],
    seed: int,
) -> Way:
    began, ended = _simulate(rows, begin, over, seed)
    worlds = (ended["onboard"] <= spare).mean(axis=1)
    cost = _critical(rows, began, ended, over)

    def days(times: Days, *shares: float) -> tuple[date, ...]:
        return tuple(begin + timedelta(int(np.ceil(at))) for at in np.quantile(times, shares))

    steps = {
        (id_ := row["id"]): Step(
            id=id_,
            title=row["title"],
            owner=row["owner"],
            begins=days(began[id_], 0.5)[0],
            over=days(ended[id_], 0.1, 0.5, 0.9),
            critical=round(cost[id_], 1),
            done=id_ in done,
            source=tuple(source(key) for key in row["source"]),
        )
        for row in rows
    }
    papers = [
        Item(paper["title"], None, steps[paper["for"]].begins, paper["owner"])
        for paper in table("petition")["documents"]
        if kind[0] in paper["routes"] and paper["for"] in steps
    ]
    low, high = np.quantile(worlds, (0.05, 0.95))
    return Way(
        name=table("petition")["names"]["-".join(map(str, kind)).lower()],
        route=kind[0],
        chance=Chance(*(round(float(each), 3) for each in (worlds.mean(), low, high))),
        critical=max(steps.values(), key=lambda step: step.critical),
        steps=tuple(steps.values()),
        papers=tuple(sorted(papers, key=lambda paper: paper.due or begin)),
    )


def _simulate(
    rows: list[dict[str, Any]], begin: date, over: Mapping[str, int], seed: int
) -> tuple[Times, Times]:
    """When each step begins and ends, in days from ``begin``: arrays of worlds by draws."""
    book, rng = table("petition"), np.random.default_rng(seed)
    shape = book["worlds"], book["draws"]
    began, ended = Times(), Times()
    for row in rows:
        name, (least, most) = row["id"], row.get("share", (1, 1))
        scale = np.exp(rng.normal(0, book["spread"], (shape[0], 1)))
        happens = rng.random(shape) < rng.uniform(least, most, (shape[0], 1))
        low, mode, high = row.get("business") or row["days"]
        lasts = rng.triangular(low, mode, high, shape) if low < high else np.full(shape, float(low))
        lasts = np.ceil(lasts if row.get("fixed") else lasts * scale) * happens
        first = np.max([np.zeros(shape), *(ended[each] for each in row["after"])], axis=0)
        if name in over:
            began[name] = ended[name] = np.full(shape, float(over[name]))
        else:
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
    rows: list[dict[str, Any]], began: Times, ended: Times, over: Mapping[str, int]
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


def _ask(question: str, profile: Profile, on: date, start: date, via: Via) -> dict[str, Any]:
    """The rule book's answer for a petition filed as planned."""
    processing = "change_of_status" if via == "change" else "consular_notification"
    case = {
        "question": question,
        "asked_on": on.isoformat(),
        "applicant": profile.applicant.model_dump(
            mode="json", exclude_none=True, exclude_defaults=True
        ),
        "petition": {"visa_class": "H-1B", "processing": processing},
        "program": {"level": "residency", "start_date": start.isoformat()},
    }
    return evaluate(case).document()
