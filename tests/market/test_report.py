from pathlib import Path

from visamatch.market import national, report
from visamatch.market.scenarios import KINDS, load

PAGE = Path(__file__).resolve().parents[2] / "docs" / "method" / "market.md"


def test_the_method_page_is_what_the_shipped_files_say():
    assert PAGE.read_text(encoding="utf-8") == report.page()


def test_misses_are_shown_not_hidden():
    about = report.summary()
    assert about["held_met"] < about["held"]
    assert abs(about["worst"][0]["off"]) >= abs(about["worst"][-1]["off"])
    assert report.page().count("**off**") == sum(
        not row["met"] for row in report.targets()["targets"]
    )
    assert f"{about['fitted_met']} of {about['fitted']} targets" in report.page()


def test_the_shipped_file_is_small_and_says_how_it_was_made():
    shipped = load()
    assert shipped.count >= 200
    assert "simulate" in shipped.made["command"]
    assert report.load().interview.nbytes < 5_000_000


def test_us_seniors_get_more_interviews_than_those_who_need_a_visa():
    for kind in KINDS:
        rows = {row.specialty: row for row in national.by_specialty(kind)}
        weak, middle, strong = rows["Internal Medicine"].interviews
        assert weak < middle < strong
    us, visa = (
        {row.specialty: row.interviews[1] for row in national.by_specialty(kind)}
        for kind in ("us_md", "non_us_img_visa")
    )
    assert all(us[name] > visa[name] for name in ("Internal Medicine", "Pediatrics", "Psychiatry"))


def test_what_is_borrowed_says_so():
    plastic = {
        kind: {row.specialty: row for row in national.by_specialty(kind)}[
            "Plastic Surgery (Integrated)"
        ]
        for kind in KINDS
    }
    assert [kind for kind in KINDS if plastic[kind].borrowed] == [
        "us_img",
        "non_us_img",
        "non_us_img_visa",
    ]
    assert plastic["non_us_img_visa"].interviews[1] < plastic["us_md"].interviews[1] / 2
