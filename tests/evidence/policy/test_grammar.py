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
