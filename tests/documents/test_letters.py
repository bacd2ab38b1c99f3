import re
from datetime import date
from email import message_from_bytes
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visamatch.directory.programs import directory
from visamatch.documents.letters import answers, check_statement, kinds, letter
from visamatch.errors import InputError
from visamatch.workspace.profile import Profile, profile_from_toml

ON = date(2026, 11, 27)
ME = profile_from_toml(
    (Path(__file__).resolve().parents[2] / "examples/in-us-step3-passed.toml").read_text("utf-8")
)
BIDMC = directory().find("1256-140")
BRACKETS = re.compile(r"[\[\]{}<>]|None|unknown")


def without(**changes) -> Profile:
    return Profile.model_validate(ME.model_dump(exclude_defaults=True) | changes)


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_is_whole_and_signed(kind):
    made = letter(kind, BIDMC, ME, ON)
    assert made.missing == ()
    assert not BRACKETS.search(made.subject + made.body)
    assert "Rafael Exemplo" in made.body
    assert made.follow_up_on == date(2026, 12, 11)


def test_interest_first_then_both_questions_once():
    body = letter("program", BIDMC, ME, ON).body
    assert body.index("cardiology") < body.lower().index("visas")
    questions = [line for line in body.splitlines() if line.startswith(("1.", "2."))]
    assert "H-1B" in questions[0]
    assert "Step 3" in questions[1]
    assert body.count("?") == 3
    assert "Beth Israel Deaconess" in body
    assert "Step 3" in letter("resident", BIDMC, ME, ON).body


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("program", {"experience": {}}, "area"),
        ("program", {"full_name": "", "name": ""}, "full_name"),
        ("program", {"full_name": "[Your Name]"}, "full_name"),
        ("program", {"applicant": {"school_kind": "foreign"}}, "applicant.graduated_on"),
        ("update", {"applicant": {"graduated_on": "2021"}}, "applicant.exams.step3.status"),
    ],
)
def test_a_missing_field_is_named_and_nothing_leaves(kind, changes, field):
    made = letter(kind, BIDMC, without(**changes), ON)
    assert field in made.missing
    assert made.subject is None
    assert made.body is None


def test_a_school_without_name_is_introduced_by_its_kind():
    body = letter("program", BIDMC, without(school=""), ON).body
    assert "graduate of a medical school abroad (2021)" in body
    assert body.endswith("Rafael Exemplo\n2021\n")
    country = {"graduated_on": "2021", "school_country": "BR"}
    assert (
        "abroad (2021)" in letter("program", BIDMC, without(school="", applicant=country), ON).body
    )


def test_someone_without_visa_need_is_not_made_to_ask():
    with pytest.raises(InputError, match=r"visa\.needed"):
        letter("program", BIDMC, without(visa={"needed": False}), ON)
    with pytest.raises(InputError, match="thanks"):
        letter("love", BIDMC, ME, ON)


def test_thanks_holds_no_visa_and_the_confirmation_names_the_wish():
    assert check_statement(letter("thanks", BIDMC, ME, ON).body)["count"] == 0
    assert "on an H-1B for" in letter("confirm", BIDMC, ME, ON).body
    assert "on a J-1 for" in letter("confirm", BIDMC, without(visa={"h1b": "none"}), ON).body


def test_mail_link_and_message_file_carry_the_letter():
    made = letter("program", BIDMC, ME, ON, {"area": "Ärzteausbildung"})
    link = unquote(made.mailto("office@example.org"))
    assert link.startswith("mailto:office@example.org?subject=")
    assert made.body.replace("\n", "\r\n") in link
    raw = made.eml("office@example.org")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    mail = message_from_bytes(raw)
    assert mail.get_payload(decode=True).decode().replace("\r\n", "\n") == made.body
    assert mail["X-Unsent"] == "1"
    assert raw == made.eml("office@example.org")


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("My first patient was ninety.\n\nShe taught me.", []),
        ("I need an H‑1B visa.\n\nPatients matter.", ["first_paragraph"]),
        ("\n\nPatients.\n\nMore patients.\n\nA visa is needed.", []),
        ("Patients.\n\nVisa. J-1. H1B.", ["often"]),
        ("Patients.\n\nI hope to remain and practice in the United States.", ["intent"]),
        (
            "Patients.\n\nMy visitors were advisable; I remain calm in America's busiest clinic.",
            [],
        ),
        ("Patients.\n\nI will stay and practice medicine in the US.", ["intent"]),
        ("Patients.\n\nOne day I may live permanently in America.", ["intent"]),
        ("I saw a sponsored J 1 clinic with a waiver.", ["first_paragraph", "often"]),
    ],
)
def test_the_statement_check(text, flags):
    assert [flag["code"] for flag in check_statement(text)["flags"]] == flags


@given(st.text())
def test_mentions_are_offsets_into_the_text_as_given(text):
    found = check_statement(text + " visa")
    assert all(
        (text + " visa")[each["start"] : each["end"]] == each["text"] for each in found["mentions"]
    )


@pytest.mark.parametrize("h1b", ["must", "prefer", "either", "none"])
def test_no_answer_declares_a_wish_to_stay(h1b):
    cards = answers(without(visa={"h1b": h1b}))
    assert len(cards) >= 4
    for card in cards:
        assert check_statement(card["answer"])["intent"] == []
        assert not BRACKETS.search(card["answer"])
    if h1b != "must":
        assert "J-1" in cards[0]["answer"]
