"""Starting from last year: answers are copied, and each one waits for somebody to confirm it."""

import datetime as dt
import uuid

from sqlalchemy import update
from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.assessments import rules
from jpmirai_compliance.assessments.models import AnswerRow, Assessment, FormLength
from jpmirai_compliance.assessments.queries import member_answers
from jpmirai_compliance.assessments.service.holding import hold, touch
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import Conflict
from jpmirai_compliance.foundation.policy import Actor, Permission
from jpmirai_compliance.principles import MemberKind, load_edition


def prefill(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    row: Assessment,
    *,
    edition_id: str,
    year: int,
    actor: Actor,
    now: dt.datetime,
) -> int:
    """Copy the answers last submitted where this assessment has none; return how many.

    Only what is asked this year; never evidence, never the internal note. The caller has
    authorised and holds the lock.
    """
    before = member_answers.previous(uow, row.org_id, year)
    if before is None:
        return 0
    kind = uow.session.exec(
        select(Organisation.kind).where(col(Organisation.id) == row.org_id)
    ).one()
    asked = load_edition(edition_id).applicable(
        MemberKind(kind), core_only=row.form is FormLength.CORE
    )
    there = member_answers.answers(uow, row.id)
    copied = [
        AnswerRow(
            org_id=row.org_id,
            assessment_id=row.id,
            indicator_id=indicator.id,
            level=found.level,
            not_applicable=found.not_applicable,
            na_reason=found.na_reason,
            text=found.text,
            reach=found.reach,
            prefilled=True,
            updated_at=now,
            updated_by=actor.user_id,
        )
        for indicator in asked
        if indicator.id not in there and (found := before.answer(indicator.id)) is not None
    ]
    uow.session.add_all(copied)
    uow.session.flush()
    return len(copied)


def confirm(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    indicator_id: str,
    version: int,
    now: dt.datetime,
) -> int:
    """Let the copied answer that the person saw at ``version`` be this year's; return its version.

    An answer that somebody gave already stays as it is. Raises NotFound, NotPermitted, DomainError
    if it is frozen or the window closed, Conflict if it changed meanwhile.
    """
    held = hold(uow, actor, Permission.ASSESSMENT_ANSWER, assessment_id=assessment_id)
    held.view.indicator(indicator_id)
    found = member_answers.answers(uow, assessment_id).get(indicator_id)
    rules.require_writable(
        held.view.status,
        reopened=bool(found and found.reopened),
        evidence_only=bool(found and found.evidence_only),
    )
    rules.require_open(held.view.window, now)
    if found is None:
        raise Conflict
    if not found.prefilled:
        return found.version
    if found.version != version:
        raise Conflict
    uow.session.execute(
        update(AnswerRow)
        .where(
            col(AnswerRow.assessment_id) == assessment_id,
            col(AnswerRow.indicator_id) == indicator_id,
        )
        .values(prefilled=False, version=version + 1, updated_at=now, updated_by=actor.user_id)
        .execution_options(synchronize_session=False)
    )
    uow.session.expire_all()
    touch(uow, held)
    audit.record(
        uow,
        Event.ANSWER_CONFIRMED,
        actor=actor,
        now=now,
        subject=f"answer:{assessment_id}:{indicator_id}",
        org_id=held.view.org_id,
        data={"version": version + 1},
    )
    return version + 1
