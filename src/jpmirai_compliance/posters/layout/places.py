"""Where the lines of help stand: in two columns, a long one across both where there is room."""

from collections.abc import Sequence
from typing import NamedTuple

COLUMNS = 2


class Place(NamedTuple):
    """A line by its number, its row and column from 0, and whether it takes the whole row."""

    line: int
    row: int
    column: int
    whole: bool


def places(needs: Sequence[float]) -> tuple[Place, ...]:
    """Return the places in the order of reading, from the columns that each label needs.

    Lines stand in their order; one that needs more than a column goes to the next free row, and
    the following lines fill the gap before it. No row is added for it: where that would happen,
    the ones that need least stay in a column.
    """
    if len(needs) == 1:
        return (Place(0, 0, 0, whole=True),)
    rows = -(-len(needs) // COLUMNS)
    long = [need > 1 for need in needs]
    while (found := _placed(long)) and found[-1].row >= rows:
        least = min((n for n, whole in enumerate(long) if whole), key=lambda n: needs[n])
        long[least] = False
    return found


def _placed(long: Sequence[bool]) -> tuple[Place, ...]:
    found, gap, row = [], None, 0
    for number, whole in enumerate(long):
        if whole:
            found.append(Place(number, row, 0, whole=True))
            row += 1
        elif gap is not None:
            found.append(Place(number, gap, 1, whole=False))
            gap = None
        else:
            found.append(Place(number, row, 0, whole=False))
            gap, row = row, row + 1
    return tuple(sorted(found, key=lambda place: place[1:3]))
