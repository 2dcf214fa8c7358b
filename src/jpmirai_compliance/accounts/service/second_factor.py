"""Two-step sign-in: setting it up, turning it off, recovery codes."""

import datetime as dt
import uuid

from sqlalchemy import delete
from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Membership, RecoveryCode, User
from jpmirai_compliance.accounts.rules import codes
from jpmirai_compliance.accounts.rules.roles import NEEDS_SECOND_FACTOR
from jpmirai_compliance.accounts.service import attempts, letters, sessions, sign_in
from jpmirai_compliance.accounts.service.sign_in import Entered, Refused
from jpmirai_compliance.accounts.service.vault import Vault
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import DomainError
from jpmirai_compliance.foundation.policy import Actor
from jpmirai_compliance.foundation.text import Text


def prepare(uow: UnitOfWork, *, user_id: uuid.UUID, vault: Vault) -> None:
    """Make the secret that the app is to learn, if there is none waiting."""
    sign_in.learn_secret(uow.session.get_one(User, user_id, with_for_update=True), vault)


def pending(uow: UnitOfWork, *, user_id: uuid.UUID, vault: Vault) -> tuple[str, str] | None:
    """Return the secret to be learnt and its ``otpauth:`` address, or None."""
    row = uow.session.exec(
        select(User.totp_pending, User.email).where(col(User.id) == user_id)
    ).one()
    secret = vault.open(row[0]) if row[0] else ""
    return (secret, codes.enrolment_address(secret, row[1])) if secret else None


def pending_half(
    uow: UnitOfWork, *, token: str, vault: Vault, now: dt.datetime
) -> tuple[str, str] | None:
    """Return what ``pending`` does for a half-finished sign-in; None if that is over."""
    found = sessions.half_way(uow, token, now)
    return pending(uow, user_id=found[1].id, vault=vault) if found else None


def enrol(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    session_id: uuid.UUID,
    typed: str,
    vault: Vault,
    now: dt.datetime,
) -> tuple[str, ...] | Refused:
    """Turn two-step sign-in on by the first code; return the recovery codes, shown once.

    Ends the person's other sessions. Refused for a wrong code; raises TooMany after five.
    """
    lock(uow, "attempts")  # before the row, as sign-in does
    user = uow.session.get_one(User, actor.user_id, with_for_update=True)
    if not _first_code(uow, user, typed, vault, now):
        return Refused()
    sessions.end_sessions(uow, user_id=user.id, now=now, but=session_id)
    return _turned_on(uow, user, actor, now)


def enrol_half(
    uow: UnitOfWork, *, token: str, typed: str, vault: Vault, now: dt.datetime
) -> tuple[Entered, tuple[str, ...]] | Refused | None:
    """As ``enrol`` for staff who sign in for the first time, and sign in; None if that is over."""
    lock(uow, "attempts")  # before the rows, as sign-in does
    found = sessions.half_way(uow, token, now)
    if found is None or found[1].totp_secret:
        return None
    _, user = found
    if not _first_code(uow, user, typed, vault, now):
        return Refused()
    sessions.end_sessions(uow, user_id=user.id, now=now)
    recovery = _turned_on(uow, user, Actor(user.id, None, frozenset()), now)
    outcome = sign_in.enter(uow, user_id=user.id, vault=vault, now=now, second_factor_done=True)
    return (outcome, recovery) if isinstance(outcome, Entered) else None


def new_codes(uow: UnitOfWork, *, actor: Actor, now: dt.datetime) -> tuple[str, ...]:
    """Return new recovery codes, shown once; the old ones are void."""
    user = uow.session.get_one(User, actor.user_id, with_for_update=True)
    if not user.totp_secret:
        raise DomainError(Text("Set up two-step sign-in first."))
    _record(uow, actor, user.id, "new-codes", now)
    return _fresh_codes(uow, user.id)


def turn_off(uow: UnitOfWork, *, actor: Actor, session_id: uuid.UUID, now: dt.datetime) -> None:
    """Sign in by password alone again; DomainError for staff and judges, who may not."""
    query = select(Membership.id).where(
        col(Membership.user_id) == actor.user_id,
        col(Membership.ended_at).is_(None),
        col(Membership.role).in_(NEEDS_SECOND_FACTOR),
    )
    if uow.session.exec(query).first() is not None:
        raise DomainError(Text("Your role needs two-step sign-in. You cannot turn it off."))
    _clear(uow, actor.user_id)
    sessions.end_sessions(uow, user_id=actor.user_id, now=now, but=session_id)
    _record(uow, actor, actor.user_id, "off", now)
    user = uow.session.get_one(User, actor.user_id)
    letters.second_factor_changed(uow, user=user, on=False, now=now)


def clear_for(uow: UnitOfWork, *, user_id: uuid.UUID, now: dt.datetime) -> None:
    """Take a lost second factor away and end all sessions; for the command line only.

    Whoever must have one sets up a new one at the next sign-in.
    """
    _clear(uow, user_id)
    sessions.end_sessions(uow, user_id=user_id, now=now)
    _record(uow, None, user_id, "cleared", now)
    user = uow.session.get_one(User, user_id)
    letters.second_factor_changed(uow, user=user, on=False, now=now)


def _first_code(uow: UnitOfWork, user: User, typed: str, vault: Vault, now: dt.datetime) -> bool:
    counted = sign_in.code_limits(user.id)
    attempts.check(uow, counted, now)
    secret = vault.open(user.totp_pending) if user.totp_pending else ""
    step = codes.matching_step(secret, typed, int(now.timestamp()), 0) if secret else None
    if step is None:
        attempts.count(uow, counted, now)
        audit.record(
            uow, Event.SECOND_FACTOR_FAILED, actor=None, now=now, subject=f"user:{user.id}"
        )
        return False
    user.totp_secret, user.totp_pending, user.totp_last_step = user.totp_pending, "", step
    return True


def _turned_on(uow: UnitOfWork, user: User, actor: Actor, now: dt.datetime) -> tuple[str, ...]:
    _record(uow, actor, user.id, "on", now)
    letters.second_factor_changed(uow, user=user, on=True, now=now)
    return _fresh_codes(uow, user.id)


def _fresh_codes(uow: UnitOfWork, user_id: uuid.UUID) -> tuple[str, ...]:
    uow.session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    made = codes.new_recovery_codes()
    for code in made:
        uow.session.add(RecoveryCode(user_id=user_id, code_hash=codes.recovery_hash(user_id, code)))
    uow.session.flush()
    return made


def _clear(uow: UnitOfWork, user_id: uuid.UUID) -> None:
    user = uow.session.get_one(User, user_id, with_for_update=True)
    user.totp_secret, user.totp_pending = "", ""
    uow.session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))


def _record(
    uow: UnitOfWork, actor: Actor | None, user_id: uuid.UUID, what: str, now: dt.datetime
) -> None:
    audit.record(
        uow,
        Event.SECOND_FACTOR_CHANGED,
        actor=actor,
        now=now,
        subject=f"user:{user_id}",
        data={"change": what},
    )
