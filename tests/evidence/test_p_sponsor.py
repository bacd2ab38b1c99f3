from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evidence.claims import TODAY, filings, policy
from visamatch.evidence.asker import Asker
from visamatch.evidence.p_sponsor import base_rate, p_sponsor

IMG = Asker()
CLAIMS = [
    policy("yes"),
    policy("no"),
    policy("conditional", "step3_by_date"),
    policy("case_by_case", "exceptional_only", as_of="undated"),
    policy("conditional", "transfer_only"),
    policy("yes", kind="reply"),
    filings(6, specialty="internal-medicine"),
    filings(40),
    filings(3, kind="fellow"),
]
REACHES = ["program", "institution", "system", "other"]


def mean(*bearing, who=IMG):
    return p_sponsor("internal-medicine", list(bearing), who, TODAY)[0].mean


def test_without_evidence_the_base_rate_stands_and_is_wide():
    chance, effects = p_sponsor("internal-medicine", [], IMG, TODAY)
    assert chance.mean == pytest.approx(base_rate("internal-medicine"), abs=0.02)
    assert effects == ()
    assert chance.high - chance.low > 0.3


def test_the_order_of_offers():
    offers = [
        policy("no"),
        policy("conditional", "us_grad_only"),
        policy("unknown"),
        policy("case_by_case", "exceptional_only"),
        policy("conditional", "step3_by_date"),
        policy("yes"),
    ]
    chances = [mean((offer, "program")) for offer in offers]
    assert chances == sorted(chances)
    assert len(set(chances)) > 4


def test_nearer_and_newer_and_more_weigh_more():
    by_reach = [mean((policy("yes"), reach)) for reach in REACHES]
    assert by_reach == sorted(by_reach, reverse=True)
    assert mean((policy("yes", as_of="2014"), "program")) < mean((policy("yes"), "program"))
    assert mean((filings(1), "institution")) < mean((filings(12), "institution"))
    assert mean((filings(43), "system")) < mean((filings(43), "institution"))


def test_repeating_a_page_adds_little():
    once = mean((policy("yes", key="a"), "program"))
    twice = mean((policy("yes", key="a"), "program"), (policy("yes", key="b"), "program"))
    assert once < twice
    odds = [log(p / (1 - p)) for p in (base_rate("internal-medicine"), once, twice)]
    assert odds[2] - odds[1] < 0.5 * (odds[1] - odds[0])


def test_an_offer_for_us_graduates_helps_them_and_not_an_img():
    claim = (policy("conditional", "us_grad_f1_only"), "program")
    assert mean(claim, who=Asker(us_graduate=True)) > base_rate("internal-medicine")
    assert mean(claim) < base_rate("internal-medicine")


@given(st.lists(st.tuples(st.sampled_from(CLAIMS), st.sampled_from(REACHES)), max_size=8))
def test_always_a_probability_and_the_working_explains_it(bearing):
    chance, effects = p_sponsor("internal-medicine", bearing, IMG, TODAY)
    assert 0 < chance.low <= chance.mean <= chance.high < 1
    assert len(effects) == len(bearing)
    for index, effect in enumerate(effects):
        rest = [pair for place, pair in enumerate(bearing) if place != index]
        without = p_sponsor("internal-medicine", rest, IMG, TODAY)[0]
        higher, lower = (chance, without) if effect >= 0 else (without, chance)
        assert higher.mean >= lower.mean


@given(st.permutations(list(zip(CLAIMS[:6], ["program"] * 6, strict=True))))
def test_the_order_of_statements_does_not_matter(bearing):
    assert mean(*bearing) == pytest.approx(mean(*zip(CLAIMS[:6], ["program"] * 6, strict=True)))


def test_no_amount_of_evidence_makes_a_chance_certain():
    everything = [(policy("yes", kind="reply"), "program"), (filings(60, specialty="x"), "program")]
    chance, _ = p_sponsor("internal-medicine", everything * 3, IMG, TODAY)
    assert chance.mean < 0.95
    assert chance.high - chance.low > 0.05
