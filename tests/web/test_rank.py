import pytest

from tests.advice.season import ship

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def invented_season(monkeypatch):
    ship(monkeypatch)


@pytest.fixture
def ranked(client, program_with):
    client.post("/profile/sample/in-us-step3-passed/")
    ids = [program_with(code).program_id for code in ("filed", "conflict", "unknown")]
    for program in ids:
        client.post("/list/add/", {"program": program})
    return ids


def test_nothing_to_rank_says_what_to_do(read):
    assert "nothing to rank" in read("/rank/")


def test_chances_by_rank_and_that_no_swap_helps(read, ranked):
    page = read("/rank/")
    assert "all 3 swaps of two were tried, and none helps" in page
    assert "No match at any of them" in page
    assert "Before you certify" in page


def test_the_order_of_the_address_stands(read, ranked):
    order = ranked[::-1]
    page = read("/rank/", order=",".join([*order, "nonsense"]))
    places = [page.index(f'id="p-{name}"') for name in order]
    assert places == sorted(places)


def test_an_odd_weight_is_the_middle(read, ranked):
    assert 'value="50"' in read("/rank/", visa="much")
    assert 'value="100"' in read("/rank/", visa="900")
