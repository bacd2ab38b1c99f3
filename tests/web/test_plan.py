import re

import pytest

from tests.advice.season import ship

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def invented_season(monkeypatch):
    ship(monkeypatch)


@pytest.fixture
def someone(client):
    client.post("/profile/sample/in-us-step3-passed/")


def test_without_a_profile_it_says_what_to_do(read):
    page = read("/plan/")
    assert "needs a specialty" in page
    assert "Tell who you are" in page


def test_the_plan_has_a_verdict_a_list_a_curve_and_reasons(read, someone):
    page = read("/plan/")
    assert "Apply to" in page
    assert "chance to match" in page
    assert 'class="curve"' in page
    assert "In: it adds" in page
    assert "Out: it would add" in page
    assert "Not assumed" not in page
    assert "nothing is assumed" in page  # the season's signals are asked for


def test_the_budget_and_the_signals_of_the_address_count(read, someone):
    small, large = (read("/plan/", budget=budget) for budget in (60, 400))
    assert "Apply to 5 programs for $55" in small
    assert "Apply to 5 programs" not in large
    page = read("/plan/", budget=60, **{"gold:internal-medicine": 1, "silver:internal-medicine": 2})
    assert "gold" in page
    assert "nothing is assumed" not in page


def test_a_lock_is_kept_and_can_be_taken_off(read, someone):
    program = re.search(r'name="never" value="([^"]+)"', read("/plan/", budget=60))[1]
    page = read("/plan/", budget=60, never=program)
    assert "is locked out" in page
    assert f'name="never" value="{program}">Leave' not in page
    assert "is locked out" not in read("/plan/", budget=60, never=program, free=program)


def test_the_price_of_wishes_comes_when_asked_for(read, someone):
    assert "insisting costs" not in read("/plan/")
    assert "insisting costs" in read("/plan/", more=1)


def test_numbers_for_parts_and_interviews_count_and_are_kept(read, someone):
    page = read("/plan/", set=1, budget=300, **{"least:core": 4, "most:regional": 9}, interviews=3)
    assert "The numbers you asked for" in page
    assert "of the 3 you can attend" in page
    assert 'name="least:core" inputmode="numeric" value="4"' in page
    assert "The numbers you asked for" not in read("/plan/", set=1, budget=300)


def test_numbers_that_cannot_hold_are_told_and_kept(read, someone):
    page = read("/plan/", 400, set=1, budget=33, **{"least:core": 4})
    assert "raise the budget to 44 or lower the least of core to 3" in page
    assert 'name="least:core" inputmode="numeric" value="4"' in page
    assert "share" in read("/plan/", 400, set=1, **{"least:core": 1, "least:Boston": 1})


def test_the_numbers_of_the_profile_are_the_beginning(read, client, someone):
    answers = {"limits.1.of": "core", "limits.1.least": "4", "most_interviews": "6"}
    both = {"specialties.1.name": "Internal Medicine", "visa.needed": "true"}
    assert client.post("/profile/", {**both, **answers, "limits.2.of": ""}).status_code == 302
    page = read("/plan/", budget=300)
    assert 'name="least:core" inputmode="numeric" value="4"' in page
    assert "of the 6 you can attend" in page


@pytest.mark.parametrize(
    "query",
    [
        {"budget": "5"},
        {"budget": "lots"},
        {"budget": "nan"},
        {"gold:internal-medicine": "-1"},
        {"set": 1, "least:core": "2.5"},
        {"set": 1, "least:nowhere": "2"},
        {"set": 1, "most:core": "-1"},
        {"set": 1, "interviews": "0"},
        {"set": 1, "interviews": "many"},
        {"set": 1, "least:core": "3", "most:core": "2"},
        {"set": 1, "least:core": "499"},
    ],
)
def test_what_makes_no_sense_is_told(read, someone, query):
    assert "Please look at one answer" in read("/plan/", status=400, **query)
