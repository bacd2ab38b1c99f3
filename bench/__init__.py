"""Measurements; run them with `python -m bench`."""
