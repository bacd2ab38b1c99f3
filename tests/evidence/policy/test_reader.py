"""The policy reader against cases a domain expert can read and extend (``cases/*.yaml``)."""

from pathlib import Path

import pytest
import yaml

from visamatch.errors import InputError
from visamatch.evidence.policy import read_policy, reader

FILES = sorted(Path(__file__).parent.glob("cases/*.yaml"))
CASES = [
    pytest.param(case, id=f"{path.stem}-{number}")
    for path in FILES
    for number, case in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1)
]
YES_NO = {True: "yes", False: "no"}  # YAML's yes and no


def answers(value: object) -> set[object]:
    """The answers a case allows: one, or any of a list where readers may differ."""
    values = value if isinstance(value, list) else [value]
    return {YES_NO.get(v, v) if isinstance(v, bool) else v for v in values}


@pytest.mark.parametrize("case", CASES)
def test_case(case):
    reading = read_policy(case["text"])
    if (label := case.get("label", "policy")) != "any":
        assert reading.label == label
    if "j1" in case:
        assert reading.sponsors_j1 in answers(case["j1"])
    if "h1b" in case:
        assert reading.sponsors_h1b in answers(case["h1b"])
    assert set(case.get("conditions", [])) <= set(reading.h1b_conditions)
    assert set(case.get("others", [])) <= set(reading.other_visas)
    if "work_only" in case:
        assert reading.needs_us_work_authorization_only is case["work_only"]
    if "policy" in case:
        assert reading.img_policy == case["policy"]


def test_enough_cases():
    assert len(CASES) >= 400
    assert len({p.values[0]["text"] for p in CASES}) == len(CASES)


def test_every_span_holds_the_words_it_names():
    text = "Hello. We sponsor J\u20111 visas only. Step 3 is preferred."
    said = {span.says: text[span.start : span.end] for span in read_policy(text).spans}
    assert said["j1: offer"] == "We sponsor J\u20111 visas only"
    assert said["step3: preferred"] == "Step 3"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", "no text"),
        (" \n\t", "no text"),
        ("\x00\x01\x02PK\x03\x04\ufffd\ufffd" * 50, "no readable text"),
        (
            "El hospital patrocina visas J-1 para los residentes que entran cada verano. " * 5,
            "English",
        ),
    ],
)
def test_what_cannot_be_read_is_told(text, note):
    reading = read_policy(text)
    assert (reading.label, reading.sponsors_j1, reading.sponsors_h1b) == ("no_policy",) + (
        "unknown",
    ) * 2
    assert note in reading.notes[0]


def test_html_is_read_as_it_is_seen():
    html = (
        "<html><script>We sponsor H-1B</script><p>J-1 visas only.<p hidden>We sponsor H-1B.</html>"
    )
    reading = read_policy(html)
    assert (reading.sponsors_j1, reading.sponsors_h1b) == ("yes", "no")
    assert reading.text == "J-1 visas only."


def test_a_text_beyond_measure_is_refused(monkeypatch):
    monkeypatch.setattr(reader, "LIMIT", 100)
    with pytest.raises(InputError, match="at most 100 characters"):
        read_policy("J-1 " * 100)


def test_a_long_page_is_read_to_its_end():
    page = "We round at seven and go home at five. " * 20_000 + "We sponsor J-1 visas only."
    reading = read_policy(page)
    assert (reading.sponsors_j1, reading.sponsors_h1b) == ("yes", "no")


def test_what_a_page_says_of_its_date():
    assert read_policy("J-1 visas only. (Revised 2/26/14)").as_of.date == "2014-02-26"
    assert read_policy("For the 2026-2027 cycle we sponsor J-1 visas.").as_of.cycle == "2026-2027"
    assert read_policy("J-1 visas only.").as_of is None
