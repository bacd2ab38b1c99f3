"""Before the rank order list is certified: what must be in writing or known, and what the person accepts open.

A line is *verified* by a written answer of this season (who, when) or by the thing itself (Step 3 passed, a task
done); *accepted* when the person said, on a day, that they rank the program all the same. The list is ready
when no line is open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from visamatch.advice.rank_board import Board
from visamatch.advice.sponsor_search import REFUSALS
from visamatch.directory.programs import directory
from visamatch.evidence.assess import assess_all
from visamatch.evidence.assessment import Assessment
from visamatch.facts.cycles import Event
from visamatch.facts.tables import Program
from visamatch.schedule.calendar import CONDITIONS, Calendar, calendar
from visamatch.schedule.step3 import Step3Plan, step3_plan
from visamatch.workspace.diary import Mark
from visamatch.workspace.document import OwnStatement, Workspace
from visamatch.workspace.profile import Profile

DAYS = 30  # before the deadline
TASKS = (
    "register-nrmp",
    "ecfmg-verified",
    "weigh",
)  # of the calendar; certifying itself comes last
POLICY, STEP3 = "policy-", "step3-"  # a mark of this name and a program's id answers the line
State = Literal["verified", "accepted", "open"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``task`` names the mark that answers it, ``says`` what is known, ``by`` and ``on`` who and when."""

    task: str
    program_id: str
    title: str
    state: State
    says: str
    by: str = ""
    on: str = ""
    marked: bool = False  # by the person, here


@dataclass(frozen=True, slots=True)
class Checklist:
    """The list of the last thirty days before the deadline (US Eastern time).

    What programs said, or the person accepted, before ``season`` began counts for nothing in it.
    """

    season: date
    opens: date
    deadline: Event
    lines: tuple[Line, ...]

    @property
    def open(self) -> tuple[Line, ...]:
        """Lines neither verified nor accepted."""
        return tuple(line for line in self.lines if line.state == "open")

    @property
    def accepted(self) -> tuple[Line, ...]:
        """Lines the person ranks on although nothing verifies them."""
        return tuple(line for line in self.lines if line.state == "accepted")


def checklist(
    mine: Workspace, order: Sequence[Program], assessed: Mapping[str, Assessment], plan: Calendar, step3: Step3Plan
) -> Checklist:  # fmt: skip
    """The checklist for a list in its order."""
    profile = mine.profile or Profile()
    deadline = plan.anchors["rol_deadline"]
    begins = plan.anchors["eras_submission"].date
    season = begins.isoformat()
    marks = {  # an answer of an earlier season about a program answers nothing now
        mark.task: mark for mark in mine.marks
        if mark.on >= season or not mark.task.startswith((POLICY, STEP3))
    }  # fmt: skip
    lines = [*_tasks(plan, marks)]
    if profile.needs_visa:
        for program in order:
            replies = [
                each for each in mine.statements
                if each.program_id == program.program_id and each.kind == "reply" and each.as_of >= season
            ]  # fmt: skip
            lines.append(_policy(program, assessed[program.program_id], replies, marks, mine))
        asks = [p for p in order if assessed[p.program_id].standing.code not in REFUSALS]
        lines += dict.fromkeys(_step3(profile, asks, step3, marks))
    return Checklist(begins, deadline.date - timedelta(DAYS), deadline, tuple(lines))


def my_checklist(mine: Workspace, board: Board | None, on: date) -> Checklist:
    """The checklist of a workspace on a day."""
    profile, known = mine.profile or Profile(), directory().programs
    order = [known[name] for name in board.ids] if board else []
    plan = calendar(profile, on, mine.marks, mine.contacts)
    assessed = assess_all(on, mine.profile, mine.statements)
    return checklist(mine, order, assessed, plan, step3_plan(profile, plan, order, mine.statements))


def _tasks(plan: Calendar, marks: Mapping[str, Mark]) -> Iterator[Line]:
    for task in plan.tasks:
        if task.task_id in TASKS:
            yield _marked(Line(task.task_id, "", task.title, "open", f"{task.why}."), marks)


def _marked(line: Line, marks: Mapping[str, Mark]) -> Line:
    """The line as the person's mark leaves it; a later reply undoes an earlier mark."""
    mark = marks.get(line.task)
    if mark is None or mark.state == "snoozed" or mark.on < line.on:
        return line
    state: State = "verified" if mark.state == "done" else "accepted"
    return Line(
        line.task, line.program_id, line.title, state, line.says, mark.by or "you", mark.on, True
    )


def _policy(
    program: Program, item: Assessment, replies: Sequence[OwnStatement], marks: Mapping[str, Mark], mine: Workspace
) -> Line:  # fmt: skip
    """The visa policy of one program: a written answer of this season that names a way for this person."""
    profile, task = mine.profile or Profile(), POLICY + program.program_id
    told = max(replies, key=lambda each: each.as_of, default=None)
    line = Line(task, program.program_id, program.name, "open", item.standing.reason)
    if told is not None:
        h1b = CONDITIONS["h1b_open"](profile) and told.sponsors_h1b in (
            "yes",
            "conditional",
            "case_by_case",
        )
        j1 = CONDITIONS["j1_open"](profile) and told.sponsors_j1 == "yes"
        says = f"It wrote: J-1 {told.sponsors_j1}, H-1B {told.sponsors_h1b.replace('_', ' ')}."
        by = next(
            (c.to for c in mine.contacts if f"reply-{c.contact_id}" == told.statement_id and c.to),
            "a reply you noted",
        )
        if h1b or j1:
            return Line(task, program.program_id, program.name, "verified", says, by, told.as_of)
        line = Line(
            task, program.program_id, program.name, "open", f"{says} That is no way for you.", by, told.as_of
        )  # fmt: skip
    return _marked(line, marks)


def _step3(
    profile: Profile, order: Sequence[Program], step3: Step3Plan, marks: Mapping[str, Mark]
) -> Iterator[Line]:
    """Step 3: passed once for all, else each program's day against the result."""
    if not step3.needed:
        return
    if step3.passed:
        on = profile.applicant.exams.step3.date or ""
        yield Line(STEP3 + "passed", "", "Step 3", "verified", "Passed.", "your profile", on)
        return
    demands = {each.program_id: each for each in step3.demands}
    first, last = step3.result
    rest = "Step 3, for every program that names no day"
    for program in order:
        demand = demands.get(program.program_id)
        if demand is None:
            continue
        silent = demand.rule == "unknown"
        late = " That may be too late." if demand.at_risk else ""
        says = f"Needed by {demand.needed_by}, result {first} to {last}.{late}"
        name = "" if silent else program.program_id
        title = rest if silent else f"Step 3: {program.name}"
        yield _marked(Line(STEP3 + (name or "rest"), name, title, "open", says), marks)
