"""``visamatch plan``: from a profile to where to apply, what each choice buys, and when to stop."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from visamatch.cli import output
from visamatch.errors import InputError

if TYPE_CHECKING:
    from visamatch.advice.couple import Wish
    from visamatch.advice.plan import Plan, Quota
    from visamatch.workspace.profile import Profile


def plan(
    profile: Annotated[Path, typer.Argument(help="The profile (TOML); see examples/.")],
    budget: Annotated[
        float | None, typer.Option("--budget", help="Dollars for applications; else the profile's.")
    ] = None,
    signals: Annotated[
        list[str] | None,
        typer.Option("--signals", help="Your season's quota: 'Internal Medicine=3+12', or '=8'."),
    ] = None,
    must: Annotated[
        list[str] | None, typer.Option("--must", help="A program to apply to in any case.")
    ] = None,
    never: Annotated[
        list[str] | None, typer.Option("--never", help="A program to leave out.")
    ] = None,
    partner: Annotated[
        Path | None, typer.Option("--partner", help="Plan for two: the other's profile (TOML).")
    ] = None,
    near: Annotated[
        str, typer.Option("--near", help="One place for two: miles, or 'state'.")
    ] = "50",
    alone: Annotated[
        float, typer.Option(min=0, max=1, help="For two: worth of one matched alone, as a share.")
    ] = 0.5,
    apart: Annotated[
        float, typer.Option(min=0, max=1, help="For two: worth of both, but far apart, as a share.")
    ] = 0.5,
    on: Annotated[str, typer.Option("--on", help="Plan as of this day (ISO).")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Rows a group in the table.")] = 12,
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for plan.xlsx, .ics, .pdf and .json.")
    ] = None,
) -> None:
    """Choose where to apply and signal: chances, fees, what each program adds, where to stop.

    Example: visamatch plan examples/abroad-no-step3.toml --budget 1500
    """
    person = output.read_profile(profile)
    day = output.day(on)
    quotas = dict(_quota(each) for each in signals or ())
    budget = person.money.budget if budget is None else budget
    made, record = _made(person, day, budget, quotas, (must or [], never or []))
    if partner is not None:
        other = output.read_profile(partner)
        record["couple"] = _couple((person, other), day, budget, _wish(near, alone, apart))
    if out is not None:
        _save(out, record, person, day)
    if json:
        output.print_json(record)
    elif out is None:
        from visamatch.cli import tables
        from visamatch.directory.programs import directory

        tables.plan(directory(), made, limit)
        if "couple" in record:
            tables.couple(record["couple"], limit)


def _made(
    person: Profile,
    day: date,
    budget: float | None,
    quotas: dict[str, Quota],
    locks: tuple[list[str], list[str]],
) -> tuple[Plan, dict[str, Any]]:
    from visamatch.advice import plan as advice
    from visamatch.advice.paths import paths, situation
    from visamatch.directory.programs import directory
    from visamatch.documents import records
    from visamatch.market import scenarios
    from visamatch.schedule import calendar

    known = directory()
    must, never = (tuple(known.find(each).program_id for each in ids) for ids in locks)
    season = advice.Season(known, scenarios.load(), day, budget=budget, must=must, never=never)
    made = advice.plan(season, person, quotas)
    record = {
        "paths": [records.path_record(path) for path in paths(situation(person, day))],
        **records.plan_record(known, made),
        "calendar": records.calendar_record(calendar(person, day)),
    }
    return made, record


def _wish(near: str, alone: float, apart: float) -> Wish:
    from visamatch.advice.couple import Wish

    try:
        within = None if near == "state" else float(near)
    except ValueError:
        within = -1.0
    if within is not None and not 0 <= within <= 3000:
        raise InputError("--near", "miles from 0 to 3000, or 'state'", near)
    return Wish(within, alone, apart)


def _couple(
    persons: tuple[Profile, Profile], day: date, budget: float | None, wish: Wish
) -> dict[str, Any]:
    from visamatch.advice.choose import Season
    from visamatch.advice.couple import plan_couple
    from visamatch.directory.programs import directory
    from visamatch.documents.records import couple_record
    from visamatch.market import scenarios

    budgets = (budget, persons[1].money.budget)
    first, second = (Season(directory(), scenarios.load(), day, budget=each) for each in budgets)
    names = [each.name or title for each, title in zip(persons, ("First", "Second"), strict=True)]
    return couple_record(directory(), plan_couple((first, second), persons, wish), names)


def _quota(text: str) -> tuple[str, Quota]:
    from visamatch.facts.specialties import specialty_named

    name, _, count = text.partition("=")
    gold, plus, silver = count.partition("+")
    if not all(part.isdigit() for part in ((gold, silver) if plus else (gold,))):
        raise InputError("--signals", "a specialty and its quota: 'Internal Medicine=3+12'", text)
    found = (int(gold), int(silver)) if plus else (0, int(gold))
    return specialty_named(name).specialty_id, found


def _save(folder: Path, record: dict[str, Any], person: Profile, day: date) -> None:
    """Write the four files."""
    import json

    from visamatch.documents import dossier, sheet
    from visamatch.documents.ics import calendar_file
    from visamatch.schedule import calendar

    shown = {**record, "list": [_with_evidence(row, person, day) for row in record["list"]]}
    day_text, text = day.isoformat(), json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    made = {
        "plan.pdf": dossier.dossier(shown, on=day_text, name=person.name),
        "plan.ics": calendar_file(calendar(person, day)),
        "plan.json": text.encode(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sheet.write_xlsx(shown, folder / "plan.xlsx")
    except OSError as error:
        raise InputError(
            "--out", f"a folder that can be written ({error.strerror})", folder
        ) from None
    for name, body in made.items():
        output.save(folder / name, body)


def _with_evidence(row: dict[str, Any], person: Profile, day: date) -> dict[str, Any]:
    """A program to apply to with its statements whole, for paper; the others keep their ids."""
    from visamatch.directory.programs import directory
    from visamatch.documents.records import program_detail
    from visamatch.evidence.assess import assess_all

    if not row.get("apply"):
        return row
    detail = program_detail(directory(), assess_all(day, person)[row["program_id"]])
    return {**row, "statements": detail["statements"]}
