"""Flagging, assigning and commenting: colleagues among themselves. None of it touches an answer."""

import datetime as dt
import uuid

from sqlmodel import col, select

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.assessments.models.teamwork import Comment, Flag, Task
from jpmirai_compliance.assessments.queries.teamwork import ANSWERING, tasks, whole
from jpmirai_compliance.assessments.service.holding import Held, hold
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import (
    Conflict,
    DomainError,
    Gap,
    Incomplete,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.inputs import clean_text
from jpmirai_compliance.foundation.policy import Actor, Permission
from jpmirai_compliance.foundation.text import Text

COMMENT_MAX = 2_000
THREAD_MAX = 200  # comments on one question
EDITABLE = dt.timedelta(hours=24)  # after that, what colleagues have read stays


def flag(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    indicator_id: str,
    on: bool,
    now: dt.datetime,
) -> None:
    """Mark a question to come back to, or take the mark away; twice is once.

    Raises NotFound, NotPermitted.
    """
    held = _of_question(uow, actor, Permission.ASSESSMENT_DISCUSS, assessment_id, indicator_id)
    query = select(Flag).where(
        col(Flag.assessment_id) == assessment_id, col(Flag.indicator_id) == indicator_id
    )
    known = uow.session.exec(query).one_or_none()
    if (known is not None) == on:
        return
    if known is not None:
        uow.session.delete(known)
    else:
        uow.session.add(
            Flag(
                org_id=held.view.org_id,
                assessment_id=assessment_id,
                indicator_id=indicator_id,
                at=now,
                by=actor.user_id,
            )
        )
    uow.session.flush()
    _record(uow, Event.QUESTION_FLAGGED, actor, held, indicator_id, now, {"on": on})


def assign(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    place: str,
    user_id: uuid.UUID | None,
    seen: uuid.UUID | None,
    now: dt.datetime,
) -> None:
    """Ask a colleague to answer a question (``P1-02``) or a principle (``P1``); None: nobody.

    ``seen`` is who was asked when the person looked. Raises NotFound, NotPermitted, Conflict if
    somebody else was asked meanwhile, Incomplete if the colleague cannot answer here (any more).
    """
    held = hold(uow, actor, Permission.ASSESSMENT_ANSWER, assessment_id=assessment_id)
    if place not in {whole(i.principle) for i in held.view.indicators}:
        held.view.indicator(place)
    query = select(Task).where(col(Task.assessment_id) == assessment_id, col(Task.place) == place)
    known = uow.session.exec(query).one_or_none()
    asked = tasks(uow, assessment_id).get(place)  # nobody, if the person has left since
    stored = asked.user_id if asked else None
    if stored == user_id and (known is not None) == (user_id is not None):
        return
    if stored != seen:
        raise Conflict(text=Text("A colleague assigned this to somebody else in the meantime."))
    if user_id is not None:
        _require_answering(uow, held, user_id)
    if known is not None:
        uow.session.delete(known)
        uow.session.flush()
    if user_id is not None:
        uow.session.add(
            Task(
                org_id=held.view.org_id,
                assessment_id=assessment_id,
                place=place,
                user_id=user_id,
                at=now,
                by=actor.user_id,
                told_at=now if user_id == actor.user_id else None,
            )
        )
    uow.session.flush()
    data: dict[str, object] = {"to": str(user_id) if user_id else None}
    _record(uow, Event.QUESTION_ASSIGNED, actor, held, place, now, data)


def comment(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    indicator_id: str,
    text: str,
    now: dt.datetime,
) -> uuid.UUID:
    """Say something to the colleagues about a question; return the comment's id.

    Raises NotFound, NotPermitted, Incomplete without words, DomainError if the thread is full.
    """
    held = _of_question(uow, actor, Permission.ASSESSMENT_DISCUSS, assessment_id, indicator_id)
    said = _said(text)
    query = select(Comment.id).where(
        col(Comment.assessment_id) == assessment_id, col(Comment.indicator_id) == indicator_id
    )
    if len(uow.session.exec(query).all()) >= THREAD_MAX:
        raise DomainError(
            Text("This question has %(count)s comments already.", {"count": THREAD_MAX})
        )
    row = Comment(
        org_id=held.view.org_id,
        assessment_id=assessment_id,
        indicator_id=indicator_id,
        text=said,
        at=now,
        by=actor.user_id,
    )
    uow.session.add(row)
    uow.session.flush()
    _record(uow, Event.COMMENT_WRITTEN, actor, held, indicator_id, now, {"comment": str(row.id)})
    return row.id


def edit(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    comment_id: uuid.UUID,
    text: str,
    version: int,
    now: dt.datetime,
) -> None:
    """Change one's own comment of the last 24 hours; it carries a mark from then on.

    Raises NotFound, NotPermitted for somebody else's, DomainError when the time is over, Conflict,
    Incomplete without words.
    """
    held, row = _comment(uow, actor, comment_id)
    if row.by != actor.user_id:
        raise NotPermitted(Text("Only the person who wrote a comment can change it."))
    said = _said(text)
    if now >= row.at + EDITABLE:
        raise DomainError(Text("A comment can be changed for 24 hours. Write a new one instead."))
    if row.version != version:
        raise Conflict
    if said == row.text:
        return
    row.text, row.edited_at, row.version = said, now, row.version + 1
    uow.session.flush()
    data: dict[str, object] = {"comment": str(comment_id), "change": "edited"}
    _record(uow, Event.COMMENT_CHANGED, actor, held, row.indicator_id, now, data)


def resolve(
    uow: UnitOfWork, *, actor: Actor, comment_id: uuid.UUID, done: bool, now: dt.datetime
) -> None:
    """Mark a comment as settled, or open it again; twice is once. Raises NotFound."""
    held, row = _comment(uow, actor, comment_id)
    if (row.resolved_at is not None) == done:
        return
    row.resolved_at, row.resolved_by = (now, actor.user_id) if done else (None, None)
    row.version += 1
    uow.session.flush()
    data: dict[str, object] = {
        "comment": str(comment_id),
        "change": "resolved" if done else "reopened",
    }
    _record(uow, Event.COMMENT_CHANGED, actor, held, row.indicator_id, now, data)


def _comment(uow: UnitOfWork, actor: Actor, comment_id: uuid.UUID) -> tuple[Held, Comment]:
    query = select(Comment).where(col(Comment.id) == comment_id)
    found = uow.session.exec(query).one_or_none()
    if found is None or found.org_id != actor.org_id:
        raise NotFound
    held = hold(
        uow, actor, Permission.ASSESSMENT_DISCUSS, assessment_id=found.assessment_id
    )  # under the lock it is read again
    return held, uow.session.exec(query.execution_options(populate_existing=True)).one()


def _of_question(
    uow: UnitOfWork,
    actor: Actor,
    permission: Permission,
    assessment_id: uuid.UUID,
    indicator_id: str,
) -> Held:
    held = hold(uow, actor, permission, assessment_id=assessment_id)
    held.view.indicator(indicator_id)
    return held


def _require_answering(uow: UnitOfWork, held: Held, user_id: uuid.UUID) -> None:
    people = accounts.with_roles(uow, held.view.org_id, ANSWERING)
    if user_id not in {person.user_id for person in people}:
        text = Text("Choose somebody who can answer for your organisation.")
        raise Incomplete(text, [Gap(text, "#assignee")])


def _said(text: str) -> str:
    said = clean_text(text, COMMENT_MAX)
    if not said:
        missing = Text("Write a comment first.")
        raise Incomplete(missing, [Gap(missing, "#comment")])
    return said


def _record(  # noqa: PLR0913, PLR0917 -- private
    uow: UnitOfWork,
    event: Event,
    actor: Actor,
    held: Held,
    place: str,
    now: dt.datetime,
    data: dict[str, object],
) -> None:
    audit.record(
        uow,
        event,
        actor=actor,
        now=now,
        subject=f"question:{held.view.id}:{place}",
        org_id=held.view.org_id,
        data=data,
    )
