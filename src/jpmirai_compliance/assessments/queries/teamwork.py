"""How colleagues share an assessment: flags, who answers what, and their comments."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Membership, User
from jpmirai_compliance.assessments.models.teamwork import Comment, Flag, Task
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import Role

#: Whoever may answer may be asked to.
ANSWERING = frozenset({Role.EDITOR, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Assignee:
    """Who answers a question; ``place`` is the question, or the principle it belongs to."""

    user_id: uuid.UUID
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Teamwork:
    """Everything that colleagues marked in one assessment."""

    flags: frozenset[str]
    tasks: Mapping[str, Assignee]
    open_comments: Mapping[str, int]

    def assignee(self, indicator_id: str, principle: int) -> Assignee | None:
        """Return who answers a question: its own assignee before the principle's."""
        return self.tasks.get(indicator_id) or self.tasks.get(whole(principle))


@dataclass(frozen=True, slots=True)
class CommentView:
    """One comment, with the names of whoever wrote and settled it."""

    id: uuid.UUID
    text: str
    at: dt.datetime
    by: uuid.UUID
    name: str
    edited_at: dt.datetime | None
    resolved_at: dt.datetime | None
    resolved_name: str
    version: int


def whole(principle: int) -> str:
    """Return the place that stands for all questions of a principle."""
    return f"P{principle}"


def teamwork(uow: UnitOfWork, assessment_id: uuid.UUID) -> Teamwork:
    """Return flags, tasks and numbers of open comments, in three queries.

    A task counts while its person may answer for the organisation without a break since then:
    it ends when the person leaves, and does not come back with them.
    """
    flags = uow.session.exec(
        select(Flag.indicator_id).where(col(Flag.assessment_id) == assessment_id)
    )
    counted = uow.session.exec(
        select(Comment.indicator_id, func.count(col(Comment.id)))
        .where(col(Comment.assessment_id) == assessment_id, col(Comment.resolved_at).is_(None))
        .group_by(col(Comment.indicator_id))
    )
    return Teamwork(frozenset(flags), tasks(uow, assessment_id), Counter(dict(counted.all())))


def tasks(uow: UnitOfWork, assessment_id: uuid.UUID) -> dict[str, Assignee]:
    """Return place → who answers there, as long as they can."""
    query = (
        select(Task.place, User.id, User.name)
        .join(User, col(User.id) == col(Task.user_id))
        .join(
            Membership,
            (col(Membership.user_id) == col(Task.user_id))
            & (col(Membership.org_id) == col(Task.org_id)),
        )
        .where(
            col(Task.assessment_id) == assessment_id,
            col(User.disabled_at).is_(None),
            col(Membership.ended_at).is_(None),
            col(Membership.role).in_(ANSWERING),
            col(Membership.since) <= col(Task.at),
        )
        .distinct()
    )
    return {place: Assignee(id_, name, place) for place, id_, name in uow.session.exec(query)}


def thread(uow: UnitOfWork, assessment_id: uuid.UUID, indicator_id: str) -> tuple[CommentView, ...]:
    """Return the comments on one question, oldest first.

    Only for the organisation's own people: the caller has authorised ``assessment:discuss``.
    """
    query = (
        select(Comment)
        .where(
            col(Comment.assessment_id) == assessment_id,
            col(Comment.indicator_id) == indicator_id,
        )
        .order_by(col(Comment.at), col(Comment.id))
    )
    rows = uow.session.exec(query).all()
    people = {row.by for row in rows} | {row.resolved_by for row in rows if row.resolved_by}
    named = select(User.id, User.name).where(col(User.id).in_(people))
    names = dict(uow.session.exec(named).all())
    return tuple(
        CommentView(
            id=row.id,
            text=row.text,
            at=row.at,
            by=row.by,
            name=names[row.by],
            edited_at=row.edited_at,
            resolved_at=row.resolved_at,
            resolved_name=names[row.resolved_by] if row.resolved_by else "",
            version=row.version,
        )
        for row in rows
    )
