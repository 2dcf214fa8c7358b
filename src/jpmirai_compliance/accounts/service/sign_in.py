"""Signing in: first the password, then the code, then a session."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.accounts.models import LoginSession, Membership, RecoveryCode, User
from jpmirai_compliance.accounts.rules import codes, limits
from jpmirai_compliance.accounts.rules.addresses import email_or_typed
from jpmirai_compliance.accounts.rules.roles import NEEDS_SECOND_FACTOR
from jpmirai_compliance.accounts.service import attempts, sessions
from jpmirai_compliance.accounts.service.attempts import Counted
from jpmirai_compliance.accounts.service.vault import Vault
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.policy import Actor


@dataclass(frozen=True, slots=True)
class Proof:
    """What a typed password proved: ``user_id`` None is nothing. Made outside a transaction."""

    email: str
    user_id: uuid.UUID | None
    stored: str  # the hash it was compared with
    fresh_hash: str = ""  # a stronger one to store


@dataclass(frozen=True, slots=True)
class Entered:
    """Signed in: the session's token, and whether there are several places to act for."""

    token: str
    several: bool


@dataclass(frozen=True, slots=True)
class NeedsCode:
    """The password was right; ``enrol`` if a second factor has to be set up first."""

    token: str
    enrol: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """Not signed in; the same for everybody, whatever the reason."""


Outcome = Entered | NeedsCode | Refused


def prove(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork, *, email: str, password: str, address: str, vault: Vault, now: dt.datetime
) -> Proof:
    """Compare a password: no transaction, because hashing takes long, and nothing is written.

    Takes the same time for addresses without an account. Raises TooMany at the limits.
    """
    normal = email_or_typed(email)
    attempts.check(uow, _counted(normal, address, vault), now)
    user = uow.session.exec(select(User).where(col(User.email) == normal)).first()
    user_id, stored = (user.id, user.password_hash) if user else (None, "")
    open_ = user is not None and user.disabled_at is None
    fits = vault.fits(stored, password)
    if not fits or not open_:
        return Proof(normal, None, stored)
    fresh = vault.hash_password(password) if vault.outdated(stored) else ""
    return Proof(normal, user_id, stored, fresh)


def sign_in(
    uow: UnitOfWork, *, proof: Proof, address: str, vault: Vault, now: dt.datetime
) -> Outcome:
    """Turn a proof into a session, or a question for the code; a wrong one is counted.

    Raises TooMany at the limits, also for a right password.
    """
    user = confirm(uow, proof=proof, address=address, vault=vault, now=now)
    return Refused() if user is None else enter(uow, user_id=user.id, vault=vault, now=now)


def confirm(
    uow: UnitOfWork, *, proof: Proof, address: str, vault: Vault, now: dt.datetime
) -> User | None:
    """Return whose password it was, or None; counts and records a wrong one."""
    lock(uow, "attempts")
    counted = _counted(proof.email, address, vault)
    attempts.check(uow, counted, now)
    user = uow.session.get(User, proof.user_id, with_for_update=True) if proof.user_id else None
    if user is None or user.disabled_at is not None or user.password_hash != proof.stored:
        attempts.count(uow, counted, now)
        audit.record(uow, Event.SIGN_IN_FAILED, actor=None, now=now)
        return None
    if proof.fresh_hash:
        user.password_hash = proof.fresh_hash
    return user


