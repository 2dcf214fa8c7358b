"""Who belongs where, with which roles."""

import datetime as dt
import uuid
from collections.abc import Iterable

from sqlalchemy import ColumnElement
from sqlmodel import col, select, update

from jpmirai_compliance.accounts.models import Invitation, Membership, User
from jpmirai_compliance.accounts.rules import roles as role_rules
from jpmirai_compliance.accounts.service import own_account, passwords, sessions
from jpmirai_compliance.accounts.service.vault import Vault
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import Conflict, DomainError, Gap, Incomplete, NotFound
from jpmirai_compliance.foundation.inputs import clean_line
from jpmirai_compliance.foundation.policy import (
    SECRETARIAT_ITSELF,
    Actor,
    Of,
    Permission,
    Role,
    authorize,
)
from jpmirai_compliance.foundation.text import Text

NO_ROLE = Text("Choose at least one role.")
SECOND_PERSON = Text(
    "An administrator of a member is made by one of its administrators. If none can be reached, "
    "propose a new one on the member's page: a second person of the secretariat has to agree."
)
LAST_KEEPER = Text("This is the last administrator. Make somebody else an administrator first.")


def create_user(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    email: str,
    name: str,
    now: dt.datetime,
    locale: str = "ja",
    password: str = "",
    vault: Vault | None = None,
    totp_secret: str = "",
) -> uuid.UUID:
    """Return the id of a new person without any role.

    No actor: called by the command line, the demo and an accepted invitation. Without a password
    nobody can sign in. Raises Incomplete for a refused or taken address, or a refused password.
    """
    normal = own_account.read_email(email)
    if uow.session.exec(select(User.id).where(col(User.email) == normal)).first():
        text = Text("This e-mail address has an account already.")
        raise Incomplete(text, [Gap(text, "email")])
    user = User(email=normal, name=clean_line(name), locale=locale, created_at=now)
    if password and vault:
        user.password_hash = vault.hash_password(passwords.checked(password))
        user.password_changed_at = now
    if totp_secret and vault:
        user.totp_secret = vault.seal(totp_secret)
    uow.session.add(user)
    uow.session.flush()
    audit.record(uow, Event.ACCOUNT_CREATED, actor=None, now=now, subject=f"user:{user.id}")
    return user.id


def grant(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor | None,
    user_id: uuid.UUID,
    org_id: uuid.UUID | None,
    roles: Iterable[Role],
    now: dt.datetime,
) -> None:
    """Give roles in addition to those held there; all the person's sessions end.

    ``actor`` None is the command line, the demo, or an invitation's acceptance.
    """
    if actor is not None:
        authorize(actor, Permission.PEOPLE_MANAGE, Of(org_id))
    wanted = frozenset(roles)
    if not role_rules.fits(wanted, org_id):
        raise Incomplete(NO_ROLE, [Gap(NO_ROLE, "roles")])
    held = held_in(uow, org_id).get(user_id, frozenset())
    needs_second_person(uow, actor, org_id, wanted - held)
    _store(uow, user_id, org_id, held, held | wanted, now)
    sessions.end_sessions(uow, user_id=user_id, now=now)
    _record_roles(uow, actor, user_id, org_id, held | wanted, now)


def change_roles(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    org_id: uuid.UUID | None,
    user_id: uuid.UUID,
    roles: Iterable[Role],
    now: dt.datetime,
    seen: str | None = None,
) -> None:
    """Replace the roles of somebody who belongs there; the person's sessions end at once.

    Raises NotPermitted, NotFound, Incomplete for no role or for taking the last administrator's,
    Conflict if they are neither those ``seen`` on the page (as ``written``) nor those wanted.
    """
    authorize(actor, Permission.PEOPLE_MANAGE, Of(org_id))
    wanted = frozenset(roles)
    held = _members(uow, org_id, user_id)
    if not role_rules.fits(wanted, org_id):
        raise Incomplete(NO_ROLE, [Gap(NO_ROLE, "roles")])
    if seen is not None and held[user_id] != wanted and role_rules.written(held[user_id]) != seen:
        raise Conflict
    needs_second_person(uow, actor, org_id, wanted - held[user_id])
    demoted = role_rules.keeper(org_id) in held[user_id] - wanted
    if demoted and _is_last_keeper(uow, user_id, org_id):
        raise Incomplete(LAST_KEEPER, [Gap(LAST_KEEPER, "roles")])
    if wanted == held[user_id]:
        return
    _store(uow, user_id, org_id, held[user_id], wanted, now)
    sessions.end_sessions(uow, user_id=user_id, now=now)
    if demoted:  # who may invite nobody any more has nobody on the way either
        _revoke(uow, _to(org_id) & (col(Invitation.invited_by) == user_id), now)
    _record_roles(uow, actor, user_id, org_id, wanted, now)


