"""When members are reminded, and the marks in a reminder that a person edits. Pure."""

import datetime as dt
import re
from collections.abc import Mapping

from jpmirai_compliance.foundation.catalogue import TOKYO

REMIND_DAYS = (30, 14, 7, 1)  # before the closing day
MORNING = dt.time(9)  # mails arrive when offices open
QUIET = dt.timedelta(hours=48)  # nobody is reminded twice within it, unless one says so
#: What stands for a value in subject and text.
MARKS = ("organisation", "year", "closes", "days", "link")
_MARK = re.compile(r"\{([^{}\n]{0,40})\}")


def morning(moment: dt.datetime, days: int) -> dt.datetime:
    """Return nine o'clock in Japan, ``days`` after the day of ``moment`` (before: negative)."""
    day = moment.astimezone(TOKYO).date() + dt.timedelta(days=days)
    return dt.datetime.combine(day, MORNING, TOKYO)


def mornings(opens_at: dt.datetime, closes_at: dt.datetime) -> dict[int, dt.datetime]:
    """Return when reminders leave by themselves, by days before; none before the opening."""
    found = {days: morning(closes_at, -days) for days in REMIND_DAYS}
    return {days: at for days, at in found.items() if at >= opens_at}


def next_reminder(
    opens_at: dt.datetime, closes_at: dt.datetime, now: dt.datetime
) -> dt.datetime | None:
    """Return when the next reminder leaves by itself; None if there is none any more."""
    return min((at for at in mornings(opens_at, closes_at).values() if at > now), default=None)


def unknown_marks(text: str) -> tuple[str, ...]:
    """Return the marks in braces that stand for nothing, in order."""
    return tuple(f"{{{name}}}" for name in _MARK.findall(text) if name not in MARKS)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its marks replaced; what the values hold is not read again."""
    return _MARK.sub(lambda found: values.get(found[1], found[0]), text)
