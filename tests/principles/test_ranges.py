import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jpmirai_compliance.principles import GROUP_MIN, Spread, spread

percents = st.integers(0, 100)


@pytest.mark.parametrize("members", range(GROUP_MIN))
def test_a_group_below_ten_is_told_nothing_about(members):
    assert spread([50] * members) is None


@pytest.mark.parametrize(
    ("scores", "low", "high"),
    [
        ([50] * 10, 50, 50),
        ([52] * 10, 50, 55),  # nobody's own number
        (list(range(0, 101, 10)), 10, 90),
        ([0] + [40] * 9, 35, 40),  # type 7: 0 + 0.9 * 40 = 36, down to 35
        ([40] * 9 + [100], 40, 50),  # 40 + 0.1 * 60 = 46, up to 50
        ([0] * 5 + [100] * 5, 0, 100),
    ],
)
def test_the_ends_are_the_tenth_and_ninetieth_percentile_widened_to_whole_steps(scores, low, high):
    assert spread(scores) == Spread(low, high, len(scores))
    assert spread(scores[::-1]) == spread(scores)


@given(st.lists(percents, min_size=10, max_size=60))
def test_the_middle_is_inside_and_the_ends_are_steps_within_0_and_100(scores):
    found = spread(scores)
    assert 0 <= found.low <= statistics.median(scores) <= found.high <= 100
    assert found.low % 5 == found.high % 5 == 0
    assert min(scores) - 5 < found.low
    assert found.high < max(scores) + 5
