"""The ways to train for one person, on one day: each with its verdict, why, what opens it, cost and law.

Ways, suppositions, switches, the comparison and the common questions are data (``paths.yaml``,
``compare.yaml``, ``answers.yaml``); the rule book answers. Information, not legal advice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from visamatch.directory.cap_exempt import cap_standing
from visamatch.errors import InputError, one_of
from visamatch.evidence.assessment import Assessment
from visamatch.facts.cycles import project
from visamatch.facts.specialties import specialty_named
from visamatch.rules import Answer, ask, facts_of
from visamatch.rules.book import Rule, book, read_until, reference, rule
from visamatch.rules.case import Facts
from visamatch.rules.status import training_months
from visamatch.workspace.profile import Profile

ORDER = ("blocked", "unknown_verify", "conditional", "open")
WORDS = {
    "open": "Open",
    "conditional": "Open, with conditions",
    "unknown_verify": "Verify first",
    "blocked": "Closed",
}
DOCUMENTS = {
    "limited_license": "a limited license",
    "graduate_license": "a graduate license",
    "registration": "a registration",
    "permit": "a permit",
    "none": "no license, as residents of accredited programs do",
}
EXEMPT = {"exempt": True, "likely": True, "not_shown": False}  # cap standing of an institution


@dataclass(frozen=True, slots=True)
class Reason:
    """A code in words: what it means and, where something would, what opens the way."""

    code: str
    means: str
    opens: str | None
    note: bool


@dataclass(frozen=True, slots=True)
class Path:
    """One way. ``verdict`` is open, conditional, unknown_verify or blocked: the worst of its questions.

    ``as_last_read`` is the verdict if the volatile rules stood as when they were last read. ``by`` are
    the days that bound it, ``cost_usd`` the government's fees of the petition, ``payment_usd`` the
    payment where it is due or cannot be excluded, ``law`` the rules. ``opens`` are single changes that
    better the verdict, ``eases`` those that only take something off.
    """

    id: str
    title: str
    later: bool
    verdict: str
    as_last_read: str
    blockers: tuple[Reason, ...]
    conditions: tuple[Reason, ...]
    opens: tuple[str, ...]
    eases: tuple[str, ...]
    by: Mapping[str, date]
    cost_usd: float | None
    payment_usd: int | None
    who_pays: str
    documents: tuple[str, ...]
    law: tuple[Rule, ...]
    values: Mapping[str, Any]

    @property
    def words(self) -> str:
        """The verdict in words; what a single change would open is "not yet"."""
        return "Not yet" if self.verdict == "blocked" and self.opens else WORDS[self.verdict]

    @property
    def days(self) -> list[tuple[str, date]]:
        """The days that bound it, each in words."""
        words = data("paths")["days"]
        return [(words[key], day) for key, day in self.by.items() if key in words]

    @property
    def last_words(self) -> str:
        """The verdict as last read, in words."""
        return WORDS[self.as_last_read]


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the comparison or an answer, with its verdict and the rules behind it."""

    text: str
    verdict: str
    law: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """The facts that decide, what was supposed because nothing was told, and which ways are shut."""

    facts: Facts
    supposed: tuple[str, ...]
    shut: Mapping[str, str]


def situation(
    profile: Profile,
    on: date,
    seen: Assessment | None = None,
    switches: Mapping[str, str] | None = None,
) -> Situation:
    """The facts of one person, of the program looked at if any, and of what the switches suppose.

    Raises:
        InputError: an impossible fact of the profile, or a switch or choice that does not exist.
    """
    tables = _told(profile, on)
    if seen:
        if seen.program.state:
            tables["program"]["state"] = seen.program.state
        tables["employer"] = _employer(seen)
        if seen.standing.code == "j1_only":
            tables["program"]["visas_accepted"] = ["J-1"]
    status = tables["applicant"].get("us_status")
    supposed = []
    for entry in data("paths")["suppose"]:
        if status not in entry.get("unless", ()) and _put(tables, entry["fact"], entry["is"]):
            supposed += [entry["says"]] if "says" in entry else []
    facts = facts_of(tables, on)
    shut: dict[str, str] = {}
    for name, choice in (switches or {}).items():
        chosen = _choice(name, choice)
        facts = facts.given(chosen.get("facts", {}))
        shut.update(dict.fromkeys(chosen.get("closes", ()), chosen.get("says", "")))
    return Situation(_processing(facts), tuple(supposed), shut)


