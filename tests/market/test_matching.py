import numpy as np

from visamatch.market.matching import OPEN, build, solve


def market(quota, rows, lists):
    """A market from plain lists: rows[a] = programs, lists[p] = applicants, best first, mutual."""
    start = np.cumsum([0, *map(len, rows)])
    program = np.array([p for row in rows for p in row], int)
    order = np.array([lists[p].index(a) for a, row in enumerate(rows) for p in row], int)
    return build(np.array(quota, int), start, program, order)


def test_the_example_everyone_knows():
    found = solve(market([1, 1], [[0, 1], [0], [1, 0]], [[2, 0, 1], [0, 2]]))
    assert found.program.tolist() == [0, -1, 1]
    assert found.cutoff.tolist() == [1, 1]


def test_open_and_closed_programs():
    found = solve(market([2, 0], [[1, 0]], [[0], [0]]))
    assert found.program.tolist() == [0]
    assert found.cutoff.tolist() == [OPEN, -1]
    assert found.filled.tolist() == [1, 0]
