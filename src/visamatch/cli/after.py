"""``visamatch step3``, ``petition`` and ``waiver``: the planners around the Match."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from visamatch.cli import output

ProfileFile = Annotated[Path, typer.Argument(help="The profile (TOML); see examples/.")]
On = Annotated[str, typer.Option("--on", help="Plan as of this day (ISO).")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]
State = Annotated[list[str] | None, typer.Option("--state", help="Two letters; may be repeated.")]


def step3(
    profile: ProfileFile,
    program: Annotated[
        list[str] | None, typer.Option("--program", help="Only these; may be repeated.")
    ] = None,
    on: On = "",
    json: Json = False,
) -> None:
    """Plan Step 3: the last safe sitting for each program, and which a late result puts at risk.

    Example: visamatch step3 examples/abroad-no-step3.toml --program 1265-040
    """
    from visamatch.directory.programs import directory
    from visamatch.documents.records import plain
    from visamatch.evidence.assess import assess_all
    from visamatch.schedule import calendar
    from visamatch.schedule.step3 import step3_plan

    person, day = output.read_profile(profile), output.day(on)
    every, known = assess_all(day, person), directory()
    wishes = {wish.name for wish in person.specialties}
    chosen = [every[known.find(each).program_id] for each in program or ()] or [
        item for item in every.values() if known.specialty(item.program).name in wishes
    ]
    plan = step3_plan(person, calendar(person, day), chosen)
    if json:
        risk = [demand.program_id for demand in plan.at_risk]
        output.print_json({"verdict": plan.verdict, **plain(plan), "at_risk": risk})
        return
    typer.echo(f"{plan.verdict}\n")
    for demand in plan.demands:
        if demand.rule != "unknown":
            typer.echo(
                f"{demand.needed_by}  {demand.rule:10} sit by {demand.latest}, chance"
                f" {demand.chance:.0%}  {known.programs[demand.program_id].name}"
            )
    silent = sum(demand.rule == "unknown" for demand in plan.demands)
    typer.echo(f"{silent} programs do not say by when; plan for the rank list, and ask.")


def petition(
    profile: ProfileFile,
    state: Annotated[str, typer.Option(help="Of the program, for its training license.")] = "",
    seed: Annotated[int, typer.Option(help="Seed of the simulation.")] = 1,
    on: On = "",
    json: Json = False,
) -> None:
    """From Match Day to July 1: the chance of each way, the step that decides, who brings what.

    Example: visamatch petition examples/in-us-step3-passed.toml --state MA
    """
    from visamatch.documents.records import plain
    from visamatch.schedule import calendar
    from visamatch.schedule.petition import after_match
    from visamatch.schedule.step3 import step3_plan

    person, day = output.read_profile(profile), output.day(on)
    plan = calendar(person, day)
    exam = step3_plan(person, plan, ())
    result = exam.result[1] if exam.needed and not exam.passed else None
    found = after_match(person, plan, state.upper(), step3_result=result, seed=seed)
    if json:
        output.print_json(plain(found))
        return
    if not found.ways:
        typer.echo("You need no visa: there is nothing to file.")
        return
    for way in found.ways:
        typer.echo(
            f"{way.name}: {way.chance.mean:.0%} ({way.chance.low:.0%} to {way.chance.high:.0%})"
        )
    for step in found.ways[0].steps:
        early, middle, late = step.over
        typer.echo(f"  {step.title} ({step.owner}): {early}, {middle}, {late}")
    codes = ", ".join(found.payment["conditions"]) or "no condition"
    typer.echo(f"The $100,000 payment: {found.payment['verdict']} ({codes})")
    if found.fallback_even:
        typer.echo(
            f"J-1 papers begun by {found.fallback_even} have even chances,"
            f" by {found.fallback_safe} nine in ten."
        )


def waiver(
    residency: Annotated[int, typer.Argument(min=1, max=8, help="Years of residency.")],
    start: Annotated[
        int, typer.Argument(min=2000, max=2100, help="It begins in July of this year.")
    ],
    fellowship: Annotated[
        int, typer.Option(min=0, max=5, help="Years of fellowship after it.")
    ] = 0,
    state: State = None,
    json: Json = False,
) -> None:
    """On a J-1: fellowship before the waiver, Conrad 30 windows of states, service after it.

    Example: visamatch waiver 3 2027 --fellowship 3 --state MA --state CT
    """
    from visamatch.documents.records import plain
    from visamatch.schedule.waiver import waiver_plan

    plan = waiver_plan(
        date(start, 7, 1), residency, fellowship, [each.upper() for each in state or ()]
    )
    if json:
        output.print_json({**plain(plan), "fits": plan.fits})
        return
    if not plan.fits:
        typer.echo(
            "More than the seven years of a J-1: an extension would need an exceptional need."
        )
    for stage in plan.stages:
        typer.echo(f"{stage.start} to {stage.end}  {stage.title}")
    for item in (*plan.steps, *plan.states):
        when = f"{item.start} to {item.due}" if item.start else "ask"
        typer.echo(f"  {when}  {item.title}")
