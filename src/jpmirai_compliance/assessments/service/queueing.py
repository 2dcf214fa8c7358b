"""A submission's line in the reviewers' queue: its counts are kept here, and who takes care."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.assessments.models import (
    Assessment,
    ReviewItem,
    Round,
    Snapshot,
    SnapshotKind,
)
from jpmirai_compliance.assessments.queries import review as queries
from jpmirai_compliance.assessments.rules import queueing
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import Conflict, NotFound
from jpmirai_compliance.foundation.policy import Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Text


def keep(uow: UnitOfWork, row: Assessment, round_: Round | None = None) -> None:
    """Bring the line up to date after a submission, a verdict, a return or the end of a check.

    The caller has authorised, flushed, and holds the assessment's row.
    """
    found = round_ or uow.session.exec(select(Round).where(col(Round.id) == row.round_id)).one()
    desk = queries.read(uow, row, found)
    counts = desk.counts
    item = uow.session.get(ReviewItem, row.id) or ReviewItem(
        assessment_id=row.id,
        org_id=row.org_id,
        year=found.year,
        status=row.status,
        submitted_at=desk.submitted_at,
        submissions=0,
        first_time=_first_time(uow, row.org_id, found.year),
        turn=0,
        **_as_columns(counts),
    )
    item.status, item.submitted_at = row.status, desk.submitted_at
    item.submissions = _submissions(uow, row.id)
    for name, number in _as_columns(counts).items():
        setattr(item, name, number)
    item.turn = queueing.turn(counts, first_time=item.first_time, again=item.submissions > 1)
    uow.session.add(item)
    uow.session.flush()


def assign(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    to_me: bool,
    seen: uuid.UUID | None,
    now: dt.datetime,
) -> None:
    """Take a submission over from whom the reviewer saw on it (``seen``), or let go of it.

    Nothing happens if it is so already. Raises NotFound, NotPermitted, Conflict if somebody else
    has taken it meanwhile.
    """
    query = select(ReviewItem).where(col(ReviewItem.assessment_id) == assessment_id)
    item = uow.session.exec(query.with_for_update()).one_or_none()
    if item is None:
        raise NotFound
    authorize(actor, Permission.ASSESSMENT_REVIEW, item)
    queries.require_no_tie(uow, actor, item.org_id)
    wanted = actor.user_id if to_me else None
    if item.assigned_to == wanted:
        return
    if item.assigned_to != seen:
        raise Conflict(text=_taken(uow, item.assigned_to))
    item.assigned_to, item.assigned_at = wanted, now if wanted else None
    uow.session.add(item)
    audit.record(
        uow,
        Event.REVIEW_ASSIGNED,
        actor=actor,
        now=now,
        subject=f"assessment:{assessment_id}",
        org_id=item.org_id,
        data={"to": str(wanted) if wanted else None, "from": str(seen) if seen else None},
    )


def _taken(uow: UnitOfWork, by: uuid.UUID | None) -> Text:
    person = accounts.person(uow, by) if by else None
    if person is None:
        return Text("The reviewer in charge has changed meanwhile. Please look again.")
    return Text("%(name)s has taken this submission meanwhile.", {"name": person.name})


def _as_columns(counts: queueing.Counts) -> dict[str, Any]:
    return {
        "unchecked": counts.unchecked,
        "changed": counts.changed,
        "high": counts.high,
        "gates": counts.gates,
        "supply_chain": counts.supply_chain,
        "close_looks": counts.close_looks,
    }


def _first_time(uow: UnitOfWork, org_id: uuid.UUID, year: int) -> bool:
    query = (
        select(Assessment.id)
        .join(Round, col(Round.id) == col(Assessment.round_id))
        .where(
            col(Assessment.org_id) == org_id,
            col(Assessment.submitted_at).is_not(None),
            col(Round.year) < year,
        )
        .limit(1)
    )
    return uow.session.exec(query).first() is None


def _submissions(uow: UnitOfWork, assessment_id: uuid.UUID) -> int:
    query = select(func.count(col(Snapshot.id))).where(
        col(Snapshot.assessment_id) == assessment_id,
        col(Snapshot.kind) == SnapshotKind.SUBMITTED,
    )
    return uow.session.exec(query).one()
