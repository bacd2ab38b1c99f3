import pytest

from tests.documents.sheets import BIDMC, MGH
from visamatch.directory.programs import directory
from visamatch.documents.which_program import by_id, by_name

KNOWN = directory()


@pytest.mark.parametrize(
    ("text", "program_id"),
    [
        ("1261-140", MGH),
        ("1402411169", MGH),
        ("140-24-11169", MGH),
        (" 1261140c0 ", MGH),
        ("1261140C0, 1261140P1", MGH),
        ("402421098", "acgme-0402421098"),  # the zero that a spreadsheet dropped
        ("1402499999", "acgme-1402499999"),
        ("Massachusetts General", ""),
        ("", ""),
    ],
)
def test_ids(text, program_id):
    assert by_id(KNOWN, text) == program_id


@pytest.mark.parametrize(
    "said",
    [
        {"name": "Massachusetts General Hospital Internal Medicine"},
        {"name": "MGH – Internal Medicine (categorical)"},
        {"name": "Internal Medicine", "institution": "Mass General"},
        {"name": "Massachusetts General Hospital", "specialty": "IM", "state": "Massachusetts"},
        {"institution": "MGH", "specialty": "Internal Medicine", "city": "Boston, MA"},
    ],
)
def test_a_name_in_any_of_its_forms_is_sure(said):
    assert by_name(KNOWN, said).program_id == MGH


def test_a_name_of_several_programs_is_asked_unless_the_place_tells():
    guess = by_name(KNOWN, {"name": "Saint Marys Hospital Family Medicine"})
    assert not guess.program_id
    near = by_name(KNOWN, {"name": "Lahey hospital IM", "state": "MA"})
    assert not near.program_id
    assert "Lahey" in KNOWN.programs[near.maybe[0]].name
    assert by_name(KNOWN, {"name": "Beth Israel Deaconess IM"}).maybe[0] == BIDMC


def test_words_of_no_program_find_nothing():
    for name in ("Invoice 17", "", "Internal Medicine", "Total"):
        guess = by_name(KNOWN, {"name": name})
        assert (guess.program_id, guess.maybe) == ("", ())
