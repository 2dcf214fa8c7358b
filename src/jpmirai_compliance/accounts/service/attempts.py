"""Counting what may not be tried without end."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete
from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Attempt
from jpmirai_compliance.accounts.rules import limits
from jpmirai_compliance.accounts.rules.addresses import token_hash
from jpmirai_compliance.accounts.rules.limits import Limit
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import TooMany
from jpmirai_compliance.foundation.text import Text

Counted = tuple[Limit, str]  # a limit, and whose tries it counts


def check(uow: UnitOfWork, counted: Sequence[Counted], now: dt.datetime) -> None:
    """Raise TooMany, with the seconds to wait, if any of the limits is reached."""
    for limit, key in counted:
        query = (
            select(Attempt.at)
            .where(
                col(Attempt.kind) == limit.kind,
                col(Attempt.key_hash) == _key(limit, key),
                col(Attempt.at) > now - limit.window,
            )
            .order_by(col(Attempt.at).desc())
            .limit(limit.most)
        )
        if seconds := limits.wait(limit, uow.session.exec(query).all(), now):
            minutes = -(-seconds // 60)
            text = Text("Too many attempts. Please wait %(minutes)d minutes.", {"minutes": minutes})
            raise TooMany(text, seconds)


def count(uow: UnitOfWork, counted: Sequence[Counted], now: dt.datetime) -> None:
    """Note one try under each kind and key, once where several limits share them."""
    keys = dict.fromkeys((limit.kind, _key(limit, key)) for limit, key in counted)
    for kind, key_hash in keys:
        uow.session.add(Attempt(kind=kind, key_hash=key_hash, at=now))
    uow.session.flush()


def take(uow: UnitOfWork, counted: Sequence[Counted], now: dt.datetime) -> None:
    """Raise TooMany if a limit is reached, else note one more try; one caller at a time."""
    lock(uow, "attempts")
    check(uow, counted, now)
    count(uow, counted, now)


def sweep(uow: UnitOfWork, *, now: dt.datetime) -> int:
    """Remove tries that no limit looks at any more and return how many those were."""
    old = delete(Attempt).where(col(Attempt.at) < now - limits.DAY).returning(col(Attempt.id))
    return len(uow.session.execute(old).all())


def _key(limit: Limit, key: str) -> str:
    return token_hash(f"{limit.kind}:{key}")
