"""Who does what about which visa, in every combination: no verb and no negation is special."""

import itertools

import pytest

from visamatch.evidence.policy import read_policy

MANY, ONE = ("We",), ("Our program", "The Department of Medicine", "Mercy Health")
VERBS = (
    "sponsor", "accept", "support", "take", "offer", "provide", "file", "process", "facilitate", "work with",
    "handle", "use", "recognize", "allow", "issue", "arrange",
)  # fmt: skip
DONE = (
    "sponsored", "accepted", "supported", "offered", "provided", "processed", "available", "an option", "allowed",
    "permitted", "honored", "used", "filed", "issued", "acceptable",
)  # fmt: skip
VISAS = (("J-1", "sponsors_j1"), ("H-1B", "sponsors_h1b"))


def third(verb: str) -> str:
    first, _, rest = verb.partition(" ")
    ending = "es" if first.endswith("ss") else "s"
    return f"{first}{ending} {rest}".strip()


def sentences():
    for subject, verb in itertools.product((*MANY, *ONE), VERBS):
        many = subject in MANY
        does, is_, acts = ("do", "are", verb) if many else ("does", "is", third(verb))
        no = [f"{does} not {verb}", f"{does}n’t {verb}", f"cannot {verb}", f"can't {verb}"]
        no += [f"{is_} unable to {verb}", f"{is_} not able to {verb}", f"will not {verb}"]
        no += [f"no longer {acts}", f"{does} not currently {verb}"]
        yes = [acts, f"will {verb}", f"can {verb}", f"{is_} able to {verb}"]
        yield from ((f"{subject} {words} {{}} visas.", "no") for words in no)
        yield from ((f"{subject} {words} {{}} visas.", "yes") for words in yes)
    for done in DONE:
        no = [f"are not {done}", f"will not be {done}", f"are no longer {done}"]
        yield from ((f"{{}} visas {words}.", "no") for words in no)
        yield from ((f"{{}} visas {words} at our hospital.", "no") for words in no[:1])
        yield f"{{}} visas are {done}.", "yes"
        yield f"{{}} visas are {done} at our hospital.", "yes"


@pytest.mark.parametrize(("visa", "field"), VISAS)
def test_every_verb_is_affirmed_and_denied(visa, field):
    cases = [(text.format(visa), answer) for text, answer in sentences()]
    assert len(cases) > 800
    wrong = [(t, a) for t, a in cases if getattr(read_policy(t), field) != a]
    assert wrong == []


@pytest.mark.parametrize("verb", VERBS)
def test_a_denied_visa_leaves_the_other_unsaid(verb):
    reading = read_policy(f"We do not {verb} H-1B visas.")
    assert (reading.sponsors_j1, reading.sponsors_h1b) == ("unknown", "no")


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "between", [", but we do not {} {}", "; we do not {} {}", ". We cannot {} {}"]
)
def test_both_in_one_breath(verb, between):
    reading = read_policy(f"We {verb} J-1 visas{between.format(verb, 'H-1B visas')}.")
    assert (reading.sponsors_j1, reading.sponsors_h1b) == ("yes", "no")


# Sentence, J-1, H-1B; {v} is any verb.
FORMS = (
    ("We only {v} J-1 visas.", "yes", "no"),
    ("The only visa we {v} is the J-1.", "yes", "no"),
    ("We {v} no visas other than the J-1.", "yes", "no"),
    ("We {v} J-1 visas only.", "yes", "no"),
    ("We do not {v} visas other than J-1.", "yes", "no"),
    ("We {v} J-1 but not H-1B visas.", "yes", "no"),
    ("We {v} J-1 visas and no others.", "yes", "no"),
    ("We {v} J-1 visas; no other visa types are considered.", "yes", "no"),
    ("Do you {v} visas? J-1 only.", "yes", "no"),
    ("Do you {v} H-1B visas? No, we {v} J-1 visas only.", "yes", "no"),
    ("We {v} H-1B visas if the applicant has passed Step 3.", "unknown", "conditional"),
    ("We {v} H-1B visas only for graduates of U.S. medical schools.", "unknown", "conditional"),
    ("We {v} only H-1B transfers.", "no", "conditional"),
    ("Do you {v} H-1B visas? Yes, once Step 3 is passed.", "unknown", "conditional"),
    ("We do not {v} H-1B visas unless the applicant has passed Step 3.", "unknown", "conditional"),
    ("We cannot {v} H-1B visas for applicants without Step 3.", "unknown", "conditional"),
    ("We {v} H-1B visas only in exceptional circumstances.", "unknown", "case_by_case"),
    ("We may {v} H-1B visas.", "unknown", "case_by_case"),
    ("We {v} H-1B visas on a case-by-case basis.", "unknown", "case_by_case"),
    ("We do not {v} H-1B visas except in rare cases.", "unknown", "case_by_case"),
    ("We generally do not {v} H-1B visas but may make exceptions.", "unknown", "case_by_case"),
    ("We {v} H-1B visas with the approval of the GME office.", "unknown", "case_by_case"),
    ("Do you {v} H-1B visas? Case by case.", "unknown", "case_by_case"),
    ("We {v} both J-1 and H-1B visas.", "yes", "yes"),
    ("Do you {v} J-1 and H-1B visas? Yes.", "yes", "yes"),
    ("Besides J-1 visas we also {v} H-1B visas.", "yes", "yes"),
)


@pytest.mark.parametrize(("form", "j1", "h1b"), FORMS, ids=range(len(FORMS)))
def test_every_verb_in_every_form(form, j1, h1b):
    for verb in VERBS:
        reading = read_policy(form.format(v=verb))
        assert (verb, reading.sponsors_j1, reading.sponsors_h1b) == (verb, j1, h1b)
