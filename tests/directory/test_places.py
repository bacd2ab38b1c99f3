import pytest

from visamatch.directory.places import city_point, miles, ring
from visamatch.errors import InputError


def test_miles_between_cities():
    boston, worcester = (42.3601, -71.0589), (42.2626, -71.8023)
    assert miles(boston, worcester) == pytest.approx(38.6, abs=0.5)
    assert miles(boston, boston) == 0


def test_a_city_is_the_middle_of_its_programs():
    lat, lon = city_point("Boston, MA")
    assert (round(lat, 1), round(lon)) == (42.3, -71)
    assert city_point("boston") == city_point("Boston, MA")


def test_a_name_of_several_cities_asks_for_the_state():
    with pytest.raises(InputError, match="the state as well"):
        city_point("Springfield")


@pytest.mark.parametrize(
    ("city", "state", "point", "expected"),
    [
        ("Boston", "MA", None, "Boston"),
        ("Cambridge", "MA", (42.37, -71.11), "Boston"),
        ("Worcester", "MA", (42.26, -71.80), "Massachusetts"),
        ("Brockton", "MA", None, "Massachusetts"),
        ("Lebanon", "NH", None, "New England"),
        ("New York", "NY", None, "Elsewhere"),
    ],
)
def test_rings_around_boston(city, state, point, expected):
    assert ring(city, state, point) == expected
