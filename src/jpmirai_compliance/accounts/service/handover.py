"""Passing the rights of an administrator on: asked, confirmed by mail, undone within 14 days."""

import datetime as dt
import uuid

from sqlalchemy import ColumnElement
from sqlmodel import col, select, update

from jpmirai_compliance.accounts.models import Handover, Organisation, User
from jpmirai_compliance.accounts.rules import handover as rules
from jpmirai_compliance.accounts.rules import limits
from jpmirai_compliance.accounts.rules import roles as role_rules
from jpmirai_compliance.accounts.rules.addresses import new_token, token_hash
from jpmirai_compliance.accounts.service import attempts, letters, own_account, passwords, people
from jpmirai_compliance.accounts.service.links import LinkOver
from jpmirai_compliance.accounts.service.vault import Vault
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import DomainError, Gap, Incomplete, NotFound
from jpmirai_compliance.foundation.policy import (
    SECRETARIAT_ITSELF,
    Actor,
    Of,
    Permission,
    Role,
    authorize,
)
from jpmirai_compliance.foundation.text import Localized, Text


def ask(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    email: str,
    name: str,
    locale: str,
    leaves: bool,
    base_url: str,
    now: dt.datetime,
) -> str:
    """Mail the successor a link that works once within seven days, and return its token.

    Nothing changes before it is confirmed. An earlier one of the same person is void from now on.
    Raises NotPermitted, Incomplete (address, oneself, an administrator already), TooMany.
    """
    org_id = _own(actor)
    lock(uow, f"people:{org_id}")
    normal = own_account.read_email(email)
    held = people.held_in(uow, org_id)
    known = uow.session.exec(select(User).where(col(User.email) == normal)).first()
    if known is not None and Role.ADMIN in held.get(known.id, frozenset()):
        text = Text("This person is an administrator already. No hand-over is needed.")
        raise Incomplete(text, [Gap(text, "email")])
    attempts.take(uow, [(limits.INVITE_MAIL, normal)], now)
    _withdraw(uow, col(Handover.from_user) == actor.user_id, org_id, now)
    token = new_token()
    row = Handover(
        org_id=org_id,
        from_user=actor.user_id,
        from_roles=role_rules.written(held[actor.user_id]),
        leaves=leaves,
        email=normal,
        name=name,
        locale=known.locale if known is not None else locale,
        token_hash=token_hash(token),
        asked_at=now,
        expires_at=now + rules.CONFIRM_LIFE,
    )
    uow.session.add(row)
    uow.session.flush()
    giver, organisation = uow.session.get_one(User, actor.user_id), _organisation(uow, org_id)
    link = f"{base_url}/hand-over/{token}"
    letters.handover_asked(uow, row=row, giver=giver, organisation=organisation, link=link, now=now)
    _record(uow, Event.HANDOVER_ASKED, row, actor, now)
    return token


def withdraw(
    uow: UnitOfWork, *, actor: Actor, org_id: uuid.UUID, handover_id: uuid.UUID, now: dt.datetime
) -> None:
    """Make a hand-over void before it is confirmed: an administrator there, or the secretariat.

    Raises NotPermitted, NotFound, DomainError if it was confirmed or has ended.
    """
    authorize(actor, Permission.PEOPLE_MANAGE, Of(org_id))
    row = _row(uow, org_id, handover_id)
    if row.done_at is not None or row.withdrawn_at is not None:
        raise DomainError(Text("This hand-over was confirmed or withdrawn already."))
    row.withdrawn_at = now
    _record(uow, Event.HANDOVER_WITHDRAWN, row, actor, now)


def confirm_as(
    uow: UnitOfWork, *, token: str, user_id: uuid.UUID, base_url: str, now: dt.datetime
) -> tuple[uuid.UUID, uuid.UUID | None]:
    """Take the rights over with an account that exists; the caller has checked whose it is.

    Returns the account and the organisation. In the same transaction the one who hands over loses
    the rights, and whoever leaves everything here: roles, sessions, invitations, links. Raises
    LinkOver, DomainError for oneself.
    """
    return _confirm(uow, _take(uow, token, now), user_id, base_url, now)


