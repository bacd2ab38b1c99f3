"""Names of countries for forms: ISO 3166 codes, names as in the tz database (public domain)."""

from functools import cache
from importlib.resources import files


@cache
def countries() -> dict[str, str]:
    """Two-letter code to name, by name."""
    lines = (files("visamatch.web") / "countries.tsv").read_text("utf-8").splitlines()
    pairs = (line.split("\t") for line in lines)
    return dict(sorted(((code, name) for code, name in pairs), key=lambda pair: pair[1]))
