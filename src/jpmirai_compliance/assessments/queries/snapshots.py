"""What was frozen: submissions and accepted results."""

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from jpmirai_compliance.assessments.models import Snapshot, SnapshotKind
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.db import UnitOfWork

MEMBERS_MAX = 10_000  # more than the platform will ever have


@dataclass(frozen=True, slots=True)
class SnapshotView:
    """One frozen state; ``body`` is the canonical JSON, ``sha256`` its hash in hexadecimal."""

    id: uuid.UUID
    org_id: uuid.UUID
    assessment_id: uuid.UUID
    kind: SnapshotKind
    ordinal: int
    number: str
    year: int
    sha256: str
    at: dt.datetime
    by: uuid.UUID
    body: Mapping[str, Any]


def snapshot(
    uow: UnitOfWork, assessment_id: uuid.UUID, kind: SnapshotKind | None = None
) -> SnapshotView | None:
    """Return the newest snapshot of an assessment (of one kind), or None."""
    query = select(Snapshot).where(col(Snapshot.assessment_id) == assessment_id)
    if kind is not None:
        query = query.where(col(Snapshot.kind) == kind)
    row = uow.session.exec(query.order_by(col(Snapshot.ordinal).desc()).limit(1)).one_or_none()
    return view_of(row) if row else None


def newest_before(uow: UnitOfWork, org_id: uuid.UUID, year: int) -> SnapshotView | None:
    """Return the newest snapshot of the newest year before ``year``, or None."""
    query = (
        select(Snapshot)
        .where(col(Snapshot.org_id) == org_id, col(Snapshot.year) < year)
        .order_by(col(Snapshot.year).desc(), col(Snapshot.ordinal).desc())
        .limit(1)
    )
    row = uow.session.exec(query).one_or_none()
    return view_of(row) if row else None


def accepted_snapshots(uow: UnitOfWork, year: int) -> tuple[SnapshotView, ...]:
    """Return the newest accepted snapshot of each assessment of a year, by number."""
    newest = (
        select(Snapshot.assessment_id, func.max(Snapshot.ordinal).label("ordinal"))
        .where(col(Snapshot.year) == year, col(Snapshot.kind) == SnapshotKind.ACCEPTED)
        .group_by(col(Snapshot.assessment_id))
        .subquery()
    )
    query = (
        select(Snapshot)
        .join(
            newest,
            (col(Snapshot.assessment_id) == newest.c.assessment_id)
            & (col(Snapshot.ordinal) == newest.c.ordinal),
        )
        .order_by(col(Snapshot.number))
        .limit(MEMBERS_MAX)
    )
    return tuple(view_of(row) for row in uow.session.exec(query))


def audit_seq(uow: UnitOfWork, view: SnapshotView) -> int | None:
    """Return the number of the audit event that recorded the snapshot, or None."""
    query = (
        select(AuditEvent.seq, AuditEvent.data)
        .where(
            col(AuditEvent.org_id) == view.org_id,
            col(AuditEvent.subject) == f"assessment:{view.assessment_id}",
            col(AuditEvent.event).in_(
                [Event.ASSESSMENT_SUBMITTED, Event.REVIEW_ACCEPTED, Event.OFFER_DECIDED]
            ),
        )
        .order_by(col(AuditEvent.seq).desc())
    )
    for seq, data in uow.session.exec(query):
        if json.loads(data).get("number") == view.number:
            return seq
    return None


def view_of(row: Snapshot) -> SnapshotView:
    """Return the frozen value of a row."""
    return SnapshotView(
        id=row.id,
        org_id=row.org_id,
        assessment_id=row.assessment_id,
        kind=row.kind,
        ordinal=row.ordinal,
        number=row.number,
        year=row.year,
        sha256=row.sha256,
        at=row.at,
        by=row.by,
        body=json.loads(row.body),
    )
