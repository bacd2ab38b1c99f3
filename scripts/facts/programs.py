"""Programs, tracks and quotas: the 2026 Match list, with the fuller New England tables laid over it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from facts.acgme import Likeness, tie_institution, tie_programs
from facts.places import Places
from facts.raw import HAND, Record, decimal, key, number, read, slug
from facts.registry import Registry
from visamatch.facts.tables import History, Program, Quota, Specialty, Track

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
NEARLY_COMPLETE = ("freida_im_2025", "residency_explorer_neurology_2026", "acgme_public_search_obgyn")
RESTRICTED = ("freida", "residency_explorer")  # their websites and positions may not ship
SAME_PROGRAM = {  # New England rows whose NRMP code came to light in the 2026 list
    "MA-PSY-LAHEY": "3130-400", "MA-FM-LOWELLCHC": "2478-120", "MA-PM-BMC": "1257-380", "MA-PM-UMASS": "3050-380",
}  # fmt: skip

OWN_PROGRAM = {"3050120C3": "ma-umass-chan-medical-school-family-medicine-fitchburg"}  # a track with its own accreditation


@dataclass
class Programs:
    """The directory: programs by id, their tracks and quotas."""

    programs: dict[str, Program] = field(default_factory=dict)
    tracks: list[Track] = field(default_factory=list)
    quotas: list[Quota] = field(default_factory=list)
    history: list[History] = field(default_factory=list)


def specialties(registry: Registry) -> list[Specialty]:
    """The hand-written table of specialties."""
    return [
        Specialty(
            row["specialty_id"], row["name"], row["nrmp_code"], tuple(filter(None, row["aliases"].split("|"))), row["level"],
            float(row["years"]) if row["years"] else None, row["match_system"], row["parent"],
            registry.cite(*_specialty_sources(row)),
        )
        for row in read(HAND / "specialties.csv")
    ]  # fmt: skip


def _specialty_sources(row: Record) -> list[str]:
    cited = ["nrmp-new-codes"] if row["nrmp_code"] in {"382", "797"} else []
    return cited + (["nrmp-results-2026"] if row["nrmp_code"] else []) + ["training-lengths"]


def build(data: Path, places: Places, kinds: list[Specialty], registry: Registry) -> Programs:
    """The whole national directory of the 2026 Match, with New England complete."""
    out = Programs()
    by_code = {kind.nrmp_code: kind for kind in kinds if kind.nrmp_code}
    folder = data / "programs"
    names = {row["nrmp_code"]: row for row in read(folder / "programs_national.csv")}
    _current(out, read(folder / "nrmp_quotas_2026.csv"), names, places, by_code, registry)
    moves = {row["program"]: row for row in read(HAND / "moves.csv")}
    rows = read(folder / "ma_programs.csv") + read(folder / "newengland_other_programs.csv")
    for row in rows:
        _lay_over(out, row, moves.get(row["program_key"], {}), places, kinds, registry)
    cities = {(row["state"], row["zip"]): row["city"] for row in read(folder / "hospitals_cms_2026.csv")}
    listed = read(folder / "acgme_programs.csv")
    for row in listed:
        row["city"] = row["city"] or cities.get((row["state"], row["zip"]), "")
    _place_acgme_ids(out, listed, places, kinds, registry)
    return out


def _current(
    out: Programs, rows: list[Record], names: dict[str, Record], places: Places, by_code: dict[str, Specialty],
    registry: Registry,
) -> None:  # fmt: skip
    source = registry.cite("nrmp-results-2026")
    tracks = defaultdict(list)
    for row in rows:
        code = row["nrmp_code"]
        program_id = f"{code[:4]}-{code[4:7]}"
        tracks[program_id].append(row)
        known = names.get(code)
        cited = registry.cite("nrmp-results-2026", "nrmp-codes-2023") if known else source
        out.tracks.append(Track(code, OWN_PROGRAM.get(code, program_id), known["program_name"] if known else "", code[7], True, cited))
        out.quotas.append(
            Quota(code, 2026, int(row["quota_2026"]), number(row["filled_2026"]), source)
        )
    for program_id in tracks:
        place = places.institutions[places.by_code[program_id[:4]]]
        kind = by_code[program_id[5:]]
        out.programs[program_id] = Program(
            program_id, _name(place.name, kind.name), place.institution_id, kind.specialty_id, "residency", "", place.city,
            place.state, place.lat, place.lon, "current", "", "", "", source,
        )  # fmt: skip


def _lay_over(
    out: Programs, row: Record, move: Record, places: Places, kinds: list[Specialty], registry: Registry
) -> None:
    raw_key, state = row["program_key"], row["state"]
    place = places.institutions[places.by_name[state, row["institution"]]]
    kind = _specialty(row, kinds)
    coded = f"{row['nrmp_institution_code']}-{row['specialty_code']}" if re.fullmatch(r"\w\w-\d{4}-\d{3}", raw_key) else ""
    program_id = SAME_PROGRAM.get(raw_key) or coded or _slug_id(raw_key, place.institution_id, kind, state)
    old = out.programs.get(program_id)
    status, note = _status(row, old, move)
    restricted = any(name in row["acgme_id_source"] for name in RESTRICTED)
    lat, lon = decimal(row.get("latitude", "")), decimal(row.get("longitude", ""))
    city = re.sub(r" \(.*\)$", "", row["city"]) or place.city
    cited = [ACGME_SOURCES[name] for name in _acgme_sources(row)] if row["acgme_program_id"] else []
    cited += ["nrmp-results-2026"] if old else ["nrmp-codes-2023"] if coded else []
    out.programs[program_id] = Program(
        program_id, _name(place.name, kind.name), place.institution_id, kind.specialty_id, "residency",
        row["acgme_program_id"], city, state, lat or place.lat, lon or place.lon, status, note, move.get("successor", ""),
        "" if restricted else row["website"], tuple(dict.fromkeys(registry.cite(*cited, _compilation(state)))),
    )  # fmt: skip
    for year in range(2016, 2021):
        if row[f"quota_{year}"]:
            places_then = number(row[f"matched_{year}"])
            cited_then = registry.cite("nrmp-results-2014-2020")
            out.history.append(History(program_id, year, int(row[f"quota_{year}"]), places_then, cited_then))


def _name(place: str, kind: str) -> str:
    return place if place.endswith(kind) else f"{place} {kind}"


def _compilation(state: str) -> str:
    return "massachusetts-compilation" if state == "MA" else "new-england-compilation"


def _acgme_sources(row: Record) -> Iterator[str]:
    for name in row["acgme_id_source"].split("; "):
        yield "residencyadvisor_page" if name.startswith("freida.ama") else name


def _slug_id(key: str, institution_id: str, kind: Specialty, state: str) -> str:
    suffix = "-fitchburg" if "FITCHBURG" in key else "-primary-care" if key.endswith(("1499", "1496")) else ""
    place = institution_id.removesuffix(f"-{state.lower()}")
    return slug(f"{state}-{place}-{kind.specialty_id}") + suffix


def _specialty(row: Record, kinds: list[Specialty]) -> Specialty:
    by_code = {kind.nrmp_code: kind for kind in kinds if kind.nrmp_code}
    if row["specialty_code"] in by_code:
        return by_code[row["specialty_code"]]
    return next(kind for kind in kinds if row["specialty"].lower() in {kind.name.lower(), *(a.lower() for a in kind.aliases)})


def _status(row: Record, current: Program | None, move: Record) -> tuple[str, str]:
    """Status in our own words; a hand-checked move wins over the raw status."""
    if move:
        return move["status"], move["note"]
    if current:
        moved = "Steward until October 2024; names and codes may still change"
        return "current", moved if row.get("nrmp_institution_code") == "1266" else ""
    if "SF Match / AUA" in row["status_note"]:
        return "other_match", "Matches outside the NRMP Main Match"
    if row["nrmp_institution_code"]:
        last = re.search(r"last seen (\d{4})", row["status_note"])
        return "not_in_match", f"No code in the 2026 Match list; last seen {last[1] if last else '2023'}"
    return "listed", "Named in a program list; no code of its own in the 2026 Match list"


def _place_acgme_ids(
    out: Programs, rows: list[Record], places: Places, kinds: list[Specialty], registry: Registry
) -> None:
    """Give every ACGME id its program: one of the Match where the tie is clear, else one of its own."""
    taken = {program.acgme_id for program in out.programs.values()}
    new = [(row, _specialty(row, kinds)) for row in rows if row["acgme_program_id"] not in taken]
    likeness = Likeness(places.institutions)
    free = [program for program in out.programs.values() if not program.acgme_id]
    tied = tie_programs([(row, kind.specialty_id) for row, kind in new], free, likeness)
    for row, kind in new:
        acgme_id = row["acgme_program_id"]
        cited = registry.cite(ACGME_SOURCES[row["source"]])
        if program_id := tied.get(acgme_id):
            program = out.programs[program_id]
            out.programs[program_id] = replace(program, acgme_id=acgme_id, source=program.source + cited)
        elif row["source"] in NEARLY_COMPLETE:
            _add_untied(out, row, kind, places, likeness, cited)


def _add_untied(
    out: Programs, row: Record, kind: Specialty, places: Places, likeness: Likeness, cited: tuple[str, ...]
) -> None:
    known = tie_institution(row, places.institutions.values(), likeness)
    name = re.sub(r" Program$", "", row["program_name"].strip())
    place = places.institutions[known] if known else places.from_acgme(name, row["city"], row["state"], cited)
    program_id = f"acgme-{row['acgme_program_id']}"
    out.programs[program_id] = Program(
        program_id, f"{name} {kind.name}", place.institution_id, kind.specialty_id, "residency",
        row["acgme_program_id"], row["city"] or place.city, row["state"], place.lat, place.lon, "listed",
        "Listed by the ACGME; not tied to a code of the 2026 Match, and may be the same as one that has a code", "", "", cited,
    )  # fmt: skip
