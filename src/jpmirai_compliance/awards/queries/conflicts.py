"""Who must not judge what: found from people and organisations, or said by the reviewer."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.accounts.models import User
from jpmirai_compliance.awards.models import Category, Conflict, Entry
from jpmirai_compliance.awards.rules import ConflictKind, EntryState
from jpmirai_compliance.foundation.db import UnitOfWork


@dataclass(frozen=True, slots=True)
class ConflictView:
    """A conflict on record; ``lifted`` ones no longer count."""

    id: uuid.UUID
    judge_id: uuid.UUID
    judge_name: str
    entry_id: uuid.UUID
    kind: ConflictKind
    basis: str
    lifted: bool


def tied(uow: UnitOfWork, user_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return the organisations whose entries this person must not judge."""
    return frozenset(accounts.ties(uow, user_id))


def clear_of(judge_id: uuid.UUID, orgs: Collection[uuid.UUID]) -> ColumnElement[bool]:
    """Return the condition that lets only entries through with which there is no conflict.

    It is part of every query behind a reviewer's page, so that lists, counts and progress are
    the same whether or not an entry with a conflict exists.
    """
    declared = (
        select(Conflict.id)
        .where(
            col(Conflict.entry_id) == col(Entry.id),
            col(Conflict.judge_id) == judge_id,
            col(Conflict.lifted_at).is_(None),
        )
        .exists()
    )
    return col(Entry.org_id).not_in(sorted(orgs)) & ~declared


def touching(uow: UnitOfWork, user_id: uuid.UUID, category_id: uuid.UUID) -> bool:
    """Say whether the person has a conflict with any entry of the category."""
    query = select(Entry.id).where(
        col(Entry.category_id) == category_id,
        col(Entry.state) != EntryState.WITHDRAWN,
        ~clear_of(user_id, tied(uow, user_id)),
    )
    return uow.session.exec(query.limit(1)).first() is not None


def of_cycle(uow: UnitOfWork, cycle_id: uuid.UUID) -> tuple[ConflictView, ...]:
    """Return what is on record in a year, for the secretariat."""
    query = (
        select(Conflict, User.name)
        .join(User, col(User.id) == col(Conflict.judge_id))
        .join(Entry, col(Entry.id) == col(Conflict.entry_id))
        .join(Category, col(Category.id) == col(Entry.category_id))
        .where(col(Category.cycle_id) == cycle_id)
        .order_by(col(Conflict.at), col(Conflict.id))
    )
    return tuple(
        ConflictView(
            c.id, c.judge_id, name, c.entry_id, c.kind, c.basis, lifted=c.lifted_at is not None
        )
        for c, name in uow.session.exec(query)
    )
