"""Reading tables: types, and sentences for cells that do not fit."""

from dataclasses import fields, is_dataclass

import pytest

from visamatch.errors import InputError
from visamatch.facts.tables import TABLES, Institution, Quota, Signals, read, rows


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.table)
def test_every_table_is_read_with_its_types(table):
    first = rows(table)[0]
    assert is_dataclass(first)
    for field in fields(table):
        value = getattr(first, field.name)
        assert value is None or isinstance(value, str | int | float | bool | tuple)


def write(folder, name, *lines):
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_empty_cells_are_unknown_and_lists_are_tuples(tmp_path):
    write(tmp_path, "signals.csv", "season,specialty_id,gold,silver,total,source",
          "2025,dermatology,3,25,28,a|b", "2025,pathology,,,5,a")  # fmt: skip
    gold, plain = read(Signals, tmp_path)
    assert gold == Signals(2025, "dermatology", 3, 25, 28, ("a", "b"))
    assert plain.gold is None
    assert hash(gold) != hash(plain)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["nrmp_code,year", "1,2"], "line 1"),
        (["nrmp_code,year,quota,filled,source", "1256140C0,2026,many,3,a"], "line 2, quota"),
        (["nrmp_code,year,quota,filled,source", "1256140C0,2026,4,3,a", "x,2026"], "line 3"),
    ],
)
def test_a_cell_that_does_not_fit_is_named(tmp_path, lines, said):
    write(tmp_path, "quotas.csv", *lines)
    with pytest.raises(InputError, match=said):
        list(read(Quota, tmp_path))


def test_rows_cannot_be_changed():
    with pytest.raises(AttributeError):
        rows(Institution)[0].name = "x"
