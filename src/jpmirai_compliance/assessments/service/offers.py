"""What a member does with an offered level: take it, or keep what was claimed."""

import datetime as dt

from sqlmodel import col, select

from jpmirai_compliance.assessments.models import (
    AnswerRow,
    SnapshotKind,
    Status,
    Verdict,
    VerdictKind,
)
from jpmirai_compliance.assessments.rules import offers as rules
from jpmirai_compliance.assessments.service.freezing import freeze
from jpmirai_compliance.assessments.service.holding import Held, hold, touch
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import Conflict, DomainError, NotFound
from jpmirai_compliance.foundation.policy import Actor, Permission
from jpmirai_compliance.foundation.text import Text


def decide(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    indicator_id: str,
    take: bool,
    version: int,
    now: dt.datetime,
) -> None:
    """Take the level that the verdict of ``version`` offers, or keep the claimed one.

    Taking it changes the answer's level; after the check the result is frozen anew. The same
    decision again changes nothing. Raises NotFound, NotPermitted, Conflict if the verdict is
    another by now, DomainError if it is too late or decided the other way.
    """
    held = hold(uow, actor, Permission.ASSESSMENT_APPROVE, year=year)
    verdict = _offer(uow, held, indicator_id)
    rules.require_open_for_offers(held.view.status, held.row.accepted_at, now)
    if verdict.version != version:
        raise Conflict
    if verdict.offer_taken is not None:
        if verdict.offer_taken is take:
            return
        raise DomainError(Text("This offer has been decided already. Nothing was changed."))
    verdict.offer_taken, verdict.offer_at, verdict.offer_by = take, now, actor.user_id
    uow.session.add(verdict)
    audit.record(
        uow,
        Event.OFFER_DECIDED,
        actor=actor,
        now=now,
        subject=f"assessment:{held.row.id}",
        org_id=held.row.org_id,
        data={"indicator": indicator_id, "level": verdict.level, "taken": take},
    )
    if take:
        _raise_level(uow, held, verdict, actor, now)


def _offer(uow: UnitOfWork, held: Held, indicator_id: str) -> Verdict:
    query = select(Verdict).where(
        col(Verdict.assessment_id) == held.row.id,
        col(Verdict.indicator_id) == indicator_id,
        col(Verdict.kind) == VerdictKind.DECLARATION_GAP,
    )
    found = uow.session.exec(query.with_for_update()).one_or_none()
    if found is None or held.view.status is Status.SUBMITTED:  # a check that goes on shows nothing
        raise NotFound
    return found


def _raise_level(
    uow: UnitOfWork, held: Held, verdict: Verdict, actor: Actor, now: dt.datetime
) -> None:
    query = select(AnswerRow).where(
        col(AnswerRow.assessment_id) == held.row.id,
        col(AnswerRow.indicator_id) == verdict.indicator_id,
    )
    answer = uow.session.exec(query).one()
    answer.level = rules.level_with_offer(answer.level, verdict.level, taken=True)
    answer.version += 1
    answer.updated_at, answer.updated_by = now, actor.user_id
    uow.session.add(answer)
    uow.session.flush()
    if held.view.status is Status.ACCEPTED:
        freeze(
            uow,
            held.row,
            kind=SnapshotKind.ACCEPTED,
            actor=actor,
            event=Event.OFFER_DECIDED,
            now=now,
        )
    else:
        touch(uow, held)
