import io
import sys
from dataclasses import dataclass

import pytest

from visamatch import cli


@dataclass
class Answer:
    code: int
    out: str
    err: str


@pytest.fixture
def visamatch(monkeypatch, capsys):
    """Run the command line in this process: ``visamatch("programs", "list", stdin="…")``."""

    def run(*args: str, stdin: str = "") -> Answer:
        monkeypatch.setattr(sys, "argv", ["visamatch", *args])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 0
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return run
