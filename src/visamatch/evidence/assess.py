"""Assess programs: gather what bears on each, derive standing and chance, and put it in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache, partial
from typing import Literal

from visamatch.directory.programs import Directory, directory
from visamatch.evidence.ages import age_years, is_stale, last_day, season_start
from visamatch.evidence.asker import Asker, asker
from visamatch.evidence.assessment import Assessment, Standing, Weighed
from visamatch.evidence.ledger import Bearing, Ledger, ledger, own_statement
from visamatch.evidence.p_sponsor import effects, p_sponsor
from visamatch.evidence.practice import node_of
from visamatch.evidence.standing import contradictions, standing
from visamatch.evidence.statement import (
    Answer,
    FamilyFilings,
    Silence,
    Statement,
    SubjectKind,
    VisaPolicy,
)
from visamatch.facts.tables import Filings, Program, rows
from visamatch.workspace.document import OwnStatement
from visamatch.workspace.profile import Profile

REACH_ORDER = ("program", "institution", "system", "other")


def assess(
    program: Program,
    on: date,
    profile: Profile | None = None,
    own: Iterable[OwnStatement] = (),
) -> Assessment:
    """Assess one program for one person; without a profile, for an IMG who needs a visa.

    Args:
        on: the date that counts as today.
        own: the person's own findings, which join the ledger.
    """
    joined = ledger().joined_by(own_statement(each) for each in own)
    return _assess(program, directory(), joined, asker(profile), on)


class Assessments(Mapping[str, Assessment]):
    """Assessments by program id, each worked out when it is first asked for."""

    def __init__(self, known: Directory, claims: Ledger, who: Asker, on: date) -> None:
        self._known, self._claims, self._who, self._on = known, claims, who, on
        self._done: dict[str, Assessment] = {}

    def __getitem__(self, program_id: str) -> Assessment:
        if program_id not in self._done:
            program = self._known.programs[program_id]
            self._done[program_id] = _assess(
                program, self._known, self._claims, self._who, self._on
            )
        return self._done[program_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known.programs)

    def __len__(self) -> int:
        return len(self._known.programs)


def assess_all(
    on: date, profile: Profile | None = None, own: Iterable[OwnStatement] = ()
) -> Assessments:
    """Assessments of every program of the directory for one person on one date."""
    return _assessments(on, asker(profile), tuple(own))


@lru_cache(maxsize=8)
def _assessments(on: date, who: Asker, own: tuple[OwnStatement, ...]) -> Assessments:
    joined = ledger().joined_by(own_statement(each) for each in own)
    return Assessments(directory(), joined, who, on)


def _assess(program: Program, known: Directory, claims: Ledger, who: Asker, on: date) -> Assessment:
    bearing = bearing_on(program, known, claims)
    where = standing(bearing, who, on)
    return Assessment(
        program=program,
        institution=known.institution(program),
        standing=where,
        p_sponsor=p_sponsor(program, bearing, who, on),
        j1=_j1(bearing),
        verdict=_verdict(program, where),
        would_change=_would_change(where, bearing),
        ask_again=season_start(on.replace(year=on.year + 1)).isoformat(),
        weigh=partial(_weighed, program, bearing, who, on),
    )


def bearing_on(program: Program, known: Directory, claims: Ledger) -> list[Bearing]:
    """Every statement that bears on a program, and what follows from filings that are not there."""
    bearing = claims.bearing_on(program, known)
    return [*bearing, *_silence(program, known, bearing), *_family(program, known)]


def _silence(program: Program, known: Directory, bearing: Sequence[Bearing]) -> list[Bearing]:
    """That its employers filed for no trainee is weak evidence, and said openly."""
    if any(claim.property == "trainee_filings" for claim, _ in bearing):
        return []
    value = Silence(_newest_filings().period)
    return [(_derived(program, known, "institution", "silence", value), "institution")]


def _family(program: Program, known: Directory) -> list[Bearing]:
    """What its sister institutions filed, each for itself: programs of one family vouch for each other."""
    found = _family_filings().get(program.institution_id)
    if not found:
        return []
    return [(_derived(program, known, "system", "family_filings", found), "system")]


def _derived(
    program: Program,
    known: Directory,
    kind: SubjectKind,
    name: Literal["silence", "family_filings"],
    value: Silence | FamilyFilings,
) -> Statement:
    newest = _newest_filings()
    place = known.institution(program)
    return Statement(
        statement_id=f"{name.replace('_', '-')}-{program.program_id}",
        subject_kind=kind,
        subject=place.system_id if kind == "system" else place.institution_id,
        property=name,
        value=value,
        as_of=newest.period.rsplit("/", 1)[-1],
        source=known.sources[newest.source[0]],
        method="counted",
        level=program.level,
        confidence="low",
    )


@cache
def _family_filings() -> dict[str, FamilyFilings]:
    """By institution: what the others of its system filed for trainees."""
    known = directory()
    filed: dict[str, Counter[bool]] = defaultdict(Counter)
    for row in rows(Filings):
        node = node_of(row.petitioner_id)
        if node and node[0]:
            filed[node[1]][row.kind == "fellow"] += row.count
    members: dict[str, list[str]] = defaultdict(list)
    for name in known.programs_of:
        members[known.institutions[name].system_id].append(name)
    found = {}
    for system, names in members.items():
        for name in names if system else ():
            others = [filed[other] for other in names if other != name]
            if others:
                found[name] = FamilyFilings(
                    sum(each[False] for each in others), sum(each[True] for each in others),
                    sum(bool(each) for each in others), len(others), _newest_filings().period,
                )  # fmt: skip
    return found


@cache
def _newest_filings() -> Filings:
    return max(rows(Filings), key=lambda row: row.period)


def _weighed(
    program: Program, bearing: Sequence[Bearing], who: Asker, on: date
) -> tuple[Weighed, ...]:
    near = [claim for claim, reach in bearing if reach in ("program", "institution")]
    clashes: dict[str, list[str]] = {}
    for a, b in contradictions(near, who):
        clashes.setdefault(a.statement_id, []).append(b.statement_id)
        clashes.setdefault(b.statement_id, []).append(a.statement_id)
    weighed = [
        Weighed(
            statement=claim,
            reach=reach,
            age=age_years(claim.as_of, on),
            stale=is_stale(claim.as_of, on),
            effect_log_odds=round(effect, 3),
            conflicts_with=tuple(clashes.get(claim.statement_id, ())),
        )
        for (claim, reach), effect in zip(bearing, effects(program, bearing, who, on), strict=True)
    ]
    return tuple(sorted(weighed, key=_nearest_newest))


def _nearest_newest(item: Weighed) -> tuple[int, int, str]:
    claim = item.statement
    return REACH_ORDER.index(item.reach), -_ordinal(claim), claim.statement_id


def _ordinal(claim: Statement) -> int:
    return (last_day(claim.as_of) or date.min).toordinal()


def _j1(bearing: Sequence[Bearing]) -> Answer:
    """The nearest and newest word on J-1."""
    said = [
        (REACH_ORDER.index(reach), -_ordinal(claim), claim.value.sponsors_j1)
        for claim, reach in bearing
        if isinstance(claim.value, VisaPolicy)
        and reach in ("program", "institution")
        and claim.value.sponsors_j1 != "unknown"
    ]
    return min(said)[2] if said else "unknown"


CLOSED_LEADS = {
    "closed": "This program is closed. ",
    "moved": "This program has moved to another code. ",
    "not_in_match": "This program was not in the newest Match. ",
}


def _verdict(program: Program, where: Standing) -> str:
    lead = {
        "confirmed": "It told you in writing that it sponsors H-1B.",
        "filed": "It has filed H-1B papers for residents recently.",
        "says_yes": "It says that it sponsors H-1B.",
        "conditional": "It sponsors H-1B on conditions.",
        "not_for_you": "It has H-1B places, but not for someone in your position.",
        "j1_only": "It takes J-1 and refuses H-1B.",
        "no_h1b": "It refuses H-1B.",
        "unknown": "Nobody outside knows whether it sponsors H-1B: ask.",
        "conflict": "Its sources disagree about H-1B: ask.",
    }[where.code]
    return f"{CLOSED_LEADS.get(program.status, '')}{lead} {where.reason}"


def _would_change(where: Standing, bearing: Sequence[Bearing]) -> tuple[str, ...]:
    wishes = []
    if where.code != "confirmed":
        wishes.append("A written answer from the program, in either direction.")
    if not any(claim.property == "policy" and reach == "program" for claim, reach in bearing):
        wishes.append("A page of the program itself that names the visas it sponsors.")
    if where.stale and where.as_of:
        wishes.append("A newer version of the page or newer filings: what is known is old.")
    if not any(
        claim.property == "trainee_filings" and reach == "program" for claim, reach in bearing
    ):
        wishes.append("A labor condition application that names a resident of this specialty.")
    return tuple(wishes)
