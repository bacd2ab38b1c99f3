import pytest

from tests.evidence.claims import TODAY, filings, policy
from visamatch.evidence.asker import Asker
from visamatch.evidence.standing import contradictions, standing

IMG = Asker()
US_GRADUATE = Asker(us_graduate=True)
IN_H1B = Asker(holds_h1b=True, in_us=True)


def code(*bearing: tuple[object, str], who: Asker = IMG) -> str:
    return standing(list(bearing), who, TODAY).code  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (policy("yes"), "says_yes"),
        (policy("conditional", "step3_by_date"), "conditional"),
        (policy("case_by_case", "exceptional_only"), "conditional"),
        (policy("no"), "j1_only"),
        (policy("no", j1="unknown"), "no_h1b"),
        (policy("no", j1="no"), "no_h1b"),
        (policy("unknown"), "unknown"),
        (policy("yes", kind="reply"), "confirmed"),
        (policy("no", kind="reply"), "j1_only"),
    ],
)
def test_one_statement_of_the_program(claim, expected):
    assert code((claim, "program")) == expected


@pytest.mark.parametrize("condition", ["transfer_only", "us_grad_only", "us_grad_f1_only"])
def test_an_offer_for_others_is_no_yes(condition):
    assert code((policy("conditional", condition), "program")) == "not_for_you"


def test_the_offer_reaches_the_group_it_names():
    claim = policy("conditional", "us_grad_f1_only", "transfer_only", "applicant_pays")
    assert code((claim, "institution"), who=US_GRADUATE) == "conditional"
    assert code((claim, "institution"), who=IN_H1B) == "conditional"
    assert code((claim, "institution"), who=IMG) == "not_for_you"


def test_the_program_speaks_before_its_institution():
    assert code((policy("yes"), "institution"), (policy("no"), "program")) == "j1_only"
    assert code((policy("yes"), "institution"), (policy("unknown"), "program")) == "says_yes"


def test_filings_that_name_the_specialty_come_before_a_yes_and_keep_the_condition():
    named = filings(6, specialty="internal-medicine")
    answer = standing(
        [
            (named, "program"),
            (policy("conditional", "step3_by_date", step3_deadline="12-31"), "program"),
        ],
        IMG,
        TODAY,
    )
    assert answer.code == "filed"
    assert "6 residents in FY2025" in answer.reason
    assert "Step 3 passed by 12-31" in answer.reason


def test_old_filings_do_not_make_a_standing():
    assert code((filings(6, year=2023, specialty="x"), "program")) == "unknown"


def test_fellow_filings_do_not_make_a_residency_filed():
    assert code((filings(20, kind="fellow"), "institution")) == "unknown"


def test_a_system_filing_never_becomes_the_standing_of_a_program():
    answer = standing([(filings(43), "system")], IMG, TODAY)
    assert answer.code == "unknown"
    assert "several hospitals" in answer.reason


def test_contradictions_are_shown_not_resolved():
    assert (
        code((policy("yes", key="a"), "program"), (policy("no", key="b"), "program")) == "conflict"
    )
    assert code((policy("no"), "institution"), (filings(4), "institution")) == "conflict"
    prefers = policy("unknown", prefers="J-1")
    assert code((prefers, "institution"), (filings(4), "institution")) == "conflict"


def test_agreement_and_silence_are_no_contradiction():
    assert not contradictions([policy("yes"), policy("conditional", "step3_by_date")], IMG)
    assert not contradictions([policy("yes"), filings(3)], IMG)
    assert not contradictions([policy("no"), policy("unknown")], IMG)
    assert not contradictions([filings(3), filings(1, year=2024)], IMG)


def test_a_reply_settles_what_pages_dispute():
    bearing = [
        (policy("yes", key="a"), "program"),
        (policy("no", key="b"), "program"),
        (policy("yes", kind="reply", as_of="2026-10-01"), "program"),
    ]
    assert standing(bearing, IMG, TODAY).code == "confirmed"


def test_age_is_shown_and_an_undated_page_is_old():
    assert standing([(policy("yes", as_of="undated"), "program")], IMG, TODAY).stale
    assert standing([(policy("yes", as_of="2014-02-26"), "program")], IMG, TODAY).stale
    assert not standing([(policy("yes", as_of="2026-09-01"), "program")], IMG, TODAY).stale
    assert "(undated)" in standing([(policy("yes", as_of="undated"), "program")], IMG, TODAY).reason


def test_nothing_known_is_said():
    answer = standing([], IMG, TODAY)
    assert (answer.code, answer.as_of) == ("unknown", "")
