"""Who files: petitioners with their trainee filings and approvals by fiscal year, from the shipped facts."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from visamatch.directory.programs import directory
from visamatch.facts.tables import Approvals, Filings, Petitioner, rows

KINDS = ("resident", "fellow")


@dataclass(frozen=True, slots=True)
class Year:
    """One fiscal year. ``residents`` and ``fellows`` count cases, ``initial`` and ``continuing`` approvals
    of all occupations; None where no record covers the year. ``part``: the records cover a part of it.
    A title that leaves open which of both it is counts as both.
    """

    fiscal_year: int
    residents: int | None = None
    fellows: int | None = None
    initial: int | None = None
    continuing: int | None = None
    part: bool = False


@dataclass(frozen=True, slots=True)
class Filer:
    """A petitioner with its records, newest year first.

    Attributes:
        residents, fellows: cases of all years together; ``approvals``: initial ones.
        specialties: ids its titles name.
        cases: case numbers, where the copy read has them.
    """

    petitioner: Petitioner
    years: tuple[Year, ...]
    residents: int
    fellows: int
    approvals: int
    specialties: tuple[str, ...]
    cases: tuple[str, ...]


def filers_of(institution_id: str) -> list[Filer]:
    """The petitioners that may file for an institution and left a record, most trainee cases first."""
    known = directory().petitioners_of.get(institution_id, ())
    return _ranked(
        [_filers()[row.petitioner_id] for row in known if row.petitioner_id in _filers()]
    )


def filers(state: str = "", kind: str = "", specialty: str = "") -> list[Filer]:
    """All petitioners, ranked: most trainee cases first, then most approvals.

    Args:
        state: two letters; empty for all.
        kind: ``resident`` or ``fellow``: only those who filed for one, ranked by that kind.
        specialty: an id: only those whose titles name it.
    """
    found = [
        filer for filer in _filers().values()
        if state in ("", filer.petitioner.state) and (not specialty or specialty in filer.specialties)
        and (not kind or getattr(filer, f"{kind}s"))
    ]  # fmt: skip
    return _ranked(found, kind)


def _ranked(found: list[Filer], kind: str = "") -> list[Filer]:
    def rank(filer: Filer) -> tuple[int, int, str]:
        cases = getattr(filer, f"{kind}s") if kind else filer.residents + filer.fellows
        return -cases, -filer.approvals, filer.petitioner.name

    return sorted(found, key=rank)


@cache
def _filers() -> dict[str, Filer]:
    filed: dict[str, list[Filings]] = defaultdict(list)
    approved: dict[str, list[Approvals]] = defaultdict(list)
    for filing in rows(Filings):
        filed[filing.petitioner_id].append(filing)
    for approval in rows(Approvals):
        approved[approval.petitioner_id].append(approval)
    covered = {row.fiscal_year for row in rows(Filings)}
    known = directory().petitioners
    return {
        who: _filer(known[who], filed[who], approved[who], covered)
        for who in known if filed[who] or approved[who]
    }  # fmt: skip


def _filer(
    who: Petitioner, filed: list[Filings], approved: list[Approvals], covered: set[int]
) -> Filer:
    of_year = {row.fiscal_year: row for row in approved}
    years = []
    for year in sorted({*covered, *of_year}, reverse=True):
        row = of_year.get(year)
        residents, fellows = (_cases(filed, kind, year) for kind in KINDS)
        years.append(Year(
            year, residents if year in covered else None, fellows if year in covered else None,
            row.initial if row else None, row.continuing if row else None,
            year in covered or bool(row and not row.complete),
        ))  # fmt: skip
    return Filer(
        who, tuple(years), _cases(filed, "resident"), _cases(filed, "fellow"),
        sum(row.initial for row in approved), tuple(sorted({row.specialty_id for row in filed} - {""})),
        tuple(sorted(case for row in filed for case in row.cases)),
    )  # fmt: skip


def _cases(filed: list[Filings], kind: str, year: int | None = None) -> int:
    return sum(row.count for row in filed if kind in row.kind and year in (None, row.fiscal_year))
