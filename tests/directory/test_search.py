import pytest

from visamatch.directory.programs import directory
from visamatch.directory.search import programs_where, where
from visamatch.errors import InputError


def found(**question):
    return list(programs_where(directory(), where(**question)))


def test_specialty_and_state():
    programs = found(specialties=["IM"], states=["ma"])
    assert {program.state for program in programs} == {"MA"}
    assert {program.specialty_id for program in programs} == {"internal-medicine"}


def test_words_find_an_alias_of_the_institution():
    assert "1261-140" in {program.program_id for program in found(text="MGH internal")}


def test_closed_programs_are_left_out_unless_asked_for():
    carney = {"1258-140", "1258-120"}
    assert not carney & {program.program_id for program in found(states=["MA"])}
    assert carney <= {program.program_id for program in found(states=["MA"], closed=True)}


def test_a_wider_circle_holds_the_narrower():
    near = {program.program_id for program in found(city="Worcester, MA", within=5)}
    far = {program.program_id for program in found(city="Worcester, MA", within=50)}
    assert near < far


def test_a_city_without_a_distance_is_that_city():
    assert {program.city for program in found(city="Boston, MA")} == {"Boston"}


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({"within": 10}, "within"),
        ({"city": "Boston, MA", "within": -1}, "within"),
        ({"states": ["ZZ"]}, "state"),
        ({"specialties": ["astrology"]}, "specialty"),
        ({"city": "Lemuria"}, "city"),
    ],
)
def test_wrong_questions_name_the_field(question, field):
    with pytest.raises(InputError, match=f"^{field}: "):
        where(**question)
