"""Systems and institutions: Massachusetts from its own table, the rest from NRMP codes and CMS."""

from __future__ import annotations

import fnmatch
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path

from facts.acgme import Likeness, Option, tie
from facts.raw import HAND, Record, decimal, key, read, slug, spell_out, title, unique
from facts.registry import Registry
from visamatch.facts.tables import Institution, System

BLANK = Institution(
    "", "", (), "unknown", "", "", None, None, "", "", "", "", "", (), "open", "", ()
)
SAME_HOSPITAL = 0.7  # likeness of names that is enough within one city
OWNERSHIP = {
    "nonprofit": "nonprofit", "nonprofit university": "nonprofit", "for-profit": "for_profit",
    "public (local government)": "government", "public (state university)": "government",
    "public (state)": "government", "federal": "government",
}  # fmt: skip
KINDS = (  # the first pattern found in the name decides
    (r"\b(VA|Veterans|Army|Naval|Military|Air Force|Walter Reed)\b", "government"),
    (r"\b(Consortium|Foundation|Partnership|Alliance|Network)\b", "consortium"),
    (r"\b(School|College) of (Osteopathic )?Medicine|Medical (School|College)\b", "school"),
    (r"\b(Hospitals?|Medical Centers?|Infirmary|Cancer Institute)\b", "hospital"),
    (r"\b(Community Health|Health Centers?|Family Health|Clinics?)\b", "health_center"),
    (r"\b(University|UC|UT|SUNY|LSU|LSUHSC)\b", "university"),
)
MA_NOTES = {
    "carney-hospital": "Closed 2024-08-31; still listed by CMS",
    "boston-medical-center-brighton": "Steward until October 2024; renamed 2025-05-01; CMS lags",
    "boston-medical-center-south": "Steward until October 2024; renamed 2025-05-01; CMS lags",
    "morton-hospital": "Steward until 2024, then Lifespan (Brown University Health)",
    "saint-annes-hospital": "Steward until 2024, then Lifespan (Brown University Health)",
    "metrowest-medical-center": "CMS says nonprofit, HIFLD proprietary; for-profit until checked",
}
CITED_IN = {  # words of the raw table: the source they stand for
    "IRS EO BMF": "irs-exempt-ma", "HIFLD": "hifld-hospitals", "cbsnews.com": "cbs-2025-05-01",
    "nbcboston.com": "nbc-2024-08-30",
}  # fmt: skip


@dataclass
class Places:
    """All institutions, and how to find them from a code or a name used in the raw files."""

    systems: dict[str, System] = field(default_factory=dict)
    institutions: dict[str, Institution] = field(default_factory=dict)
    by_code: dict[str, str] = field(default_factory=dict)
    by_name: dict[tuple[str, str], str] = field(default_factory=dict)  # (state, raw name)

    def add(self, place: Institution) -> None:
        """Keep an institution and make it findable by its codes and names."""
        place = replace(place, aliases=tuple(name for name in place.aliases if name != place.name))
        self.institutions[place.institution_id] = place
        for code in place.nrmp_codes:
            self.by_code.setdefault(code, place.institution_id)
        for name in (place.name, *place.aliases):
            self.by_name.setdefault((place.state, name), place.institution_id)

    def matching(self, patterns: str) -> tuple[str, ...]:
        """Institution ids by ``|``-separated patterns; one that finds none stops the build."""
        ids = sorted(self.institutions)
        found = [fnmatch.filter(ids, pattern) for pattern in patterns.split("|")]
        if idle := [pattern for pattern, some in zip(patterns.split("|"), found, strict=True) if not some]:
            raise KeyError(idle)
        return unique(place_id for some in found for place_id in some)

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
    _names_and_codes(places)
    _national(places, folder, hospitals, registry)
    _hospitals(places, hospitals, registry)
    _city_points(places, hospitals, registry)
    return places


def _massachusetts(
    places: Places, folder: Path, hospitals: dict[str, Record], registry: Registry
) -> None:
    cited = registry.cite("massachusetts-compilation")
    points = {
        name: (decimal(row["latitude"]), decimal(row["longitude"]))
        for row in read(folder / "ma_programs.csv") if row["latitude"]
        for name in (row["institution"], row["cms_ccn"])
    }  # fmt: skip
    for row in read(folder / "institutions_ma.csv"):
        name = _bare(row["canonical_name"])
        place_id, system = slug(name), _bare(row["health_system"])
        lat, lon = (
            _point(hospitals.get(row["cms_ccn"]))
            or points.get(row["cms_ccn"] or name, (None, None))
        )  # fmt: skip
        kind = _kind(name) if not row["cms_ccn"] or name.startswith("VA ") else "hospital"
        codes = () if name == "UMass Memorial Medical Center" else (row["nrmp_institution_codes"],)
        places.add(replace(
            BLANK, institution_id=place_id, name=name, kind=kind, city=_bare(row["city"]),
            aliases=unique([*row["aliases"].split("|"), title(row["cms_facility_name"])]),
            state="MA", lat=lat, lon=lon, system_id=slug(system), cms_ccn=row["cms_ccn"],
            ownership=OWNERSHIP.get(row["ownership"], ""), university=row["university_affiliation"],
            affiliation_basis=row["affiliation_source"][:80], nrmp_codes=unique(codes),
            status="closed" if place_id == "carney-hospital" else "open",
            status_note=MA_NOTES.get(place_id, ""), source=_ma_sources(row, registry),
        ))  # fmt: skip
        places.systems.setdefault(slug(system), System(slug(system), system, (), cited))


