"""Letters to programs and residents, checks of a personal statement, and answers for the interview.

The texts are data (``letters.yaml``). A letter whose fields are not all known has no body: no placeholder leaves.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from string import Formatter
from typing import Any
from urllib.parse import quote

from visamatch.directory.programs import directory
from visamatch.errors import InputError, one_of
from visamatch.facts.tables import Program
from visamatch.schedule.calendar import CONDITIONS, next_cycle
from visamatch.shipped import shipped
from visamatch.workspace.profile import Profile

ASKS = ("program", "resident", "confirm")
"""The kinds that ask about visas: they wait for an answer, and only who needs a visa writes them."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, ready to leave when ``missing`` is empty; until then it has no text.

    ``missing`` names fields as the person knows them; ``follow_up_on`` is the day for one reminder.
    """

    subject: str | None
    body: str | None
    missing: tuple[str, ...]
    follow_up_on: date

    def mailto(self, address: str = "") -> str:
        """A link that opens the letter in the mail program."""
        body = (self.body or "").replace("\n", "\r\n")
        return f"mailto:{quote(address)}?subject={quote(self.subject or '')}&body={quote(body)}"

    def eml(self, address: str = "") -> bytes:
        """The letter as an unsent message file."""
        mail = EmailMessage(policy=SMTP)
        mail["Subject"] = self.subject or ""
        if address:
            mail["To"] = address
        mail["X-Unsent"] = "1"
        mail.set_content(self.body or "", charset="utf-8", cte="quoted-printable")
        return mail.as_bytes()


def kinds() -> tuple[str, ...]:
    """The kinds of letters there are."""
    return tuple(_book()["kinds"])


def letter(
    kind: str, program: Program, profile: Profile, on: date, given: Mapping[str, str] | None = None
) -> Letter:
    """Write a letter of a kind to a program.

    Args:
        on: the day it is written.
        given: fields that the person adds or words better: ``area``, ``greeting``, ``topic``.

    Raises:
        InputError: no such kind, or a question about visas from someone who needs none.
    """
    if kind not in _book()["kinds"]:
        raise InputError("kind", one_of(kinds(), kind, limit=9), kind)
    if kind in ASKS and not profile.needs_visa:
        raise InputError("profile: visa.needed", "true for a letter about visas", "false")
    template = _book()["kinds"][kind]
    fields = _fields(program, profile, on) | {k: v.strip() for k, v in (given or {}).items() if v}
    fields = {name: "" if BLANK.search(value) else value for name, value in fields.items()}
    parts = [part if isinstance(part, dict) else {"text": part} for part in template["paragraphs"]]
    texts = [part["text"] for part in parts if "if" not in part or fields.get(part["if"])]
    named = [name for text in (template["subject"], *texts) for name in _names(text)]
    asked = dict.fromkeys([*template.get("needs", ()), *named])
    missing = tuple(dict.fromkeys(ASKED.get(name, name) for name in asked if not fields.get(name)))
    if missing:
        return Letter(None, None, missing, follow_up_day(on))
    body = "\n\n".join(text.format_map(fields) for text in texts) + "\n"
    return Letter(template["subject"].format_map(fields), body, (), follow_up_day(on))


def follow_up_day(sent: date) -> date:
    """When to remind once of a letter that brought no answer."""
    return sent + timedelta(_book()["follow_up_days"])


BLANK = re.compile(r"\[[^]]*\]|\{[^}]*\}|<[^>]*>|_{3,}")
"""A placeholder that somebody left in a field; the field then counts as missing."""

ASKED = {
    "name": "full_name", "signature": "full_name", "year": "applicant.graduated_on",
    "step3_date": "applicant.exams.step3.date", "step3_passed": "applicant.exams.step3.status",
}  # fmt: skip
"""Fields of letters under the names they have in the profile."""


def check_statement(text: str) -> dict[str, Any]:
    """Where a personal statement speaks of visas, and what of that to change (offsets into ``text``)."""
    book = _book()
    first = len(text) - len(text.lstrip())
    mentions = [
        {
            "start": found.start(),
            "end": found.end(),
            "text": found[0],
            "paragraph": 1 + len(re.findall(r"\n\s*\n", text[first : found.start()])),
            "after_words": len(text[: found.start()].split()),
        }
        for found in re.finditer(book["visa_words"], text, re.IGNORECASE)
    ]
    wishes = [found[0] for found in re.finditer(book["intent_words"], text, re.IGNORECASE)]
    hit = {
        "first_paragraph": any(each["paragraph"] == 1 for each in mentions),
        "often": len(mentions) > book["most_mentions"],
        "intent": bool(wishes),
    }
    flags = [
        {"code": code, "says": book["flags"][code].format(count=len(mentions))}
        for code, wrong in hit.items()
        if wrong
    ]
    words = len(text.split())
    return {
        "words": words,
        "count": len(mentions),
        "mentions": mentions,
        "intent": wishes,
        "flags": flags,
    }


def answers(profile: Profile) -> list[dict[str, Any]]:
    """Cards for the interview. Nobody who may take a J-1 is given words that declare a wish to stay."""
    way = {"must": "must", "none": "j1"}.get(profile.visa.h1b, "open")
    step3 = _book()["step3"]["passed" if profile.step3_passed else "open"]
    wish = profile.specialties[0].name.lower() if profile.specialties else "specialist"
    return [
        {
            "question": card["question"],
            "answer": card[way]
            .format(step3="" if profile.us_graduate else step3, specialty=wish)
            .strip(),
            "avoid": card["avoid"],
        }
        for card in _book()["answers"]
    ]


def _book() -> Any:
    return shipped("documents/letters.yaml")


def _fields(program: Program, profile: Profile, on: date) -> dict[str, str]:
    known, person = directory(), profile.applicant
    exam, h1b = person.exams.step3, "yes" if CONDITIONS["h1b_open"](profile) else ""
    by_country = {"US": "us_md", "CA": "canadian", None: ""}.get(person.school_country, "foreign")
    name, year = profile.full_name or profile.name, (person.graduated_on or "")[:4]
    return {
        "greeting": _book()["greeting"],
        "name": name,
        "signature": name
        and "\n".join(filter(None, (name, ", ".join(filter(None, (profile.school, year)))))),
        "school": profile.school or _book()["schools"].get(person.school_kind or by_country, ""),
        "year": year,
        "match_year": str(profile.match_year or next_cycle(on)),
        "specialty": known.specialty(program).name,
        "program": f"the {known.specialty(program).name} program at {known.institution(program).name}",
        "institution": known.institution(program).name,
        "area": " and ".join(profile.experience.research_areas),
        "step3_passed": "yes" if exam.status == "passed" else "",
        "step3_date": exam.date or "",
        "visa": _book()["visas"][profile.visa.h1b],
        "h1b_open": h1b,
        "h1b_closed": "" if h1b else "yes",
    }


def _names(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]
