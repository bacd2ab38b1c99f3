"""Systems and institutions: Massachusetts from its own table, the rest from NRMP codes and CMS."""

from __future__ import annotations

import fnmatch
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path

from facts.raw import HAND, Record, decimal, key, read, slug, spell_out, title, unique
from facts.registry import Registry
from visamatch.facts.tables import Institution, System

OWNERSHIP = {
    "nonprofit": "nonprofit", "nonprofit university": "nonprofit", "for-profit": "for_profit",
    "public (local government)": "government", "public (state university)": "government",
    "public (state)": "government", "federal": "government",
}  # fmt: skip
KINDS = (  # the first pattern found in the name decides
    (r"\b(VA|Veterans|Army|Naval|Navy|Military|Air Force|Walter Reed)\b", "government"),
    (r"\b(Consortium|Foundation|Partnership|Alliance|Network)\b", "consortium"),
    (r"\b(School of Medicine|College of Medicine|Medical School|Med School|Medical College)\b", "school"),
    (r"\b(Hospitals?|Medical Centers?|Med Center|Infirmary)\b", "hospital"),
    (r"\b(Community Health|Health Centers?|Family Health|Clinics?|Teaching Health)\b", "health_center"),
    (r"\b(University|UC|UT|SUNY|LSU|LSUHSC)\b", "university"),
)  # fmt: skip


@dataclass
class Places:
    """All institutions, and how to find them from a code or a name used in the raw files."""

    systems: list[System] = field(default_factory=list)
    institutions: dict[str, Institution] = field(default_factory=dict)
    by_code: dict[str, str] = field(default_factory=dict)
    by_name: dict[tuple[str, str], str] = field(default_factory=dict)  # (state, raw name)

    def add(self, place: Institution) -> None:
        """Keep an institution and make it findable by its codes and raw names."""
        self.institutions[place.institution_id] = place
        for code in place.nrmp_codes:
            self.by_code.setdefault(code, place.institution_id)
        for name in (place.name, *place.aliases):
            self.by_name.setdefault((place.state, name), place.institution_id)

    def matching(self, patterns: str) -> tuple[str, ...]:
        """Institution ids by ``|``-separated patterns; one that finds none stops the build."""
        found = [fnmatch.filter(sorted(self.institutions), pattern) for pattern in patterns.split("|")]
        if not all(found):
            raise KeyError(patterns)
        return unique(place_id for ids in found for place_id in ids)


    def from_acgme(self, name: str, city: str, state: str, cited: tuple[str, ...]) -> Institution:
        """The institution an ACGME program is named after, made where no other stands for it."""
        place_id = f"{slug(name)}-{state.lower()}"
        if place_id not in self.institutions:
            self.add(Institution(
                place_id, name, (), _kind(name), city, state, None, None, "", "", "", "", "", (), "open", "", cited,
            ))  # fmt: skip
        return self.institutions[place_id]


def build(data: Path, registry: Registry) -> Places:
    """Systems and institutions of all states."""
    places = Places()
    folder = data / "programs"
    hospitals = {row["cms_ccn"]: row for row in read(folder / "hospitals_cms_2026.csv")}
    _massachusetts(places, folder, hospitals, registry)
    _new_england(places, folder, registry)
    _hand(places)
    _national(places, folder, hospitals, registry)
    _systems(places, registry)
    _city_points(places, hospitals, registry)
    return places


def _city_points(places: Places, hospitals: dict[str, Record], registry: Registry) -> None:
    """Where no hospital was matched, the mean point of the city's hospitals: enough for distance."""
    cities = defaultdict(list)
    for row in hospitals.values():
        if row["latitude"]:
            cities[row["state"], key(row["city"])].append((float(row["latitude"]), float(row["longitude"])))
    for place in places.institutions.values():
        points = cities.get((place.state, key(place.city)))
        if place.lat is None and place.city and points:
            lat, lon = (round(sum(axis) / len(points), 4) for axis in zip(*points, strict=True))
            cited = unique([*place.source, *registry.cite("hifld-hospitals")])
            place = replace(place, lat=lat, lon=lon, point="city", source=cited)
        elif place.lat is not None:
            place = replace(place, point="hospital")
        places.institutions[place.institution_id] = place


def _systems(places: Places, registry: Registry) -> None:
    """Systems named by hand; one that is only its single institution again is dropped."""
    for row in read(HAND / "systems.csv"):
        places.systems.append(System(
            row["system_id"], row["name"], unique(row["aliases"].split("|")), registry.cite("petitioner-links"),
        ))  # fmt: skip
        for place_id in places.matching(row["members"]):
            places.institutions[place_id] = replace(places.institutions[place_id], system_id=row["system_id"])
    for place in places.institutions.values():
        if place.system_id == slug(place.name) and place.institution_id != "mass-general-brigham":
            places.institutions[place.institution_id] = replace(place, system_id="")
    used = {place.system_id for place in places.institutions.values()}
    places.systems = [system for system in places.systems if system.system_id in used]


