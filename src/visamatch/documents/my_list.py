"""The person's list made ready for paper: lines of a sheet, and the parts of a plan that it has."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from visamatch.advice.groups import plan as make_plan
from visamatch.advice.paths import situation
from visamatch.directory.programs import directory
from visamatch.directory.search import programs_where, where
from visamatch.documents.records import calendar_record, paths_record, program_detail
from visamatch.documents.sheet import Line, suggested
from visamatch.evidence.assess import assess_all
from visamatch.schedule import calendar
from visamatch.workspace.document import Workspace


def list_lines(mine: Workspace, on: date, states: Sequence[str] = ()) -> list[Line]:
    """The list with our records; while it is empty, a starting list: the plan, or the programs of a state."""
    known, every = directory(), assess_all(on, mine.profile, mine.statements)
    if mine.entries:
        ours = [entry.program_id if entry.program_id in every else "" for entry in mine.entries]
        records = [program_detail(known, every[each]) if each else {} for each in ours]
        return [Line(*pair) for pair in zip(mine.entries, records, strict=True)]
    if mine.profile and mine.profile.specialties and not states:
        rows = [
            program_detail(known, item.assessment) | {"group": item.group, "reasons": item.reasons}
            for item in make_plan(known, every, mine.profile).placed
        ]
    else:
        found = programs_where(known, where(states=states or ["MA"]))
        rows = [program_detail(known, every[program.program_id]) for program in found]
    return [Line(suggested(row), row) for row in rows]


def list_plan(mine: Workspace, lines: Sequence[Line], on: date) -> dict[str, Any]:
    """The contract's plan as far as a list alone gives it: the programs, the calendar, the paths."""
    named = ((line, line.entry) for line in lines)
    plan: dict[str, Any] = {
        "list": [
            {**line.record, "program_id": entry.program_id, "group": entry.group}
            | ({"name": entry.name} if entry.name else {})
            for line, entry in named
        ]
    }
    if mine.profile:
        made = calendar(mine.profile, on, mine.marks, mine.contacts)
        plan["calendar"] = calendar_record(made)
        plan["paths"] = paths_record(situation(mine.profile, on))["paths"]
    return plan
