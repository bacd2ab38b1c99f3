from visamatch.market import report
from visamatch.market.walkthrough import steps


def test_the_market_can_be_stepped_through(read):
    assert steps()[0].says in read("/match/")
    for number, step in enumerate(steps()):
        page = read("/match/", step=number)
        assert step.says in page
    assert "Start again" in page
    assert "Next step" not in page


def test_any_step_that_is_asked_for_gives_a_page(read):
    assert steps()[-1].says in read("/match/", step=99)
    assert steps()[0].says in read("/match/", step="-1")
    assert steps()[0].says in read("/match/", step="٣x", kind="nobody")


def test_the_national_picture_is_for_one_kind(read):
    us, img = read("/match/", kind="us_md"), read("/match/", kind="non_us_img_visa")
    assert "Internal Medicine" in us
    assert us != img
    assert '<option value="us_md" selected>' in us


def test_the_method_page_shows_what_is_met_and_what_is_not(read):
    page, about = read("/method/market/"), report.summary()
    assert f"{about['fitted_met']} of {about['fitted']}" in page
    assert all(row["name"] in page for row in report.targets()["targets"])
    assert "<b>no</b>" in page