def remove(
    uow: UnitOfWork,
    *,
    actor: Actor,
    org_id: uuid.UUID | None,
    user_id: uuid.UUID,
    now: dt.datetime,
) -> None:
    """End somebody's roles there, sessions, and the invitations sent by or to them, all at once.

    Raises NotPermitted, NotFound, DomainError for the last administrator.
    """
    authorize(actor, Permission.PEOPLE_MANAGE, Of(org_id))
    held = _members(uow, org_id, user_id)
    if _is_last_keeper(uow, user_id, org_id):
        raise DomainError(LAST_KEEPER)
    _store(uow, user_id, org_id, held[user_id], frozenset(), now)
    sessions.end_sessions(uow, user_id=user_id, now=now)
    email = uow.session.get_one(User, user_id).email
    _revoke(uow, _to(org_id) & _by_or_for(user_id, email), now)
    _record_roles(uow, actor, user_id, org_id, frozenset(), now)


def sign_out(
    uow: UnitOfWork,
    *,
    actor: Actor,
    org_id: uuid.UUID | None,
    user_id: uuid.UUID,
    now: dt.datetime,
) -> None:
    """End every session of somebody who belongs there; the roles stay.

    Raises NotPermitted, NotFound.
    """
    authorize(actor, Permission.PEOPLE_MANAGE, Of(org_id))
    if user_id not in _members(uow, org_id, user_id):
        raise NotFound
    sessions.end_sessions(uow, user_id=user_id, now=now)
    audit.record(
        uow,
        Event.SIGNED_OUT,
        actor=actor,
        now=now,
        subject=f"user:{user_id}",
        org_id=org_id,
        data={"by_administrator": True},
    )


def disable(uow: UnitOfWork, *, actor: Actor, user_id: uuid.UUID, now: dt.datetime) -> None:
    """Let somebody sign in nowhere any more, from this moment; for the secretariat.

    The invitations sent by or to them end too, wherever they lead. Raises NotPermitted, NotFound,
    DomainError for oneself or the last of the secretariat.
    """
    user = _account(uow, actor, user_id)
    if user_id == actor.user_id:
        raise DomainError(Text("You cannot disable your own account."))
    if _is_last_keeper(uow, user_id, None):
        raise DomainError(LAST_KEEPER)
    user.disabled_at = now
    sessions.end_sessions(uow, user_id=user_id, now=now)
    _revoke(uow, _by_or_for(user_id, user.email), now)
    _record_account(uow, actor, user_id, now, disabled=True)


def enable(uow: UnitOfWork, *, actor: Actor, user_id: uuid.UUID, now: dt.datetime) -> None:
    """Let somebody sign in again; for the secretariat."""
    _account(uow, actor, user_id).disabled_at = None
    _record_account(uow, actor, user_id, now, disabled=False)


def _account(uow: UnitOfWork, actor: Actor, user_id: uuid.UUID) -> User:
    authorize(actor, Permission.PEOPLE_MANAGE, SECRETARIAT_ITSELF)
    lock(uow, "people:None")
    if (user := uow.session.get(User, user_id, with_for_update=True)) is None:
        raise NotFound
    return user


def replace(  # noqa: PLR0913, PLR0917 -- before and after
    uow: UnitOfWork,
    user_id: uuid.UUID,
    org_id: uuid.UUID,
    before: frozenset[Role],
    wanted: frozenset[Role],
    now: dt.datetime,
) -> None:
    """Give somebody other roles in a hand-over: sessions end, and what the lost rights made.

    Whoever keeps no role loses the invitations sent by and to them as well. The caller has
    authorised, and holds the lock of the organisation's people.
    """
    _store(uow, user_id, org_id, before, wanted, now)
    sessions.end_sessions(uow, user_id=user_id, now=now)
    if not wanted:
        email = uow.session.get_one(User, user_id).email
        _revoke(uow, _to(org_id) & _by_or_for(user_id, email), now)
    elif Role.ADMIN in before - wanted:
        _revoke(uow, _to(org_id) & (col(Invitation.invited_by) == user_id), now)
    _record_roles(uow, None, user_id, org_id, wanted, now)


