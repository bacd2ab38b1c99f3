import pytest

from visamatch.errors import InputError
from visamatch.sources.program_page.snapshot import Snapshot, Snapshots, digest


def snapshot(text, day):
    return Snapshot("1256-140", "https://a.example/", day, day, text, text, digest(text))


def test_the_same_words_are_one_snapshot_seen_again(tmp_path):
    kept = Snapshots(tmp_path)
    kept.keep(snapshot("J-1 only", "2025-09-01"))
    again = kept.keep(snapshot("J-1 only", "2026-09-01"))
    assert (again.first_seen, again.last_seen) == ("2025-09-01", "2026-09-01")
    assert kept.of("1256-140") == [again]


def test_new_words_stand_beside_the_old(tmp_path):
    kept = Snapshots(tmp_path)
    kept.keep(snapshot("J-1 only", "2025-09-01"))
    kept.keep(snapshot("J-1 and H-1B", "2026-09-01"))
    assert [s.text for s in kept.of("1256-140")] == ["J-1 only", "J-1 and H-1B"]
    assert kept.programs() == ["1256-140"]


def test_a_spoiled_file_is_named(tmp_path):
    folder = tmp_path / "1256-140"
    folder.mkdir()
    (folder / "x.json").write_text("{")
    with pytest.raises(InputError, match="snapshot"):
        Snapshots(tmp_path).of("1256-140")
