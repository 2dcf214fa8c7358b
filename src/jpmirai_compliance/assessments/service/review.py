"""What reviewers do: give verdicts, send answers back, finish the check."""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlmodel import col, select

from jpmirai_compliance.assessments import rules
from jpmirai_compliance.assessments.models import (
    AnswerRow,
    Assessment,
    SnapshotKind,
    Status,
    Verdict,
    VerdictKind,
    VerdictLog,
)
from jpmirai_compliance.assessments.queries import review as queries
from jpmirai_compliance.assessments.queries import snapshots
from jpmirai_compliance.assessments.queries.review import Desk, DeskAnswer
from jpmirai_compliance.assessments.service import queueing, review_mail, submission
from jpmirai_compliance.assessments.service.review_mail import Letter
from jpmirai_compliance.assessments.service.rulings import (
    Choice,
    Ruling,
    as_stored,
    choices,
    conflict_of,
    gap_levels,
    gaps_of,
    offer_levels,
)
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import (
    Conflict,
    DomainError,
    Gap,
    Incomplete,
    NotFound,
)
from jpmirai_compliance.foundation.policy import Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Text

__all__ = [
    "Choice",
    "Ruling",
    "accept",
    "accept_remaining",
    "choices",
    "gap_levels",
    "give_verdict",
    "offer_levels",
    "send_back",
]

REASON_MAX = 1_000  # characters
RETURN_DAYS = 14


def give_verdict(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    indicator_id: str,
    ruling: Ruling,
    version: int,
    now: dt.datetime,
) -> int:
    """Save a verdict over the one the reviewer saw (``version``, 0 if none); return its version.

    Raises NotFound, NotPermitted, DomainError if the submission is not under review, Incomplete
    if the level or reason is missing, Conflict with both verdicts if another reviewer was first.
    """
    row = _locked(uow, actor, assessment_id)
    desk = _under_review(uow, actor, row)
    answer = desk.answer(indicator_id)
    if gaps := gaps_of(answer, ruling):
        raise Incomplete(Text("The verdict was not saved."), gaps)
    if (answer.verdict.version if answer.verdict else 0) != version:
        raise conflict_of(answer, ruling)
    verdict = _stored(uow, row, indicator_id, actor, now)
    verdict.kind, verdict.level, verdict.reason = as_stored(answer, ruling)
    verdict.to_return = ruling.choice.asks_again
    verdict.evidence_only = ruling.choice is Choice.EVIDENCE
    verdict.version = version + 1
    verdict.at, verdict.by = now, actor.user_id
    verdict.offer_taken = verdict.offer_at = verdict.offer_by = None
    _keep(uow, row, [verdict])
    data: dict[str, object] = {
        "indicator": indicator_id,
        "kind": verdict.kind.value,
        "level": verdict.level,
        "to_return": verdict.to_return,
        "evidence_only": verdict.evidence_only,
    }
    _record(uow, Event.VERDICT_GIVEN, row, actor=actor, now=now, data=data)
    return verdict.version


def accept_remaining(
    uow: UnitOfWork,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    expected: str,
    now: dt.datetime,
) -> int:
    """Accept the evidence of every answer without a verdict; return how many.

    Raises NotFound, NotPermitted, DomainError as ``give_verdict``; Conflict if the desk is not as
    the reviewer saw it (``expected``, its stamp): other answers, or others' verdicts.
    """
    row = _locked(uow, actor, assessment_id)
    desk = _under_review(uow, actor, row)
    unseen = [a.indicator.id for a in desk.unseen]
    _require_as_seen(desk, expected)
    if unseen:
        _keep(uow, row, [_new(row, indicator_id, actor, now) for indicator_id in unseen])
        data = {"indicators": unseen, "kind": VerdictKind.ACCEPTED.value, "together": True}
        _record(uow, Event.VERDICT_GIVEN, row, actor=actor, now=now, data=data)
    return len(unseen)


def send_back(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    due_at: dt.datetime,
    base_url: str,
    now: dt.datetime,
    letters: Sequence[Letter] | None = None,
    expected: str | None = None,
) -> int:
    """Reopen the answers that are marked, mail the member, and return how many they are.

    Everything else stays frozen. ``letters`` is the mail as the reviewer left it, written here if
    None; ``expected`` the stamp of the desk that it speaks about. Raises NotFound, NotPermitted,
    DomainError if the submission is not under review, Incomplete if no answer is marked, the due
    date has passed or the mail is empty, Conflict if the verdicts are others by now.
    """
    row = _locked(uow, actor, assessment_id)
    desk = _under_review(uow, actor, row)
    gaps = []
    if not desk.waiting:
        gaps.append(Gap(Text("Mark at least one answer to be sent back first.")))
    if due_at <= now:
        gaps.append(Gap(Text("The due date must be after today."), "due"))
    if gaps := [*gaps, *review_mail.faults(letters or ())]:
        raise Incomplete(Text("Nothing was sent back."), gaps)
    _require_as_seen(desk, expected)
    if letters is None:
        letters = review_mail.returned(uow, desk, due_at=due_at, base_url=base_url)
    row.status = rules.move(row.status, Status.RETURNED)
    row.return_due_at = due_at
    _reopen(uow, row, [a.indicator.id for a in desk.waiting], actor, now)
    uow.session.add(row)
    uow.session.flush()
    queueing.keep(uow, row)
    data: dict[str, object] = {
        "indicators": [a.indicator.id for a in desk.waiting],
        "evidence_only": [a.indicator.id for a in desk.waiting if a.evidence_only],
        "due_at": due_at.astimezone(dt.UTC).isoformat(),
    }
    _record(uow, Event.REVIEW_RETURNED, row, actor=actor, now=now, data=data)
    review_mail.send(uow, desk, "review-returned", letters, now=now)
    return len(desk.waiting)


