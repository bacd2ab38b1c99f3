"""The one kind of error that a person can mend: wrong input."""

from collections.abc import Iterable


class InputError(Exception):
    """Wrong input, told in one sentence: where it is, what was found, what was expected.

    Shells print the sentence and nothing else (exit code 2, or the page keeps what was typed).

    Args:
        where: the field, row or file, as the person knows it (``"profile.toml: exams.step2ck"``).
        found: what stood there; shown in quotes and cut when long. Leave out when nothing stood there.
        expected: what belongs there, and what to do.
    """

    def __init__(self, where: str, expected: str, found: object = None) -> None:
        self.where, self.expected, self.found = where, expected, found
        middle = "" if found is None else f" found {_short(found)};"
        super().__init__(f"{where}:{middle} expected {expected}")


def _short(value: object, limit: int = 60) -> str:
    text = str(value).replace("\n", " ")
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")


def one_of(names: Iterable[str], found: str = "", limit: int = 5) -> str:
    """Phrase the valid names: all when few, else those nearest to what was found.

    >>> one_of(["core", "regional"])
    "one of 'core', 'regional'"
    """
    choices = list(names)
    if len(choices) <= limit:
        return "one of " + ", ".join(map(repr, choices))
    from rapidfuzz import process, utils  # slow to import, and only needed to help

    near = process.extract(found, choices, limit=3, processor=utils.default_process)
    return "a known name, perhaps " + ", ".join(repr(name) for name, _, _ in near)
