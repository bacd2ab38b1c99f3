"""The YAML files that ship beside the code."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def shipped(path: str) -> Any:
    """What stands in a file of the package, read once: ``shipped("rules/case.yaml")``."""
    text = files("visamatch").joinpath(path).read_text("utf-8")
    return yaml.load(text, Loader=_LOADER)