def confirm_as_new(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    token: str,
    name: str,
    password: str,
    locale: str,
    vault: Vault,
    base_url: str,
    now: dt.datetime,
) -> tuple[uuid.UUID, uuid.UUID | None]:
    """Make an account for the successor's address and take the rights over with it.

    Raises LinkOver, Incomplete for the password or a taken address.
    """
    row = _take(uow, token, now)
    organisation = _organisation(uow, row.org_id)
    passwords.checked(password, [text for text in organisation.texts.values() if text])
    user_id = people.create_user(
        uow, email=row.email, name=name, locale=locale, password=password, vault=vault, now=now
    )
    return _confirm(uow, row, user_id, base_url, now)


def undo_by_link(uow: UnitOfWork, *, token: str, now: dt.datetime) -> None:
    """Take the rights back by the mailed link, while one still belongs to the organisation.

    Raises LinkOver, DomainError if a newer hand-over stands above it.
    """
    query = select(Handover).where(
        col(Handover.undo_hash) == token_hash(token),
        col(Handover.undone_at).is_(None),
        col(Handover.undo_until) > now,
    )
    row = uow.session.exec(query.with_for_update()).first()
    if row is None or not _belongs(uow, row.org_id, row.from_user):
        raise LinkOver
    _undo(uow, row, None, now)


def undo(
    uow: UnitOfWork, *, actor: Actor, org_id: uuid.UUID, handover_id: uuid.UUID, now: dt.datetime
) -> None:
    """Give the rights back within 14 days; for the secretariat.

    Raises NotPermitted, NotFound, DomainError if it is too late, was not confirmed or was undone.
    """
    authorize(actor, Permission.PEOPLE_MANAGE, SECRETARIAT_ITSELF)
    row = _row(uow, org_id, handover_id)
    if row.undo_until is None or row.undone_at is not None or now >= row.undo_until:
        raise DomainError(Text("This hand-over cannot be undone any more."))
    _undo(uow, row, actor, now)


def _confirm(
    uow: UnitOfWork, row: Handover, user_id: uuid.UUID, base_url: str, now: dt.datetime
) -> tuple[uuid.UUID, uuid.UUID | None]:
    if user_id == row.from_user:
        raise DomainError(Text("This link is for your successor. You cannot confirm it yourself."))
    lock(uow, f"people:{row.org_id}")
    held = people.held_in(uow, row.org_id, able=True)
    given = held.get(row.from_user, frozenset())
    if Role.ADMIN not in given:
        raise LinkOver  # the rights went another way meanwhile
    before = held.get(user_id, frozenset())
    row.from_roles, row.to_roles = role_rules.written(given), role_rules.written(before)
    row.done_at, row.to_user, row.undo_until = now, user_id, now + rules.UNDO_LIFE
    token = "" if row.leaves else new_token()
    row.undo_hash = token_hash(token) if token else None
    uow.session.add(row)
    uow.session.flush()
    people.replace(uow, user_id, row.org_id, before, before | {Role.ADMIN}, now)
    kept = rules.after(given, leaves=row.leaves)
    people.replace(uow, row.from_user, row.org_id, given, kept, now)
    _withdraw(uow, col(Handover.from_user) == row.from_user, row.org_id, now)
    giver, successor = (uow.session.get_one(User, i) for i in (row.from_user, user_id))
    letters.handover_done(
        uow,
        row=row,
        giver=giver,
        successor=successor,
        organisation=_organisation(uow, row.org_id),
        link=f"{base_url}/hand-over/undo/{token}" if token else "",
        now=now,
    )
    actor = Actor(user_id, row.org_id, before | {Role.ADMIN})
    _record(uow, Event.HANDOVER_CONFIRMED, row, actor, now)
    return user_id, row.org_id


