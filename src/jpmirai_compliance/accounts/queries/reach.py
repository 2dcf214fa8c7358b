"""Whom mail reaches in an organisation: who can sign in and whose address has not bounced."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists
from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Membership, User
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.mail import BouncedAddress
from jpmirai_compliance.foundation.policy import Role


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody of an organisation who can sign in; ``bounced``: mail does not reach the address."""

    user_id: uuid.UUID
    org_id: uuid.UUID
    name: str
    email: str
    locale: str
    roles: frozenset[Role]
    bounced: bool


def people_of(
    uow: UnitOfWork, org_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[Reached, ...]]:
    """Return who can sign in for each of the organisations, by name; () if nobody can."""
    query = (
        select(User, Membership.org_id, Membership.role, BouncedAddress.address)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .join(BouncedAddress, col(BouncedAddress.address) == col(User.email), isouter=True)
        .where(
            col(Membership.org_id).in_(set(org_ids)),
            col(Membership.ended_at).is_(None),
            col(User.disabled_at).is_(None),
        )
        .order_by(col(User.name), col(User.id))
    )
    users: dict[tuple[uuid.UUID, uuid.UUID], tuple[User, bool]] = {}
    roles: dict[tuple[uuid.UUID, uuid.UUID], set[Role]] = {}
    for user, org_id, role, address in uow.session.exec(query):
        if org_id is not None:
            users[org_id, user.id] = user, address is not None
            roles.setdefault((org_id, user.id), set()).add(Role(role))
    found: dict[uuid.UUID, tuple[Reached, ...]] = dict.fromkeys(org_ids, ())
    for (place, user_id), (user, bounced) in users.items():
        held = frozenset(roles[place, user_id])
        one = Reached(user_id, place, user.name, user.email, user.locale, held, bounced)
        found[place] += (one,)
    return found


def any_bounced(org_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 -- a column
    """Return the condition that mail to somebody of the organisation came back."""
    return exists(
        select(Membership.id)
        .join(User, col(User.id) == col(Membership.user_id))
        .join(BouncedAddress, col(BouncedAddress.address) == col(User.email))
        .where(
            col(Membership.org_id) == org_id,
            col(Membership.ended_at).is_(None),
            col(User.disabled_at).is_(None),
        )
    )


def reachable_admin(org_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 -- a column or an id
    """Return the condition that an administrator can sign in and gets mail."""
    bounced = select(BouncedAddress.address)
    return exists(
        select(Membership.id)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(
            col(Membership.org_id) == org_id,
            col(Membership.role) == Role.ADMIN,
            col(Membership.ended_at).is_(None),
            col(User.disabled_at).is_(None),
            col(User.email).not_in(bounced),
        )
    )


def has_reachable_admin(uow: UnitOfWork, org_id: uuid.UUID) -> bool:
    """Return whether an administrator of the organisation can sign in and gets mail."""
    return bool(uow.session.execute(select(reachable_admin(org_id))).scalar())
