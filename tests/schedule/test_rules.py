import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from jpmirai_compliance.schedule.rules import days_left, due_reminder, report_due

TOKYO = ZoneInfo("Asia/Tokyo")
OPENS = dt.datetime(2026, 6, 1, 0, 0, tzinfo=TOKYO)
CLOSES = dt.datetime(2026, 9, 30, 17, 0, tzinfo=TOKYO)


def at(month, day, hour=9, minute=0):
    return dt.datetime(2026, month, day, hour, minute, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (at(8, 31, 8, 59), None),
        (at(8, 31), 30),
        (at(9, 3, 8, 59), 30),
        (at(9, 3), None),  # three days late it says nothing new
        (at(9, 15, 23), None),
        (at(9, 16), 14),
        (at(9, 23), 7),
        (at(9, 29), 1),
        (at(9, 30, 16, 59), 1),
        (at(9, 30, 17), None),
        (at(10, 1), None),
    ],
)
def test_the_reminder_due_is_the_latest_whose_morning_has_come(now, due):
    assert due_reminder(OPENS, CLOSES, now) == due


def test_a_round_of_ten_days_has_no_reminder_from_before_it_opened():
    opens = CLOSES - dt.timedelta(days=10)
    assert due_reminder(opens, CLOSES, at(9, 21)) is None
    assert due_reminder(opens, CLOSES, at(9, 23)) == 7


def test_days_left_are_days_of_the_japanese_calendar():
    assert days_left(CLOSES, at(9, 29, 23, 59)) == 1
    assert days_left(CLOSES, at(9, 30, 0, 1)) == 0
    assert days_left(CLOSES, dt.datetime(2026, 9, 29, 15, 30, tzinfo=dt.UTC)) == 0


def test_the_report_waits_for_the_next_morning():
    assert [report_due(CLOSES, m) for m in (at(9, 30, 18), at(10, 1, 8), at(10, 1))] == [
        False,
        False,
        True,
    ]
