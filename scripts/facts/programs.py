"""Programs, tracks and quotas: the 2026 Match list, the fuller New England tables laid over it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from facts.acgme import Likeness, own_name, tie_institution, tie_programs
from facts.places import Places
from facts.raw import HAND, Record, decimal, number, read, slug, unique
from facts.registry import Registry
from visamatch.facts.tables import History, Institution, Program, Quota, Specialty, Track

ACGME_SOURCES = {
    "freida_im_2025": "acgme-ids-internal-medicine",
    "residency_explorer_neurology_2026": "acgme-ids-neurology",
    "acgme_public_search_obgyn": "acgme-ids-obgyn",
    "acgme_public_search_obgyn_2022": "acgme-ids-obgyn",
    "maction_2017": "acgme-ids-2017",
    "maction_2019": "acgme-ids-2019",
    "residencyadvisor_page": "residencyadvisor-codes",
    "bumc.bu.edu/emergencymedicine/applicants": "bmc-emergency-medicine",
}
RESTRICTED = ("freida", "residency_explorer")  # their websites and positions may not ship
NEARLY_COMPLETE = (
    "freida_im_2025",
    "residency_explorer_neurology_2026",
    "acgme_public_search_obgyn",
)


@dataclass
class Programs:
    """The directory: programs by id, their tracks, quotas and earlier places."""

    programs: dict[str, Program] = field(default_factory=dict)
    tracks: list[Track] = field(default_factory=list)
    quotas: list[Quota] = field(default_factory=list)
    history: list[History] = field(default_factory=list)


def specialties(registry: Registry) -> list[Specialty]:
    """The hand-written table of specialties."""
    return [
        Specialty(
            row["specialty_id"], row["name"], row["nrmp_code"], unique(row["aliases"].split("|")),
            row["level"], float(row["years"]) if row["years"] else None, row["match_system"],
            row["parent"], registry.cite(*_specialty_sources(row["nrmp_code"])),
        )
        for row in read(HAND / "specialties.csv")
    ]  # fmt: skip


def _specialty_sources(code: str) -> list[str]:
    new = ["nrmp-new-codes"] if code in {"382", "797"} else []
    return new + (["nrmp-results-2026"] if code else []) + ["training-lengths"]


def build(data: Path, places: Places, kinds: list[Specialty], registry: Registry) -> Programs:
    """The whole national directory of the 2026 Match, with New England complete."""
    out = Programs()
    by_code = {kind.nrmp_code: kind for kind in kinds if kind.nrmp_code}
    folder = data / "programs"
    names = {row["nrmp_code"]: row for row in read(folder / "programs_national.csv")}
    moves = {row["program"]: row for row in read(HAND / "moves.csv")}
    own = {row["track"]: row["program_id"] for row in moves.values() if row["track"]}
    _tracks(out, read(folder / "nrmp_quotas_2026.csv"), names, own, registry)
    _current(out, places, by_code, registry)
    for file in ("ma_programs.csv", "newengland_other_programs.csv"):
        for row in read(folder / file):
            move = moves.get(row["program_key"], {})
            _lay_over(out, row, move, places, _specialty(row, kinds, by_code), registry)
    cities = {(row["state"], row["zip"]): row["city"] for row in read(folder / "hospitals_cms_2026.csv")}  # fmt: skip
    listed = read(folder / "acgme_programs.csv")
    for row in listed:
        row["city"] = row["city"] or cities.get((row["state"], row["zip"]), "")
    _place_acgme_ids(out, listed, places, by_code, kinds, registry)
    return out


def _tracks(
    out: Programs, rows: list[Record], names: dict[str, Record], own: dict[str, str], registry: Registry
) -> None:  # fmt: skip
    for row in rows:
        code = row["nrmp_code"]
        known = names.get(code, {})
        cited = registry.cite("nrmp-results-2026", *(["nrmp-codes-2023"] if known else []))
        program_id = own.get(code, f"{code[:4]}-{code[4:7]}")
        out.tracks.append(
            Track(code, program_id, known.get("program_name", ""), code[7], True, cited)
        )
        filled = number(row["filled_2026"])
        out.quotas.append(Quota(code, 2026, int(row["quota_2026"]), filled, cited[:1]))


def _current(
    out: Programs, places: Places, by_code: dict[str, Specialty], registry: Registry
) -> None:
    source = registry.cite("nrmp-results-2026")
    for program_id in {f"{track.nrmp_code[:4]}-{track.nrmp_code[4:7]}" for track in out.tracks}:
        place = places.institutions[places.by_code[program_id[:4]]]
        kind = by_code[program_id[5:]]
        out.programs[program_id] = Program(
            program_id, _name(place, kind), place.institution_id, kind.specialty_id, "residency", "",
            place.city, place.state, place.lat, place.lon, "current", "", "", "", source,
        )  # fmt: skip


def _name(place: Institution, kind: Specialty) -> str:
    return place.name if place.name.endswith(kind.name) else f"{place.name} {kind.name}"


def _lay_over(
    out: Programs, row: Record, move: Record, places: Places, kind: Specialty, registry: Registry
) -> None:
    """One row of a New England table: it knows more than the Match list, or what is not in it."""
    state = row["state"]
    place = places.institutions[places.by_name[state, row["institution"]]]
    coded = ""
    if re.fullmatch(r"\w\w-\d{4}-\d{3}", row["program_key"]):
        coded = f"{row['nrmp_institution_code']}-{row['specialty_code']}"
    program_id = move.get("program_id") or coded or _slug_id(row, place, kind)
    old = out.programs.get(program_id)
    cited = [ACGME_SOURCES[name] for name in _acgme_sources(row)]
    cited += ["nrmp-results-2026"] if old else ["nrmp-codes-2023"] if coded else []
    cited += ["massachusetts-compilation" if state == "MA" else "new-england-compilation"]
    restricted = any(name in row["acgme_id_source"] for name in RESTRICTED)
    status, note = _status(row, old, move)
    out.programs[program_id] = Program(
        program_id, _name(place, kind), place.institution_id, kind.specialty_id, "residency",
        row["acgme_program_id"], re.sub(r" \(.*\)$", "", row["city"]) or place.city, state,
        decimal(row.get("latitude", "")) or place.lat,
        decimal(row.get("longitude", "")) or place.lon, status, note, move.get("successor", ""),
        "" if restricted else row["website"], unique(registry.cite(*cited)),
    )  # fmt: skip
    for year in range(2016, 2021):
        if row[f"quota_{year}"]:
            quota, filled = int(row[f"quota_{year}"]), number(row[f"matched_{year}"])
            source = registry.cite("nrmp-results-2014-2020")
            out.history.append(History(program_id, year, quota, filled, source))


def _acgme_sources(row: Record) -> Iterator[str]:
    for name in row["acgme_id_source"].split("; ") if row["acgme_program_id"] else []:
        yield "residencyadvisor_page" if name.startswith("freida.ama") else name


def _slug_id(row: Record, place: Institution, kind: Specialty) -> str:
    suffix = "-primary-care" if row["program_key"].endswith(("1499", "1496")) else ""
    name = place.institution_id.removesuffix(f"-{place.state.lower()}")
    return slug(f"{place.state}-{name}-{kind.specialty_id}") + suffix


def _specialty(row: Record, kinds: list[Specialty], by_code: dict[str, Specialty]) -> Specialty:
    if row["specialty_code"] in by_code:
        return by_code[row["specialty_code"]]
    name = row["specialty"].lower()
    return next(
        kind for kind in kinds if name in {alias.lower() for alias in (kind.name, *kind.aliases)}
    )


def _status(row: Record, current: Program | None, move: Record) -> tuple[str, str]:
    """Status in our own words; a hand-checked move wins over the raw status."""
    if move:
        return move["status"], move["note"]
    if current:
        steward = row["nrmp_institution_code"] == "1266"
        return "current", "Steward until October 2024; codes may still change" if steward else ""
    if "SF Match / AUA" in row["status_note"]:
        return "other_match", "Matches outside the NRMP Main Match"
    if row["nrmp_institution_code"]:
        last = re.search(r"last seen (\d{4})", row["status_note"])
        year = last[1] if last else "2023"
        return "not_in_match", f"No code in the 2026 Match list; last seen {year}"
    return "listed", "Named in a program list; no code of its own in the 2026 Match list"


def _place_acgme_ids(
    out: Programs,
    rows: list[Record],
    places: Places,
    by_code: dict[str, Specialty],
    kinds: list[Specialty],
    registry: Registry,
) -> None:
    """Give every ACGME id its program: one of the Match where the tie is clear, else its own."""
    taken = {program.acgme_id for program in out.programs.values()}
    new = [
        (row, _specialty(row, kinds, by_code))
        for row in rows
        if row["acgme_program_id"] not in taken
    ]
    likeness = Likeness(places.institutions)
    free = [program for program in out.programs.values() if not program.acgme_id]
    known = {
        row["acgme_name"]: places.by_code[row["nrmp_code"]]
        for row in read(HAND / "acgme_names.csv")
    }
    for name, place_id in known.items():  # employers file under this name as well
        place = places.institutions[place_id]
        places.institutions[place_id] = replace(place, aliases=unique([*place.aliases, name]))
    tied = tie_programs([(row, kind.specialty_id) for row, kind in new], free, likeness, known)
    for row, kind in new:
        acgme_id = row["acgme_program_id"]
        cited = registry.cite(ACGME_SOURCES[row["source"]])
        if program_id := tied.get(acgme_id):
            program = out.programs[program_id]
            source = unique([*program.source, *cited])
            city = program.city or row["city"]
            out.programs[program_id] = replace(program, acgme_id=acgme_id, city=city, source=source)
            place = places.institutions[program.institution_id]
            if not place.city:
                places.institutions[program.institution_id] = replace(place, city=row["city"])
        elif row["source"] in NEARLY_COMPLETE:
            place = _place_of(row, places, likeness, cited)
            program = _untied(row, kind, place, cited)
            out.programs[program.program_id] = program


def _place_of(
    row: Record, places: Places, likeness: Likeness, cited: tuple[str, ...]
) -> Institution:
    known = tie_institution(row, places.institutions.values(), likeness)
    if known:
        return places.institutions[known]
    return places.from_acgme(own_name(row), row["city"], row["state"], cited)


def _untied(row: Record, kind: Specialty, place: Institution, cited: tuple[str, ...]) -> Program:
    return Program(
        program_id=f"acgme-{row['acgme_program_id']}",
        name=f"{own_name(row)} {kind.name}",
        institution_id=place.institution_id,
        specialty_id=kind.specialty_id,
        level="residency",
        acgme_id=row["acgme_program_id"],
        city=row["city"] or place.city,
        state=row["state"],
        lat=place.lat,
        lon=place.lon,
        status="listed",
        status_note="Listed by the ACGME without a code of the 2026 Match that could be tied to it; "
        "it may be the same as a program that has a code",
        successor="",
        website="",
        source=cited,
    )