def _undo(uow: UnitOfWork, row: Handover, actor: Actor | None, now: dt.datetime) -> None:
    lock(uow, f"people:{row.org_id}")
    _is_the_newest(uow, row)
    giver = uow.session.get_one(User, row.from_user)
    if giver.disabled_at is not None or row.to_user is None:
        raise DomainError(Text("The account of the person who handed over is disabled."))
    held = people.held_in(uow, row.org_id)
    before = role_rules.read(row.to_roles)
    now_held = held.get(row.to_user, frozenset())
    back = now_held - ({Role.ADMIN} - before) if before else frozenset()
    back = back or (before if now_held else frozenset())
    people.replace(
        uow,
        row.from_user,
        row.org_id,
        held.get(row.from_user, frozenset()),
        held.get(row.from_user, frozenset()) | role_rules.read(row.from_roles),
        now,
    )
    people.replace(uow, row.to_user, row.org_id, now_held, back, now)
    _withdraw(uow, col(Handover.from_user) == row.to_user, row.org_id, now)
    row.undone_at, row.undone_by = now, actor.user_id if actor else row.from_user
    uow.session.add(row)
    successor = uow.session.get_one(User, row.to_user)
    organisation = _organisation(uow, row.org_id)
    letters.handover_undone(uow, people=(giver, successor), organisation=organisation, now=now)
    by = actor or Actor(row.from_user, row.org_id, held.get(row.from_user, frozenset()))
    _record(uow, Event.HANDOVER_UNDONE, row, by, now)


def _is_the_newest(uow: UnitOfWork, row: Handover) -> None:
    query = select(Handover.id).where(
        col(Handover.org_id) == row.org_id,
        col(Handover.done_at) > row.done_at,
        col(Handover.undone_at).is_(None),
    )
    if uow.session.exec(query).first() is not None:
        raise DomainError(Text("The rights were passed on since. Undo that hand-over first."))


def _take(uow: UnitOfWork, token: str, now: dt.datetime) -> Handover:
    query = select(Handover).where(
        col(Handover.token_hash) == token_hash(token),
        col(Handover.done_at).is_(None),
        col(Handover.withdrawn_at).is_(None),
        col(Handover.expires_at) > now,
    )
    row = uow.session.exec(query.with_for_update()).first()
    if row is None:
        raise LinkOver
    return row


def _row(uow: UnitOfWork, org_id: uuid.UUID, handover_id: uuid.UUID) -> Handover:
    row = uow.session.get(Handover, handover_id, with_for_update=True)
    if row is None or row.org_id != org_id:
        raise NotFound
    return row


def _own(actor: Actor) -> uuid.UUID:
    """Return the actor's organisation; the secretariat's rights are not handed over here."""
    authorize(actor, Permission.PEOPLE_MANAGE, Of(actor.org_id))
    if actor.org_id is None:
        raise NotFound
    return actor.org_id


def _belongs(uow: UnitOfWork, org_id: uuid.UUID, user_id: uuid.UUID) -> bool:
    return user_id in people.held_in(uow, org_id, able=True)


def _withdraw(
    uow: UnitOfWork, which: ColumnElement[bool], org_id: uuid.UUID, now: dt.datetime
) -> None:
    waiting = col(Handover.done_at).is_(None) & col(Handover.withdrawn_at).is_(None)
    uow.session.exec(
        update(Handover)
        .where(which, col(Handover.org_id) == org_id, waiting)
        .values(withdrawn_at=now)
    )


def _organisation(uow: UnitOfWork, org_id: uuid.UUID) -> Localized:
    org = uow.session.get_one(Organisation, org_id)
    return Localized({"ja": org.name_ja} | ({"en": org.name_en} if org.name_en else {}))


def _record(uow: UnitOfWork, event: Event, row: Handover, actor: Actor, now: dt.datetime) -> None:
    data: dict[str, object] = {"from": str(row.from_user), "leaves": row.leaves}
    if row.to_user is not None:
        data["to"] = str(row.to_user)
    subject = f"handover:{row.id}"
    audit.record(uow, event, actor=actor, now=now, subject=subject, org_id=row.org_id, data=data)
