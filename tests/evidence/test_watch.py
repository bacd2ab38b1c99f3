from visamatch.evidence.watch import Reviews, changed_since, difference, look, read
from visamatch.sources.program_page.fetch import Answer
from visamatch.sources.program_page.snapshot import Snapshots

URL, ID = "https://a.example/visas", "1256-140"


def page(words, etag=""):
    return lambda url, tag, modified: (
        Answer(url, 304, {})
        if etag and tag == etag
        else Answer(url, 200, {"content-type": "text/html", "etag": etag}, words.encode())
    )


def test_a_page_is_new_then_the_same_then_changed(tmp_path):
    kept = Snapshots(tmp_path)
    first = look(ID, URL, "2025-10-01", page("<p>We sponsor J-1 visas only.</p>", '"a"'), kept)
    assert (first.state, first.review, first.reading.sponsors_h1b) == ("new", "open", "no")
    same = look(ID, URL, "2026-10-01", page("", '"a"'), kept)
    assert (same.state, same.snapshot.last_seen, same.difference) == ("same", "2026-10-01", ())
    now = look(ID, URL, "2026-11-01", page("<p>We sponsor J-1 and H-1B visas.</p>"), kept)
    assert (now.state, now.reread, now.reading.sponsors_h1b) == ("changed", True, "yes")
    assert now.difference == (
        ("same", "We sponsor J-1 "), ("new", "and H-1B "), ("same", "visas"), ("gone", "only"), ("same", "."),
    )  # fmt: skip


def test_a_decision_holds_until_the_reading_changes(tmp_path):
    kept, reviews = Snapshots(tmp_path), Reviews(tmp_path)
    first = look(ID, URL, "2026-10-01", page("We sponsor J-1 visas only."), kept)
    reviews.decide(ID, first.reading, "accepted", "2026-10-01")
    moved = look(ID, URL, "2026-10-02", page("Dear all. We sponsor J-1 visas only."), kept)
    assert (moved.state, moved.reread, moved.review) == ("changed", False, "accepted")
    turned = look(ID, URL, "2026-10-03", page("We do not sponsor visas."), kept)
    assert (turned.reread, turned.review) == (True, "open")


def test_what_changed_since_a_day(tmp_path):
    kept = Snapshots(tmp_path)
    look(ID, URL, "2025-09-01", page("We sponsor J-1 and H-1B visas."), kept)
    look(ID, URL, "2026-09-01", page("We sponsor J-1 visas only."), kept)
    look("1256-300", URL, "2026-09-01", page("We sponsor J-1 visas only."), kept)
    [(then, now)] = changed_since(kept, "2026-01-01")
    assert (read(then).sponsors_h1b, read(now).sponsors_h1b) == ("yes", "no")
    assert changed_since(kept, "2026-09-01") == []


def test_a_difference_reads_word_by_word():
    steps = difference("We sponsor J-1 visas.", "We sponsor H-1B visas.")
    assert steps == (
        ("same", "We sponsor "), ("gone", "J-1 "), ("new", "H-1B "), ("same", "visas."),
    )  # fmt: skip
    assert difference("J\u20111 Visas", "J-1 visas") == (("same", "J-1 visas"),)
    assert difference("", "New words") == (("new", "New words"),)
