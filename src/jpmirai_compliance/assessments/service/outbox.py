"""What the secretariat does with a mail that has not arrived: try it again, or keep it back."""

import datetime as dt
import uuid

from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import DomainError, NotFound
from jpmirai_compliance.foundation.mail import OutboxMail
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Text


def retry(uow: UnitOfWork, *, actor: Actor, mail_id: uuid.UUID, now: dt.datetime) -> None:
    """Send a mail that was given up or is held, as soon as mails leave.

    One that is held is tried although its address bounced: if it arrives, all others held for the
    address follow. Raises NotPermitted, NotFound, DomainError if it waits, has left or was
    cancelled.
    """
    mail = _mail(uow, actor, mail_id)
    if mail.next_try_at is not None:
        raise DomainError(Text("This mail waits already. It leaves at its next try."))
    mail.next_try_at, mail.attempts = now, 0
    _record(uow, actor, Event.MAIL_RETRIED, mail, now)


def cancel(uow: UnitOfWork, *, actor: Actor, mail_id: uuid.UUID, now: dt.datetime) -> None:
    """Keep a mail from leaving; its text goes, that it was meant to be sent stays.

    Raises NotPermitted, NotFound, DomainError if it has left or was cancelled.
    """
    mail = _mail(uow, actor, mail_id)
    mail.cancelled_at, mail.next_try_at, mail.body = now, None, ""
    _record(uow, actor, Event.MAIL_CANCELLED, mail, now)


def _mail(uow: UnitOfWork, actor: Actor, mail_id: uuid.UUID) -> OutboxMail:
    """Return a mail that has not left, locked."""
    authorize(actor, Permission.MAIL_MANAGE, SECRETARIAT_ITSELF)
    mail = uow.session.get(OutboxMail, mail_id, with_for_update=True)
    if mail is None:
        raise NotFound
    if mail.sent_at is not None:
        raise DomainError(Text("This mail has left already."))
    if mail.cancelled_at is not None:
        raise DomainError(Text("This mail was cancelled. Send a new one if it is needed."))
    return mail


def _record(
    uow: UnitOfWork, actor: Actor, event: Event, mail: OutboxMail, now: dt.datetime
) -> None:
    subject, data = f"mail:{mail.id}", {"kind": mail.kind}
    audit.record(uow, event, actor=actor, now=now, subject=subject, org_id=mail.org_id, data=data)
