from visamatch.evidence.words import STANDINGS
from visamatch.facts.tables import Source, rows


def test_every_word_and_every_source_is_there(read):
    page = read("/about/")
    assert all(label in page for label in STANDINGS.values())
    assert all(source.title in page for source in rows(Source))


def test_not_legal_advice_is_said_once(read):
    assert read("/about/").count("not legal advice") == 1
    assert "legal advice" not in read("/") + read("/programs/")
