"""People, what they may do where, and who is signed in."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from jpmirai_compliance.accounts.models import LoginSession, Membership, Organisation, User
from jpmirai_compliance.accounts.rules import limits
from jpmirai_compliance.accounts.rules.addresses import token_hash
from jpmirai_compliance.accounts.rules.roles import NEEDS_SECOND_FACTOR
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import Actor, Role
from jpmirai_compliance.foundation.text import Localized


@dataclass(frozen=True, slots=True)
class SessionView:
    """A browser in which somebody is signed in; nothing about the device is kept."""

    id: uuid.UUID
    created_at: dt.datetime
    seen_at: dt.datetime


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person and the roles held now: in one organisation, or anywhere (``person``)."""

    user_id: uuid.UUID
    name: str
    email: str
    locale: str
    roles: frozenset[Role]
    disabled: bool
    second_factor: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a person can act: an organisation, or (None) the secretariat and judging."""

    org_id: uuid.UUID | None
    names: Localized | None
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose browser this is, and for whom it acts."""

    session_id: uuid.UUID
    user_id: uuid.UUID
    name: str
    email: str
    locale: str
    names: Localized | None
    actor: Actor
    second_factor: bool
    fresh_at: dt.datetime
    seen_at: dt.datetime
    created_at: dt.datetime


def people(uow: UnitOfWork, org_id: uuid.UUID | None) -> tuple[PersonView, ...]:
    """Return everybody with a role there, by name; None is the secretariat and the judges."""
    query = (
        select(User, Membership.role)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(_of(org_id), col(Membership.ended_at).is_(None))
        .order_by(col(User.name), col(User.id))
    )
    users: dict[uuid.UUID, User] = {}
    roles: dict[uuid.UUID, set[Role]] = {}
    for user, role in uow.session.exec(query):
        users[user.id] = user
        roles.setdefault(user.id, set()).add(Role(role))
    return tuple(_person(user, roles[user.id]) for user in users.values())


def person(uow: UnitOfWork, user_id: uuid.UUID) -> PersonView | None:
    """Return one person with the roles held anywhere, or None."""
    user = uow.session.exec(select(User).where(col(User.id) == user_id)).first()
    if user is None:
        return None
    query = select(Membership.role).where(
        col(Membership.user_id) == user_id, col(Membership.ended_at).is_(None)
    )
    return _person(user, (Role(role) for role in uow.session.exec(query)))


def with_roles(
    uow: UnitOfWork, org_id: uuid.UUID | None, roles: Iterable[Role]
) -> tuple[PersonView, ...]:
    """Return who holds at least one of the roles there and can sign in, by name."""
    wanted = frozenset(roles)
    return tuple(p for p in people(uow, org_id) if p.roles & wanted and not p.disabled)


def places(uow: UnitOfWork, user_id: uuid.UUID) -> tuple[Place, ...]:
    """Return where a person can act: the secretariat first, then organisations by name."""
    query = (
        select(Membership.role, Organisation)
        .join(Organisation, col(Organisation.id) == col(Membership.org_id), isouter=True)
        .where(col(Membership.user_id) == user_id, col(Membership.ended_at).is_(None))
        .order_by(col(Organisation.name_ja), col(Organisation.id))
    )
    names: dict[uuid.UUID | None, Localized | None] = {}
    roles: dict[uuid.UUID | None, set[Role]] = {}
    for role, org in uow.session.exec(query):
        org_id = org.id if org else None
        names[org_id] = _names(org)
        roles.setdefault(org_id, set()).add(Role(role))
    found = [Place(org_id, names[org_id], frozenset(roles[org_id])) for org_id in names]
    return tuple(sorted(found, key=lambda place: place.org_id is not None))


def signed_in(uow: UnitOfWork, token: str, now: dt.datetime) -> SignedIn | None:
    """Return who holds this session's token, or None.

    None if it is unknown, ended or idle too long, and if the person has no role left where it
    acts, is disabled, or lacks a second factor that the role needs.
    """
    joined = and_(
        col(Membership.user_id) == col(User.id),
        col(Membership.ended_at).is_(None),
        or_(
            col(Membership.org_id) == col(LoginSession.org_id),
            and_(col(Membership.org_id).is_(None), col(LoginSession.org_id).is_(None)),
        ),
    )
    query = (
        select(LoginSession, User, Membership.role, Organisation)
        .join(User, col(User.id) == col(LoginSession.user_id))
        .join(Membership, joined)
        .join(Organisation, col(Organisation.id) == col(LoginSession.org_id), isouter=True)
        .where(
            col(LoginSession.token_hash) == token_hash(token),
            col(LoginSession.ended_at).is_(None),
            col(User.disabled_at).is_(None),
        )
    )
    if not (rows := uow.session.exec(query).all()):
        return None
    session, user, _role, org = rows[0]
    roles = frozenset(Role(role) for _, _, role, _ in rows)
    if not limits.alive(roles, session.created_at, session.seen_at, now):
        return None
    if roles & NEEDS_SECOND_FACTOR and not user.totp_secret:
        return None
    return SignedIn(
        session_id=session.id,
        user_id=user.id,
        name=user.name,
        email=user.email,
        locale=user.locale,
        names=_names(org),
        actor=Actor(user.id, session.org_id, roles),
        second_factor=bool(user.totp_secret),
        fresh_at=session.fresh_at,
        seen_at=session.seen_at,
        created_at=session.created_at,
    )


def account(uow: UnitOfWork, email: str) -> uuid.UUID | None:
    """Return whose account has this normal address, or None."""
    return uow.session.exec(select(User.id).where(col(User.email) == email)).first()


def _of(org_id: uuid.UUID | None) -> ColumnElement[bool]:
    column = col(Membership.org_id)
    return column == org_id if org_id is not None else column.is_(None)


def _person(user: User, roles: Iterable[Role]) -> PersonView:
    return PersonView(
        user_id=user.id,
        name=user.name,
        email=user.email,
        locale=user.locale,
        roles=frozenset(roles),
        disabled=user.disabled_at is not None,
        second_factor=bool(user.totp_secret),
    )


def _names(org: Organisation | None) -> Localized | None:
    if org is None:
        return None
    return Localized({"ja": org.name_ja} | ({"en": org.name_en} if org.name_en else {}))


def sessions(uow: UnitOfWork, user_id: uuid.UUID, now: dt.datetime) -> tuple[SessionView, ...]:
    """Return where somebody is signed in now, the browser used last first."""
    query = (
        select(LoginSession)
        .where(
            col(LoginSession.user_id) == user_id,
            col(LoginSession.ended_at).is_(None),
            col(LoginSession.created_at) > now - limits.ABSOLUTE,
            col(LoginSession.seen_at) > now - limits.IDLE_MEMBER,
        )
        .order_by(col(LoginSession.seen_at).desc(), col(LoginSession.id))
    )
    return tuple(
        SessionView(row.id, row.created_at, row.seen_at) for row in uow.session.exec(query)
    )
