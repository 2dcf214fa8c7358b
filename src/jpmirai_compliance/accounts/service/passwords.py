"""Choosing and changing passwords."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable

from sqlmodel import col, select

from jpmirai_compliance.accounts.models import MailLink, Membership, Organisation, User
from jpmirai_compliance.accounts.rules import limits, passwords
from jpmirai_compliance.accounts.rules.addresses import email_or_typed, new_token, token_hash
from jpmirai_compliance.accounts.service import attempts, letters, sessions
from jpmirai_compliance.accounts.service.links import LinkOver
from jpmirai_compliance.accounts.service.vault import Vault
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import Gap, Incomplete
from jpmirai_compliance.foundation.policy import Actor

RESET = "reset"


def checked(password: str, names: Iterable[str] = ()) -> str:
    """Return the password if it may be used; Incomplete with what is wrong with it."""
    if fault := passwords.fault(password, names):
        raise Incomplete(fault, [Gap(fault, "password")])
    return password


def names_of(uow: UnitOfWork, user_id: uuid.UUID) -> list[str]:
    """Return the names of a person's organisations, which a password may not contain."""
    query = (
        select(Organisation.name_ja, Organisation.name_en)
        .join(Membership, col(Membership.org_id) == col(Organisation.id))
        .where(col(Membership.user_id) == user_id, col(Membership.ended_at).is_(None))
    )
    return [name for pair in uow.session.exec(query) for name in pair if name]


def ask_reset(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork, *, email: str, address: str, base_url: str, vault: Vault, now: dt.datetime
) -> None:
    """Mail a link to the owner of the address, if there is one; whoever asks learns nothing.

    Raises TooMany after five in a day, with or without an account.
    """
    normal = email_or_typed(email)
    counted = [(limits.RESET, normal), (limits.RESET_ADDRESS, vault.veil(address))]
    attempts.take(uow, counted, now)
    user = uow.session.exec(select(User).where(col(User.email) == normal)).first()
    open_ = user is not None and user.disabled_at is None
    if user is not None and open_:
        link = make_link(uow, user, RESET, now, limits.RESET_LIFE)
        letters.reset(uow, user=user, link=f"{base_url}/reset-password/{link}", now=now)
    subject = f"user:{user.id}" if user else ""
    audit.record(uow, Event.PASSWORD_RESET_ASKED, actor=None, now=now, subject=subject)


def reset(uow: UnitOfWork, *, token: str, password: str, vault: Vault, now: dt.datetime) -> None:
    """Set a new password by a mailed link and end all sessions; nobody is signed in by it.

    Raises LinkOver, Incomplete if the password is refused.
    """
    link, user = take_link(uow, token, RESET, now)
    checked(password, names_of(uow, user.id))
    link.used_at = now
    _store(uow, user, password, vault, now)
    sessions.end_sessions(uow, user_id=user.id, now=now)
    audit.record(
        uow,
        Event.PASSWORD_CHANGED,
        actor=None,
        now=now,
        subject=f"user:{user.id}",
        data={"by": "mail"},
    )


def change(uow: UnitOfWork, *, actor: Actor, password: str, vault: Vault, now: dt.datetime) -> str:
    """Set a new password and return the token of a new session; all others end.

    The caller has checked the old password. Raises Incomplete if the new one is refused.
    """
    user = uow.session.get_one(User, actor.user_id, with_for_update=True)
    checked(password, names_of(uow, user.id))
    _store(uow, user, password, vault, now)
    sessions.end_sessions(uow, user_id=user.id, now=now)
    audit.record(
        uow,
        Event.PASSWORD_CHANGED,
        actor=actor,
        now=now,
        subject=f"user:{user.id}",
        data={"by": "owner"},
    )
    return sessions.open_session(uow, user_id=user.id, org_id=actor.org_id, now=now)


def make_link(  # noqa: PLR0913, PLR0917 -- a link has that many parts
    uow: UnitOfWork,
    user: User,
    purpose: str,
    now: dt.datetime,
    life: dt.timedelta,
    new_email: str = "",
) -> str:
    """Return the token of a new mailed link for one purpose; a change of password voids it."""
    token = new_token()
    uow.session.add(
        MailLink(
            token_hash=token_hash(token),
            purpose=purpose,
            user_id=user.id,
            stamp=_stamp(user),
            new_email=new_email,
            created_at=now,
            expires_at=now + life,
        )
    )
    uow.session.flush()
    return token


def take_link(uow: UnitOfWork, token: str, purpose: str, now: dt.datetime) -> tuple[MailLink, User]:
    """Return a link that still works and its owner, both locked; LinkOver if it is over."""
    query = (
        select(MailLink, User)
        .join(User, col(User.id) == col(MailLink.user_id))
        .where(
            col(MailLink.token_hash) == token_hash(token),
            col(MailLink.purpose) == purpose,
            col(MailLink.used_at).is_(None),
            col(MailLink.expires_at) > now,
            col(User.disabled_at).is_(None),
        )
        .with_for_update()
    )
    found = uow.session.exec(query).first()
    if found is None or found[0].stamp != _stamp(found[1]):
        raise LinkOver
    return found


def _store(uow: UnitOfWork, user: User, password: str, vault: Vault, now: dt.datetime) -> None:
    user.password_hash, user.password_changed_at = vault.hash_password(password), now
    letters.password_changed(uow, user=user, now=now)


def _stamp(user: User) -> str:
    return hashlib.sha256(f"{user.password_hash}\n{user.email}".encode()).hexdigest()
