"""The extensions that a participant was given, newest first."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.accounts.models import User
from jpmirai_compliance.assessments.models import Extension, Participation, Round
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize


@dataclass(frozen=True, slots=True)
class Given:
    """One extension, or the end of one: until when, why, by whom and when it was given."""

    until: dt.datetime
    reason: str
    at: dt.datetime
    by: str

    @property
    def ended(self) -> bool:
        """Whether this is the end of an extension; a new one always lies after its moment."""
        return self.until <= self.at


def history(uow: UnitOfWork, *, actor: Actor, year: int, org_id: uuid.UUID) -> tuple[Given, ...]:
    """Return every extension of an organisation in a year's round, and each end, newest first."""
    authorize(actor, Permission.ROUND_READ, SECRETARIAT_ITSELF)
    query = (
        select(Extension.until, Extension.reason, Extension.at, User.name)
        .join(Participation, col(Participation.id) == col(Extension.participation_id))
        .join(Round, col(Round.id) == col(Participation.round_id))
        .join(User, col(User.id) == col(Extension.by))
        .where(col(Round.year) == year, col(Extension.org_id) == org_id)
        .order_by(col(Extension.at).desc(), col(Extension.id))
    )
    return tuple(Given(*row) for row in uow.session.exec(query))
