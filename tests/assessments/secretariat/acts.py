"""What reviewers do in these tests, one call each."""

import datetime as dt

from sqlmodel import col, select

from jpmirai_compliance.assessments.queries import review
from jpmirai_compliance.assessments.service import review as service
from jpmirai_compliance.assessments.service.review import Choice, Ruling
from jpmirai_compliance.foundation.audit import AuditEvent
from jpmirai_compliance.foundation.errors import NotFound, NotPermitted
from tests.assessments.secretariat.conftest import NOW

ACCEPT = Ruling(Choice.ACCEPT)
LATER = NOW + dt.timedelta(days=1)
DUE = NOW + dt.timedelta(days=15)
BASE = "http://localhost"


def give(uow, actor, case, indicator_id, ruling, version=0, now=LATER):
    with uow.transaction():
        return service.give_verdict(
            uow,
            actor=actor,
            assessment_id=case.id,
            indicator_id=indicator_id,
            ruling=ruling,
            version=version,
            now=now,
        )


def send_back(uow, actor, case, due_at=DUE, now=LATER, **mail):
    with uow.transaction():
        return service.send_back(
            uow,
            actor=actor,
            assessment_id=case.id,
            due_at=due_at,
            base_url=BASE,
            now=now,
            **mail,
        )


def accept(uow, actor, case, now=LATER, **mail):
    with uow.transaction():
        return service.accept(
            uow, actor=actor, assessment_id=case.id, base_url=BASE, now=now, **mail
        )


def accept_remaining(uow, actor, case, expected=None):
    """Accept what is left as the reviewer sees it now, or as it was seen (``expected``)."""
    with uow.transaction():
        return service.accept_remaining(
            uow,
            actor=actor,
            assessment_id=case.id,
            expected=expected or _stamp(uow, actor, case),
            now=LATER,
        )


def _stamp(uow, actor, case):
    try:
        return desk_of(uow, actor, case).stamp
    except (NotFound, NotPermitted):
        return "nothing was shown"


def desk_of(uow, actor, case):
    return review.desk(uow, actor=actor, assessment_id=case.id)


def events(uow):
    return [e.event for e in uow.session.exec(select(AuditEvent).order_by(col(AuditEvent.seq)))]
