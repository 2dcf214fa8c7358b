"""Levels that the secretariat offers a member, after the member was told of the check."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.accounts.models import User
from jpmirai_compliance.assessments.models import AnswerRow, Assessment, Status, Verdict
from jpmirai_compliance.assessments.queries import member
from jpmirai_compliance.assessments.queries.member import AssessmentView
from jpmirai_compliance.assessments.rules import VerdictKind
from jpmirai_compliance.assessments.rules import offers as rules
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import Actor
from jpmirai_compliance.principles import Indicator


@dataclass(frozen=True, slots=True)
class Offer:
    """One answer with the level that its evidence proves; ``taken`` None while undecided."""

    indicator: Indicator
    level: int  # as it is claimed now
    offered: int
    reason: str
    version: int
    taken: bool | None
    decided_at: dt.datetime | None
    decided_by: str


@dataclass(frozen=True, slots=True)
class Offers:
    """All offers of one assessment, in catalogue order; ``until`` None while it is returned."""

    assessment: AssessmentView
    found: tuple[Offer, ...]
    open: bool
    until: dt.datetime | None


def offers(uow: UnitOfWork, actor: Actor, year: int, now: dt.datetime) -> Offers:
    """Return what the actor's organisation was offered; nothing while a check goes on."""
    view = member.assessment(uow, actor, year)
    query = (
        select(Verdict, AnswerRow.level, User.name)
        .join(
            AnswerRow,
            (col(AnswerRow.assessment_id) == col(Verdict.assessment_id))
            & (col(AnswerRow.indicator_id) == col(Verdict.indicator_id)),
        )
        .join(User, col(User.id) == col(Verdict.offer_by), isouter=True)
        .where(
            col(Verdict.assessment_id) == view.id,
            col(Verdict.kind) == VerdictKind.DECLARATION_GAP,
            col(Verdict.to_return).is_(False),
        )
    )
    rows = [] if view.status is Status.SUBMITTED else uow.session.exec(query).all()
    by_id = {verdict.indicator_id: (verdict, level, name) for verdict, level, name in rows}
    done = select(Assessment.accepted_at).where(col(Assessment.id) == view.id)
    accepted_at = uow.session.exec(done).one()
    return Offers(
        assessment=view,
        found=tuple(_offer(i, *by_id[i.id]) for i in view.indicators if i.id in by_id),
        open=rules.open_for_offers(view.status, accepted_at, now),
        until=accepted_at + rules.LASTS if accepted_at else None,
    )


def _offer(indicator: Indicator, verdict: Verdict, level: int | None, name: str | None) -> Offer:
    return Offer(
        indicator=indicator,
        level=level or 0,
        offered=verdict.level or 0,
        reason=verdict.reason,
        version=verdict.version,
        taken=verdict.offer_taken,
        decided_at=verdict.offer_at,
        decided_by=name or "",
    )
