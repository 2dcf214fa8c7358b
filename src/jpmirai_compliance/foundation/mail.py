"""Mail: a row in the same transaction as the change, sent after the commit, tried again.

The transports are chosen by name in the settings; ``deliver`` is called by the scheduler. Mail to
an address that bounced is held until the address works again or the person has another one.
"""

import datetime as dt
import smtplib
import sys
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import TextIO

from sqlalchemy import ColumnElement, delete, func, true
from sqlmodel import Field, col, select, update

from jpmirai_compliance.foundation import audit, bounces
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.catalogue import translate
from jpmirai_compliance.foundation.db import UnitOfWork, upsert
from jpmirai_compliance.foundation.inputs import clean_line
from jpmirai_compliance.foundation.settings import Settings
from jpmirai_compliance.foundation.tables import Base, UtcDateTime
from jpmirai_compliance.foundation.text import Localized, Text

PREFIX = "【JP-MIRAI】"
ATTEMPTS = 8
SUBJECT_MAX = 150
Send = Callable[[EmailMessage], None]
#: Mails that somebody has just asked for: the person at least believes that the address works.
ASKED_FOR = frozenset({"accounts:reset", "accounts:confirm-email"})


class OutboxMail(Base, table=True):
    """One mail to one person; ``key`` makes repeated queueing a no-op.

    Sent, held (its address bounced), given up (``error``) or cancelled, it has no next try.
    """

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
    held_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    bounced_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)  # came back, sent
    cancelled_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = 0
    error: str = Field(default="", max_length=500)


class BouncedAddress(Base, table=True):
    """An address that a mail server refused for good; gone once a mail arrives there again."""

    __tablename__ = "bounced_address"

    address: str = Field(max_length=320, primary_key=True)  # case folded
    at: dt.datetime = Field(sa_type=UtcDateTime)
    status: str = Field(default="", max_length=20)  # 5.1.1
    said: str = Field(default="", max_length=500)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to queue; ``subject`` and ``paragraphs`` may be typed by a person."""

    kind: str
    recipient: str
    locale: str
    subject: Text | str
    paragraphs: Sequence[Text | Localized | str]
    org_id: uuid.UUID | None = None
    key: str | None = None


def queue(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    kind: str,
    recipient: str,
    locale: str,
    subject: Text | str,
    paragraphs: Sequence[Text | Localized | str],
    now: dt.datetime,
    org_id: uuid.UUID | None = None,
    key: str | None = None,
) -> bool:
    """Put a mail into the outbox in the recipient's language; False if ``key`` is there already."""
    letter = Letter(kind, recipient, locale, subject, paragraphs, org_id, key)
    return queue_all(uow, [letter], now=now) == 1


def queue_all(uow: UnitOfWork, letters: Sequence[Letter], *, now: dt.datetime) -> int:
    """Put mails into the outbox and return how many are new: those whose key was not there."""
    keys = [letter.key for letter in letters if letter.key is not None]
    known = set()
    if keys:
        query = select(OutboxMail.key).where(col(OutboxMail.key).in_(keys))
        known = set(uow.session.exec(query))
    new = [letter for letter in letters if letter.key is None or letter.key not in known]
    uow.session.add_all(_row(letter, now) for letter in new)
    uow.session.flush()
    return len(new)


def _row(letter: Letter, now: dt.datetime) -> OutboxMail:
    subject = PREFIX + translate(letter.subject, letter.locale)
    return OutboxMail(
        key=letter.key,
        kind=letter.kind,
        org_id=letter.org_id,
        recipient=letter.recipient,
        locale=letter.locale,
        subject=clean_line(subject, SUBJECT_MAX),
        body="\n\n".join(translate(p, letter.locale) for p in letter.paragraphs) + "\n",
        created_at=now,
        next_try_at=now,
    )


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
        if _waits_for_its_address(uow, mail):
            mail.next_try_at, mail.held_at = None, now
            return False
        mail.attempts += 1
        wait = dt.timedelta(minutes=2**mail.attempts)
        mail.next_try_at = now + wait if mail.attempts < ATTEMPTS else None
        message = compose(mail, settings)
    try:
        send(message)
    except smtplib.SMTPRecipientsRefused as error:
        _refused(uow, mail_id, error, now)
        return False
    except (OSError, smtplib.SMTPException) as error:
        with uow.transaction():
            mail = uow.session.get_one(OutboxMail, mail_id)
            mail.error = f"{type(error).__name__}: {error}"[:500]
        return False
    with uow.transaction():
        mail = uow.session.get_one(OutboxMail, mail_id)
        mail.sent_at, mail.next_try_at, mail.error = now, None, ""
        mail.held_at = None
        mail.body = ""  # links that let somebody in are stored as hashes: no copy of them stays
        arrived(uow, mail.recipient, now=now)
    return True


