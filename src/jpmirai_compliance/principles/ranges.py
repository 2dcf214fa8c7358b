"""Where most members of a group stand, told so that nobody can be made out. Pure."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

#: A group needs so many members, the reader's own organisation among them, or nothing is told.
GROUP_MIN = 10
#: Both ends are moved outwards to a multiple of this many percent.
STEP = 5
_FULL = 100
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class Spread:
    """Between which percents the middle four fifths of a group of ``members`` lie."""

    low: int
    high: int
    members: int


def spread(scores: Sequence[int]) -> Spread | None:
    """Return the 10th and 90th percentile of a group; None below ``GROUP_MIN`` members.

    Percentiles are interpolated between neighbours (type 7 of Hyndman and Fan, which spreadsheets
    call inclusive), then widened to whole steps: an end is nobody's own number.
    """
    if len(scores) < GROUP_MIN:
        return None
    tenths = statistics.quantiles(scores, n=_TENTHS, method="inclusive")
    low = int(tenths[0] // STEP) * STEP
    high = -int(-tenths[-1] // STEP) * STEP
    return Spread(max(low, 0), min(high, _FULL), len(scores))
