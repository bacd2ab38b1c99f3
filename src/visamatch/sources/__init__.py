"""One self-contained folder per source: `source.yaml` says what it is, `read.py` reads it."""
