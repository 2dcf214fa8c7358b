"""The organisation's own approval before it submits."""

import datetime as dt
import uuid

from sqlmodel import col, select

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.assessments import rules
from jpmirai_compliance.assessments.models import AnswerRow, Status
from jpmirai_compliance.assessments.queries import checking
from jpmirai_compliance.assessments.service.holding import Held, hold, require_seen
from jpmirai_compliance.foundation import audit, mail
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import DomainError, Gap, Incomplete
from jpmirai_compliance.foundation.inputs import clean_text
from jpmirai_compliance.foundation.policy import Actor, Permission, Role
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles import Finding, Severity

REASON_MAX = 1_000


def ask(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork, *, actor: Actor, year: int, version: int, base_url: str, now: dt.datetime
) -> None:
    """Ask the organisation's approvers by mail; returned answers stay returned meanwhile.

    Raises NotFound, NotPermitted, Conflict, DomainError, Incomplete with what is missing.
    """
    held = hold(uow, actor, Permission.ASSESSMENT_ANSWER, year=year)
    require_seen(held, version)
    rules.require_open(held.view.window, now)
    require_whole(uow, held, now)
    approvers = accounts.with_roles(uow, held.row.org_id, {Role.APPROVER})
    if not approvers:
        raise DomainError(
            Text("Nobody in your organisation can approve. Invite an approver under People first.")
        )
    if held.view.status is not Status.RETURNED:
        held.row.status = rules.move(held.view.status, Status.AWAITING_APPROVAL)
    held.row.approval_asked_at = now
    held.row.sent_back_reason = ""
    for person in approvers:
        mail.queue(
            uow,
            kind="approval-asked",
            recipient=person.email,
            locale=person.locale,
            subject=Text("Please approve the %(year)s self-assessment", {"year": year}),
            paragraphs=[
                Text("The answers of the %(year)s self-assessment are ready.", {"year": year}),
                Text(
                    "Please look at all answers, then approve them or send them back by"
                    " %(closes)s.",
                    {"closes": held.view.window.closes_at},
                ),
                f"{base_url}/m/{year}/check",
            ],
            now=now,
            org_id=held.row.org_id,
        )
    _record(uow, Event.ASSESSMENT_APPROVAL_ASKED, actor, held, now, {"approvers": len(approvers)})


def approve(uow: UnitOfWork, *, actor: Actor, year: int, version: int, now: dt.datetime) -> None:
    """Approve what the approver saw at ``version``.

    Whoever wrote answers leaves it to another approver who did not, if there is one.
    Raises NotFound, NotPermitted, Conflict, DomainError, Incomplete with what is missing.
    """
    held = hold(uow, actor, Permission.ASSESSMENT_APPROVE, year=year)
    require_seen(held, version)
    rules.require_open(held.view.window, now)
    rules.move(held.view.status, Status.APPROVED)
    require_whole(uow, held, now)
    writers = writers_of(uow, held.row.id)
    own_work = actor.user_id in writers
    if own_work and _others(uow, held, writers):
        raise DomainError(
            Text(
                "You wrote some of the answers yourself. Ask another approver of your organisation"
                " to approve them."
            )
        )
    held.row.status = Status.APPROVED
    held.row.approved_at, held.row.approved_by = now, actor.user_id
    held.row.sent_back_reason = ""
    _record(uow, Event.ASSESSMENT_APPROVED, actor, held, now, {"own_work": own_work})


def send_back(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork, *, actor: Actor, year: int, reason: str, base_url: str, now: dt.datetime
) -> None:
    """Give the answers back to the editors with a reason; they are told by mail.

    Raises NotFound, NotPermitted, DomainError, Incomplete without a reason.
    """
    held = hold(uow, actor, Permission.ASSESSMENT_APPROVE, year=year)
    said = clean_text(reason, REASON_MAX)
    if not said:
        text = Text("Write what should be changed.")
        raise Incomplete(text, [Gap(text, "#reason")])
    rules.require_open(held.view.window, now)
    held.row.status = rules.move(held.view.status, Status.DRAFT)
    held.row.approved_at = held.row.approved_by = None
    held.row.sent_back_reason = said
    for person in accounts.with_roles(uow, held.row.org_id, {Role.EDITOR, Role.ADMIN}):
        if person.user_id == actor.user_id:
            continue
        mail.queue(
            uow,
            kind="approval-sent-back",
            recipient=person.email,
            locale=person.locale,
            subject=Text("The %(year)s self-assessment was sent back to you", {"year": year}),
            paragraphs=[
                Text("The approver asks for changes before approving:"),
                said,
                f"{base_url}/m/{year}",
            ],
            now=now,
            org_id=held.row.org_id,
        )
    _record(uow, Event.ASSESSMENT_REOPENED, actor, held, now, {})


def require_whole(uow: UnitOfWork, held: Held, now: dt.datetime) -> None:
    """Incomplete with a link for each thing that still keeps the answers from being submitted."""
    if found := gaps(uow, held, now):
        raise Incomplete(Text("Some things are missing before this can go on."), found)


def gaps(uow: UnitOfWork, held: Held, now: dt.datetime) -> list[Gap]:
    """Return the errors of the check: first the profile, then answers in catalogue order."""
    return [
        _gap(held, finding)
        for finding in checking.findings(uow, held.view, now)
        if finding.severity is Severity.ERROR
    ]


def _gap(held: Held, finding: Finding) -> Gap:
    if not finding.indicator_id:
        return Gap(finding.text, "/m/profile")
    text = Text(
        "%(id)s %(title)s: %(problem)s",
        {
            "id": finding.indicator_id,
            "title": held.view.indicator(finding.indicator_id).title,
            "problem": finding.text,
        },
    )
    return Gap(text, f"/m/{held.view.year}/{finding.indicator_id}#{finding.anchor}")


def writers_of(uow: UnitOfWork, assessment_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return who saved the answers as they stand."""
    query = select(AnswerRow.updated_by).where(col(AnswerRow.assessment_id) == assessment_id)
    return frozenset(uow.session.exec(query.distinct()))


def _others(uow: UnitOfWork, held: Held, writers: frozenset[uuid.UUID]) -> bool:
    approvers = accounts.with_roles(uow, held.row.org_id, {Role.APPROVER})
    return any(person.user_id not in writers for person in approvers)


def _record(  # noqa: PLR0913, PLR0917 -- private
    uow: UnitOfWork,
    event: Event,
    actor: Actor,
    held: Held,
    now: dt.datetime,
    data: dict[str, object],
) -> None:
    audit.record(
        uow,
        event,
        actor=actor,
        now=now,
        subject=f"assessment:{held.row.id}",
        org_id=held.row.org_id,
        data={"year": held.view.year, **data},
    )
