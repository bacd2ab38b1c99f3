"""Try the chances on whole populations, beside figures that are published.

    python scripts/validate_chances.py [--data DATA] [--seasons 12]

Plays seasons of the simulated Match as it now is and writes ``advice/parameters/validation.yaml`` (the page
How right the chances are) and the block of figures in ``docs/method/portfolio.md``. Run it after every calibration.
From tables whose owner asks for permission only single cited figures are kept.
"""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from visamatch.advice.chances import main_track
from visamatch.advice.rank_list import given_interviews
from visamatch.directory.programs import directory
from visamatch.facts.tables import Program
from visamatch.market.population import country, parameters
from visamatch.market.scenarios import KINDS, Scenarios, Strength, load
from visamatch.market.season import play
from visamatch.workspace.profile import Profile

ROOT = Path(__file__).resolve().parents[1]
OUT = Path(str(files("visamatch.advice"))) / "parameters" / "validation.yaml"
DOC, BEGIN, END = ROOT / "docs/method/portfolio.md", "<!-- validation -->\n", "<!-- end -->"
IMG, NON_US = ("us_img", "non_us_img", "non_us_img_visa"), ("non_us_img", "non_us_img_visa")
SAID = {
    "us_img": "US IMG",
    "non_us_img": "Non-US IMG, no visa need",
    "non_us_img_visa": "Non-US IMG who needs a visa",
}
FIELDS = {
    "internal-medicine": "Internal Medicine", "family-medicine": "Family Medicine", "pediatrics": "Pediatrics",
    "pathology": "Pathology-Anatomic and Clinical",
}  # fmt: skip
RANKS = (1, 2, 3, 5, 8, 12)
CHARTING = "NRMP, Charting Outcomes: Non-US IMGs, 2026 Main Residency Match"
WITH_LIST = "non-US IMGs with a certified list, first choice"
PEOPLE, APPLICATIONS, ON = 900, 100, date(2026, 11, 28)
Columns = dict[str, NDArray[Any]]


