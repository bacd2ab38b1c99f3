"""The reference facts that ship: small tables, each row with a source, and one typed loader a table.

``data/*.csv`` are made by ``scripts/build_facts.py``; ``data/*.yaml`` are written by hand. A cell
that is empty means *unknown*. Lists inside a cell are separated by ``|``. Codes are text.
"""
