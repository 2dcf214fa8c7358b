"""The secretariat's view of the outbox: where each mail is. Never what is in it.

Bodies hold links that let somebody in; nothing here reads them.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import col

from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.assessments.queries.rounds import organisation_name
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.mail import BouncedAddress, OutboxMail
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Localized

PAGE = 50
Key = tuple[dt.datetime, uuid.UUID]  # created_at and id of the last row of a page


class Box(StrEnum):
    """Where a mail is."""

    WAITING = "waiting"
    HELD = "held"  # its address bounced: it leaves once the address works
    FAILED = "failed"  # given up after the last try
    BOUNCED = "bounced"  # it left and came back
    SENT = "sent"
    CANCELLED = "cancelled"


_sent, _next = col(OutboxMail.sent_at), col(OutboxMail.next_try_at)
_held, _back = col(OutboxMail.held_at), col(OutboxMail.bounced_at)
_cancelled = col(OutboxMail.cancelled_at)

#: Every mail is in exactly one box.
BOXES: Mapping[Box, ColumnElement[bool]] = {
    Box.CANCELLED: _cancelled.is_not(None),
    Box.BOUNCED: and_(_cancelled.is_(None), _back.is_not(None)),
    Box.SENT: and_(_cancelled.is_(None), _back.is_(None), _sent.is_not(None)),
    Box.WAITING: and_(_cancelled.is_(None), _sent.is_(None), _next.is_not(None)),
    Box.HELD: and_(_cancelled.is_(None), _sent.is_(None), _next.is_(None), _held.is_not(None)),
    Box.FAILED: and_(_cancelled.is_(None), _sent.is_(None), _next.is_(None), _held.is_(None)),
}
_box = case(*((condition, box.value) for box, condition in BOXES.items()))


@dataclass(frozen=True, slots=True)
class MailRow:
    """One mail; ``error`` is what the server said last, ``mark`` what it said of the address."""

    id: uuid.UUID
    box: Box
    kind: str
    recipient: str
    subject: str
    name: Localized | None
    created_at: dt.datetime
    sent_at: dt.datetime | None
    next_try_at: dt.datetime | None
    attempts: int
    error: str
    mark: str

    @property
    def cancellable(self) -> bool:
        """Whether it can still be kept from leaving."""
        return self.box in {Box.WAITING, Box.HELD}

    @property
    def retriable(self) -> bool:
        """Whether it can be tried again now; what has left has no text any more."""
        return self.box in {Box.HELD, Box.FAILED}


def mails(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    box: Box | None = None,
    words: str = "",
    after: Key | None = None,
    limit: int | None = PAGE,
) -> tuple[MailRow, ...]:
    """Return mails, newest first, after the key; ``words`` is part of address or subject."""
    authorize(actor, Permission.MAIL_MANAGE, SECRETARIAT_ITSELF)
    query = _rows().where(*_asked(box, words), *_after(after)).limit(limit)
    return tuple(_row(row) for row in uow.session.execute(query))


def box_counts(uow: UnitOfWork, *, actor: Actor, words: str = "") -> dict[Box, int]:
    """Return how many mails are in each box; every box is there, also with 0."""
    authorize(actor, Permission.MAIL_MANAGE, SECRETARIAT_ITSELF)
    query = select_columns(_box, func.count()).select_from(OutboxMail)
    rows = uow.session.execute(query.where(*_asked(None, words)).group_by(_box))
    return dict.fromkeys(Box, 0) | {Box(box): number for box, number in rows}


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select_columns(
            col(OutboxMail.id),
            _box,
            col(OutboxMail.kind),
            col(OutboxMail.recipient),
            col(OutboxMail.subject),
            col(Organisation.name_ja),
            col(Organisation.name_en),
            col(OutboxMail.created_at),
            _sent,
            _next,
            col(OutboxMail.attempts),
            col(OutboxMail.error),
            func.coalesce(col(BouncedAddress.status), ""),
        )
        .outerjoin(Organisation, col(Organisation.id) == col(OutboxMail.org_id))
        .outerjoin(
            BouncedAddress, col(BouncedAddress.address) == func.lower(col(OutboxMail.recipient))
        )
        .order_by(col(OutboxMail.created_at).desc(), col(OutboxMail.id).desc())
    )


def _row(row: Any) -> MailRow:  # noqa: ANN401 -- a row of _rows
    mail_id, box, kind, recipient, subject, ja, en, *rest = row
    name = organisation_name(ja, en) if ja else None
    return MailRow(mail_id, Box(box), kind, recipient, subject, name, *rest)


def _asked(box: Box | None, words: str) -> tuple[ColumnElement[bool], ...]:
    found = [BOXES[box]] if box is not None else []
    if words:
        address = col(OutboxMail.recipient).icontains(words, autoescape=True)
        found.append(or_(address, col(OutboxMail.subject).icontains(words, autoescape=True)))
    return tuple(found)


def _after(key: Key | None) -> tuple[ColumnElement[bool], ...]:
    if key is None:
        return ()
    at, mail_id = col(OutboxMail.created_at), col(OutboxMail.id)
    return (or_(at < key[0], and_(at == key[0], mail_id < key[1])),)
