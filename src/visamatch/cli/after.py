"""``visamatch step3`` and ``visamatch petition``: the planners around the Match."""

from typing import Annotated

import typer

from visamatch.cli import output
from visamatch.cli.output import Json, On, ProfileFile

Programs = Annotated[list[str] | None, typer.Option("--program", help="Only these; repeatable.")]


def step3(profile: ProfileFile, program: Programs = None, on: On = "", json: Json = False) -> None:
    """Plan Step 3: the last safe sitting for each program, and which a late result puts at risk.

    Example: visamatch step3 examples/abroad-no-step3.toml --program 1265-040
    """
    from visamatch.directory.programs import directory
    from visamatch.documents.records import plain
    from visamatch.schedule import calendar
    from visamatch.schedule.step3 import step3_plan

    person, day = output.read_profile(profile), output.day(on)
    known, wishes = directory(), {wish.name for wish in person.specialties}
    chosen = [known.find(each) for each in program or ()] or [
        each for each in known.programs.values() if known.specialty(each).name in wishes
    ]
    plan = step3_plan(person, calendar(person, day), chosen)
    if json:
        output.print_json(plain(plan))
        return
    typer.echo(f"{plan.verdict}\n")
    if plan.needed and not plan.passed:
        typer.echo(
            f"Second day {plan.sits}: result {plan.result[0]} to {plan.result[1]};"
            f" chance that it is there for the rank list {min(plan.chance_for_ranking, 0.99):.0%}"
        )
    for each in plan.demands:
        if each.rule != "unknown":
            risk = " AT RISK" if each.at_risk else ""
            typer.echo(
                f"{each.needed_by} {each.rule}: sit by {each.latest}{risk}, {each.program_id}"
            )
    silent = sum(each.rule == "unknown" for each in plan.demands)
    typer.echo(f"{silent} programs do not say by when; plan for the rank list, and ask.")


def petition(
    profile: ProfileFile,
    state: Annotated[str, typer.Option(help="Of the program, for its training license.")] = "",
    residency: Annotated[int, typer.Option(min=1, max=8, help="Years, for a J-1 waiver.")] = 3,
    fellowship: Annotated[int, typer.Option(min=0, max=5, help="Years after it.")] = 0,
    seed: Annotated[int, typer.Option(help="Seed of the simulation.")] = 1,
    on: On = "",
    json: Json = False,
) -> None:
    """From Match Day to July 1: the chance of each way, the step that decides, and the J-1 waiver.

    Example: visamatch petition examples/in-us-step3-passed.toml --state MA
    """
    from visamatch.documents.records import plain
    from visamatch.schedule import calendar
    from visamatch.schedule.petition import after_match
    from visamatch.schedule.step3 import step3_plan
    from visamatch.schedule.waiver import waiver_plan

    person, day = output.read_profile(profile), output.day(on)
    plan = calendar(person, day)
    exam = step3_plan(person, plan, ())
    result = exam.result[1] if exam.needed and not exam.passed else None
    found = after_match(person, plan, state.upper(), step3_result=result, seed=seed)
    waiver = waiver_plan(found.start, residency, fellowship, [state.upper()] if state else [])
    if json:
        output.print_json(plain(found) | {"waiver": plain(waiver) if found.fallback_even else None})
        return
    for way in found.ways:
        chance, step = way.chance, way.critical
        interval = f"{chance.mean:.0%} ({chance.low:.0%} to {chance.high:.0%})"
        typer.echo(f"{way.name}: {interval}; it hangs on: {step.title} ({step.owner})")
    if not found.ways:
        typer.echo("You need no visa: there is nothing to file.")
    else:
        typer.echo(f"The $100,000 payment: {found.payment['verdict']}")
    if found.fallback_even:
        even, safe = found.fallback_even, found.fallback_safe
        typer.echo(f"J-1 papers begun by {even} have even chances, by {safe} nine in ten.")
        for item in (*waiver.stages, *waiver.states):
            typer.echo(f"  {item.start or 'unknown'} to {item.due or 'unknown'}  {item.title}")
