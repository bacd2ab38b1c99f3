"""Tables for people at 80 columns, and wider where the terminal is."""

import os
import sys
from collections.abc import Mapping
from textwrap import fill
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from visamatch.advice.groups import GROUPS
from visamatch.advice.plan import STOP, Plan
from visamatch.advice.sponsor_search import Result
from visamatch.directory.cap_exempt import cap_standing
from visamatch.directory.programs import Directory
from visamatch.documents.differences import Difference
from visamatch.evidence.assessment import Assessment, Chance, Standing, Weighed
from visamatch.evidence.words import MARKS, plural, statement_text
from visamatch.schedule.calendar import Calendar

NOTICE = "Chance: that the program sponsors an H-1B, 90 % interval. Not legal advice."


def console() -> Console:
    """A console on standard output; 80 columns where it is no terminal."""
    width = None if sys.stdout.isatty() else int(os.environ.get("COLUMNS", "80"))
    return Console(width=width, highlight=False, soft_wrap=False)


def chance(value: Chance) -> str:
    """A chance with its interval in percent: ``22 (8–49)``."""
    return f"{value.mean * 100:.0f} ({value.low * 100:.0f}–{value.high * 100:.0f})"


def standing(value: Standing) -> str:
    """A standing as mark, words and age."""
    year = value.as_of[:4] if value.as_of[:4].isdigit() else value.as_of
    age = f" · {year}" if year else ""
    return f"{MARKS[value.code]} {value.label}{age}"