def paths(case: Situation, *, here: bool = False) -> list[Path]:
    """Every way for this person, those into residency first and the open ones first among them.

    Args:
        here: only the ways into one program.
    """
    ways = [way for way in data("paths")["ways"] if _fits(way, case.facts)]
    found = [_path(way, case) for way in ways if way.get("here") or not here]
    return sorted(found, key=_order)


def comparison(case: Situation) -> list[tuple[str, Said, Said]]:
    """J-1 against H-1B, point by point, for this person."""
    facts = case.facts.given({"employer.cap_exempt": True, "employer.ownership": "nonprofit"})
    return [
        (row["point"], say(row["j1"], facts), say(row["h1b"], facts)) for row in data("compare")
    ]


def answers(case: Situation) -> list[tuple[Mapping[str, Any], Said]]:
    """The common questions, each with its answer for this person."""
    return [(entry, say(entry, case.facts)) for entry in data("answers")["questions"]]


def say(entry: Mapping[str, Any], facts: Facts) -> Said:
    """A plain text, or the text of the verdict that the rule book gives."""
    if "ask" not in entry:
        return Said(entry["text"], "", _rules(entry.get("law", ())))
    answer = ask(entry["ask"], facts.given(entry.get("given", {})))
    text = entry.get(answer.verdict) or entry.get("unknown_verify", "")
    law = _rules([*answer.rules, *entry.get("law", ())])
    values = {key: _plain(value) for key, value in answer.values.items()}
    values["document"] = DOCUMENTS.get(str(values.get("document")), "")
    if values.get("shortfall_months") == 0:
        values["spare_months"] = _plain(values["months_available"] - _length(facts))
    try:
        return Said(text.format(**values), answer.verdict, law)
    except KeyError:  # a value that could not be known
        return Said(entry.get("unknown_verify", ""), "unknown_verify", law)


def licenses(case: Situation) -> list[tuple[str, Said]]:
    """The training license of Massachusetts and its neighbors, then what holds elsewhere."""
    table = data("answers")["licenses"]
    places = [*table["states"], "other"]
    return [(state, say(table, case.facts.given({"license.state": state}))) for state in places]


def license_here(case: Situation) -> Said:
    """The training license of the program's state."""
    return say(data("answers")["licenses"], case.facts)


def reason(code: str) -> Reason:
    """A code in words."""
    entry = reference("codes")[code]
    return Reason(code, entry["means"], entry["opens"], entry.get("note", False))


