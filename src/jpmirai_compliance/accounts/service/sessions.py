"""Signed-in browsers: a random token in the cookie, its hash in a row."""

import datetime as dt
import uuid

from sqlalchemy import delete
from sqlmodel import col, select, update

from jpmirai_compliance.accounts.models import (
    HalfSignIn,
    KeptDraft,
    LoginSession,
    MailLink,
    Membership,
    User,
)
from jpmirai_compliance.accounts.rules import limits
from jpmirai_compliance.accounts.rules.addresses import new_token, token_hash
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import Actor


def open_session(
    uow: UnitOfWork, *, user_id: uuid.UUID, org_id: uuid.UUID | None, now: dt.datetime
) -> str:
    """Return the token of a new session that acts for an organisation, or (None) as staff."""
    token = new_token()
    uow.session.add(
        LoginSession(
            token_hash=token_hash(token),
            user_id=user_id,
            org_id=org_id,
            created_at=now,
            seen_at=now,
            fresh_at=now,
        )
    )
    uow.session.flush()
    return token


def end_sessions(
    uow: UnitOfWork, *, user_id: uuid.UUID, now: dt.datetime, but: uuid.UUID | None = None
) -> None:
    """End every session of a person (except one), and every half-finished sign-in."""
    whole = update(LoginSession).where(
        col(LoginSession.user_id) == user_id, col(LoginSession.ended_at).is_(None)
    )
    if but is not None:
        whole = whole.where(col(LoginSession.id) != but)
    uow.session.exec(whole.values(ended_at=now))
    half = update(HalfSignIn).where(
        col(HalfSignIn.user_id) == user_id, col(HalfSignIn.used_at).is_(None)
    )
    uow.session.exec(half.values(used_at=now))


def end_everything(uow: UnitOfWork, *, now: dt.datetime) -> None:
    """End every session of everybody; for the command line, after a break-in."""
    query = select(col(LoginSession.user_id)).where(col(LoginSession.ended_at).is_(None)).distinct()
    for user_id in uow.session.exec(query).all():
        end_sessions(uow, user_id=user_id, now=now)
    audit.record(uow, Event.SIGNED_OUT, actor=None, now=now, subject="everybody")


def sign_out(uow: UnitOfWork, *, actor: Actor, session_id: uuid.UUID, now: dt.datetime) -> None:
    """End one session; copies of its cookie are worth nothing from now on."""
    _own(uow, actor, session_id).ended_at = now
    audit.record(uow, Event.SIGNED_OUT, actor=actor, now=now, subject=f"user:{actor.user_id}")


def sign_out_elsewhere(
    uow: UnitOfWork, *, actor: Actor, session_id: uuid.UUID, now: dt.datetime
) -> None:
    """End every other session of the actor."""
    end_sessions(uow, user_id=actor.user_id, now=now, but=session_id)
    audit.record(
        uow,
        Event.SIGNED_OUT,
        actor=actor,
        now=now,
        subject=f"user:{actor.user_id}",
        data={"elsewhere": True},
    )


def renew(uow: UnitOfWork, *, actor: Actor, session_id: uuid.UUID, now: dt.datetime) -> str:
    """Return the token of a session that takes the old one's place; the password was typed."""
    old = _own(uow, actor, session_id)
    old.ended_at = now
    token = open_session(uow, user_id=actor.user_id, org_id=old.org_id, now=now)
    audit.record(
        uow,
        Event.SIGNED_IN,
        actor=actor,
        now=now,
        subject=f"user:{actor.user_id}",
        data={"again": True},
    )
    return token


def choose(
    uow: UnitOfWork,
    *,
    actor: Actor,
    session_id: uuid.UUID,
    org_id: uuid.UUID | None,
    now: dt.datetime,
) -> None:
    """Act for another organisation of one's own (None: as staff or judge); NotFound else."""
    query = select(Membership.id).where(
        col(Membership.user_id) == actor.user_id,
        col(Membership.ended_at).is_(None),
        col(Membership.org_id) == org_id if org_id else col(Membership.org_id).is_(None),
    )
    if uow.session.exec(query).first() is None:
        raise NotFound
    session = _own(uow, actor, session_id)
    session.org_id, session.seen_at = org_id, now
    audit.record(
        uow,
        Event.SETTINGS_CHANGED,
        actor=actor,
        now=now,
        subject=f"user:{actor.user_id}",
        org_id=org_id,
        data={"acts_for": str(org_id) if org_id else "staff"},
    )


def touch(uow: UnitOfWork, *, session_id: uuid.UUID, now: dt.datetime) -> None:
    """Note that a session is in use; nothing if it has ended meanwhile."""
    query = update(LoginSession).where(
        col(LoginSession.id) == session_id, col(LoginSession.ended_at).is_(None)
    )
    uow.session.exec(query.values(seen_at=now))


def sweep(uow: UnitOfWork, *, now: dt.datetime) -> int:
    """Remove sessions and links that ended long ago, and drafts; returns how many rows went.

    A link is kept a while after its end, so that its page can say that it is over.
    """
    old = now - limits.KEPT
    gone = (
        delete(LoginSession)
        .where(col(LoginSession.created_at) < old)
        .returning(col(LoginSession.id)),
        delete(HalfSignIn).where(col(HalfSignIn.expires_at) < old).returning(col(HalfSignIn.id)),
        delete(MailLink).where(col(MailLink.expires_at) < old).returning(col(MailLink.id)),
        delete(KeptDraft).where(col(KeptDraft.expires_at) < now).returning(col(KeptDraft.id)),
    )
    return sum(len(uow.session.execute(statement).all()) for statement in gone)


def half_open(uow: UnitOfWork, *, user_id: uuid.UUID, now: dt.datetime) -> str:
    """Return the token that stands between a right password and a right code."""
    token = new_token()
    uow.session.add(
        HalfSignIn(token_hash=token_hash(token), user_id=user_id, expires_at=now + limits.HALF_LIFE)
    )
    uow.session.flush()
    return token


def half_way(uow: UnitOfWork, token: str, now: dt.datetime) -> tuple[HalfSignIn, User] | None:
    """Return a half-finished sign-in that is still good, and whose it is; else None."""
    query = (
        select(HalfSignIn, User)
        .join(User, col(User.id) == col(HalfSignIn.user_id))
        .where(
            col(HalfSignIn.token_hash) == token_hash(token),
            col(HalfSignIn.used_at).is_(None),
            col(HalfSignIn.expires_at) > now,
            col(User.disabled_at).is_(None),
        )
        .with_for_update()
    )
    return uow.session.exec(query).first()


def _own(uow: UnitOfWork, actor: Actor, session_id: uuid.UUID) -> LoginSession:
    found = uow.session.get(LoginSession, session_id)
    if found is None or found.user_id != actor.user_id or found.ended_at is not None:
        raise NotFound
    return found