def accept(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    base_url: str,
    now: dt.datetime,
    letters: Sequence[Letter] | None = None,
    expected: str | None = None,
) -> str:
    """Finish the check: freeze the result, mail it, and return the snapshot's number.

    A second call changes nothing and returns the same number; ``letters`` and ``expected`` as in
    ``send_back``. Raises NotFound, NotPermitted, DomainError if it is with the member, Incomplete
    listing the answers without a verdict and those marked to be sent back, Conflict.
    """
    row = _locked(uow, actor, assessment_id)
    if row.status is Status.ACCEPTED:
        done = snapshots.snapshot(uow, row.id, SnapshotKind.ACCEPTED)
        return done.number if done else ""
    desk = _under_review(uow, actor, row)
    if gaps := [*map(_open_gap, desk.open), *review_mail.faults(letters or ())]:
        raise Incomplete(Text("The check is not finished yet."), gaps)
    _require_as_seen(desk, expected)
    if letters is None:
        letters = review_mail.accepted(uow, desk, base_url=base_url)
    row.status = rules.move(row.status, Status.ACCEPTED)
    row.accepted_at, row.accepted_by = now, actor.user_id
    uow.session.add(row)
    uow.session.flush()
    frozen = submission.freeze(
        uow, row, kind=SnapshotKind.ACCEPTED, actor=actor, event=Event.REVIEW_ACCEPTED, now=now
    )
    queueing.keep(uow, row)
    review_mail.send(uow, desk, "review-accepted", letters, now=now)
    return frozen.number


def _require_as_seen(desk: Desk, expected: str | None) -> None:
    if expected is not None and desk.stamp != expected:
        raise Conflict(text=Text("Another reviewer gave verdicts meanwhile. Please look again."))


def _locked(uow: UnitOfWork, actor: Actor, assessment_id: uuid.UUID) -> Assessment:
    """Return the row, held until the end: reviewers of one submission wait for each other."""
    query = select(Assessment).where(col(Assessment.id) == assessment_id).with_for_update()
    row = uow.session.exec(query).one_or_none()
    if row is None or row.submitted_at is None:
        raise NotFound
    authorize(actor, Permission.ASSESSMENT_REVIEW, row)
    queries.require_no_tie(uow, actor, row.org_id)
    return row


def _under_review(uow: UnitOfWork, actor: Actor, row: Assessment) -> Desk:
    if row.status is not Status.SUBMITTED:
        raise DomainError(
            Text("This assessment is not under review now. Its verdicts cannot be changed.")
        )
    return queries.desk(uow, actor=actor, assessment_id=row.id)


def _stored(
    uow: UnitOfWork, row: Assessment, indicator_id: str, actor: Actor, now: dt.datetime
) -> Verdict:
    """Return the answer's verdict, or a new one."""
    query = select(Verdict).where(
        col(Verdict.assessment_id) == row.id, col(Verdict.indicator_id) == indicator_id
    )
    found = uow.session.exec(query).one_or_none()
    return found or _new(row, indicator_id, actor, now)


def _new(row: Assessment, indicator_id: str, actor: Actor, now: dt.datetime) -> Verdict:
    return Verdict(
        org_id=row.org_id,
        assessment_id=row.id,
        indicator_id=indicator_id,
        kind=VerdictKind.ACCEPTED,
        at=now,
        by=actor.user_id,
    )


def _keep(uow: UnitOfWork, row: Assessment, verdicts: list[Verdict]) -> None:
    """Store verdicts, each also as a line of the log that nobody can change."""
    for verdict in verdicts:
        uow.session.add(verdict)
        uow.session.add(
            VerdictLog(
                org_id=row.org_id,
                assessment_id=row.id,
                indicator_id=verdict.indicator_id,
                version=verdict.version,
                kind=verdict.kind,
                level=verdict.level,
                reason=verdict.reason,
                to_return=verdict.to_return,
                evidence_only=verdict.evidence_only,
                at=verdict.at,
                by=verdict.by,
            )
        )
    uow.session.flush()
    queueing.keep(uow, row)


def _open_gap(answer: DeskAnswer) -> Gap:
    names = {"id": answer.indicator.id, "title": answer.indicator.title}
    if answer.waiting:
        text = Text("%(id)s %(title)s is marked to be sent back.", names)
    else:
        text = Text("%(id)s %(title)s has no verdict yet.", names)
    return Gap(text, answer.indicator.id)


def _reopen(
    uow: UnitOfWork, row: Assessment, indicator_ids: list[str], actor: Actor, now: dt.datetime
) -> None:
    """Open these answers to the member; one never answered gets an empty row to write in."""
    query = select(AnswerRow).where(
        col(AnswerRow.assessment_id) == row.id, col(AnswerRow.indicator_id).in_(indicator_ids)
    )
    there = {a.indicator_id: a for a in uow.session.exec(query)}
    for indicator_id in indicator_ids:
        answer = there.get(indicator_id) or AnswerRow(
            org_id=row.org_id,
            assessment_id=row.id,
            indicator_id=indicator_id,
            updated_at=now,
            updated_by=actor.user_id,
        )
        answer.reopened = True
        uow.session.add(answer)


def _record(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    event: Event,
    row: Assessment,
    *,
    actor: Actor,
    now: dt.datetime,
    data: dict[str, object],
) -> None:
    subject = f"assessment:{row.id}"
    audit.record(uow, event, actor=actor, now=now, subject=subject, org_id=row.org_id, data=data)
