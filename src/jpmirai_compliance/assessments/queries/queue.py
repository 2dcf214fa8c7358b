"""The reviewers' queue, read from the kept line of each submission: no answer is looked at."""

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, tuple_
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.accounts.models import Organisation, User
from jpmirai_compliance.assessments.models import ReviewItem, Status
from jpmirai_compliance.assessments.queries.rounds import organisation_name
from jpmirai_compliance.assessments.rules import queueing
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Localized, Text

PAGE = 50
REVIEWED = (Status.SUBMITTED, Status.RETURNED, Status.ACCEPTED)


class Only(StrEnum):
    """Why a submission needs eyes, as a filter."""

    AGAIN = "again"
    FIRST = "first"
    CHANGED = "changed"
    HIGH = "high"
    GATES = "gates"
    SUPPLY_CHAIN = "supply-chain"
    LONG = "long"


class Who(StrEnum):
    """Who takes care, as a filter."""

    MINE = "mine"
    NOBODY = "nobody"


class Sort(StrEnum):
    """By what needs eyes, or simply the longest waiting first."""

    EYES = "eyes"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reviewer wants to see."""

    status: Status = Status.SUBMITTED
    year: int | None = None
    only: Only | None = None
    who: Who | None = None
    sort: Sort = Sort.EYES


@dataclass(frozen=True, slots=True)
class Key:
    """Where the page before ended; ``turn`` is not looked at when sorted by waiting."""

    turn: int
    submitted_at: dt.datetime
    assessment_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Waiting:
    """One submission in the queue; counts are of answers that need a verdict."""

    assessment_id: uuid.UUID
    org_id: uuid.UUID
    name: Localized
    year: int
    status: Status
    submitted_at: dt.datetime
    first_time: bool
    again: bool  # submitted a second time, after a return
    tied: bool  # the reading reviewer belongs or belonged to it
    counts: queueing.Counts
    turn: int
    assigned_to: uuid.UUID | None
    assignee: str
    reasons: tuple[Text, ...]

    @property
    def key(self) -> Key:
        """Return where a page ends that ends with this one."""
        return Key(self.turn, self.submitted_at, self.assessment_id)


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many submissions each filter would show, the other filters as they are."""

    status: dict[Status, int]
    only: dict[Only, int]
    who: dict[Who, int]


def queue(
    uow: UnitOfWork, *, actor: Actor, asked: Asked, now: dt.datetime, after: Key | None = None
) -> tuple[Waiting, ...]:
    """Return up to 50 submissions in their order, after the key; NotPermitted for members."""
    authorize(actor, Permission.ASSESSMENT_REVIEW, SECRETARIAT_ITSELF)
    query = _lines().where(
        *_of(asked), *_kept(asked.only, now), *_cared(asked.who, actor), *_after(asked.sort, after)
    )
    rows = uow.session.execute(query.order_by(*_order(asked.sort)).limit(PAGE)).all()
    ties = accounts.ties(uow, actor.user_id)
    return tuple(
        _waiting(item, organisation_name(ja, en), name or "", tied=item.org_id in ties, now=now)
        for item, ja, en, name in rows
    )


def numbers(uow: UnitOfWork, *, actor: Actor, asked: Asked, now: dt.datetime) -> Numbers:
    """Return the counts beside the filters, in three queries; NotPermitted for members."""
    authorize(actor, Permission.ASSESSMENT_REVIEW, SECRETARIAT_ITSELF)
    by_status = (
        select(ReviewItem.status, func.count())
        .where(*_in(asked.year))
        .group_by(col(ReviewItem.status))
    )
    found = dict(uow.session.exec(by_status).all())
    only = {each: _holds(each, now) for each in Only}
    who = {each: _cares(each, actor) for each in Who}
    return Numbers(
        status={status: found.get(status, 0) for status in REVIEWED},
        only=_counted(uow, only, *_of(asked), *_cared(asked.who, actor)),
        who=_counted(uow, who, *_of(asked), *_kept(asked.only, now)),
    )


def _counted(
    uow: UnitOfWork, conditions: dict[Any, ColumnElement[bool]], *where: ColumnElement[bool]
) -> dict[Any, int]:
    sums = [func.coalesce(func.sum(case((c, 1), else_=0)), 0) for c in conditions.values()]
    row = uow.session.execute(select_columns(*sums).select_from(ReviewItem).where(*where)).one()
    return dict(zip(conditions, map(int, row), strict=True))


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select_columns(
            ReviewItem, col(Organisation.name_ja), col(Organisation.name_en), col(User.name)
        )
        .join(Organisation, col(Organisation.id) == col(ReviewItem.org_id))
        .join(User, col(User.id) == col(ReviewItem.assigned_to), isouter=True)
    )


def _in(year: int | None) -> tuple[ColumnElement[bool], ...]:
    return () if year is None else (col(ReviewItem.year) == year,)


def _of(asked: Asked) -> tuple[ColumnElement[bool], ...]:
    return col(ReviewItem.status) == asked.status, *_in(asked.year)


def _kept(only: Only | None, now: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    return () if only is None else (_holds(only, now),)


def _holds(only: Only, now: dt.datetime) -> ColumnElement[bool]:
    conditions: dict[Only, ColumnElement[bool]] = {
        Only.AGAIN: col(ReviewItem.submissions) > 1,
        Only.FIRST: col(ReviewItem.first_time).is_(True),
        Only.CHANGED: col(ReviewItem.changed) > 0,
        Only.HIGH: col(ReviewItem.high) > 0,
        Only.GATES: col(ReviewItem.gates) > 0,
        Only.SUPPLY_CHAIN: col(ReviewItem.supply_chain) > 0,
        Only.LONG: col(ReviewItem.submitted_at) <= now - queueing.LONG,
    }
    return conditions[only]


def _cared(who: Who | None, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return () if who is None else (_cares(who, actor),)


def _cares(who: Who, actor: Actor) -> ColumnElement[bool]:
    if who is Who.MINE:
        return col(ReviewItem.assigned_to) == actor.user_id
    return col(ReviewItem.assigned_to).is_(None)


def _order(sort: Sort) -> tuple[Any, ...]:
    last = col(ReviewItem.submitted_at), col(ReviewItem.assessment_id)
    return last if sort is Sort.WAITING else (col(ReviewItem.turn), *last)


def _after(sort: Sort, key: Key | None) -> tuple[ColumnElement[bool], ...]:
    if key is None:
        return ()
    values = [key.submitted_at, key.assessment_id]
    if sort is Sort.EYES:
        values.insert(0, key.turn)
    return (tuple_(*_order(sort)) > tuple_(*values, types=[c.type for c in _order(sort)]),)


def _waiting(
    item: ReviewItem, name: Localized, assignee: str, *, tied: bool, now: dt.datetime
) -> Waiting:
    counts = queueing.Counts(
        unchecked=item.unchecked,
        changed=item.changed,
        high=item.high,
        gates=item.gates,
        supply_chain=item.supply_chain,
        close_looks=item.close_looks,
    )
    again = item.submissions > 1
    waits = now - item.submitted_at if item.status is Status.SUBMITTED else None
    return Waiting(
        assessment_id=item.assessment_id,
        org_id=item.org_id,
        name=name,
        year=item.year,
        status=item.status,
        submitted_at=item.submitted_at,
        first_time=item.first_time,
        again=again,
        tied=tied,
        counts=counts,
        turn=item.turn,
        assigned_to=item.assigned_to,
        assignee=assignee,
        reasons=queueing.reasons(counts, first_time=item.first_time, again=again, waiting=waits),
    )
