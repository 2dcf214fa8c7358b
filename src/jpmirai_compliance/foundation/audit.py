"""Append-only record of what people did, hash-chained; one row in the same transaction.

Each row's hash covers the row and the hash before it, so that an edited, removed, inserted or
swapped row breaks the chain at that place (``verify``). Triggers of the database refuse UPDATE
and DELETE besides.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, cast

import rfc8785
from sqlalchemy import BigInteger, Column
from sqlmodel import Field, Session, col, select

from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.policy import Actor
from jpmirai_compliance.foundation.tables import Base, UtcDateTime

DOMAIN = b"jpmirai-audit-1\n"
FIRST = "0" * 64


class Event(StrEnum):
    """``room:action`` of everything that is recorded, alphabetical."""

    ACCOUNT_CREATED = "accounts:created"
    ACCOUNT_DISABLED = "accounts:disabled"
    EMAIL_CHANGED = "accounts:email-changed"
    HANDOVER_ASKED = "accounts:handover-asked"
    HANDOVER_CONFIRMED = "accounts:handover-confirmed"
    HANDOVER_UNDONE = "accounts:handover-undone"
    HANDOVER_WITHDRAWN = "accounts:handover-withdrawn"
    INVITATION_ACCEPTED = "accounts:invitation-accepted"
    INVITATION_REVOKED = "accounts:invitation-revoked"
    INVITATION_SENT = "accounts:invitation-sent"
    ORGANISATION_CHANGED = "accounts:organisation-changed"
    ORGANISATION_CREATED = "accounts:organisation-created"
    PASSWORD_CHANGED = "accounts:password-changed"  # noqa: S105 -- an event's name
    PASSWORD_RESET_ASKED = "accounts:password-reset-asked"  # noqa: S105 -- an event's name
    REOPENING_CONSENTED = "accounts:reopening-consented"
    REOPENING_PROPOSED = "accounts:reopening-proposed"
    REOPENING_REFUSED = "accounts:reopening-refused"
    ROLES_CHANGED = "accounts:roles-changed"
    SECOND_FACTOR_CHANGED = "accounts:second-factor-changed"
    SECOND_FACTOR_FAILED = "accounts:second-factor-failed"
    SETTINGS_CHANGED = "accounts:settings-changed"
    SIGNED_IN = "accounts:signed-in"
    SIGNED_OUT = "accounts:signed-out"
    SIGN_IN_FAILED = "accounts:sign-in-failed"
    ANSWER_CONFIRMED = "assessments:answer-confirmed"
    ANSWER_SAVED = "assessments:answer-saved"
    ASSESSMENT_APPROVAL_ASKED = "assessments:approval-asked"
    ASSESSMENT_APPROVED = "assessments:approved"
    ASSESSMENT_REOPENED = "assessments:reopened"
    ASSESSMENT_STARTED = "assessments:started"
    ASSESSMENT_SUBMITTED = "assessments:submitted"
    COMMENT_CHANGED = "assessments:comment-changed"
    COMMENT_WRITTEN = "assessments:comment-written"
    EDITION_CHANGED = "assessments:edition-changed"
    EDITION_PUBLISHED = "assessments:edition-published"
    FORM_CHANGED = "assessments:form-changed"
    MEMBERS_REMINDED = "assessments:members-reminded"
    OFFER_DECIDED = "assessments:offer-decided"
    QUESTION_ASSIGNED = "assessments:question-assigned"
    QUESTION_FLAGGED = "assessments:question-flagged"
    REVIEW_ACCEPTED = "assessments:review-accepted"
    REVIEW_ASSIGNED = "assessments:review-assigned"
    REVIEW_REASONS_CHANGED = "assessments:review-reasons-changed"
    REVIEW_RETURNED = "assessments:review-returned"
    ROUND_CHANGED = "assessments:round-changed"
    ROUND_OPENED = "assessments:round-opened"
    UPDATE_PERIOD_CHANGED = "assessments:update-period-changed"
    UPDATE_SAVED = "assessments:update-saved"
    UPDATE_SUBMITTED = "assessments:update-submitted"
    VERDICT_GIVEN = "assessments:verdict-given"
    AWARD_CONFLICT_DECLARED = "awards:conflict-declared"
    AWARD_CYCLE_CHANGED = "awards:cycle-changed"
    AWARD_DECIDED = "awards:decided"
    AWARD_ENTERED = "awards:entered"
    AWARD_JUDGE_ASSIGNED = "awards:judge-assigned"
    AWARD_SCORED = "awards:scored"
    AWARD_SHORTLISTED = "awards:shortlisted"
    HELP_CHANGED = "disclosure:help-changed"
    POSTER_HUNG = "disclosure:poster-hung"
    POSTER_TAKEN_DOWN = "disclosure:poster-taken-down"
    PUBLICATION_PREPARED = "disclosure:prepared"
    PUBLISHED = "disclosure:published"
    UNPUBLISHED = "disclosure:unpublished"
    WORDING_CHANGED = "disclosure:wording-changed"
    EVIDENCE_ADDED = "evidence:added"
    EVIDENCE_ATTACHED = "evidence:attached"
    EVIDENCE_CHANGED = "evidence:changed"
    EVIDENCE_DETACHED = "evidence:detached"
    EVIDENCE_READ = "evidence:read"
    ADDRESS_BOUNCED = "operations:address-bounced"
    ADDRESS_REACHED = "operations:address-reached"
    EVIDENCE_REMOVED = "evidence:removed"
    EVIDENCE_SCANNED = "evidence:scanned"
    BACKUP_MADE = "operations:backup-made"
    BACKUP_RESTORED = "operations:backup-restored"
    DATA_EXPORTED = "operations:data-exported"
    MAIL_CANCELLED = "operations:mail-cancelled"
    MAIL_RETRIED = "operations:mail-retried"
    LOGO_CHANGED = "posters:logo-changed"
    POSTER_MADE = "posters:made"
    ANSWERS_IMPORTED = "reports:answers-imported"
    ANSWERS_UPLOADED = "reports:answers-uploaded"
    MAIL_QUEUED = "schedule:mail-queued"
    WORKPLACE_CHANGED = "workplaces:changed"


class AuditEvent(Base, table=True):
    """One thing that happened; ``hash`` covers it and ``prev``, the hash of the row before."""

    __tablename__ = "audit_event"

    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: dt.datetime = Field(sa_type=UtcDateTime, index=True)
    event: str = Field(max_length=64, index=True)
    actor_id: uuid.UUID | None = Field(default=None, index=True)
    org_id: uuid.UUID | None = Field(default=None, index=True)
    subject: str = Field(default="", max_length=200)
    data: str = Field(default="{}")
    prev: str = Field(max_length=64)
    hash: str = Field(max_length=64)


def record(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    event: Event,
    *,
    actor: Actor | None,
    now: dt.datetime,
    subject: str = "",
    org_id: uuid.UUID | None = None,
    data: Mapping[str, object] | None = None,
) -> int:
    """Append one event and return its sequence number; it commits or fails with the change.

    ``data`` holds strings, whole numbers, booleans, None, lists and maps of them: never a
    password, a token, or the text of an answer.
    """
    lock(uow, "audit")
    last = uow.session.exec(
        select(AuditEvent.seq, AuditEvent.hash).order_by(col(AuditEvent.seq).desc()).limit(1)
    ).first()
    seq, prev = (last[0] + 1, last[1]) if last else (1, FIRST)
    row = AuditEvent(
        seq=seq,
        at=now.astimezone(dt.UTC),
        event=event.value,
        actor_id=actor.user_id if actor else None,
        org_id=org_id if org_id is not None else (actor.org_id if actor else None),
        subject=subject,
        data=rfc8785.dumps(cast("dict[str, Any]", dict(data or {}))).decode(),
        prev=prev,
        hash="",
    )
    row.hash = digest(row)
    uow.session.add(row)
    uow.session.flush()
    return seq


def digest(row: AuditEvent) -> str:
    """Return the SHA-256 that the row must carry, in hexadecimal."""
    body: dict[str, Any] = {
        "seq": row.seq,
        "at": row.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "event": row.event,
        "actor": str(row.actor_id) if row.actor_id else None,
        "org": str(row.org_id) if row.org_id else None,
        "subject": row.subject,
        "data": row.data,
    }
    return hashlib.sha256(DOMAIN + row.prev.encode() + rfc8785.dumps(body)).hexdigest()


def verify(session: Session) -> tuple[int, int | None]:
    """Return how many rows were read, and the sequence number of the first bad one or None."""
    count, prev = 0, FIRST
    for row in _rows(session):
        count += 1
        if row.seq != count or row.prev != prev or row.hash != digest(row):
            return count, row.seq
        prev = row.hash
    return count, None


def _rows(session: Session) -> Iterator[AuditEvent]:
    last: int | None = None
    while True:
        query = select(AuditEvent).order_by(col(AuditEvent.seq)).limit(1000)
        page = session.exec(
            query if last is None else query.where(col(AuditEvent.seq) > last)
        ).all()
        if not page:
            return
        yield from page
        last = page[-1].seq