def main() -> None:
    """Play, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("VISAMATCH_SHARED", "../shared")) / "data"
    )
    parser.add_argument("--seasons", type=int, default=12)
    given = parser.parse_args()
    people, specialties = _people(given.seasons)
    told = {
        "as_of": ON.isoformat(),
        "seasons": given.seasons,
        "made": load().made,
        "interviews": list(_interviews(people, specialties)),
        "beside": [*_lists(given.data, people, specialties), *_without(given.data, people)],
        "ranks": list(_ranks(given.data, people, specialties)),
        "persons": _persons(load()),
    }
    OUT.write_text(
        yaml.safe_dump(_plain(told), sort_keys=False, width=120, allow_unicode=True),
        encoding="utf-8",
    )
    text = DOC.read_text("utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    DOC.write_text(before + BEGIN + _markdown(_plain(told)) + END + after, encoding="utf-8")
    print(_markdown(_plain(told)))


def _people(seasons: int) -> tuple[Columns, tuple[str, ...]]:
    """Every applicant of the seasons: kind, first choice, interviews, ranks in a row in it, where matched."""
    known = country(parameters())
    played = [play(known, 2026, number) for number in range(seasons)]
    columns: dict[str, list[NDArray[Any]]] = {
        "kind": [s.people.kind for s in played],
        "first": [s.people.specialty[:, 0] for s in played],
        "interviews": [s.interviews for s in played],
        "ranked": [s.ranked for s in played],
        "contiguous": [s.contiguous for s in played],
        "place": [s.place for s in played],
        "where": [np.where(s.place >= 0, known.specialty_of[s.place], -1) for s in played],
    }
    joined = {name: np.concatenate(part) for name, part in columns.items()}
    joined["to_first"] = joined["where"] == joined["first"]
    return joined, tuple(known.specialties)


def _of(people: Columns, *kinds: str) -> NDArray[Any]:
    return np.isin(people["kind"], [KINDS.index(kind) for kind in kinds])


def _interviews(people: Columns, specialties: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """How unequal interviews are, by kind; all who apply count. The cutoffs must say the same as the seasons."""
    medicine = people["first"] == specialties.index("internal-medicine")
    for kind in IMG:
        mine = _of(people, kind)
        yield _unequal(SAID[kind], people["interviews"][mine], people["place"][mine] >= 0)
    mine = _of(people, IMG[2]) & medicine
    title = "The same, internal medicine first"
    yield _unequal(title, people["interviews"][mine], people["place"][mine] >= 0)
    known, rng, shut = load(), np.random.default_rng(1), parameters()["visa_closed"]
    tracks, interviews, matched = sorted(_medicine(known)), [], []
    for seed in range(20):
        applied = np.sort(rng.choice(tracks, APPLICATIONS, replace=False))
        seen = known.outcomes("non_us_img_visa", Strength(0, 1), applied, seed, 10)
        takes = (
            rng.random(seen.interviewed.shape) >= shut
        )  # the cutoffs suppose that a program takes the visa
        interviews.append((seen.interviewed & takes).sum(axis=1))
        matched.append((seen.reachable & takes).any(axis=1))
    title = f"The same by the cutoffs, {APPLICATIONS} random programs"
    yield _unequal(title, np.concatenate(interviews), np.concatenate(matched))


def _unequal(who: str, n: NDArray[Any], matched: NDArray[Any]) -> dict[str, Any]:
    return {
        "who": who, "none": (n == 0).mean(), "one_to_three": ((n > 0) & (n < 4)).mean(),
        "four_to_seven": ((n > 3) & (n < 8)).mean(), "eight_or_more": (n > 7).mean(), "median": np.median(n),
        "upper_tenth": np.quantile(n, 0.9), "held_by_a_fifth": np.sort(n)[-len(n) // 5 :].sum() / n.sum(),
        "matched": matched.mean(),
    }  # fmt: skip


def _medicine(known: Scenarios) -> dict[int, Program]:
    """Programs of internal medicine by their main track."""
    every, which = directory().programs, known.specialties.index("internal-medicine")
    tracks = np.flatnonzero(known.specialty_of == which)
    owners = {int(t): every.get(str(known.programs[known.program_of[t]])) for t in tracks}
    return {t: p for t, p in owners.items() if p and main_track(directory(), known, p) == t}


def _lists(data: Path, people: Columns, specialties: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Quartiles of ranks in a row in internal medicine; their means were fitted, the spread was not."""
    at = specialties.index("internal-medicine")
    mine = _of(people, *NON_US) & (people["first"] == at) & (people["contiguous"] > 0)
    rows = {
        row["cohort"]: row for row in _rows(data, "co2026_nonus_img_measures")
        if row["specialty"] == "Internal Medicine" and row["measure"] == "contiguous_ranks"
    }  # fmt: skip
    for cohort, word, matched in (
        ("matched", "matched", True),
        ("not_matched", "not matched", False),
    ):
        n = people["contiguous"][mine & (people["to_first"] == matched)]
        parts = {"q1": 0.25, "median": 0.5, "q3": 0.75}
        for name, level in parts.items():
            yield {
                "figure": f"Ranks in a row, {word}, {name}", "published": float(rows[cohort][name]),
                "model": np.quantile(n, level), "of": f"{WITH_LIST} internal medicine, {word} to it",
                "source": CHARTING, "fitted": "mean only",
            }  # fmt: skip
    survey = {"matched": 8.0, "not matched": 2.0}  # one cited sentence
    asked = _of(people, *IMG) & (people["first"] == at) & (people["ranked"] > 0)
    for word, published in survey.items():
        n = people["interviews"][asked & ((people["place"] >= 0) == (word == "matched"))]
        yield {
            "figure": f"Interviews, {word}, median", "published": published, "model": np.median(n),
            "of": f"IMGs with a list who answered for internal medicine, {word}",
            "source": "NRMP Applicant Survey 2011, quoted by im-for-imgs.com, 2011-08-01", "fitted": "no",
        }  # fmt: skip


def _without(data: Path, people: Columns) -> Iterator[dict[str, Any]]:
    """Who has no list, of those who took part to the end."""
    totals = {
        (r["match_year"], r["measure"]): float(r["value"])
        for r in _rows(data, "nrmp_totals_by_year")
    }
    stayed = totals["2016", "nonus_img_registered"] - totals["2016", "nonus_img_withdrew"]
    n = people["ranked"][_of(people, *NON_US)]
    yield {
        "figure": "No list at all, %", "published": 100 * totals["2016", "nonus_img_no_rol"] / stayed,
        "model": 100 * (n == 0).mean(), "of": "non-US IMGs registered with the NRMP and not withdrawn, 2016",
        "source": "NRMP 2016, quoted by umatch.co", "fitted": "bounded by another count",
    }  # fmt: skip