def _hand(places: Places) -> None:
    """Names the program tables use, and codes of the 2026 list that belong to a place known by name."""
    for row in read(HAND / "institutions.csv"):
        place = places.institutions[row["institution_id"]]
        places.by_name[place.state, row["raw_name"]] = place.institution_id
        places.add(replace(place, nrmp_codes=unique([*place.nrmp_codes, row["nrmp_code"]])))


def _massachusetts(places: Places, folder: Path, hospitals: dict[str, Record], registry: Registry) -> None:
    points = {}
    for row in read(folder / "ma_programs.csv"):
        if row["latitude"]:
            points.setdefault(row["institution"], (decimal(row["latitude"]), decimal(row["longitude"])))
    systems: dict[str, str] = {}
    for row in read(folder / "institutions_ma.csv"):
        name = re.sub(r" \(Steward\)$", "", row["canonical_name"])
        lat, lon = _point(hospitals.get(row["cms_ccn"])) or points.get(row["canonical_name"], (None, None))
        system = re.sub(r" \(.*\)$", "", row["health_system"])
        closed = "closed 2024-08-31" in row["notes"].lower()
        codes = () if name == "UMass Memorial Medical Center" else unique(row["nrmp_institution_codes"].split("|"))
        places.add(Institution(
            slug(name), name, unique([*row["aliases"].split("|"), title(row["cms_facility_name"])]), _ma_kind(row),
            re.sub(r" \(.*\)$", "", row["city"]), "MA", lat, lon, slug(system) if system else "",
            OWNERSHIP.get(row["ownership"], ""), row["university_affiliation"], row["affiliation_source"][:80],
            row["cms_ccn"], codes, "closed" if closed else "open", _ma_note(row), _ma_sources(row, registry),
        ))  # fmt: skip
        if system:
            systems[slug(system)] = system
    places.add(Institution(
        "mass-general-brigham", "Mass General Brigham", ("MGB", "Partners HealthCare"), "consortium", "Boston", "MA",
        42.3626, -71.0692, "mass-general-brigham", "nonprofit", "Harvard Medical School", "parent of the hospitals",
        "", ("2395",), "open", "Number of the system itself; point is Massachusetts General's",
        registry.cite("nrmp-results-2026", "massachusetts-compilation"),
    ))  # fmt: skip
    places.add(Institution(
        "harvard-t-h-chan-school-of-public-health", "Harvard T.H. Chan School of Public Health", ("HSPH",), "school",
        "Boston", "MA", None, None, "", "nonprofit", "Harvard University", "a school of the university", "", (), "open",
        "", registry.cite("acgme-ids-2019", "massachusetts-compilation"),
    ))  # fmt: skip
    aliases = {"mass-general-brigham": ("MGB", "Partners HealthCare")}
    places.systems += [
        System(system_id, name, aliases.get(system_id, ()), registry.cite("massachusetts-compilation"))
        for system_id, name in systems.items()
    ]


def _ma_kind(row: Record) -> str:
    name = row["canonical_name"]
    if "Medical School" in name:
        return "school"
    if name.endswith("University"):
        return "university"
    if "Health Center" in name:
        return "health_center"
    return "government" if row["ownership"] == "federal" else "hospital"


def _ma_note(row: Record) -> str:
    """Own words for the few institutions whose standing changed."""
    name = row["canonical_name"]
    if name.startswith("Carney"):
        return "Closed 2024-08-31; still listed by CMS"
    if name.startswith("Boston Medical Center -"):
        return "Steward until October 2024, then Boston Medical Center; renamed 2025-05-01; CMS ownership lags"
    if name in {"Morton Hospital", "Saint Anne's Hospital"}:
        return "Steward until 2024, then Lifespan (Brown University Health)"
    if name == "MetroWest Medical Center":
        return "CMS says nonprofit, HIFLD says proprietary; taken as for-profit until checked"
    return ""


def _ma_sources(row: Record, registry: Registry) -> tuple[str, ...]:
    text = " ".join(row.values())
    cited = ["massachusetts-compilation"]
    cited += ["cms-hospitals-2026"] if row["cms_ccn"] else []
    cited += ["irs-exempt-ma"] if "IRS" in row["legal_name_source"] else []
    cited += ["hifld-hospitals"] if "HIFLD" in row["ownership_source"] else []
    cited += ["cbs-2025-05-01"] if "cbsnews" in text else []
    cited += ["nbc-2024-08-30"] if "nbcboston" in text else []
    pages = re.findall(r"[a-z][\w.-]+\.(?:org|com|edu|net)\b", row["affiliation_source"])
    pages = [
        registry.page(host, "secondary", f"Affiliation of {row['canonical_name']}", "undated") for host in pages
    ]
    return registry.cite(*cited) + unique(pages)


