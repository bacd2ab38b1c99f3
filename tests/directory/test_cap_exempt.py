import pytest

from visamatch.directory.cap_exempt import cap_standing
from visamatch.facts.tables import Institution


def place(kind: str = "hospital", ownership: str = "", university: str = "") -> Institution:
    return Institution(
        "x", "X", (), kind, "Boston", "MA", None, None, "", ownership, university, "", "", (),
        "open", "", ("s",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("institution", "verdict"),
    [
        (place(kind="university", ownership="nonprofit"), "exempt"),
        (place(kind="school", ownership="government"), "exempt"),
        (place(ownership="nonprofit", university="Harvard Medical School"), "likely"),
        (place(ownership="government", university="Harvard Medical School"), "likely"),
        (place(ownership="government"), "possible"),
        (place(ownership="nonprofit"), "possible"),
        (place(ownership="for_profit"), "not_shown"),
        (place(ownership="for_profit", university="UMass Chan Medical School"), "not_shown"),
        (place(), "unknown"),
        (place(university="Harvard Medical School"), "unknown"),
    ],
)
def test_verdict_follows_ownership_and_affiliation(institution, verdict):
    standing = cap_standing(institution)
    assert standing.verdict == verdict
    assert standing.reason.endswith(".")
    if institution.university and verdict != "unknown":
        assert verdict == "exempt" or institution.university in standing.reason