def _ranks(data: Path, people: Columns, specialties: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The chance to match to the first choice by ranks in a row; published for all non-US IMGs together."""
    curves: dict[tuple[str, int], float] = {
        (row["specialty"], int(row["contiguous_ranks"])): float(
            row["p_match_preferred_specialty_derived"]
        )
        for row in _rows(data, "derived_p_match_by_contiguous_ranks_2026")
    }
    for field, title in FIELDS.items():
        for ranks in RANKS if field == "internal-medicine" else (1, 3, 5, 8):
            here = (people["first"] == specialties.index(field)) & (people["contiguous"] == ranks)
            shares = {}
            for name, kinds in (("model", NON_US), ("visa", NON_US[1:]), ("no_visa", NON_US[:1])):
                mine = here & _of(people, *kinds)
                shares[name] = people["to_first"][mine].mean() if mine.sum() >= 50 else None
            yield {"specialty": field, "ranks": ranks, "published": curves[title, ranks], **shares}


def _persons(known: Scenarios) -> dict[str, Any]:
    """The chance that the rank page shows, for people of seasons that its weights have not seen.

    Internal medicine, a non-US IMG who needs no visa, 100 random programs; interviews as they fall.
    """
    part = {
        name: getattr(known, name)[::2] for name in ("interview", "match", "openness", "season")
    }
    half, rng = replace(known, **part), np.random.default_rng(1)
    by_track = _medicine(known)
    person = Profile.model_validate(
        {
            "specialties": [{"name": "Internal Medicine"}],
            "visa": {"needed": False},
            "applicant": {"school_kind": "foreign"},
        }
    )
    rows = []
    for seed in range(PEOPLE // 30):
        applied = np.sort(rng.choice(sorted(by_track), APPLICATIONS, replace=False))
        seen = known.outcomes("non_us_img", Strength(0, 1), applied, seed)
        for row in rng.choice(np.arange(1, known.count, 2), 30, replace=False):
            yes, no = (np.flatnonzero(seen.interviewed[row] == flag) for flag in (True, False))
            if len(yes):
                programs = [[by_track[int(t)] for t in applied[at]] for at in (yes, no)]
                chances = [
                    _chance(half, person, programs[0], silent) for silent in ([], programs[1])
                ]
                rows.append((*chances, seen.reachable[row].any()))
    alone, told, matched = np.array(rows, float).T
    edges = [0, 0.2, 0.4, 0.6, 0.8, 1.0001]
    groups = [(told >= low) & (told < high) for low, high in pairwise(edges)]
    return {
        "people": len(rows), "told": told.mean(), "matched": matched.mean(), "brier": ((told - matched) ** 2).mean(),
        "told_without_refusals": alone.mean(), "base_brier": matched.var(),
        "groups": [
            {"from": low, "people": int(g.sum()), "told": told[g].mean(), "matched": matched[g].mean()}
            for low, g in zip(edges, groups, strict=False)
        ],
    }  # fmt: skip


def _chance(known: Scenarios, person: Profile, programs: list[Any], silent: list[Any]) -> float:
    states = given_interviews(directory(), known, {}, person, programs, ON, silent)
    return float(states.weight @ (1 - (1 - states.reach).prod(axis=1)))


def _rows(data: Path, name: str) -> list[dict[str, str]]:
    with (data / "match" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    value = value.item() if isinstance(value, np.generic) else value
    return round(value, 3) if isinstance(value, float) else value


def _markdown(told: dict[str, Any]) -> str:
    """The block of figures for the written method."""
    shares = {
        "none": "no interview",
        "one_to_three": "1–3",
        "four_to_seven": "4–7",
        "eight_or_more": "8 or more",
    }
    ends = {"held_by_a_fifth": "held by a fifth", "matched": "matched"}
    unequal = [
        (r["who"], *(f"{r[k]:.0%}" for k in (*shares, *ends)), f"{r['upper_tenth']:.0f}")
        for r in told["interviews"]
    ]
    figures = [
        {**r, "published": f"{r['published']:.3g}", "model": f"{r['model']:.3g}"}
        for r in told["beside"]
    ]
    heads = ("figure", "published", "model", "of", "source", "fitted")
    beside = [tuple(r[head] for head in heads) for r in figures]
    lines = ("published", "model", "visa", "no_visa")
    curve = [
        (r["specialty"], r["ranks"], *("too few" if r[k] is None else f"{r[k]:.2f}" for k in lines))
        for r in told["ranks"]
    ]
    p = told["persons"]
    groups = [
        (
            f"{g['from']:.0%} and {g['from'] + 0.2:.0%}",
            g["people"],
            f"{g['told']:.0%}",
            f"{g['matched']:.0%}",
        )
        for g in p["groups"]
    ]
    return "\n".join(
        (
            f"{told['seasons']} seasons played; scenarios `{told['made'].get('command', '')}`. All who apply count.\n",
            _table(("who", *shares.values(), *ends.values(), "upper tenth has"), unequal),
            _table(heads, beside),
            "Chance to match to the first choice by ranks in a row. Published: derived from the cohorts of Charting "
            "Outcomes 2026, all non-US IMGs with a list; used in no fit (the mean lengths were).\n",
            _table(
                ("specialty", "ranks", "published", "model", "who need a visa", "who need none"),
                curve,
            ),
            f"The rank page's own chance, {p['people']} people with an interview, in seasons its weights had not seen: "
            f"told {p['told']:.1%}, matched {p['matched']:.1%}, Brier score {p['brier']:.3f} (always telling the mean: "
            f"{p['base_brier']:.3f}). Without the programs that did not invite, {p['told_without_refusals']:.1%} is "
            "told.\n",
            _table(("told between", "people", "told", "matched"), groups),
        )
    )


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


if __name__ == "__main__":
    main()