def _bare(name: str) -> str:
    return re.sub(r" \(.*\)$", "", name)


def _ma_sources(row: Record, registry: Registry) -> tuple[str, ...]:
    text = " ".join(row.values())
    cited = ["massachusetts-compilation", *(["cms-hospitals-2026"] if row["cms_ccn"] else [])]
    cited += [source for word, source in CITED_IN.items() if word in text]
    hosts = re.findall(r"[a-z][\w.-]+\.(?:org|com|edu)\b", row["affiliation_source"])
    about = f"Affiliation of {row['canonical_name']}"
    pages = [registry.page(host, "secondary", about, "undated") for host in hosts]
    return registry.cite(*cited) + unique(pages)


def _new_england(places: Places, folder: Path, registry: Registry) -> None:
    """Readable names of the other five states; the national table adds place and ownership."""
    cited = registry.cite("new-england-compilation")
    for row in read(folder / "newengland_other_programs.csv"):
        name = row["institution"].split(" / ")[0]
        place_id, system = f"{slug(name)}-{row['state'].lower()}", _bare(row["health_system"])
        old = places.institutions.get(place_id, BLANK)
        places.add(replace(
            old, institution_id=place_id, name=name, kind=_kind(name), state=row["state"],
            aliases=unique([*old.aliases, row["institution"], row["nrmp_institution_name"]]),
            city=old.city or row["city"], system_id=slug(system),
            university=row["university_affiliation"],
            affiliation_basis="named in the program list" if row["university_affiliation"] else "",
            nrmp_codes=unique([*old.nrmp_codes, row["nrmp_institution_code"]]), source=cited,
        ))  # fmt: skip
        places.systems.setdefault(slug(system), System(slug(system), system, (), cited))


def _kind(name: str) -> str:
    return next((kind for pattern, kind in KINDS if re.search(pattern, name)), "unknown")


def _names_and_codes(places: Places) -> None:
    """Names the program tables use, and codes of the 2026 list for a place known by name."""
    for row in read(HAND / "institutions.csv"):
        if row["name"]:
            places.add(replace(
                BLANK, institution_id=row["institution_id"], name=row["name"], kind=row["kind"],
                city="Boston", state="MA", ownership="nonprofit", system_id=row["system_id"],
                university=row["university"], affiliation_basis="part of it or its affiliate",
                source=("massachusetts-compilation",),
            ))  # fmt: skip
        place = places.institutions[row["institution_id"]]
        places.by_name[place.state, row["raw_name"]] = place.institution_id
        places.add(replace(place, nrmp_codes=unique([*place.nrmp_codes, row["nrmp_code"]])))


def _national(
    places: Places, folder: Path, hospitals: dict[str, Record], registry: Registry
) -> None:
    rows = read(folder / "institutions_nrmp_national.csv")
    links = {row["nrmp_institution_code"]: row for row in rows}
    tracks = defaultdict(list)
    for row in read(folder / "nrmp_quotas_2026.csv"):
        tracks[row["nrmp_code"][:4]].append(row)
    for code, offered in sorted(tracks.items()):
        place = places.institutions.get(places.by_code.get(code, ""))
        if place and place.state == "MA":
            continue
        link = links.get(code, {})
        place = place or _from_code(code, offered, link, places, registry)
        places.add(_with_hospital(place, link, hospitals, registry))


def _from_code(
    code: str, offered: list[Record], link: Record, places: Places, registry: Registry
) -> Institution:
    raw, state = offered[0]["institution"].strip(), offered[0]["state"]
    name = spell_out(raw, state) if raw else f"Institution {code} (name not known)"
    place_id = f"{slug(name)}-{state.lower()}" if raw else f"nrmp-{code}"
    return replace(
        BLANK, name=name, aliases=unique([raw] if raw != name else []), kind=_kind(name),
        institution_id=f"{place_id}-{code}" if place_id in places.institutions else place_id,
        city=next((row["city"] for row in offered if row["city"]), "") or link.get("city", ""),
        state=state, nrmp_codes=(code,),
        status_note="" if raw else "The copy of the 2026 list has the code without its name",
        source=registry.cite("nrmp-results-2026", *(["nrmp-codes-2023"] if link else [])),
    )  # fmt: skip