def _new_england(places: Places, folder: Path, registry: Registry) -> None:
    """Readable names of the other five states; the national table adds place and ownership."""
    systems = {}
    for row in read(folder / "newengland_other_programs.csv"):
        name = row["institution"].split(" / ")[0]
        system = re.sub(r" \(.*\)$", "", row["health_system"])
        place = Institution(
            f"{slug(name)}-{row['state'].lower()}", name, unique([row["institution"], row["nrmp_institution_name"]]),
            _kind(name), row["city"], row["state"], None, None, slug(system), "", row["university_affiliation"],
            "named in the program list" if row["university_affiliation"] else "", "",
            unique([row["nrmp_institution_code"]]), "open", "", registry.cite("new-england-compilation"),
        )  # fmt: skip
        old = places.institutions.get(place.institution_id)
        if old:
            place = replace(
                old, aliases=unique([*old.aliases, *place.aliases]), nrmp_codes=unique([*old.nrmp_codes, *place.nrmp_codes]),
                city=old.city or place.city,
            )  # fmt: skip
        places.add(place)
        systems[slug(system)] = system
    known = {system.system_id for system in places.systems} | {""}
    places.systems += [
        System(system_id, name, (), registry.cite("new-england-compilation"))
        for system_id, name in systems.items() if system_id not in known
    ]  # fmt: skip


def _kind(name: str) -> str:
    return next((kind for pattern, kind in KINDS if re.search(pattern, name)), "unknown")


def _national(places: Places, folder: Path, hospitals: dict[str, Record], registry: Registry) -> None:
    links = {row["nrmp_institution_code"]: row for row in read(folder / "institutions_nrmp_national.csv")}
    tracks = defaultdict(list)
    for row in read(folder / "nrmp_quotas_2026.csv"):
        tracks[row["nrmp_code"][:4]].append(row)
    for code, rows in sorted(tracks.items()):
        link = links.get(code, {})
        place_id = places.by_code.get(code)
        if place_id and places.institutions[place_id].state == "MA":
            continue
        place = places.institutions[place_id] if place_id else _from_code(code, rows, link, places, registry)
        places.add(_with_hospital(place, link, hospitals, registry))


def _from_code(code: str, rows: list[Record], link: Record, places: Places, registry: Registry) -> Institution:
    raw, state = rows[0]["institution"].strip(), rows[0]["state"]
    city = next((row["city"] for row in rows if row["city"]), "") or link.get("city", "")
    name = spell_out(raw, state) if raw else f"Institution {code} (name not known)"
    place_id = f"{slug(name)}-{state.lower()}" if raw else f"nrmp-{code}"
    if place_id in places.institutions:
        place_id = f"{place_id}-{code}"
    cited = ("nrmp-results-2026", "nrmp-codes-2023") if link else ("nrmp-results-2026",)
    note = "" if raw else "The 2026 list has the code; its name was not readable in the copy"
    return Institution(
        place_id, name, unique([raw] if raw != name else []), _kind(name), city, state, None, None, "", "", "", "", "",
        (code,), "open", note, registry.cite(*cited),
    )  # fmt: skip


def _with_hospital(place: Institution, link: Record, hospitals: dict[str, Record], registry: Registry) -> Institution:
    """Add CMS number, ownership and point where the link is sound: same city, or no city and the same name."""
    score = float(link.get("match_score") or 0)
    status = link.get("match_status", "")
    sound = (status == "auto_same_city" and score > 80) or (status == "auto_other_city_check" and not link["city"] and score >= 92)
    hospital = hospitals.get(link.get("cms_ccn_candidate", "")) if sound else None
    if not hospital or hospital["state"] != place.state:
        return place
    lat, lon = _point(hospital) or (None, None)
    return replace(
        place, aliases=unique([*place.aliases, title(hospital["facility_name"])]), city=place.city or title(hospital["city"]),
        lat=lat, lon=lon, ownership=hospital["ownership_class"], cms_ccn=hospital["cms_ccn"],
        kind="hospital" if place.kind == "unknown" else place.kind,
        source=place.source + registry.cite("cms-hospitals-2026"),
    )  # fmt: skip


def _point(hospital: Record | None) -> tuple[float | None, float | None] | None:
    if not hospital or not hospital["latitude"]:
        return None
    return decimal(hospital["latitude"]), decimal(hospital["longitude"])
