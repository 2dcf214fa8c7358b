"""Mailed links: whether they still work, and for whom. Reading one changes nothing."""

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from jpmirai_compliance.accounts.models import Invitation, MailLink, Organisation, User
from jpmirai_compliance.accounts.rules import roles
from jpmirai_compliance.accounts.rules.addresses import token_hash
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.foundation.text import Localized


class LinkState(StrEnum):
    """Whether a mailed link works, and why not."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation; ``known`` if the address has an account already."""

    invitation_id: uuid.UUID
    state: LinkState
    email: str
    name: str
    locale: str
    org_id: uuid.UUID | None
    organisation: Localized | None
    roles: frozenset[Role]
    known: bool
    created_at: dt.datetime
    expires_at: dt.datetime


def invitation(uow: UnitOfWork, token: str, now: dt.datetime) -> InvitationView | None:
    """Return the invitation of a link, whatever its state; None if there never was one."""
    query = _invitations().where(col(Invitation.token_hash) == token_hash(token))
    row = uow.session.exec(query).first()
    return _view(row, now) if row else None


def invitations(
    uow: UnitOfWork, org_id: uuid.UUID | None, now: dt.datetime
) -> tuple[InvitationView, ...]:
    """Return what is open or has expired unanswered there, newest first, at most 100."""
    place = col(Invitation.org_id)
    query = (
        _invitations()
        .where(
            place == org_id if org_id is not None else place.is_(None),
            col(Invitation.accepted_at).is_(None),
            col(Invitation.revoked_at).is_(None),
        )
        .order_by(col(Invitation.created_at).desc(), col(Invitation.id))
        .limit(100)
    )
    return tuple(_view(row, now) for row in uow.session.exec(query))


def mail_link(uow: UnitOfWork, token: str, purpose: str, now: dt.datetime) -> LinkState:
    """Return whether a reset link or the confirmation of an address still works."""
    query = select(MailLink).where(
        col(MailLink.token_hash) == token_hash(token), col(MailLink.purpose) == purpose
    )
    row = uow.session.exec(query).first()
    if row is None:
        return LinkState.UNKNOWN
    if row.used_at is not None:
        return LinkState.USED
    return LinkState.OPEN if now < row.expires_at else LinkState.EXPIRED


def _invitations() -> Select[Invitation, Organisation, uuid.UUID]:
    return (
        select(Invitation, Organisation, User.id)
        .join(Organisation, col(Organisation.id) == col(Invitation.org_id), isouter=True)
        .join(User, col(User.email) == col(Invitation.email), isouter=True)
    )


def _view(
    found: tuple[Invitation, Organisation | None, uuid.UUID | None], now: dt.datetime
) -> InvitationView:
    row, org, user_id = found
    names = {"ja": org.name_ja} | ({"en": org.name_en} if org.name_en else {}) if org else None
    return InvitationView(
        invitation_id=row.id,
        state=_state(row, now),
        email=row.email,
        name=row.name,
        locale=row.locale,
        org_id=row.org_id,
        organisation=Localized(names) if names else None,
        roles=roles.read(row.roles),
        known=user_id is not None,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def _state(row: Invitation, now: dt.datetime) -> LinkState:
    if row.accepted_at is not None:
        return LinkState.USED
    if row.revoked_at is not None:
        return LinkState.REVOKED
    return LinkState.OPEN if now < row.expires_at else LinkState.EXPIRED
