"""Rows that a change needs, locked, looked up through their parents."""

import datetime as dt
import uuid
from collections.abc import Collection

from sqlmodel import col, select

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.awards.models import AwardCycle, Category, Entry
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import Conflict, DomainError, NotFound
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.foundation.text import Text


def cycle_row(uow: UnitOfWork, year: int) -> AwardCycle:
    """Return the year's row; NotFound."""
    query = select(AwardCycle).where(col(AwardCycle.year) == year).with_for_update()
    row = uow.session.exec(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def category_row(uow: UnitOfWork, year: int, category_id: uuid.UUID) -> tuple[AwardCycle, Category]:
    """Return a category's row through its year, and the year's; NotFound."""
    cycle = cycle_row(uow, year)
    query = select(Category).where(
        col(Category.cycle_id) == cycle.id, col(Category.id) == category_id
    )
    row = uow.session.exec(query.with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    return cycle, row


def entry_row(uow: UnitOfWork, category_id: uuid.UUID, org_id: uuid.UUID) -> Entry | None:
    """Return an organisation's entry in a category, or None."""
    query = select(Entry).where(col(Entry.category_id) == category_id, col(Entry.org_id) == org_id)
    return uow.session.exec(query.with_for_update()).one_or_none()


def same_version(stored: int, seen: int) -> None:
    """Raise Conflict unless the person saw the newest version."""
    if stored != seen:
        raise Conflict


def approvers(uow: UnitOfWork, org_id: uuid.UUID) -> Collection[accounts.PersonView]:
    """Return who signs for an organisation."""
    return accounts.with_roles(uow, org_id, {Role.APPROVER})


def require_scores_open(cycle: AwardCycle, now: dt.datetime, *, early: bool = False) -> None:
    """Raise DomainError unless scores may be given now; ``early`` also before judging opens."""
    open_now = cycle.released_at is None and now < cycle.judging_close
    if not open_now or (now < cycle.judging_open and not early):
        raise DomainError(
            Text(
                "Judging runs from %(start)s to %(end)s.",
                {"start": cycle.judging_open, "end": cycle.judging_close},
            )
        )
