"""The applicant's profile: who asks. Plain records, written as TOML.

The ``applicant`` part carries immigration and exam facts under the names that the rule book uses
for the same facts. An absent field means unknown, never no.
"""

from __future__ import annotations

import tomllib
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from visamatch.errors import InputError, one_of
from visamatch.facts.specialties import specialty_named
from visamatch.facts.states import STATES
from visamatch.workspace.boundary import Country, Day, PartialDay, Record, parse

Status = Literal["passed", "failed", "not_taken", "not_passed"]
UsStatus = Literal[
    "us_citizen", "lpr", "F-1", "J-1", "J-2", "H-1B", "H-4", "L-1", "L-2", "B-2", "O-1", "TN", "E-3",
    "out_of_status",
]  # fmt: skip


def _specialty(text: str) -> str:
    try:
        return specialty_named(text).name
    except InputError as error:
        raise ValueError(error.expected) from None


def _state(text: str) -> str:
    if text.upper() not in STATES:
        raise ValueError(one_of(STATES, text.upper()))
    return text.upper()


Months = Annotated[float, Field(ge=0, le=240)]
State = Annotated[str, AfterValidator(_state)]
SpecialtyName = Annotated[str, AfterValidator(_specialty)]


class Exam(Record):
    """One exam. ``score`` is the three-digit score where the exam has one."""

    status: Status | None = None
    date: Day | None = None
    score: Annotated[int, Field(ge=100, le=300)] | None = None
    attempts: Annotated[int, Field(ge=0, le=10)] | None = None
    sittings: tuple[Day, ...] | None = None
    last_attempt_on: PartialDay | None = None


class Exams(Record):
    """The exams that matter for sponsorship, by the rule book's names."""

    step1: Exam = Exam()
    step2ck: Exam = Exam()
    step3: Exam = Exam()


class Pathway(Record):
    """An ECFMG Pathway."""

    number: Annotated[int, Field(ge=1, le=6)] | None = None
    status: Literal["accepted", "pending", "none"] | None = None
    expires_on: Day | None = None
    revalidated: bool | None = None


class Ecfmg(Record):
    """ECFMG certification."""

    certified: bool | None = None
    certified_on: Day | None = None
    certificate_expires_on: Day | None = None
    pathway: Pathway | None = None


class HeldVisa(Record):
    """A visa in the passport."""

    visa_class: str
    issued_on: Day | None = None
    expires_on: Day | None = None


class AtBanStart(Record):
    """Where the person was, and with which visa, on the day the entry suspensions began."""

    location: Literal["abroad", "us"] | None = None
    valid_visa: bool | None = None


class StatementOfNeed(Record):
    """The health ministry's statement for a J-1 physician."""

    status: Literal["issued", "requested", "not_requested", "refused"] | None = None
    country: Country | None = None
    specialty: str | None = None


class WorkPermit(Record):
    """An employment authorization document, and on what it rests."""

    basis: (
        Literal[
            "asylum_pending", "adjustment_pending", "h4", "j2", "l2s", "opt", "stem_opt",
            "asylee_refugee", "tps", "other",
        ]
        | None
    ) = None  # fmt: skip
    expires_on: Day | None = None
    months: Months | None = None
    renewal_filed_on: Day | None = None
    renewal_decided: bool | None = None


class ImmigrantPetition(Record):
    """An I-140."""

    approved: bool | None = None
    filed_on: Day | None = None
    category: str | None = None
    chargeability: Country | None = None
    visa_number_available: bool | None = None
    of: Literal["self", "principal"] | None = None


class EarlierH1b(Record):
    """Time already spent in H-1B status, in months."""

    used_months: Months | None = None
    recapturable_months: Months | None = None
    l_used_months: Months | None = None
    sixth_year_ends_on: Day | None = None
    continuous_months_abroad: Months | None = None
    counted_against_cap: bool | None = None


class EarlierJ1(Record):
    """Time already spent in J-1 status, and the two-year duty that may follow from it."""

    category: Literal["physician", "research_scholar", "professor", "student", "other"] | None = (
        None
    )
    as_dependent: bool | None = None
    sponsorship_months_used: Months | None = None
    two_year_requirement: Literal["subject", "waived", "fulfilled", "none"] | None = None
    funding: Literal["private", "us_government", "home_government"] | None = None
    on_skills_list: bool | None = None
    waiver_ground: (
        Literal[
            "none", "conrad30", "va", "hhs", "arc", "dra", "hardship", "persecution", "no_objection"
        ]
        | None
    ) = None
    home_months: Months | None = None
    service_months_done: Months | None = None


