"""What people press, as service calls; and what can be read afterwards."""

from sqlmodel import select

from jpmirai_compliance.assessments.models import AnswerRow, Assessment
from jpmirai_compliance.assessments.service import approval, submission
from jpmirai_compliance.foundation.audit import AuditEvent
from jpmirai_compliance.foundation.mail import OutboxMail
from tests.factories import NOW

URL = "https://jpmirai.example"


def row_of(member):
    member.uow.session.rollback()
    query = select(Assessment).where(Assessment.id == member.assessment.id)
    return member.uow.session.exec(query).one()


def approve(member, *, actor=None, now=NOW, version=None):
    version = row_of(member).version if version is None else version
    with member.uow.transaction():
        approval.approve(
            member.uow, actor=actor or member.actor, year=2026, version=version, now=now
        )


def submit(member, *, actor=None, now=NOW, version=None, uow=None):
    version = row_of(member).version if version is None else version
    work = uow or member.uow
    with work.transaction():
        return submission.submit(
            work,
            actor=actor or member.actor,
            year=2026,
            version=version,
            base_url=URL,
            now=now,
        )


def ask(member, *, actor=None, version=None, now=NOW):
    version = row_of(member).version if version is None else version
    with member.uow.transaction():
        approval.ask(
            member.uow,
            actor=actor or member.actor,
            year=2026,
            version=version,
            base_url=URL,
            now=now,
        )


def send_back(member, reason="数字を足してください", *, actor=None):
    with member.uow.transaction():
        approval.send_back(
            member.uow,
            actor=actor or member.actor,
            year=2026,
            reason=reason,
            base_url=URL,
            now=NOW,
        )


def mails(uow, kind):
    uow.session.rollback()
    query = select(OutboxMail).where(OutboxMail.kind == kind).order_by(OutboxMail.recipient)
    return uow.session.exec(query).all()


def events(uow, event):
    uow.session.rollback()
    return uow.session.exec(select(AuditEvent).where(AuditEvent.event == event)).all()


def stored(uow, org, indicator_id="P1-01"):
    uow.session.rollback()
    query = select(AnswerRow).where(
        AnswerRow.org_id == org.id, AnswerRow.indicator_id == indicator_id
    )
    return uow.session.exec(query).one_or_none()


def words(element):
    return " ".join(element.get_text().split())


def errors(page):
    return [words(li) for li in page.select("[role=alert] li")]
