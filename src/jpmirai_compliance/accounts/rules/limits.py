"""How long things last and how often they may be tried."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from jpmirai_compliance.foundation.policy import JUDGING, STAFF, Role

IDLE_STAFF = dt.timedelta(minutes=30)
IDLE_MEMBER = dt.timedelta(hours=2)
ABSOLUTE = dt.timedelta(hours=12)
WARNED = dt.timedelta(minutes=5)  # how long before a session ends its page says so
COOKIE = dt.timedelta(hours=24)  # outlives the session, so that a form sent too late is known
DRAFT_LIFE = dt.timedelta(hours=24)  # how long what it brought waits for the same person
DRAFT_LENGTH = 50_000  # characters
DRAFTS = 20  # of one person
KEPT = dt.timedelta(days=30)  # how long ended sessions and links stay in the database
FRESH = dt.timedelta(minutes=10)  # how long a typed password counts for delicate steps
SEEN_STEP = dt.timedelta(minutes=1)  # how often ``seen_at`` is written

INVITATION_LIFE = dt.timedelta(days=7)
RESET_LIFE = dt.timedelta(minutes=30)
EMAIL_LIFE = dt.timedelta(hours=24)
HALF_LIFE = dt.timedelta(minutes=10)  # between the password and the code

MINUTES_5 = dt.timedelta(minutes=5)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` tries of a kind and a key in any ``window``."""

    kind: str
    most: int
    window: dt.timedelta


ACCOUNT = Limit("account", 10, MINUTES_5)
ADDRESS = Limit("address", 10, MINUTES_5)
OVERALL = Limit("overall", 1000, MINUTES_5)
CODES = (Limit("code", 5, MINUTES_5), Limit("code", 20, HOUR), Limit("code", 50, DAY))
RESET = Limit("reset", 5, DAY)
RESET_ADDRESS = Limit("reset-address", 20, DAY)
INVITE_MAIL = Limit("invite", 3, dt.timedelta(hours=6))
EMAIL_MAIL = Limit("email", 5, DAY)


def wait(limit: Limit, tries: Sequence[dt.datetime], now: dt.datetime) -> int:
    """Return the seconds until one more try is allowed, 0 if it is now; ``tries`` in any order."""
    recent = sorted(t for t in tries if t > now - limit.window)
    if len(recent) < limit.most:
        return 0
    free = recent[-limit.most] + limit.window - now
    return max(1, -(-free // dt.timedelta(seconds=1)))


def idle(roles: frozenset[Role]) -> dt.timedelta:
    """Return how long a session of these roles lives without being used."""
    return IDLE_STAFF if roles & (STAFF | JUDGING) else IDLE_MEMBER


def alive(
    roles: frozenset[Role], created_at: dt.datetime, seen_at: dt.datetime, now: dt.datetime
) -> bool:
    """Return whether a session may still be used."""
    return now < created_at + ABSOLUTE and now < seen_at + idle(roles)


def left(
    roles: frozenset[Role], created_at: dt.datetime, now: dt.datetime
) -> tuple[dt.timedelta, dt.timedelta]:
    """Return how long a session lives without use, and how long it can live at most from now."""
    return idle(roles), max(dt.timedelta(), created_at + ABSOLUTE - now)


def is_fresh(fresh_at: dt.datetime, now: dt.datetime) -> bool:
    """Return whether the password was typed within the last ten minutes."""
    return now < fresh_at + FRESH
