"""Who is who: programs with their tracks, quotas, institutions, systems and petitioners."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from visamatch.errors import InputError
from visamatch.facts.specialties import specialties
from visamatch.facts.tables import (
    History,
    Institution,
    Petitioner,
    Program,
    Quota,
    Source,
    Specialty,
    System,
    Track,
    rows,
)

Item = TypeVar("Item")


@dataclass(frozen=True, eq=False)  # hashed by identity
class Directory:
    """The shipped directory, indexed. Ids are those of the tables; every lookup is by id."""

    programs: dict[str, Program]
    institutions: dict[str, Institution]
    systems: dict[str, System]
    petitioners: dict[str, Petitioner]
    sources: dict[str, Source]
    specialties: dict[str, Specialty]
    tracks_of: dict[str, tuple[Track, ...]]  # by program
    quotas_of: dict[str, tuple[Quota, ...]]  # by program, oldest year first
    history_of: dict[str, tuple[History, ...]]  # by program, oldest year first; New England
    petitioners_of: dict[str, tuple[Petitioner, ...]]  # by institution
    programs_of: dict[str, tuple[Program, ...]]  # by institution
    other_ids: dict[str, str]  # ACGME ids and NRMP track codes to program ids

    def institution(self, program: Program) -> Institution:
        """The institution that runs the program."""
        return self.institutions[program.institution_id]

    def specialty(self, program: Program) -> Specialty:
        """The program's specialty."""
        return self.specialties[program.specialty_id]

    def system(self, institution: Institution) -> System | None:
        """The hospital system the institution belongs to, if it is known to belong to one."""
        return self.systems.get(institution.system_id)

    def quota(self, program_id: str) -> tuple[int, int] | None:
        """Positions offered in the newest year on file, and that year; None when unknown."""
        quotas = self.quotas_of.get(program_id, ())
        if not quotas:
            return None
        year = quotas[-1].year
        return sum(quota.quota for quota in quotas if quota.year == year), year

    def find(self, text: str) -> Program:
        """The program meant by a program id, a ten-digit ACGME id or an NRMP track code.

        Raises:
            InputError: no such program; the nearest ids are named.
        """
        wanted = text.strip()
        known = self.programs.get(wanted.lower()) or self.programs.get(
            self.other_ids.get(wanted.upper(), "")
        )
        if known is None:
            raise InputError("program", self._nearest(wanted), wanted)
        return known

    def _nearest(self, wanted: str) -> str:
        from rapidfuzz import process, utils  # slow to import, and only needed to help

        names = {key: f"{program.name} {key}" for key, program in self.programs.items()}
        near = process.extract(wanted, names, limit=3, processor=utils.default_process)
        listed = ", ".join(f"{key} ({self.programs[key].name})" for _, _, key in near)
        return f"a program id, ACGME id or NRMP code, perhaps {listed}"


def _group(items: Iterable[Item], key: Callable[[Item], str]) -> dict[str, tuple[Item, ...]]:
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return {name: tuple(members) for name, members in groups.items()}


def _by(table: type[Any], field: str) -> dict[str, Any]:
    return {getattr(row, field): row for row in rows(table)}


@cache
def directory() -> Directory:
    """The directory of the shipped tables; read once."""
    programs: dict[str, Program] = _by(Program, "program_id")
    program_of = {track.nrmp_code: track.program_id for track in rows(Track)}
    quotas = sorted(rows(Quota), key=lambda quota: quota.year)
    files_for = [(name, row) for row in rows(Petitioner) for name in row.institutions]
    pairs = _group(files_for, lambda pair: pair[0])
    acgme = {row.acgme_id: row.program_id for row in rows(Program) if row.acgme_id}
    # A program tied to a code of the Match had an id of its own before; files may still hold it.
    acgme |= {f"ACGME-{acgme_id}": program_id for acgme_id, program_id in acgme.items()}
    return Directory(
        programs=programs,
        institutions=_by(Institution, "institution_id"),
        systems=_by(System, "system_id"),
        petitioners=_by(Petitioner, "petitioner_id"),
        sources=_by(Source, "source_id"),
        specialties=specialties(),
        tracks_of=_group(rows(Track), lambda track: track.program_id),
        quotas_of=_group(quotas, lambda quota: program_of[quota.nrmp_code]),
        history_of=_group(
            sorted(rows(History), key=lambda row: row.year), lambda row: row.program_id
        ),
        petitioners_of={name: tuple(row for _, row in group) for name, group in pairs.items()},
        programs_of=_group(programs.values(), lambda program: program.institution_id),
        other_ids=acgme | program_of,
    )