def needs_second_person(
    uow: UnitOfWork, actor: Actor | None, org_id: uuid.UUID | None, given: frozenset[Role]
) -> None:
    """Incomplete if one person of the secretariat alone would make an administrator.

    The first people of a new member it invites by itself; where somebody has joined, the rights
    come from an administrator there, or from two people (``reopening``).
    """
    if actor is None or actor.org_id is not None or org_id is None or Role.ADMIN not in given:
        return
    joined = select(Membership.id).where(col(Membership.org_id) == org_id).limit(1)
    if uow.session.exec(joined).first() is not None:
        raise Incomplete(SECOND_PERSON, [Gap(SECOND_PERSON, "roles")])


def _members(
    uow: UnitOfWork, org_id: uuid.UUID | None, user_id: uuid.UUID
) -> dict[uuid.UUID, frozenset[Role]]:
    """Return the roles of everybody there; NotFound if this person has none."""
    lock(uow, f"people:{org_id}")
    held = held_in(uow, org_id)
    if user_id not in held:
        raise NotFound
    return held


def _is_last_keeper(uow: UnitOfWork, user_id: uuid.UUID, org_id: uuid.UUID | None) -> bool:
    """Return whether nobody else could keep the place: who is disabled cannot."""
    return role_rules.is_last_keeper(user_id, org_id, held_in(uow, org_id, able=True))


def _to(org_id: uuid.UUID | None) -> ColumnElement[bool]:
    place = col(Invitation.org_id)
    return place == org_id if org_id is not None else place.is_(None)


def _by_or_for(user_id: uuid.UUID, email: str) -> ColumnElement[bool]:
    return (col(Invitation.invited_by) == user_id) | (col(Invitation.email) == email)


def _revoke(uow: UnitOfWork, which: ColumnElement[bool], now: dt.datetime) -> None:
    waiting = col(Invitation.accepted_at).is_(None) & col(Invitation.revoked_at).is_(None)
    uow.session.exec(update(Invitation).where(which, waiting).values(revoked_at=now))


def held_in(
    uow: UnitOfWork, org_id: uuid.UUID | None, *, able: bool = False
) -> dict[uuid.UUID, frozenset[Role]]:
    """Return the roles of everybody there; ``able``: only of those who can sign in."""
    place = col(Membership.org_id)
    query = (
        select(Membership.user_id, Membership.role)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(
            place == org_id if org_id is not None else place.is_(None),
            col(Membership.ended_at).is_(None),
        )
    )
    if able:
        query = query.where(col(User.disabled_at).is_(None))
    found: dict[uuid.UUID, frozenset[Role]] = {}
    for user_id, role in uow.session.exec(query):
        found[user_id] = found.get(user_id, frozenset()) | {Role(role)}
    return found


def _store(  # noqa: PLR0913, PLR0917 -- before and after
    uow: UnitOfWork,
    user_id: uuid.UUID,
    org_id: uuid.UUID | None,
    held: frozenset[Role],
    wanted: frozenset[Role],
    now: dt.datetime,
) -> None:
    place = col(Membership.org_id)
    uow.session.exec(
        update(Membership)
        .where(
            col(Membership.user_id) == user_id,
            place == org_id if org_id is not None else place.is_(None),
            col(Membership.role).in_(held - wanted),
            col(Membership.ended_at).is_(None),
        )
        .values(ended_at=now)
    )
    for role in wanted - held:
        uow.session.add(Membership(user_id=user_id, org_id=org_id, role=role, since=now))
    uow.session.flush()


def _record_roles(  # noqa: PLR0913, PLR0917 -- one event
    uow: UnitOfWork,
    actor: Actor | None,
    user_id: uuid.UUID,
    org_id: uuid.UUID | None,
    roles: frozenset[Role],
    now: dt.datetime,
) -> None:
    audit.record(
        uow,
        Event.ROLES_CHANGED,
        actor=actor,
        now=now,
        subject=f"user:{user_id}",
        org_id=org_id,
        data={"roles": role_rules.written(roles)},
    )


def _record_account(
    uow: UnitOfWork, actor: Actor, user_id: uuid.UUID, now: dt.datetime, *, disabled: bool
) -> None:
    audit.record(
        uow,
        Event.ACCOUNT_DISABLED,
        actor=actor,
        now=now,
        subject=f"user:{user_id}",
        data={"disabled": disabled},
    )