def enter(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    user_id: uuid.UUID,
    vault: Vault,
    now: dt.datetime,
    prefer: uuid.UUID | None = None,
    second_factor_done: bool = False,
) -> Outcome:
    """Open a session for somebody whose password is known to be right, or ask for the code.

    Refused if there is no role left anywhere. ``prefer``: the organisation to act for.
    """
    user = uow.session.get_one(User, user_id)
    query = select(Membership).where(
        col(Membership.user_id) == user_id, col(Membership.ended_at).is_(None)
    )
    held = uow.session.exec(query).all()
    if not held:
        audit.record(uow, Event.SIGN_IN_FAILED, actor=None, now=now, subject=f"user:{user_id}")
        return Refused()
    needed = any(m.role in NEEDS_SECOND_FACTOR for m in held)
    if needed and not user.totp_secret:
        learn_secret(user, vault)
        return NeedsCode(sessions.half_open(uow, user_id=user_id, now=now), enrol=True)
    if user.totp_secret and not second_factor_done:
        return NeedsCode(sessions.half_open(uow, user_id=user_id, now=now), enrol=False)
    places = {m.org_id for m in held}
    org_id = _place(uow, user_id, places, prefer)
    roles = frozenset(m.role for m in held if m.org_id == org_id)
    token = sessions.open_session(uow, user_id=user_id, org_id=org_id, now=now)
    audit.record(
        uow,
        Event.SIGNED_IN,
        actor=Actor(user_id, org_id, roles),
        now=now,
        subject=f"user:{user_id}",
        data={"second_factor": second_factor_done},
    )
    attempts.sweep(uow, now=now)
    return Entered(token, several=len(places) > 1)


def learn_secret(user: User, vault: Vault) -> None:
    """Make the secret that the app is to learn; it does nothing until its first code is typed."""
    if not (user.totp_pending and vault.open(user.totp_pending)):
        user.totp_pending = vault.seal(codes.new_secret())


def enter_code(
    uow: UnitOfWork, *, token: str, typed: str, vault: Vault, now: dt.datetime
) -> Outcome | None:
    """Finish a half sign-in by a code of the app, or a recovery code.

    None if the half sign-in is over (start again), Refused if the code is wrong or was used.
    Raises TooMany after five wrong ones.
    """
    lock(uow, "attempts")  # before the rows, as for passwords: two sign-ins never block each other
    found = sessions.half_way(uow, token, now)
    if found is None:
        return None
    half, user = found
    counted = code_limits(user.id)
    attempts.check(uow, counted, now)
    if not use_code(uow, user, typed, vault, now):
        attempts.count(uow, counted, now)
        audit.record(
            uow, Event.SECOND_FACTOR_FAILED, actor=None, now=now, subject=f"user:{user.id}"
        )
        return Refused()
    half.used_at = now
    return enter(uow, user_id=user.id, vault=vault, now=now, second_factor_done=True)


def use_code(uow: UnitOfWork, user: User, typed: str, vault: Vault, now: dt.datetime) -> bool:
    """Return whether the code is right, and make sure that it never is again."""
    secret = vault.open(user.totp_secret) if user.totp_secret else ""
    if secret:
        step = codes.matching_step(secret, typed, int(now.timestamp()), user.totp_last_step)
        if step is not None:
            user.totp_last_step = step
            return True
    query = select(RecoveryCode).where(
        col(RecoveryCode.user_id) == user.id,
        col(RecoveryCode.code_hash) == codes.recovery_hash(user.id, typed),
        col(RecoveryCode.used_at).is_(None),
    )
    recovery = uow.session.exec(query.with_for_update()).first()
    if recovery is None:
        return False
    recovery.used_at = now
    return True


def code_limits(user_id: uuid.UUID) -> list[Counted]:
    """Return the limits of codes of one person."""
    return [(limit, str(user_id)) for limit in limits.CODES]


def _place(
    uow: UnitOfWork, user_id: uuid.UUID, places: set[uuid.UUID | None], prefer: uuid.UUID | None
) -> uuid.UUID | None:
    """Return where to act first: as asked (None: the secretariat), else as last time."""
    if prefer in places:
        return prefer
    query = (
        select(LoginSession.org_id)
        .where(col(LoginSession.user_id) == user_id)
        .order_by(col(LoginSession.created_at).desc())
    )
    last = uow.session.exec(query.limit(1)).all()
    if last and last[0] in places:
        return last[0]
    return min(place for place in places if place is not None)


def _counted(email: str, address: str, vault: Vault) -> list[Counted]:
    return [
        (limits.ACCOUNT, email),
        (limits.ADDRESS, vault.veil(address)),
        (limits.OVERALL, ""),
    ]
