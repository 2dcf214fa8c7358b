"""Who takes care of a submission, and who else looks at it just now."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select as select_columns
from sqlmodel import col

from jpmirai_compliance.accounts.models import User
from jpmirai_compliance.assessments.models import ReviewItem, ReviewPresence
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize

LASTS = dt.timedelta(minutes=5)  # after this, somebody who does nothing is not said to be there


@dataclass(frozen=True, slots=True)
class Present:
    """A colleague who opened an answer minutes ago."""

    name: str
    indicator_id: str
    seen_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Around:
    """``assignee`` is "" if nobody takes care; ``others`` never names the reader."""

    assigned_to: uuid.UUID | None
    assignee: str
    others: tuple[Present, ...]
    mine: Present | None

    def lately(self, indicator_id: str, moment: dt.datetime) -> bool:
        """Whether the reader was noted at this answer after ``moment``."""
        mine = self.mine
        return mine is not None and mine.indicator_id == indicator_id and mine.seen_at > moment


def around(uow: UnitOfWork, *, actor: Actor, assessment_id: uuid.UUID, now: dt.datetime) -> Around:
    """Return who is in charge and who else is there; NotPermitted for members and judges."""
    authorize(actor, Permission.ASSESSMENT_REVIEW, SECRETARIAT_ITSELF)
    in_charge = (
        select_columns(col(ReviewItem.assigned_to), col(User.name))
        .join(User, col(User.id) == col(ReviewItem.assigned_to))
        .where(col(ReviewItem.assessment_id) == assessment_id)
    )
    there = (
        select_columns(
            col(ReviewPresence.user_id),
            col(User.name),
            col(ReviewPresence.indicator_id),
            col(ReviewPresence.seen_at),
        )
        .join(User, col(User.id) == col(ReviewPresence.user_id))
        .where(
            col(ReviewPresence.assessment_id) == assessment_id,
            col(ReviewPresence.seen_at) > now - LASTS,
        )
        .order_by(col(User.name), col(User.id))
    )
    found = uow.session.execute(in_charge).one_or_none()
    people = {row[0]: Present(*row[1:]) for row in uow.session.execute(there)}
    mine = people.pop(actor.user_id, None)
    return Around(
        assigned_to=found[0] if found else None,
        assignee=found[1] if found else "",
        others=tuple(people.values()),
        mine=mine,
    )
