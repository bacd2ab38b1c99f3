"""How much of the directory the evidence covers, counted by program: by state and by specialty."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields

from visamatch.facts.tables import (
    Approvals,
    Filings,
    Institution,
    Petitioner,
    Policy,
    Program,
    rows,
)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Programs of a state or specialty, and for how many of them something is on file.

    Attributes:
        programs, current: all programs, and those in the newest Match list.
        acgme, point: with an ACGME id; with coordinates.
        policy: with a statement on residency visas, of the program, its institution or its system.
        approvals: a petitioner of the institution has USCIS approvals (any occupation).
        filings: a petitioner of the institution has filed for trainees.
        named: such a filing names the program's specialty.
        none: none of policy, approvals and filings.
    """

    name: str
    programs: int
    current: int
    acgme: int
    point: int
    policy: int
    approvals: int
    filings: int
    named: int
    none: int


COUNTS = tuple(field.name for field in fields(Coverage))[1:]


def by_state() -> list[Coverage]:
    """One line a state; ``unknown`` where the institution's place is not known."""
    return _grouped((program.state or "unknown", program) for program in rows(Program))


def by_specialty() -> list[Coverage]:
    """One line a specialty, by specialty_id."""
    return _grouped((program.specialty_id, program) for program in rows(Program))


def total() -> Coverage:
    """All programs together."""
    return _grouped(("all", program) for program in rows(Program))[0]


def _grouped(pairs: Iterable[tuple[str, Program]]) -> list[Coverage]:
    evidence = _Evidence()
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * len(COUNTS))
    for name, program in pairs:
        for index, holds in enumerate(evidence.marks(program)):
            counts[name][index] += holds
    return [Coverage(name, *count) for name, count in sorted(counts.items())]


class _Evidence:
    """Who is spoken of by a policy, an approval or a filing."""

    def __init__(self) -> None:
        self.systems = {place.institution_id: place.system_id for place in rows(Institution)}
        self.policies: dict[str, set[str]] = defaultdict(set)  # subject: specialties, "" = all
        for policy in rows(Policy):
            if policy.level != "fellowship":
                self.policies[policy.subject].add(policy.specialty_id)
        served = {row.petitioner_id: row.institutions for row in rows(Petitioner)}
        self.approved = {place for row in rows(Approvals) for place in served[row.petitioner_id]}
        self.filed: dict[str, set[str]] = defaultdict(set)  # institution: specialties named
        for filing in rows(Filings):
            for place in served[filing.petitioner_id]:
                self.filed[place].add(filing.specialty_id)

    def marks(self, program: Program) -> tuple[bool, ...]:
        place = program.institution_id
        whose = (program.program_id, place, self.systems[place])
        policy = any(self.policies.get(who, set()) & {"", program.specialty_id} for who in whose)
        approvals, filings = place in self.approved, place in self.filed
        return (
            True, program.status == "current", bool(program.acgme_id),
            program.lat is not None, policy, approvals, filings,
            program.specialty_id in self.filed.get(place, ()), not (policy or approvals or filings),
        )  # fmt: skip
