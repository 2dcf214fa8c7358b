"""When the calendar acts. Pure: moments in, moments out."""

import datetime as dt

from jpmirai_compliance.assessments.rules.reminding import REMIND_DAYS, morning
from jpmirai_compliance.foundation.catalogue import TOKYO

CATCH_UP = dt.timedelta(days=3)  # for so long a scheduler that slept still sends what it missed


def due_reminder(opens_at: dt.datetime, closes_at: dt.datetime, now: dt.datetime) -> int | None:
    """Return the reminder to send now (30, 14, 7 or 1 days), or None.

    It is the latest one whose morning in Japan came within the last three days: a scheduler that
    slept through two of them sends one, and whoever was given a date of their own is not told at
    once what the letter about that date has just said. A morning before the round opened counts
    for nothing.
    """
    if now >= closes_at:
        return None
    due = None
    for days in REMIND_DAYS:
        at = morning(closes_at, -days)
        if opens_at <= at <= now < at + CATCH_UP:
            due = days
    return due


def days_left(closes_at: dt.datetime, now: dt.datetime) -> int:
    """Return whole calendar days in Japan until the closing day; 0 on the day itself."""
    return (closes_at.astimezone(TOKYO).date() - now.astimezone(TOKYO).date()).days


def closing_day(closes_at: dt.datetime) -> str:
    """Return the closing day in Japan, ``2026-09-30``."""
    return closes_at.astimezone(TOKYO).date().isoformat()


def report_due(closes_at: dt.datetime, now: dt.datetime) -> bool:
    """Return whether the morning after the closing day has come."""
    return now >= morning(closes_at, 1)
