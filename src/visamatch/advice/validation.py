"""How the chances stand beside published figures; ``scripts/validate_chances.py`` writes them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def validation() -> dict[str, Any]:
    """The shipped figures: populations, ranks, persons; each with its published counterpart, source, denominator."""
    text = (files("visamatch.advice") / "parameters" / "validation.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded
