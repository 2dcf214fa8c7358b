"""Saying where a reviewer is, so that a colleague sees it. No decision: nothing is recorded."""

import datetime as dt
import uuid
from typing import cast

from sqlalchemy import Table, or_
from sqlmodel import col, select

from jpmirai_compliance.assessments.models import Assessment, ReviewPresence
from jpmirai_compliance.assessments.queries import review as queries
from jpmirai_compliance.foundation.db import UnitOfWork, upsert
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import Actor, Permission, authorize

EVERY = dt.timedelta(seconds=30)  # a page that is opened again within it writes nothing


def be_at(
    uow: UnitOfWork, *, actor: Actor, assessment_id: uuid.UUID, indicator_id: str, now: dt.datetime
) -> bool:
    """Note that the reviewer has this answer open; False if it was noted moments ago.

    Raises NotFound, NotPermitted.
    """
    found = select(Assessment.org_id).where(col(Assessment.id) == assessment_id)
    org_id = uow.session.exec(found).one_or_none()
    if org_id is None:
        raise NotFound
    row = ReviewPresence(
        org_id=org_id,
        assessment_id=assessment_id,
        user_id=actor.user_id,
        indicator_id=indicator_id,
        seen_at=now,
    )
    authorize(actor, Permission.ASSESSMENT_REVIEW, row)
    queries.require_no_tie(uow, actor, org_id)
    return upsert(
        uow,
        cast("Table", ReviewPresence.__table__),  # type: ignore[attr-defined]  # -- SQLModel's
        row.model_dump(),
        keys=("assessment_id", "user_id"),
        where=or_(
            col(ReviewPresence.seen_at) <= now - EVERY,
            col(ReviewPresence.indicator_id) != indicator_id,
        ),
    )