@cache
def data(name: str) -> Any:
    """One of the tables beside this module: ``paths``, ``compare`` or ``answers``."""
    text = (files("visamatch.advice") / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _told(profile: Profile, on: date) -> dict[str, dict[str, Any]]:
    """What the profile says, in the form of a case."""
    applicant = _said(profile.applicant.model_dump(mode="json", exclude_none=True))
    year = profile.match_year or on.year + (on > project("match_day", on.year))
    program: dict[str, Any] = {"start_date": project("training_starts", year).isoformat()}
    if stages := _stages(profile):
        program["stages"] = stages
    exam = {"step": "step3", "score_needed_by": project("rol_deadline", year).isoformat()}
    return {"applicant": applicant, "program": program, "exam": exam}


def _said(table: dict[str, Any]) -> dict[str, Any]:
    """A table without what says nothing: empty tables, no citizenship; scores are no fact of law."""
    said = {key: _said(value) if isinstance(value, dict) else value for key, value in table.items()}
    dropped = [key for key in said if said[key] == {} or key == "score"]
    if said.get("citizenship") == []:
        dropped.append("citizenship")
    return {key: value for key, value in said.items() if key not in dropped}


def _stages(profile: Profile) -> list[dict[str, Any]]:
    """The training that is meant; where nothing is told, the residency of the first choice."""
    if profile.training:
        return [stage.model_dump(mode="json") for stage in profile.training]
    wish = specialty_named(profile.specialties[0].name) if profile.specialties else None
    if wish is None or not wish.years:
        return []
    return [{"level": wish.level, "specialty": wish.name, "length_months": wish.years * 12}]


def _employer(seen: Assessment) -> dict[str, Any]:
    facts: dict[str, Any] = {"type": "hospital"}
    exempt = EXEMPT.get(cap_standing(seen.institution).verdict)
    if exempt is not None:
        facts["cap_exempt"] = exempt
    if seen.institution.ownership in ("nonprofit", "for_profit", "government"):
        facts["ownership"] = seen.institution.ownership
    return facts


def _put(tables: dict[str, Any], path: str, value: Any) -> bool:
    """State a fact where nothing is told of it; says whether it did."""
    *parents, name = path.split(".")
    for parent in parents:
        tables = tables.setdefault(parent, {})
    if name in tables:
        return False
    tables[name] = value
    return True


def _choice(name: str, choice: str) -> Mapping[str, Any]:
    switches = data("paths")["switches"]
    if name not in switches:
        raise InputError("switch", one_of(switches, name), name)
    choices = switches[name]["choices"]
    if choice not in choices:
        raise InputError(f"switch {name}", one_of(choices, choice), choice)
    found: Mapping[str, Any] = choices[choice]
    return found


def _processing(facts: Facts) -> Facts:
    """What petition it is and how it goes, by status and by where the person is."""
    in_h1b = facts.text("applicant.us_status") == "H-1B"
    facts = facts.given({"petition.kind": "change_of_employer" if in_h1b else "initial"})
    place = facts.text("applicant.location")
    if place is None or facts.known("petition.processing"):
        return facts
    inside = "extension_of_stay" if in_h1b else "change_of_status"
    return facts.given(
        {"petition.processing": inside if place == "us" else "consular_notification"}
    )


def _fits(way: Mapping[str, Any], facts: Facts) -> bool:
    status = facts.text("applicant.us_status")
    citizen = "US" in (facts.items("applicant.citizenship") or ())
    if "only" in way:
        return citizen or status in way["only"]
    return not citizen and status not in ("us_citizen", "lpr")


def _path(way: Mapping[str, Any], case: Situation) -> Path:
    facts = case.facts.given(way.get("given", {}))
    if not facts.known("employer.cap_exempt", "employer.type"):
        facts = facts.given(way.get("unless_given", {}))
    found = _asked(way, facts)
    shut = case.shut.get(way["id"])
    last = "blocked" if shut else _verdict(_asked(way, _as_last_read(facts)))
    blockers = [reason(code) for code in _codes(found, "blockers")]
    if shut:
        blockers.append(Reason("supposed", shut, "Undo the switch above", False))
    opens, eases = ([], []) if shut else _flips(way, facts)
    dates = [*found.values(), *(ask(name, facts) for name in way.get("dates", ()))]
    fees = ask("h1b_fees", facts).values if way.get("petition") else {}
    asked_to_pay = {"payment_100k_due", "source_too_old", "litigation_pending"}
    payment = found.get("payment_100k")
    owed = payment is not None and asked_to_pay.intersection(payment.conditions)
    return Path(
        id=way["id"],
        title=way.get("title_here" if case.facts.known("employer.type") else "title", way["title"]),
        later=way.get("later", False),
        verdict="blocked" if shut else _verdict(found),
        as_last_read=last,
        blockers=tuple(blockers),
        conditions=tuple(_condition(code, found) for code in _codes(found, "conditions")),
        opens=tuple(opens),
        eases=tuple(eases),
        by={
            key: value
            for answer in dates
            for key, value in answer.values.items()
            if isinstance(value, date)
        },
        cost_usd=fees.get("total_usd"),
        payment_usd=rule("K100").value("usd") if owed else None,
        who_pays=way["who_pays"],
        documents=tuple(way["documents"]),
        law=_rules([*way["law"], *(name for answer in found.values() for name in answer.rules)]),
        values={key: value for answer in found.values() for key, value in answer.values.items()},
    )


def _asked(way: Mapping[str, Any], facts: Facts) -> dict[str, Answer]:
    place = "in_us" if facts.text("applicant.location") == "us" else "abroad"
    policy = ["program_policy"] if way.get("here") and facts.known("program.visas_accepted") else []
    extra = [*way.get(place, ()), *way.get("burdens", ()), *policy]
    extended = facts.text("petition.processing") == "extension_of_stay"
    questions = [
        *way["asks"],
        *(name for name in extra if not (extended and name == "change_of_status")),
    ]
    return {name: ask(name, facts) for name in questions}


def _verdict(found: Mapping[str, Answer]) -> str:
    """The worst of the answers; a yes names something to obtain or accept, a no is nothing in the way."""
    plain = {"yes": "conditional", "no": "open"}
    verdicts = (plain.get(answer.verdict, answer.verdict) for answer in found.values())
    return min(verdicts, key=ORDER.index, default="open")


def _as_last_read(facts: Facts) -> Facts:
    """The same facts with every volatile rule as it stood when it was last read."""
    stood = {
        f"suppose.{name}": law.status(read_until())
        for name, law in book().items()
        if law.volatile and not facts.known(f"suppose.{name}")
    }
    return facts.given(stood)


def _condition(code: str, found: Mapping[str, Answer]) -> Reason:
    """A condition in words; what is too old to answer is named."""
    if code != "source_too_old":
        return reason(code)
    doubtful = (answer for answer in found.values() if code in answer.conditions)
    laws = _rules(name for answer in doubtful for name in answer.rules)
    named = "; ".join(law.title for law in laws if law.volatile)
    return Reason(code, f"Last read too long ago to say: {named}", reason(code).opens, False)


def _flips(way: Mapping[str, Any], facts: Facts) -> tuple[list[str], list[str]]:
    """Single changes that better the verdict, and those that take something off; volatile rules as
    last read."""
    facts = _as_last_read(facts)
    before, opens, eases = _asked(way, facts), [], []
    for flip in data("paths")["flips"]:
        if flip.get("where") not in (None, facts.text("applicant.location")):
            continue
        after = _asked(way, facts.given({**flip["facts"], **_kept(way, flip)}))
        better = ORDER.index(_verdict(after)) - ORDER.index(_verdict(before))
        if better > 0:
            opens.append(flip["says"])
        elif better == 0 and _burdens(after) < _burdens(before):
            eases.append(flip["says"])
    return opens, eases


def _kept(way: Mapping[str, Any], flip: Mapping[str, Any]) -> Mapping[str, Any]:
    """What defines the way cannot be flipped, but for the employer's standing under the cap."""
    given = way.get("given", {})
    return {
        path: given[path]
        for path in flip["facts"]
        if path in given and path != "employer.cap_exempt"
    }


def _burdens(found: Mapping[str, Answer]) -> set[str]:
    codes = {*_codes(found, "blockers"), *_codes(found, "conditions")}
    return {code for code in codes if not reason(code).note}


def _codes(found: Mapping[str, Answer], kind: str) -> list[str]:
    return list(dict.fromkeys(code for answer in found.values() for code in getattr(answer, kind)))


def _order(path: Path) -> tuple[bool, int, int]:
    return path.later, -ORDER.index(path.verdict), -ORDER.index(path.as_last_read)


def _rules(names: Iterable[str]) -> tuple[Rule, ...]:
    return tuple(rule(name) for name in dict.fromkeys(names))


def _length(facts: Facts) -> float:
    return float(sum(training_months(facts)))


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
