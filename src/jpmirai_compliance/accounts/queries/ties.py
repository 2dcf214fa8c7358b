"""What ties a person to an organisation, for conflicts of interest."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import or_
from sqlmodel import col, func, select

from jpmirai_compliance.accounts.models import Membership, Organisation, User
from jpmirai_compliance.accounts.rules.addresses import mail_domain
from jpmirai_compliance.foundation.db import UnitOfWork


class Tie(StrEnum):
    """Why somebody cannot judge an organisation; derived, so nobody can take it away."""

    CURRENT = "current"
    FORMER = "former"
    GROUP = "group"  # parent, child or sister of one's own
    MAIL_DOMAIN = "mail-domain"


def ties(uow: UnitOfWork, user_id: uuid.UUID) -> dict[uuid.UUID, frozenset[Tie]]:
    """Return every organisation the person is tied to, and how; all others are missing."""
    found: defaultdict[uuid.UUID, set[Tie]] = defaultdict(set)
    query = select(Membership.org_id, Membership.ended_at).where(
        col(Membership.user_id) == user_id, col(Membership.org_id).is_not(None)
    )
    for org_id, ended_at in uow.session.exec(query):
        if org_id is not None:
            found[org_id].add(Tie.CURRENT if ended_at is None else Tie.FORMER)
    for org_id in _group(uow, tuple(found)):
        found[org_id].add(Tie.GROUP)
    email = uow.session.exec(select(User.email).where(col(User.id) == user_id)).first()
    for org_id in _same_domain(uow, user_id, mail_domain(email or "")):
        found[org_id].add(Tie.MAIL_DOMAIN)
    return {org_id: frozenset(reasons) for org_id, reasons in found.items()}


def _group(uow: UnitOfWork, own: tuple[uuid.UUID, ...]) -> set[uuid.UUID]:
    """Return the whole family tree of one's own organisations, without them."""
    seen, edge = set(own), set(own)
    while edge:
        query = select(Organisation.id, Organisation.parent_id).where(
            or_(col(Organisation.parent_id).in_(edge), col(Organisation.id).in_(edge))
        )
        near = {i for row in uow.session.exec(query) for i in row if i is not None}
        edge = near - seen
        seen |= edge
    return seen - set(own)


def _same_domain(uow: UnitOfWork, user_id: uuid.UUID, domain: str) -> Iterable[uuid.UUID]:
    if not domain:
        return ()
    ending = f"@{domain}"
    # staff who once worked for a member do not tie their colleagues to it
    staff = select(Membership.user_id).where(col(Membership.org_id).is_(None))
    by_people = (
        select(Membership.org_id)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(
            col(User.email).endswith(ending, autoescape=True),
            col(User.id) != user_id,
            col(User.id).not_in(staff),
            col(Membership.org_id).is_not(None),
        )
    )
    by_contact = select(Organisation.id).where(
        func.lower(Organisation.contact_email).endswith(ending, autoescape=True)
    )
    both = (*uow.session.exec(by_people).all(), *uow.session.exec(by_contact).all())
    return {org_id for org_id in both if org_id is not None}