class Applicant(Record):
    """Facts about the person, named as in the rule book."""

    citizenship: tuple[Country, ...] = ()
    residence_country: Country | None = None
    permanent_resident_of: Country | None = None
    passport_used: Country | None = None
    location: Literal["abroad", "us"] | None = None
    us_status: UsStatus | None = None
    i94_class: str | None = None
    status_expires_on: Day | Literal["D/S"] | None = None
    status_maintained: bool | None = None
    valid_visas: tuple[HeldVisa, ...] | None = None
    at_ban_start: AtBanStart | None = None
    extraordinary_ability_evidence: bool | None = None
    pgy_completed: Annotated[float, Field(ge=0, le=15)] | None = None
    school_kind: Literal["us_md", "us_do", "canadian", "foreign"] | None = None
    school_country: Country | None = None
    graduated_on: PartialDay | None = None
    exams: Exams = Exams()
    ecfmg: Ecfmg = Ecfmg()
    h1b: EarlierH1b | None = None
    j1: EarlierJ1 | None = None
    statement_of_need: StatementOfNeed | None = None
    perm_filed_on: Day | None = None
    i140: ImmigrantPetition | None = None
    ead: WorkPermit | None = None


class Visa(Record):
    """What the person needs and wants. ``h1b``: must, prefer, either or none, and why."""

    needed: bool | None = None
    h1b: Literal["must", "prefer", "either", "none"] = "either"
    reason: str = ""


class Experience(Record):
    """US clinical experience and research."""

    us_clinical_months: Annotated[float, Field(ge=0, le=240)] | None = None
    us_clinical_kinds: tuple[
        Literal["elective", "subinternship", "externship", "observership", "other"], ...
    ] = ()
    us_letters: Annotated[int, Field(ge=0, le=20)] | None = None
    research_months: Annotated[float, Field(ge=0, le=480)] | None = None
    publications: Annotated[int, Field(ge=0, le=1000)] | None = None
    research_areas: tuple[str, ...] = ()


class Wish(Record):
    """One specialty with its weight (1 = first choice)."""

    name: SpecialtyName
    weight: Annotated[float, Field(gt=0, le=1)] = 1.0


class Stage(Record):
    """One stage of the training that is meant, residency first."""

    level: Literal["residency", "fellowship"]
    specialty: str = ""
    length_months: Annotated[float, Field(gt=0, le=120)]


class Places(Record):
    """Where to look: the core city, then states. Empty = anywhere."""

    city: str = ""
    city_state: State | None = None
    states: tuple[State, ...] = ()


class Limit(Record):
    """At least and at most so many applications to a part of the list.

    ``of``: a group (core, regional, safety), a ring (Boston, Massachusetts, New England, Elsewhere),
    a state or a specialty.
    """

    of: Annotated[str, Field(min_length=1)]
    least: Annotated[int, Field(ge=0, le=500)] = 0
    most: Annotated[int, Field(ge=0, le=500)] | None = None


class Money(Record):
    """What may be spent on applications, in dollars."""

    budget: Annotated[float, Field(ge=0, le=100_000)] | None = None


class Profile(Record):
    """One applicant in one season. Only a specialty and the visa need are ever asked for."""

    name: str = ""
    full_name: str = ""  # signs letters; without it, ``name`` does
    school: str = ""  # the medical school's name
    match_year: Annotated[int, Field(ge=2025, le=2040)] | None = None
    specialties: tuple[Wish, ...] = ()
    training: tuple[Stage, ...] = ()
    visa: Visa = Visa()
    applicant: Applicant = Applicant()
    experience: Experience = Experience()
    places: Places = Places()
    money: Money = Money()
    limits: tuple[Limit, ...] = ()
    most_interviews: Annotated[int, Field(ge=1, le=200)] | None = None  # that one can attend

    @property
    def needs_visa(self) -> bool:
        """Whether a program must sponsor: as stated, else no for citizens and permanent residents."""
        if self.visa.needed is not None:
            return self.visa.needed
        return self.applicant.us_status not in ("us_citizen", "lpr")

    @property
    def us_graduate(self) -> bool:
        """Graduate of a US medical school (the H-1B exam rule does not touch them)."""
        return self.applicant.school_kind in ("us_md", "us_do")

    @property
    def step3_passed(self) -> bool | None:
        """Step 3 passed; None when not told."""
        status = self.applicant.exams.step3.status
        return None if status is None else status == "passed"


def profile_from_toml(text: str, where: str = "profile") -> Profile:
    """Read a profile from TOML text; ``where`` names the file in error sentences."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(where, f"a TOML file ({error})") from None
    profile: Profile = parse(Profile, data, where)
    return profile