def _table(*columns: tuple[str, dict[str, object]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title, options in columns:
        table.add_column(title, **options)  # type: ignore[arg-type]
    return table


def _program_table(width: int) -> Table:
    standing_, chance_, id_ = 19, 10, 9
    rest = width - standing_ - chance_ - id_ - 3 * 2
    return _table(
        ("Program", {"overflow": "ellipsis", "no_wrap": True, "width": rest}),
        ("Standing", {"overflow": "ellipsis", "no_wrap": True, "width": standing_}),
        ("Chance %", {"no_wrap": True, "justify": "right", "width": chance_}),
        ("Id", {"overflow": "fold", "width": id_}),
    )


def _row(item: Assessment, one_specialty: bool = False) -> tuple[str, ...]:
    program = item.program
    return (
        f"{program.state or '??'} {item.institution.name if one_specialty else program.name}",
        f"{MARKS[item.standing.code]} {item.standing.label}",
        chance(item.p_sponsor),
        program.program_id,
    )


def programs(known: Directory, result: Result, shown: int) -> None:
    """Print a search result."""
    out = console()
    table = _program_table(out.width)
    one = len({item.program.specialty_id for item in result.rows}) == 1
    for item in result.rows[:shown]:
        table.add_row(*_row(item, one))
    if result.rows:
        out.print(table)
    out.print(f"{shown} of {plural(len(result.rows), 'program')} shown.{_hidden(result)}")
    out.print(NOTICE)


def _hidden(result: Result) -> str:
    parts = [
        f"{count} {words}"
        for count, words in (
            (result.hidden_refusals, "that refuse H-1B"),
            (result.hidden_unknown, "unknown"),
            (result.hidden_other, "with another standing"),
        )
        if count
    ]
    return f" Hidden: {', '.join(parts)}." if parts else ""


def program(known: Directory, item: Assessment) -> None:
    """Print one program: verdict, number, then the working."""
    out = console()
    place, about = item.institution, item.program
    quota = known.quota(about.program_id)
    cap = cap_standing(place)
    out.print(Text(about.name, style="bold"))
    out.print(f"{place.name}, {about.city}, {about.state} · {known.specialty(about).name}")
    if about.status_note:
        out.print(_wrapped(about.status_note))
    out.print()
    out.print(_wrapped(item.verdict))
    out.print(f"Standing: {standing(item.standing)}{' (old)' if item.standing.stale else ''}")
    out.print(f"Chance that it sponsors an H-1B: {chance(item.p_sponsor)} %   J-1: {item.j1}")
    out.print(_wrapped(f"Cap: {cap.label}. {cap.reason}"))
    positions = f"{quota[0]} in the {quota[1]} Match" if quota else "unknown"
    codes = ", ".join(track.nrmp_code for track in known.tracks_of.get(about.program_id, ()))
    out.print(f"Positions: {positions}   ACGME id: {about.acgme_id or 'unknown'}")
    out.print(_wrapped(f"NRMP codes: {codes or 'unknown'}"))
    out.print("\nEvidence, nearest first (effect in log odds)", style="bold")
    for weighed in item.statements:
        _print_statement(out, weighed)
    out.print("\nWhat would change this", style="bold")
    for wish in item.would_change:
        out.print(f"  {wish}")
    out.print(f"  Ask again after {item.ask_again}: then the next season begins.")
    out.print(f"\n{NOTICE}")


def _print_statement(out: Console, weighed: Weighed) -> None:
    claim = weighed.statement
    old = "old, " if weighed.stale else ""
    lead = f"{weighed.effect_log_odds:+.2f}  {weighed.reach}, {old}{claim.as_of}: "
    out.print(
        fill(lead + statement_text(claim), 78, initial_indent="  ", subsequent_indent="         ")
    )
    if claim.note:
        out.print(fill(claim.note, 78, initial_indent="         ", subsequent_indent="         "))
    if weighed.conflicts_with:
        out.print("         ≠ contradicted by " + ", ".join(weighed.conflicts_with))
    out.print(f"         {claim.source.title}", style="dim")
    if claim.source.url:
        out.print(f"         {claim.source.url}", style="dim", overflow="fold")


def plan(known: Directory, made: Plan, limit: int) -> None:
    """Print the verdict and the grouped list with reasons."""
    out = console()
    _print_advice(out, made)
    for name, title in GROUPS.items():
        group = made.group(name)
        out.print(f"\n{title}: {plural(len(group), 'program')}", style="bold")
        if not group:
            continue
        table = _program_table(out.width)
        for placed in group[:limit]:
            table.add_row(*_row(placed.assessment))
        out.print(table)
        out.print(_wrapped(f"First because: {' '.join(group[0].reasons)}"), style="dim")
    for reason, count in sorted(made.left_out.items()):
        out.print(f"\nLeft out, {reason}: {plural(count, 'program')}")
    out.print(f"\n{NOTICE}")


ENDS = {
    "both": "both match",
    "near": "both, in one place",
    "only_first": "only the first",
    "only_second": "only the second",
    "neither": "neither",
}


def couple(made: Mapping[str, Any], limit: int) -> None:
    """Print what becomes of two who plan together, and the list of each."""
    out = console()
    out.print("\nThe two of you, in the same seasons", style="bold")
    right: dict[str, object] = {"justify": "right"}
    titles = ("Together %", "Each alone %", "One place only %")
    table = _table(("", {"width": 22}), *((title, right) for title in titles))
    for key, title in ENDS.items():
        shares = (made[part][key] for part in ("ends", "each_alone", "same_place_only"))
        table.add_row(title, *(chance(Chance(**share)) for share in shares))
    out.print(table)
    for each in made["lists"]:
        lines = each["list"][:limit]
        cost = f"{plural(each['applications'], 'program')} for ${each['cost']:,.0f}"
        out.print(f"\n{each['name']}: {cost}", style="bold")
        for number, line in enumerate(lines, 1):
            out.print(f"{number:>4}  {line['state']} {line['name']}"[:78])


def difference(found: Difference, applied: bool) -> None:
    """Print what a sheet changes on the list."""
    out = console()
    for item in found.added:
        out.print(_wrapped(f"+ row {item.row}: {item.name or item.program_id}"))
    for change in found.changed:
        what = f"{change.field}: {change.old or '(empty)'} → {change.new or '(empty)'}"
        out.print(_wrapped(f"~ row {change.row}, {change.program}, {what}"))
    for conflict in found.conflicts:
        choices = f" ({' / '.join(conflict.choices)})" if conflict.choices else ""
        out.print(_wrapped(f"? {conflict.key} {conflict.question}{choices}"))
    for program_id in found.removed:
        out.print(_wrapped(f"- {program_id} has no row any more; --remove takes it off the list"))
    if found.unknown_columns_kept:
        out.print(_wrapped(f"Your own columns, kept: {', '.join(found.unknown_columns_kept)}"))
    for remark in found.remarks:
        out.print(_wrapped(f"Note: {remark}"))
    end = "Applied" if applied else "Nothing is changed yet; --apply does it"
    counts = (
        f"{len(found.added)} added, {len(found.changed)} changed, {len(found.conflicts)} to ask"
    )
    out.print(_wrapped(f"{counts}. {end}."))


def _print_advice(out: Console, made: Plan) -> None:
    out.print(
        _wrapped(
            f"Apply to {plural(len(made.curve), 'program')} for ${made.cost:,.0f}: chance to match "
            f"{chance(made.p_match)} %, about {made.expected_interviews:.0f} interviews."
        ),
        style="bold",
    )
    for part in made.parts:
        asked = "not limited" if part.most is None else f"at most {part.most}"
        asked = f"at least {part.least}, {asked}" if part.least else asked
        out.print(_wrapped(f"{part.of} ({asked}): {part.applications} for ${part.cost:,.0f}"))
    if made.most_interviews:
        out.print(f"Counted: at most {made.most_interviews} interviews, those you would like best.")
    out.print(f"After {made.stop} the next fee buys less than {100 * STOP:g} points of chance.")
    for assumed in made.assumes:
        out.print(f"It supposes: {assumed}")
    for change in (*made.constraints, *made.what_ifs):
        out.print(_wrapped(f"{change.says}: {change.points:+.1f} points ({change.then:.0%})"))
    if made.ask_first:
        names = "; ".join(line.placed.assessment.program.name for line in made.ask_first[:3])
        out.print(_wrapped(f"Ask first whether they take your visa: {names}."))
    for name in (name for name, quota in made.quotas.items() if quota is None):
        out.print(_wrapped(f"How many signals has {name} this season? Say --signals '{name}=8'."))


def _wrapped(text: str) -> str:
    return fill(text, 78)


def calendar(plan: Calendar) -> None:
    """Tasks by due day; what is over comes last, with what can still be done."""
    out = console()
    table = _table(
        ("Due", {"no_wrap": True}), ("State", {"no_wrap": True}), ("Task", {"overflow": "fold"})
    )
    for task in plan.open:
        hour = f" {task.at} US Eastern" if task.at else ""
        guess = " (projected)" if task.anchor.standing == "projected" else ""
        table.add_row(task.due.isoformat(), task.state, f"{task.title}{hour}{guess}")
    out.print(f"[b]Match of {plan.cycle}, as of {plan.today}[/]\n")
    out.print(table)
    if plan.missed:
        out.print("\n[b]Already over[/] (if you did it, well; if not:)")
        for task in plan.missed:
            out.print(
                fill(f"{task.title}: {task.instead or 'nothing'}.", 78, subsequent_indent="  ")
            )
