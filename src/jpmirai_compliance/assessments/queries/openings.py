"""Which of an organisation's assessments takes evidence for a question now."""

import datetime as dt

from sqlmodel import col, select

from jpmirai_compliance.assessments.models import AnswerRow, Status
from jpmirai_compliance.assessments.queries.member import AssessmentView, standings
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import Actor

#: An approved assessment is left alone: evidence from elsewhere must not undo an approval.
_TAKING = frozenset({Status.DRAFT, Status.AWAITING_APPROVAL})


def taking_evidence(
    uow: UnitOfWork, actor: Actor, indicator_id: str, *, now: dt.datetime
) -> AssessmentView | None:
    """Return the newest assessment whose answer may change now; None if there is none."""
    for standing in standings(uow, actor):
        found = standing.assessment
        if found is None or not found.window.holds(now):
            continue
        if all(indicator.id != indicator_id for indicator in found.indicators):
            continue
        if found.status in _TAKING or _reopened(uow, found, indicator_id):
            return found
    return None


def _reopened(uow: UnitOfWork, found: AssessmentView, indicator_id: str) -> bool:
    if found.status is not Status.RETURNED:
        return False
    query = select(AnswerRow.reopened).where(
        col(AnswerRow.assessment_id) == found.id, col(AnswerRow.indicator_id) == indicator_id
    )
    return bool(uow.session.exec(query).one_or_none())
