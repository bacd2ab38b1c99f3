import pytest

from visamatch.evidence import practice

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
