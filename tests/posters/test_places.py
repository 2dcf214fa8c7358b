"""Lines of help: which stands where."""

import pytest

from jpmirai_compliance.posters.layout.places import places


def grid(needs):
    """Rows of line numbers; one alone in brackets takes the whole row."""
    rows = {}
    for line, row, column, whole in places(needs):
        rows.setdefault(row, []).append([line] if whole else line)
        assert column == len(rows[row]) - 1
    return [rows[row] for row in sorted(rows)]


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        ([], []),
        ([0.5], [[[0]]]),
        ([0.5, 0.5], [[0, 1]]),
        ([0.5] * 5, [[0, 1], [2, 3], [4]]),
        ([0.5, 1.2, 0.5, 0.5, 0.5], [[0, 2], [[1]], [3, 4]]),
        ([1.2, 0.5, 0.5], [[[0]], [1, 2]]),
        ([0.5, 0.5, 1.2], [[0, 1], [[2]]]),
        ([0.5, 1.2, 0.5, 0.5], [[0, 1], [2, 3]]),  # a row more would make all of them smaller
        ([0.5, 1.4, 0.5, 0.5, 1.1], [[0, 2], [[1]], [3, 4]]),  # the longer of two
        ([9.0] * 5, [[0, 1], [2, 3], [[4]]]),
    ],
)
def test_a_long_line_takes_a_row_where_that_costs_none(needs, expected):
    assert grid(needs) == expected
