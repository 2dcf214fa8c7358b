"""What the secretariat's first page and its record of events show."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Organisation, User
from jpmirai_compliance.assessments.models import Assessment, Round, Status
from jpmirai_compliance.assessments.queries.outbox import BOXES, Box
from jpmirai_compliance.assessments.queries.participants import Flag, flag_counts
from jpmirai_compliance.assessments.queries.rounds import organisation_name
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.mail import OutboxMail
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Localized

SHOWN = 10
PATIENCE = dt.timedelta(days=14)  # longer waits are named
PAGE = 100


@dataclass(frozen=True, slots=True)
class Overdue:
    """A returned assessment whose due date has passed."""

    assessment_id: uuid.UUID
    org_id: uuid.UUID
    name: Localized
    year: int
    due_at: dt.datetime


@dataclass(frozen=True, slots=True)
class FailedMail:
    """A mail that was given up; ``error`` is what the mail server said last."""

    recipient: str
    subject: str
    created_at: dt.datetime
    error: str


@dataclass(frozen=True, slots=True)
class ToDo:
    """What waits for the secretariat; the lists hold the first ten, the numbers count all."""

    waiting: int
    long_waiting: int  # of those, longer than ``PATIENCE``
    overdue_count: int
    overdue: tuple[Overdue, ...]
    failed_count: int
    failed: tuple[FailedMail, ...]
    held: int  # mails whose address bounced
    flags: Mapping[Flag, int]  # of the current round; empty without one

    @property
    def nothing(self) -> bool:
        """Whether nothing waits."""
        urgent = (Flag.ENDING, Flag.BOUNCED, Flag.UNREACHABLE)
        some = (self.waiting, self.overdue_count, self.failed_count, self.held)
        return not any(some) and not any(self.flags.get(flag) for flag in urgent)


@dataclass(frozen=True, slots=True)
class Happened:
    """One row of the record; names are "" where a job acted or no organisation is meant."""

    seq: int
    at: dt.datetime
    event: str
    actor: str
    organisation: Localized | None
    subject: str
    data: str


def to_do(
    uow: UnitOfWork, *, actor: Actor, now: dt.datetime, round_id: uuid.UUID | None = None
) -> ToDo:
    """Return what waits for the secretariat at ``now``; NotPermitted for members and judges."""
    authorize(actor, Permission.ROUND_READ, SECRETARIAT_ITSELF)
    waits = col(Assessment.status) == Status.SUBMITTED
    late = (col(Assessment.status) == Status.RETURNED, col(Assessment.return_due_at) <= now)
    failed = (
        select(OutboxMail)
        .where(BOXES[Box.FAILED])
        .order_by(col(OutboxMail.created_at).desc(), col(OutboxMail.id))
        .limit(SHOWN)
    )
    session = uow.session
    numbers = (
        _count(Assessment.id, waits),
        _count(Assessment.id, waits, col(Assessment.submitted_at) <= now - PATIENCE),
        _count(Assessment.id, *late),
        _count(OutboxMail.id, BOXES[Box.FAILED]),
        _count(OutboxMail.id, BOXES[Box.HELD]),
    )
    waiting, long_waiting, overdue, given_up, held = session.execute(select_columns(*numbers)).one()
    flags = flag_counts(uow, actor=actor, round_id=round_id, now=now) if round_id else {}
    return ToDo(
        waiting=waiting,
        long_waiting=long_waiting,
        overdue_count=overdue,
        overdue=tuple(
            Overdue(i, org, organisation_name(ja, en), year, due)
            for i, org, ja, en, year, due in session.execute(_overdue(late))
        ),
        failed_count=given_up,
        failed=tuple(
            FailedMail(m.recipient, m.subject, m.created_at, m.error) for m in session.exec(failed)
        ),
        held=held,
        flags=flags,
    )


def _count(column: Any, *where: ColumnElement[bool]) -> Any:  # noqa: ANN401 -- a subquery
    return select_columns(func.count(column)).where(*where).scalar_subquery()


def _overdue(late: tuple[ColumnElement[bool], ...]) -> Select[*tuple[Any, ...]]:
    return (
        select_columns(
            col(Assessment.id),
            col(Assessment.org_id),
            col(Organisation.name_ja),
            col(Organisation.name_en),
            col(Round.year),
            col(Assessment.return_due_at),
        )
        .join(Organisation, col(Organisation.id) == col(Assessment.org_id))
        .join(Round, col(Round.id) == col(Assessment.round_id))
        .where(*late)
        .order_by(col(Assessment.return_due_at), col(Assessment.id))
        .limit(SHOWN)
    )


def happened(
    uow: UnitOfWork,
    *,
    actor: Actor,
    room: str = "",
    before: int | None = None,
    limit: int = PAGE,
) -> tuple[Happened, ...]:
    """Return recorded events, newest first, of one room or of all, older than ``before``."""
    authorize(actor, Permission.AUDIT_READ, SECRETARIAT_ITSELF)
    query = select(AuditEvent).order_by(col(AuditEvent.seq).desc()).limit(limit)
    if room:
        query = query.where(col(AuditEvent.event).startswith(f"{room}:", autoescape=True))
    if before is not None:
        query = query.where(col(AuditEvent.seq) < before)
    rows = uow.session.exec(query).all()
    people = _people(uow, {r.actor_id for r in rows if r.actor_id})
    names = _organisations(uow, {r.org_id for r in rows if r.org_id})
    return tuple(
        Happened(
            seq=r.seq,
            at=r.at,
            event=r.event,
            actor=people.get(r.actor_id, "") if r.actor_id else "",
            organisation=names.get(r.org_id) if r.org_id else None,
            subject=r.subject,
            data="" if r.data == "{}" else r.data,
        )
        for r in rows
    )


def rooms() -> tuple[str, ...]:
    """Return the rooms that events are named after, alphabetical."""
    return tuple(sorted({event.value.partition(":")[0] for event in Event}))


def _people(uow: UnitOfWork, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = uow.session.exec(select(User.id, User.name).where(col(User.id).in_(ids)))
    return dict(rows.all())


def _organisations(uow: UnitOfWork, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Localized]:
    query = select(Organisation.id, Organisation.name_ja, Organisation.name_en)
    rows = uow.session.exec(query.where(col(Organisation.id).in_(ids)))
    return {org_id: organisation_name(ja, en) for org_id, ja, en in rows}
