"""The assessment under its lock, with what decides whether it may change."""

import uuid
from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.assessments.models import Assessment, Participation, Round, Status
from jpmirai_compliance.assessments.queries.member import AssessmentView, view_of
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import Conflict, NotFound
from jpmirai_compliance.foundation.policy import Actor, Permission, authorize, may


@dataclass(frozen=True, slots=True)
class Held:
    """An assessment whose row is locked until the transaction ends."""

    row: Assessment
    round: Round
    organisation: Organisation
    view: AssessmentView


def hold(
    uow: UnitOfWork,
    actor: Actor,
    permission: Permission,
    *,
    assessment_id: uuid.UUID | None = None,
    year: int | None = None,
) -> Held:
    """Return the assessment under its lock: by id, or the actor's own of a year.

    Raises NotFound where the actor may not read it, NotPermitted without the permission.
    """
    query = (
        select(Assessment, Round, Participation, Organisation)
        .join(Round, col(Round.id) == col(Assessment.round_id))
        .join(Organisation, col(Organisation.id) == col(Assessment.org_id))
        .outerjoin(
            Participation,
            (col(Participation.round_id) == col(Assessment.round_id))
            & (col(Participation.org_id) == col(Assessment.org_id)),
        )
        .with_for_update(of=Assessment)
        .execution_options(populate_existing=True)
    )
    if assessment_id is not None:
        query = query.where(col(Assessment.id) == assessment_id)
    else:
        query = query.where(col(Round.year) == year, col(Assessment.org_id) == actor.org_id)
    found = uow.session.exec(query).one_or_none()
    if found is None:
        raise NotFound
    row, round_, participation, organisation = found
    if not may(actor, Permission.ASSESSMENT_READ, row):
        raise NotFound
    authorize(actor, permission, row)
    return Held(row, round_, organisation, view_of(row, round_, participation, organisation))


def require_seen(held: Held, version: int) -> None:
    """Conflict unless the assessment is still what the person looked at."""
    if held.row.version != version:
        raise Conflict


def touch(uow: UnitOfWork, held: Held) -> None:
    """Raise the version after a change of content; an approval no longer stands."""
    values: dict[str, object] = {"version": Assessment.version + 1}
    if held.view.status is Status.APPROVED:
        values |= {"status": Status.DRAFT, "approved_at": None, "approved_by": None}
    statement = update(Assessment).where(col(Assessment.id) == held.row.id).values(**values)
    uow.session.execute(statement.execution_options(synchronize_session=False))
    uow.session.expire(held.row)
