"""``visamatch plan``: from a profile to a grouped list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from visamatch.cli import output


def plan(
    profile: Annotated[Path, typer.Argument(help="The profile (TOML); see examples/.")],
    on: Annotated[str, typer.Option("--on", help="Plan as of this day (ISO).")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Rows a group in the table.")] = 12,
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Sort the programs of your specialties into H-1B core, wider region and J-1 safety, with reasons.

    Example: visamatch plan examples/abroad-no-step3.toml
    """
    from visamatch.advice.groups import plan as make_plan
    from visamatch.directory.programs import directory
    from visamatch.documents.records import plan_record
    from visamatch.evidence.assess import assess_all

    person = output.read_profile(profile)
    known = directory()
    made = make_plan(known, assess_all(output.day(on), person), person)
    if json:
        output.print_json(plan_record(known, made))
        return
    from visamatch.cli import tables

    tables.plan(known, made, limit)
