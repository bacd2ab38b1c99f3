from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence.claims import TODAY, filings, policy
from visamatch.directory.programs import directory
from visamatch.evidence.asker import Asker
from visamatch.evidence.assess import assess_all
from visamatch.evidence.p_sponsor import base, base_rate, effects, p_sponsor, region
from visamatch.evidence.practice import Practice, parameters, practice, tree

IMG = Asker()
MEDICINE = directory().find(
    "1256-140"
)  # Beth Israel Deaconess, whose employer files and names departments
CLAIMS = [
    policy("yes"),
    policy("no"),
    policy("conditional", "step3_by_date"),
    policy("case_by_case", "exceptional_only", as_of="undated"),
    policy("conditional", "transfer_only"),
    policy("yes", kind="reply"),
    filings(6, specialty="internal-medicine"),
]
REACHES = ["program", "institution", "system", "other"]


def mean(*bearing, who=IMG):
    return p_sponsor(MEDICINE, list(bearing), who, TODAY).mean


def test_base_is_the_mean_over_all_readiness():
    points, weights = np.polynomial.hermite_e.hermegauss(60)
    spread = np.hypot(practice()._estimates["sd_family"], practice()._estimates["sd_institution"])
    shift = np.mean([region(program.state) for program in directory().programs.values()])
    willing = 1 / (1 + np.exp(-(base("dermatology") + shift + spread * points)))
    assert weights @ willing / weights.sum() == pytest.approx(base_rate("dermatology"), abs=0.01)


def test_the_order_of_offers():
    offers = [
        policy("no"),
        policy("unknown"),
        policy("case_by_case", "exceptional_only"),
        policy("conditional", "step3_by_date"),
        policy("yes"),
    ]
    chances = [mean((offer, "program")) for offer in offers]
    assert chances == sorted(chances)
    assert len(set(chances)) > 3


def test_nearer_and_newer_weigh_more():
    by_reach = [mean((policy("yes"), reach)) for reach in REACHES]
    assert by_reach == sorted(by_reach, reverse=True)
    assert mean((policy("yes", as_of="2014"), "program")) < mean((policy("yes"), "program"))
    assert mean((policy("no", as_of="2014"), "program")) > mean((policy("no"), "program"))


def test_repeating_a_page_adds_little():
    none, once = mean(), mean((policy("no", key="a"), "program"))
    twice = mean((policy("no", key="a"), "program"), (policy("no", key="b"), "program"))
    assert twice < once < none
    odds = [np.log(p / (1 - p)) for p in (none, once, twice)]
    assert odds[1] - odds[2] < 0.5 * (odds[0] - odds[1])


def test_an_offer_for_us_graduates_helps_them_and_not_an_img():
    claim = (policy("conditional", "us_grad_f1_only"), "program")
    assert mean(claim, who=Asker(us_graduate=True)) > mean()
    assert mean(claim) < mean()


def test_filings_do_not_outweigh_a_word_that_they_are_for_others():
    others = (policy("conditional", "us_grad_only"), "program")
    assert mean() > 0.8
    assert mean(others) < 0.15
    assert mean((policy("conditional", "us_grad_only", as_of="2012"), "program")) > mean(others)
    assert mean(others, (policy("yes"), "program")) > 0.9


def test_a_sister_program_speaks_for_the_readiness_of_the_institution():
    assert mean((policy("no"), "other")) < mean() < mean((policy("yes"), "other"))


@given(st.lists(st.tuples(st.sampled_from(CLAIMS), st.sampled_from(REACHES)), max_size=8))
def test_always_a_probability_and_the_working_explains_it(bearing):
    chance = p_sponsor(MEDICINE, bearing, IMG, TODAY)
    assert 0 < chance.low <= chance.mean <= chance.high < 1
    working = effects(MEDICINE, bearing, IMG, TODAY)
    assert len(working) == len(bearing)
    for index, effect in enumerate(working):
        without = mean(*(pair for place, pair in enumerate(bearing) if place != index))
        if chance.mean != without:
            assert (chance.mean > without) == (effect > 0)


@given(st.permutations(list(zip(CLAIMS[:6], ["program"] * 6, strict=True))))
def test_the_order_of_statements_does_not_matter(bearing):
    assert mean(*bearing) == pytest.approx(mean(*zip(CLAIMS[:6], ["program"] * 6, strict=True)))


def test_no_old_page_makes_a_chance_certain():
    old = [(policy("yes", as_of="2016", key=str(n)), "program") for n in range(5)]
    sure = p_sponsor(directory().find("1269-140"), old, IMG, TODAY)
    assert sure.mean < 0.97
    assert sure.high - sure.low > 0.05


def counted(own=0.0, joint=0.0, sister=0.0):
    """Readiness of institution ``a`` in a family of three, of which ``a`` and ``b`` may file alone."""
    real = tree()
    counts, together = np.zeros((3, 2)), np.zeros((2, 2))
    counts[0, 0], counts[1, 0], together[0, 0] = own, sister, joint
    small = replace(
        real, place={"a": 0, "b": 1, "far": 2}, family=np.array([0, 0, 1]),
        positions=np.full(3, 40.0), family_positions=np.array([80.0, 40.0]),
        counts=counts, joint=together, total=np.array([3.0, 1.0]),
    )  # fmt: skip
    at = Practice(parameters()["estimates"], small)

    def readiness(name):
        weight = np.exp(at.grid(name))
        return float((weight * at.v).sum() / weight.sum())

    return {name: readiness(name) for name in small.place}


def test_own_filings_count_most_and_sisters_vouch():
    nothing, own, sister = counted(), counted(own=4), counted(sister=4)
    assert own["a"] > sister["a"] > nothing["a"]
    assert own["a"] > own["b"] > nothing["b"]
    assert own["far"] == pytest.approx(nothing["far"])
    assert counted(own=1)["a"] < own["a"]


def test_a_joint_filing_supports_all_equally_and_mutes_their_silence():
    joint = counted(joint=6)
    assert joint["a"] == pytest.approx(joint["b"])
    assert joint["a"] > counted()["a"]
    assert joint["a"] < counted(own=6)["a"]


def test_all_at_once_is_one_by_one():
    grids = practice().all_grids()
    for name, row in list(tree().place.items())[::97]:
        assert grids[row] == pytest.approx(practice().grid(name))


def test_every_program_can_be_explained():
    every = assess_all(TODAY)
    for name in list(every)[::40]:
        assert all(abs(item.effect_log_odds) < 10 for item in every[name].statements)