def _with_hospital(
    place: Institution, link: Record, hospitals: dict[str, Record], registry: Registry
) -> Institution:
    """Add CMS number, ownership and point where the link is sound.

    Sound: the same city and a name more than 80 % alike, or no city to compare and a name at
    least 92 % alike. The raw table's other candidates are often wrong.
    """
    score, status = float(link.get("match_score") or 0), link.get("match_status")
    same_city = status == "auto_same_city" and score > 80
    no_city = status == "auto_other_city_check" and not link["city"] and score >= 92
    hospital = hospitals.get(link.get("cms_ccn_candidate", ""), {})
    if not (same_city or no_city) or hospital.get("state") != place.state:
        return place
    return _as_hospital(place, hospital, registry)


def _as_hospital(place: Institution, hospital: Record, registry: Registry) -> Institution:
    lat, lon = _point(hospital) or (None, None)
    return replace(
        place, aliases=unique([*place.aliases, title(hospital["facility_name"])]), lat=lat, lon=lon,
        city=place.city or title(hospital["city"]), ownership=hospital["ownership_class"],
        kind="government" if place.kind == "government" else "hospital", cms_ccn=hospital["cms_ccn"],
        source=place.source + registry.cite("cms-hospitals-2026"),
    )  # fmt: skip


def _hospitals(places: Places, hospitals: dict[str, Record], registry: Registry) -> None:
    """CMS hospitals of institutions that have none yet: by hand, then by name in the same city."""
    by_hand = {row["institution_id"]: row["cms_ccn"] for row in read(HAND / "hospitals.csv")}
    taken = {place.cms_ccn for place in places.institutions.values()}
    listed = {
        ccn: replace(
            BLANK, institution_id=ccn, name=title(row["facility_name"]), state=row["state"]
        )
        for ccn, row in hospitals.items()
        if ccn not in taken
    }
    likeness = Likeness(listed)
    options: dict[str, list[Option]] = defaultdict(list)
    for ccn in listed:
        options[hospitals[ccn]["state"]].append(Option(ccn, ccn, hospitals[ccn]["city"]))
    for place in list(places.institutions.values()):
        if place.cms_ccn or place.kind not in ("hospital", "unknown") or not place.city:
            continue
        row = {
            "program_name": place.name.replace("/", " "),
            "other_names": ";".join(place.aliases).replace("/", " "),
            "sponsor_name": "",
            "city": place.city,
        }
        near = [one for one in likeness.candidates(row, options[place.state]) if one.same_city]
        named = by_hand.get(place.institution_id)
        found = named or tie(near, in_city=SAME_HOSPITAL)
        if found:
            places.add(_as_hospital(place, hospitals[found], registry))


def _point(hospital: Record | None) -> tuple[float | None, float | None] | None:
    if not hospital or not hospital["latitude"]:
        return None
    return decimal(hospital["latitude"]), decimal(hospital["longitude"])


def join_systems(places: Places, registry: Registry) -> None:
    """Families of institutions, by hand: a system, or a school and its hospitals.

    They join sponsors that the registers list apart, such as one hospital's older and newer names.
    One that is only its single institution again is dropped.
    """
    cited = registry.cite("petitioner-links")
    for row in read(HAND / "systems.csv"):
        aliases = unique(row["aliases"].split("|"))
        places.systems[row["system_id"]] = System(row["system_id"], row["name"], aliases, cited)
        for place_id in places.matching(row["members"]):
            place = places.institutions[place_id]
            places.institutions[place_id] = replace(place, system_id=row["system_id"])
    for place_id, place in places.institutions.items():
        if place.system_id == place_id != "mass-general-brigham":
            places.institutions[place_id] = replace(place, system_id="")
    used = {place.system_id for place in places.institutions.values()} - {""}
    places.systems = {name: places.systems[name] for name in sorted(used)}


def _city_points(places: Places, hospitals: dict[str, Record], registry: Registry) -> None:
    """Where no hospital was matched, the mean point of the city's hospitals: enough for distance."""
    cities = defaultdict(list)
    for row in hospitals.values():
        if row["latitude"]:
            point = float(row["latitude"]), float(row["longitude"])
            cities[row["state"], key(row["city"])].append(point)
    for place_id, place in places.institutions.items():
        points = cities.get((place.state, key(place.city)))
        if place.lat is not None:
            places.institutions[place_id] = replace(place, point="hospital")
        elif place.city and points:
            lat, lon = (round(sum(axis) / len(points), 4) for axis in zip(*points, strict=True))
            cited = unique([*place.source, *registry.cite("hifld-hospitals")])
            changed = replace(place, lat=lat, lon=lon, point="city", source=cited)
            places.institutions[place_id] = changed
