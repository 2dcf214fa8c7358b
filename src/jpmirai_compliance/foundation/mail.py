"""Mail: a row in the same transaction as the change, sent after the commit, tried again.

The transports are chosen by name in the settings; ``deliver`` is called by the scheduler.
"""

import datetime as dt
import smtplib
import sys
import uuid
from collections.abc import Callable, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import TextIO

from sqlmodel import Field, col, select

from jpmirai_compliance.foundation.catalogue import translate
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.inputs import clean_line
from jpmirai_compliance.foundation.settings import Settings
from jpmirai_compliance.foundation.tables import Base, UtcDateTime
from jpmirai_compliance.foundation.text import Localized, Text

PREFIX = "【JP-MIRAI】"
ATTEMPTS = 8
SUBJECT_MAX = 150
Send = Callable[[EmailMessage], None]


class OutboxMail(Base, table=True):
    """One mail to one person; ``key`` makes repeated queueing a no-op."""

    __tablename__ = "outbox_mail"

    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    key: str | None = Field(default=None, max_length=200, unique=True)
    kind: str = Field(max_length=64, index=True)
    org_id: uuid.UUID | None = Field(default=None, index=True)
    recipient: str = Field(max_length=320)
    locale: str = Field(max_length=16)
    subject: str = Field(max_length=200)
    body: str
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    next_try_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    sent_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = 0
    error: str = Field(default="", max_length=500)


def queue(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    kind: str,
    recipient: str,
    locale: str,
    subject: Text,
    paragraphs: Sequence[Text | Localized | str],
    now: dt.datetime,
    org_id: uuid.UUID | None = None,
    key: str | None = None,
) -> bool:
    """Put a mail into the outbox in the recipient's language; False if ``key`` is there already."""
    if key is not None:
        known = uow.session.exec(select(OutboxMail.id).where(col(OutboxMail.key) == key)).first()
        if known is not None:
            return False
    uow.session.add(
        OutboxMail(
            key=key,
            kind=kind,
            org_id=org_id,
            recipient=recipient,
            locale=locale,
            subject=clean_line(PREFIX + translate(subject, locale), SUBJECT_MAX),
            body="\n\n".join(translate(p, locale) for p in paragraphs) + "\n",
            created_at=now,
            next_try_at=now,
        )
    )
    uow.session.flush()
    return True


def deliver(uow: UnitOfWork, send: Send, settings: Settings, *, now: dt.datetime) -> int:
    """Send what is due, one transaction a mail, and return how many were sent.

    A mail is taken (its next try moved on) before it is sent: a crash in between sends it
    once more after the wait, never zero times.
    """
    due = uow.session.exec(
        select(OutboxMail.id)
        .where(col(OutboxMail.next_try_at) <= now, col(OutboxMail.sent_at).is_(None))
        .order_by(col(OutboxMail.created_at))
        .limit(100)
    ).all()
    return sum(_deliver_one(uow, mail_id, send, settings, now) for mail_id in due)


def _deliver_one(
    uow: UnitOfWork, mail_id: uuid.UUID, send: Send, settings: Settings, now: dt.datetime
) -> bool:
    with uow.transaction():
        mail = uow.session.get(OutboxMail, mail_id, with_for_update=True)
        if mail is None or mail.sent_at or mail.next_try_at is None or mail.next_try_at > now:
            return False
        mail.attempts += 1
        wait = dt.timedelta(minutes=2**mail.attempts)
        mail.next_try_at = now + wait if mail.attempts < ATTEMPTS else None
        message = compose(mail, settings)
    try:
        send(message)
    except (OSError, smtplib.SMTPException) as error:
        with uow.transaction():
            mail = uow.session.get_one(OutboxMail, mail_id)
            mail.error = f"{type(error).__name__}: {error}"[:500]
        return False
    with uow.transaction():
        mail = uow.session.get_one(OutboxMail, mail_id)
        mail.sent_at, mail.next_try_at, mail.error = now, None, ""
        mail.body = ""  # links that let somebody in are stored as hashes: no copy of them stays
    return True


def compose(mail: OutboxMail, settings: Settings) -> EmailMessage:
    """Return the mail as UTF-8 plain text, with no picture and no tracking."""
    message = EmailMessage()
    message["From"] = Address("JP-MIRAI", addr_spec=settings.mail_from)
    message["To"] = Address(addr_spec=mail.recipient)
    message["Reply-To"] = settings.mail_reply_to or settings.mail_from
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = make_msgid(str(mail.id), domain=settings.mail_from.partition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = mail.locale
    message.set_content(mail.body)
    return message


def transport(settings: Settings, out: TextIO | None = None) -> Send:
    """Return the way mails leave: printed (``console``) or through an SMTP server (``smtp``)."""
    if settings.mail_backend == "smtp":
        return lambda message: _smtp(message, settings)
    return lambda message: _console(message, out or sys.stdout)


def _console(message: EmailMessage, out: TextIO) -> None:
    out.write(f"--- mail to {message['To']}: {message['Subject']}\n{message.get_content()}---\n")
    out.flush()


def _smtp(message: EmailMessage, settings: Settings) -> None:
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=20) as server:
        if settings.smtp_starttls:
            server.starttls()
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        server.send_message(message)
