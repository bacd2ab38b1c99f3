"""Programs and plans as plain records: what ``--json`` prints and what sheets and pages are made of.

The field names are public (the command line's contract). Unknown is ``None``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from typing import Any

from visamatch.advice.couple import CouplePlan
from visamatch.advice.paths import Path, Said, Situation, answers, comparison, paths
from visamatch.advice.plan import Change, Line, Plan
from visamatch.directory.cap_exempt import cap_standing
from visamatch.directory.programs import Directory
from visamatch.evidence.assessment import Assessment, Weighed
from visamatch.evidence.words import statement_text
from visamatch.facts.tables import Source
from visamatch.schedule.calendar import Calendar, Task

Record = dict[str, Any]


def program_record(known: Directory, item: Assessment) -> Record:
    """One program in one line: ids, place, positions, P(sponsor), standing."""
    program, place = item.program, item.institution
    quota = known.quota(program.program_id)
    cap = cap_standing(place)
    tracks = known.tracks_of.get(program.program_id, ())
    return {
        "program_id": program.program_id,
        "acgme_id": program.acgme_id or None,
        "nrmp_codes": [track.nrmp_code for track in tracks if track.current],
        "name": program.name,
        "institution": place.name,
        "institution_id": place.institution_id,
        "specialty": known.specialty(program).name,
        "city": program.city or None,
        "state": program.state or None,
        "quota": quota[0] if quota else None,
        "quota_year": quota[1] if quota else None,
        "p_sponsor": asdict(item.p_sponsor),
        "cap_exempt": {"verdict": cap.verdict, "because": cap.reason},
        "status": program.status,
        "standing": asdict(item.standing),
    }


def program_detail(known: Directory, item: Assessment) -> Record:
    """A program with everything behind its standing; conflicts are named."""
    program = item.program
    return {
        **program_record(known, item),
        "status_note": program.status_note or None,
        "successor": program.successor or None,
        "verdict": item.verdict,
        "j1": item.j1,
        "statements": [_statement(weighed) for weighed in item.statements],
        "conflicts": _conflicts(item),
        "would_change": list(item.would_change),
        "ask_again": item.ask_again,
        "quotas": [
            {"nrmp_code": row.nrmp_code, "year": row.year, "quota": row.quota, "filled": row.filled}
            for row in known.quotas_of.get(program.program_id, ())
        ],
        "earlier_years": [
            {"year": row.year, "quota": row.quota, "filled": row.filled}
            for row in known.history_of.get(program.program_id, ())
        ],
    }


def _statement(item: Weighed) -> Record:
    claim = item.statement
    return {
        "statement_id": claim.statement_id,
        "property": claim.property,
        "value": asdict(claim.value),
        "text": statement_text(claim),
        "as_of": claim.as_of,
        "source": {
            "kind": claim.source.kind,
            "title": claim.source.title,
            "url": claim.source.url or None,
        },
        "method": claim.method,
        "reach": item.reach,
        "subject": claim.subject,
        "stale": item.stale,
        "effect_log_odds": item.effect_log_odds,
        "conflicts_with": list(item.conflicts_with),
    }


def _conflicts(item: Assessment) -> list[list[str]]:
    pairs = {
        tuple(sorted((weighed.statement.statement_id, other)))
        for weighed in item.statements
        for other in weighed.conflicts_with
    }
    return [list(pair) for pair in sorted(pairs)]


def paths_record(case: Situation) -> Record:
    """Every visa path of a person, the comparison, the common questions, and what was supposed."""
    return {
        "paths": [path_record(path) for path in paths(case)],
        "comparison": [
            {"point": point, "j1": _said(j1), "h1b": _said(h1b)}
            for point, j1, h1b in comparison(case)
        ],
        "questions": [
            {"id": entry["id"], "question": entry["question"], **_said(said)}
            for entry, said in answers(case)
        ],
        "supposed": list(case.supposed),
    }


def path_record(path: Path) -> Record:
    """One way: verdict, why, what opens it, by when, cost and who pays, documents, law with its age."""
    return {
        "path": path.id,
        "title": path.title,
        "verdict": path.verdict,
        "as_last_read": path.as_last_read,
        "blockers": [asdict(reason) for reason in path.blockers],
        "conditions": [asdict(reason) for reason in path.conditions],
        "opened_by": list(path.opens),
        "eased_by": list(path.eases),
        "by": {key: day.isoformat() for key, day in path.by.items()},
        "cost_usd": path.cost_usd,
        "payment_usd": path.payment_usd,
        "who_pays": path.who_pays,
        "documents": list(path.documents),
        "law": [law.document() for law in path.law],
    }


def _said(said: Said) -> Record:
    return {
        "text": said.text,
        "verdict": said.verdict or None,
        "law": [law.because() for law in said.law],
    }


def plan_record(known: Directory, plan: Plan) -> Record:
    """Where to apply and signal, totals, curve, price of constraints, what was counted and what not."""
    return {
        "kind": plan.kind,
        "denominator": "everybody of this kind who applies to these programs",
        "assumes": list(plan.assumes),
        "list": [_line(known, line) for line in plan.lines],
        "totals": {
            "applications": len(plan.curve),
            "cost": plan.cost,
            "fee_season": plan.fee_season,
            "p_match": asdict(plan.p_match),
            "expected_interviews": round(plan.expected_interviews, 2),
            "worth_applying": plan.stop,
            "value": plan.value,
            "upper_bound": plan.upper_bound,
            "most_interviews": plan.most_interviews,
        },
        "parts": [asdict(part) for part in plan.parts],
        "curve": [asdict(point) for point in plan.curve],
        "price_of_constraints": [_change(change) for change in plan.constraints],
        "what_ifs": [_change(change) for change in plan.what_ifs],
        "ask_first": [line.outlook.program_id for line in plan.ask_first],
        "signals": [
            {
                "specialty_id": name,
                "quota": None
                if quota is None
                else dict(zip(("gold", "silver"), quota, strict=True)),
            }
            for name, quota in plan.quotas.items()
        ],
        "strength": [asdict(factor) for factor in plan.factors],
        "left_out": dict(plan.left_out),
    }


def couple_record(known: Directory, plan: CouplePlan, names: Sequence[str]) -> Record:
    """Two lists, what becomes of the pair, and what it would be apart or where only one place will do."""
    return {
        "wish": asdict(plan.wish),
        "denominator": "all pairs of these two kinds who apply to these programs",
        "ends": asdict(plan.ends),
        "each_alone": asdict(plan.separate),
        "same_place_only": asdict(plan.insisting),
        "lists": [
            {
                "name": name,
                "applications": len(lines),
                "cost": cost,
                "list": [
                    {
                        **program_record(known, line.placed.assessment),
                        "p_match": asdict(line.outlook.p_match),
                        "fee": line.fee,
                        "adds": round(line.adds, 6),
                    }
                    for line in lines
                ],
            }
            for name, lines, cost in zip(names, plan.lists, plan.costs, strict=True)
        ],
    }


def _line(known: Directory, line: Line) -> Record:
    return {
        **program_record(known, line.placed.assessment),
        "group": line.placed.group,
        "p_interview": asdict(line.outlook.p_interview),
        "p_match": asdict(line.outlook.p_match),
        "p_h1b": round(line.outlook.p_h1b, 4),
        "p_j1": round(line.outlook.p_j1, 4),
        "apply": line.rank is not None,
        "rank": line.rank,
        "signal": line.signal,
        "signal_gain": round(line.signal_gain, 5),
        "fee": line.fee,
        "marginal": round(line.marginal, 5),
        "if_yes": round(line.if_yes, 5),
        "worth_asking": round(line.worth_asking, 6),
        "reasons": list(line.reasons),
        "statements": [
            weighed.statement.statement_id
            for weighed in line.placed.assessment.statements
            if weighed.reach != "other"
        ],
    }


def _change(change: Change) -> Record:
    return {
        "constraint": change.says,
        "code": change.name,
        "p_match": change.p_match,
        "without": change.then,
        "points": change.points,
    }


def calendar_record(plan: Calendar) -> list[Record]:
    """Every task of the plan in order of due dates; ``state`` tells late and missed ones apart."""
    return [_task(task) for task in plan.tasks]


def _task(task: Task) -> Record:
    first, last = task.window
    return {
        "uid": task.uid,
        "title": task.title,
        "phase": task.phase,
        "state": task.state,
        "start": task.start.isoformat(),
        "due": task.due.isoformat(),
        "time": task.at or None,
        "zone": task.anchor.zone if task.at else None,
        "window": {"start": first.isoformat(), "due": last.isoformat()},
        "anchor": task.anchor.event,
        "anchor_date": task.anchor.date.isoformat(),
        "anchor_standing": task.anchor.standing,
        "depends_on": list(task.depends_on),
        "why": f"{task.why}.",
        "instead": f"{task.instead}." if task.instead else None,
        "source": [source_record(source) for source in task.source],
    }


def source_record(source: Source) -> Record:
    """A source in the form that every command shows."""
    return {
        "kind": source.kind,
        "title": source.title,
        "url": source.url or None,
        "as_of": source.as_of,
    }


def plain(value: Any) -> Any:
    """Any record of the schedule as plain data: ISO dates, sources in their usual form."""
    if isinstance(value, Source):
        return source_record(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value
