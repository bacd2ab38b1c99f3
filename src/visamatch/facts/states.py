"""States and territories with residency programs, by postal code."""

from visamatch.shipped import shipped

STATES: dict[str, str] = shipped("facts/data/states.yaml")
NEW_ENGLAND = ("MA", "CT", "RI", "NH", "ME", "VT")
# The Census Bureau's South, and Puerto Rico.
SOUTH = frozenset("AL AR DC DE FL GA KY LA MD MS NC OK PR SC TN TX VA WV".split())  # noqa: SIM905

_BY_NAME = {name.upper(): letters for letters, name in STATES.items()}


def postal(text: str) -> str:
    """The two letters of a state written either way; other text comes back in capitals."""
    plain = " ".join(text.upper().split())
    return _BY_NAME.get(plain, plain)
