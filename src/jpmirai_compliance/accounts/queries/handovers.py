"""Hand-overs and re-openings of an organisation, and the pages that their links open."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from jpmirai_compliance.accounts.models import Handover, Membership, Organisation, Reopening, User
from jpmirai_compliance.accounts.queries.links import LinkState
from jpmirai_compliance.accounts.rules.addresses import token_hash
from jpmirai_compliance.accounts.rules.handover import HandoverState
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.text import Localized


@dataclass(frozen=True, slots=True)
class HandoverView:
    """One hand-over; ``known`` if the successor's address has an account."""

    handover_id: uuid.UUID
    org_id: uuid.UUID
    organisation: Localized
    state: HandoverState
    giver_id: uuid.UUID
    giver: str
    email: str
    name: str
    locale: str
    leaves: bool
    known: bool
    asked_at: dt.datetime
    expires_at: dt.datetime
    done_at: dt.datetime | None
    undo_until: dt.datetime | None

    def undoable(self, now: dt.datetime) -> bool:
        """Whether it can still be undone."""
        undo = self.undo_until
        return self.state is HandoverState.DONE and undo is not None and now < undo


@dataclass(frozen=True, slots=True)
class ReopeningView:
    """One proposal of a new administrator."""

    reopening_id: uuid.UUID
    email: str
    name: str
    reason: str
    evidence: str
    proposed_by: uuid.UUID
    proposer: str
    proposed_at: dt.datetime
    expires_at: dt.datetime
    consented: bool | None
    decider: str
    open: bool


def handovers(uow: UnitOfWork, org_id: uuid.UUID, now: dt.datetime) -> tuple[HandoverView, ...]:
    """Return the last ten hand-overs of an organisation, newest first."""
    query = _handovers().where(col(Handover.org_id) == org_id)
    rows = uow.session.exec(query.order_by(col(Handover.asked_at).desc()).limit(10))
    return tuple(_view(row, now) for row in rows)


def handover(
    uow: UnitOfWork, token: str, now: dt.datetime
) -> tuple[LinkState, HandoverView | None]:
    """Return whether a successor's link works, and the hand-over if there ever was one."""
    query = _handovers().where(col(Handover.token_hash) == token_hash(token))
    if (row := uow.session.exec(query).first()) is None:
        return LinkState.UNKNOWN, None
    found = _view(row, now)
    states = {
        HandoverState.ASKED: LinkState.OPEN,
        HandoverState.EXPIRED: LinkState.EXPIRED,
        HandoverState.WITHDRAWN: LinkState.REVOKED,
    }
    return states.get(found.state, LinkState.USED), found


def undo_link(
    uow: UnitOfWork, token: str, now: dt.datetime
) -> tuple[LinkState, HandoverView | None]:
    """Return whether an undo link works: for 14 days, while its owner belongs to the member."""
    query = _handovers().where(col(Handover.undo_hash) == token_hash(token))
    if (row := uow.session.exec(query).first()) is None:
        return LinkState.UNKNOWN, None
    found = _view(row, now)
    if found.state is HandoverState.UNDONE:
        return LinkState.USED, found
    if not found.undoable(now):
        return LinkState.EXPIRED, found
    belongs = (
        select(Membership.id)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(
            col(Membership.user_id) == found.giver_id,
            col(Membership.org_id) == found.org_id,
            col(Membership.ended_at).is_(None),
            col(User.disabled_at).is_(None),
        )
    )
    there = uow.session.exec(belongs).first() is not None
    return LinkState.OPEN if there else LinkState.REVOKED, found


def reopenings(uow: UnitOfWork, org_id: uuid.UUID, now: dt.datetime) -> tuple[ReopeningView, ...]:
    """Return the last ten proposals for an organisation, newest first."""
    proposer, decider = aliased(User), aliased(User)
    query = (
        select(Reopening, proposer.name, decider.name)
        .join(proposer, col(proposer.id) == col(Reopening.proposed_by))
        .join(decider, col(decider.id) == col(Reopening.decided_by), isouter=True)
        .where(col(Reopening.org_id) == org_id)
        .order_by(col(Reopening.proposed_at).desc(), col(Reopening.id))
        .limit(10)
    )
    return tuple(
        ReopeningView(
            reopening_id=row.id,
            email=row.email,
            name=row.name,
            reason=row.reason,
            evidence=row.evidence,
            proposed_by=row.proposed_by,
            proposer=by,
            proposed_at=row.proposed_at,
            expires_at=row.expires_at,
            consented=row.consented,
            decider=second or "",
            open=row.decided_at is None and now < row.expires_at,
        )
        for row, by, second in uow.session.exec(query)
    )


def _handovers() -> Select[Handover, str, Organisation, uuid.UUID]:
    successor = aliased(User)
    return (
        select(Handover, User.name, Organisation, successor.id)
        .join(User, col(User.id) == col(Handover.from_user))
        .join(Organisation, col(Organisation.id) == col(Handover.org_id))
        .join(successor, col(successor.email) == col(Handover.email), isouter=True)
    )


def _view(
    found: tuple[Handover, str, Organisation, uuid.UUID | None], now: dt.datetime
) -> HandoverView:
    row, giver, org, known = found
    return HandoverView(
        handover_id=row.id,
        org_id=row.org_id,
        organisation=Localized({"ja": org.name_ja} | ({"en": org.name_en} if org.name_en else {})),
        state=_state(row, now),
        giver_id=row.from_user,
        giver=giver,
        email=row.email,
        name=row.name,
        locale=row.locale,
        leaves=row.leaves,
        known=known is not None,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        done_at=row.done_at,
        undo_until=row.undo_until,
    )


def _state(row: Handover, now: dt.datetime) -> HandoverState:
    if row.undone_at is not None:
        return HandoverState.UNDONE
    if row.done_at is not None:
        return HandoverState.DONE
    if row.withdrawn_at is not None:
        return HandoverState.WITHDRAWN
    return HandoverState.ASKED if now < row.expires_at else HandoverState.EXPIRED
