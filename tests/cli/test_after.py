import json
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ABROAD, CITIZEN, MUST = (
    str(EXAMPLES / f"{name}.toml") for name in ("abroad-no-step3", "citizen", "in-us-step3-passed")
)
ON = ("--on", "2026-11-27")


def test_step3_names_both_dates_of_a_program_at_risk(visamatch):
    made = json.loads(
        visamatch("step3", ABROAD, "--on", "2027-12-10", "--program", "1265-140", "--json").out
    )
    demand = made["demands"][0]
    assert demand["at_risk"]
    assert made["result"][1] > demand["needed_by"]
    text = visamatch("step3", ABROAD, *ON).out
    assert "plan for the rank list" in text
    assert "Sit the second day by 2027-12-31" in text
    assert "chance that it is there" in text


def test_petition_gives_chances_steps_and_the_fallback(visamatch):
    made = json.loads(visamatch("petition", ABROAD, "--state", "ma", *ON, "--json").out)
    assert set(made["ways"][0]["chance"]) == {"mean", "low", "high"}
    assert made["fallback_even"] > made["fallback_safe"]
    text = visamatch("petition", ABROAD, "--state", "MA", *ON).out
    assert "hangs on: Training license" in text
    assert "payment: unknown_verify" in text
    assert "even chances" in text
    assert "even chances" not in visamatch("petition", MUST, *ON).out
    assert "no visa" in visamatch("petition", CITIZEN, *ON).out


def test_the_same_call_gives_the_same_bytes(visamatch):
    first, again, other = (
        visamatch("petition", MUST, *ON, "--json", "--seed", seed).out for seed in "112"
    )
    assert first == again != other


def test_the_waiver_comes_after_the_fellowship(visamatch):
    text = visamatch("petition", ABROAD, "--fellowship", "3", "--state", "CT", *ON).out
    assert text.index("Fellowship") < text.index("Conrad 30") < text.index("service on H-1B")
    made = json.loads(
        visamatch("petition", ABROAD, "--residency", "6", "--fellowship", "2", "--json").out
    )
    assert made["waiver"]["fits"] is False
    assert visamatch("petition", ABROAD, "--state", "ZZ").code == 2