def _waits_for_its_address(uow: UnitOfWork, mail: OutboxMail) -> bool:
    """Whether to hold a mail; one that is held already is tried because somebody said so."""
    if mail.held_at is not None or mail.kind in ASKED_FOR:
        return False
    return uow.session.get(BouncedAddress, mail.recipient.casefold()) is not None


def _refused(
    uow: UnitOfWork, mail_id: uuid.UUID, error: smtplib.SMTPRecipientsRefused, now: dt.datetime
) -> None:
    code, answer = next(iter(error.recipients.values()), (0, b""))
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    with uow.transaction():
        mail = uow.session.get_one(OutboxMail, mail_id)
        mail.error = f"{code} {said}"[:500]
        if bounces.permanent(code, said):
            mail.held_at, mail.next_try_at = now, None
            found = bounces.STATUS.match(said)
            status = found[0] if found else str(code)
            bounced(uow, mail.recipient, status=status, said=said, mail_id=mail_id, now=now)


def bounced(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    address: str,
    *,
    status: str,
    said: str,
    mail_id: uuid.UUID,
    now: dt.datetime,
) -> None:
    """Mark an address as one that cannot be reached, and hold what waits for it."""
    key = address.casefold()
    values = {"address": key, "at": now, "status": status[:20], "said": said[:500]}
    table = BouncedAddress.__table__  # type: ignore[attr-defined]  # -- SQLModel's own
    upsert(uow, table, values, keys=("address",), where=true())
    held = {"held_at": now, "next_try_at": None}
    waits = (_to(key), _waiting(), col(OutboxMail.kind).not_in(ASKED_FOR))
    uow.session.exec(update(OutboxMail).where(*waits).values(**held))
    subject, data = f"mail:{mail_id}", {"status": status[:20]}
    audit.record(uow, Event.ADDRESS_BOUNCED, actor=None, now=now, subject=subject, data=data)


def arrived(uow: UnitOfWork, address: str, *, now: dt.datetime) -> None:
    """Take the mark from an address that a server accepts again, and let held mail go."""
    key = address.casefold()
    mark = delete(BouncedAddress).where(col(BouncedAddress.address) == key)
    if not uow.session.execute(mark.returning(col(BouncedAddress.address))).all():
        return
    release = {"held_at": None, "next_try_at": now, "attempts": 0}
    uow.session.exec(update(OutboxMail).where(_to(key), _held()).values(**release))
    audit.record(uow, Event.ADDRESS_REACHED, actor=None, now=now)


def moved(uow: UnitOfWork, old: str, new: str, *, now: dt.datetime) -> None:
    """Send what is held for an address to the new one of the same person.

    Mails of the accounts, whose links let somebody in, stay behind.
    """
    links = col(OutboxMail.kind).startswith("accounts:", autoescape=True)
    go = {"recipient": new, "held_at": None, "next_try_at": now, "attempts": 0}
    uow.session.exec(update(OutboxMail).where(_to(old.casefold()), _held(), ~links).values(**go))
    key = col(BouncedAddress.address) == old.casefold()
    uow.session.exec(delete(BouncedAddress).where(key))


def marks(uow: UnitOfWork, addresses: Collection[str]) -> dict[str, BouncedAddress]:
    """Return the marks of those addresses that bounced, by the address case folded."""
    keys = {address.casefold() for address in addresses}
    query = select(BouncedAddress).where(col(BouncedAddress.address).in_(keys))
    return {row.address: row for row in uow.session.exec(query)}


def take_report(uow: UnitOfWork, report: bytes, *, now: dt.datetime) -> tuple[int, int]:
    """Mark what a delivery report gives up; return how many were believed, and how many not.

    A report is believed only if it quotes the Message-ID of a mail that we sent to the very
    address: nobody else knows that id, so nobody can cut off a member by writing to us.
    """
    believed = ignored = 0
    for failure in bounces.read(report):
        query = select(OutboxMail).where(
            col(OutboxMail.id).in_(failure.mails),
            _to(failure.address),
            col(OutboxMail.sent_at).is_not(None),
        )
        mail = uow.session.exec(query).first()
        if mail is None:
            ignored += 1
            continue
        mail.bounced_at, mail.error = now, f"{failure.status} {failure.said}"[:500]
        status, said = failure.status, failure.said
        bounced(uow, mail.recipient, status=status, said=said, mail_id=mail.id, now=now)
        believed += 1
    return believed, ignored


def _to(key: str) -> ColumnElement[bool]:
    return func.lower(col(OutboxMail.recipient)) == key


def _waiting() -> ColumnElement[bool]:
    return col(OutboxMail.sent_at).is_(None) & col(OutboxMail.next_try_at).is_not(None)


def _held() -> ColumnElement[bool]:
    return (
        col(OutboxMail.held_at).is_not(None)
        & col(OutboxMail.sent_at).is_(None)
        & col(OutboxMail.cancelled_at).is_(None)
    )


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
