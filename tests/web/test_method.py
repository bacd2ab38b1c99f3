import pytest

from visamatch.evidence import practice
from visamatch.market.scenarios import load
from visamatch.shipped import shipped

pytestmark = pytest.mark.django_db


def test_the_method_page_shows_the_measured_figures(client):
    page = client.get("/method/").content.decode()
    for row in practice.validation()["by_institution"].values():
        assert str(row["log_loss"]) in page
    assert "Where it is weak" in page


def test_the_model_beats_its_yardsticks_on_programs_it_had_not_seen():
    tried = dict(practice.validation()["by_institution"])
    ours = tried.pop("this model")
    assert all(ours["log_loss"] < row["log_loss"] for row in tried.values())
    assert all(ours["brier"] < row["brier"] for row in tried.values())


def test_the_populations_are_those_of_the_shipped_seasons_and_shown_with_their_source(client):
    """After a new calibration: python scripts/validate_chances.py."""
    tried = shipped("advice/parameters/validation.yaml")
    assert tried["made"] == load().made
    page = client.get("/method/portfolio/").content.decode()
    assert all(row["source"] and row["of"] for row in tried["beside"])
    for row in tried["beside"]:
        assert row["source"] in page
    assert str(tried["persons"]["brier"]) in page
    assert "Whom it cannot speak for" in page


def test_the_rank_list_told_beats_telling_the_mean_and_is_right_on_average():
    tried = shipped("advice/parameters/validation.yaml")["persons"]
    assert tried["brier"] < 0.8 * tried["base_brier"]
    assert abs(tried["told"] - tried["matched"]) < 0.05
    assert abs(tried["told"] - tried["matched"]) < abs(
        tried["told_without_refusals"] - tried["matched"]
    )


def test_the_visa_needing_get_fewer_interviews_and_many_get_none_to_three():
    of = {row["who"]: row for row in shipped("advice/parameters/validation.yaml")["interviews"]}
    visa, free = of["Non-US IMG who needs a visa"], of["Non-US IMG, no visa need"]
    assert visa["none"] > free["none"]
    assert visa["none"] + visa["one_to_three"] > 0.5
    assert visa["held_by_a_fifth"] > 0.5
