import pytest

from visamatch.documents.columns import columns, named, plain, recognise, words

GUIDE = "Program name and specialty|Institution / affiliation|Stated visa policy|Notes|Relative interest"
MASTER = "Program Name|Institution/System|City|State|Specialty|Type|Size|Visa Friendly|URL|ERAS / ACGME ID"
PROFILE = "Step 1|Step 2 CK|attempts|YOG|gaps over 6 months|USCE months|USCE type|visa"
PROFILE += "|specialties in order|publications|country"
TRACKER = "interview status|LOI status|interest note|LOI date|thank-you|reply"
INVITES = "Program Code|Date|Name|IS/OOS|IMG type|Degree|Geo|Sig|Step1|Step2|Visa Required"
INVITES += "|SubI|Home|YOG|Green card|Away"
OWN = "% non-US IMG|% interviewed|director|alumni and where they work|rating 1–5"
DIRECTORY = "ID|Last_Updated|Survey_Received|contact role|contact name|e-mail|phone"


@pytest.mark.parametrize("headers", [GUIDE, MASTER, PROFILE, TRACKER, INVITES, OWN, DIRECTORY])
def test_every_column_of_the_requirements_is_known(headers):
    found = recognise(headers.split("|"))
    assert None not in found
    assert len({column.field for column in found}) == len(found)


@pytest.mark.parametrize("way", [str.upper, str.lower, lambda s: s.replace(" ", "_") + ":", plain])
def test_case_blanks_and_punctuation_do_not_matter(way):
    for column in columns().values():
        for name in (column.title, *column.names):
            assert named(way(name)) == column, name


def test_no_name_means_two_columns():
    seen = {}
    for column in columns().values():
        for name in (column.title, *column.names):
            assert seen.setdefault(plain(name), column.field) == column.field, name
    for kind in ("policy", "status", "group", "score"):
        assert words(kind)


def test_a_column_is_given_once_and_to_its_own_title_first():
    assert [c and c.field for c in recognise(["Comments", "Notes", "Shoe size"])] == [
        None,
        "notes",
        None,
    ]
    assert [c and c.field for c in recognise(["Comments", "Remarks"])] == ["notes", None]
