"""``python -m visamatch``."""

from visamatch.cli import main

main()
