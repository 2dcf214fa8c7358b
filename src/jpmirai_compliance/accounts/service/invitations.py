"""Inviting people by a mailed link, and accepting."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Invitation, Membership, Organisation, User
from jpmirai_compliance.accounts.rules import limits
from jpmirai_compliance.accounts.rules import roles as role_rules
from jpmirai_compliance.accounts.rules.addresses import new_token, token_hash
from jpmirai_compliance.accounts.rules.invitation_list import Guest
from jpmirai_compliance.accounts.service import attempts, letters, own_account, passwords, people
from jpmirai_compliance.accounts.service.links import LinkOver
from jpmirai_compliance.accounts.service.organisations import create_organisation
from jpmirai_compliance.accounts.service.vault import Vault
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import DomainError, Gap, Incomplete, NotFound, TooMany
from jpmirai_compliance.foundation.policy import (
    SECRETARIAT_ITSELF,
    Actor,
    Of,
    Permission,
    Role,
    authorize,
)
from jpmirai_compliance.foundation.text import Localized, Text


def invite(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor | None,
    email: str,
    name: str,
    org_id: uuid.UUID | None,
    roles: Iterable[Role],
    locale: str,
    base_url: str,
    now: dt.datetime,
) -> str:
    """Mail a link that works once within seven days, and return its token.

    An earlier link to the same address and place is void from now on. ``org_id`` None invites
    staff and judges; ``actor`` None is the command line. Raises NotPermitted, Incomplete (address,
    roles, belongs there already), TooMany after three mails in six hours.
    """
    if actor is not None:
        authorize(actor, Permission.INVITATION_SEND, Of(org_id))
    wanted = frozenset(roles)
    if not role_rules.fits(wanted, org_id):
        raise Incomplete(people.NO_ROLE, [Gap(people.NO_ROLE, "roles")])
    people.needs_second_person(uow, actor, org_id, wanted)
    return send_first(
        uow,
        actor=actor,
        email=email,
        name=name,
        org_id=org_id,
        roles=wanted,
        locale=locale,
        base_url=base_url,
        now=now,
    )


def send_first(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor | None,
    email: str,
    name: str,
    org_id: uuid.UUID | None,
    roles: Iterable[Role],
    locale: str,
    base_url: str,
    now: dt.datetime,
) -> str:
    """Mail the invitation that the caller has authorised, and return its token.

    Raises Incomplete (address, belongs there already), TooMany after three mails in six hours.
    """
    wanted = frozenset(roles)
    normal = own_account.read_email(email)
    lock(uow, f"invitation:{normal}")  # pressed twice: the second voids the first, as ever
    _not_there_yet(uow, normal, org_id)
    for old in _open(uow, normal, org_id):
        old.revoked_at = now
    row = Invitation(
        token_hash="",
        email=normal,
        name=name,
        locale=locale,
        org_id=org_id,
        roles=role_rules.written(wanted),
        invited_by=actor.user_id if actor else None,
        created_at=now,
        expires_at=now,
    )
    return _send(uow, actor, row, _names(uow, org_id), base_url, now)


def invite_organisation(
    uow: UnitOfWork,
    *,
    actor: Actor,
    guest: Guest,
    base_url: str,
    now: dt.datetime,
) -> uuid.UUID:
    """Make a member and invite its first person, who gets all roles; return the member's id.

    Raises NotPermitted, Incomplete (a member of this name exists, address), TooMany.
    """
    authorize(actor, Permission.INVITATION_SEND, SECRETARIAT_ITSELF)
    lock(uow, "members")
    query = select(Organisation.id).where(col(Organisation.name_ja) == guest.organisation)
    if uow.session.exec(query).first() is not None:
        text = Text("A member of this name exists already. Invite the person on its page.")
        raise Incomplete(text, [Gap(text, "organisation")])
    org_id = create_organisation(
        uow,
        actor=actor,
        name_ja=guest.organisation,
        name_en=guest.organisation_en,
        kind=guest.kind,
        now=now,
    )
    row = Invitation(
        token_hash="",
        email=own_account.read_email(guest.email),
        name=guest.name,
        locale=guest.locale,
        org_id=org_id,
        roles=role_rules.written(role_rules.FIRST_PERSON),
        invited_by=actor.user_id,
        created_at=now,
        expires_at=now,
    )
    names = [name for name in (guest.organisation, guest.organisation_en) if name]
    _send(uow, actor, row, names, base_url, now)
    return org_id


def invite_all(
    uow: UnitOfWork, *, actor: Actor, guests: Sequence[Guest], base_url: str, now: dt.datetime
) -> int:
    """Invite every organisation of a list, or none; return how many.

    Raises Incomplete that names each row that cannot be invited.
    """
    faults = []
    for guest in guests:
        try:
            invite_organisation(uow, actor=actor, guest=guest, base_url=base_url, now=now)
        except (Incomplete, TooMany) as error:
            values = {"row": guest.row, "fault": error.text}
            faults.append(Gap(Text("Row %(row)d: %(fault)s", values), "file"))
    if faults:
        raise Incomplete(Text("Nobody was invited yet. Please mend the file."), faults)
    return len(guests)


def resend(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    org_id: uuid.UUID | None,
    invitation_id: uuid.UUID,
    base_url: str,
    now: dt.datetime,
) -> str:
    """Mail a new link for another seven days and return its token; the old link is void.

    Raises NotPermitted, NotFound, DomainError if it was accepted or revoked, TooMany.
    """
    row = _of(uow, actor, org_id, invitation_id)
    return _send(uow, actor, row, _names(uow, row.org_id), base_url, now)


def revoke(
    uow: UnitOfWork,
    *,
    actor: Actor,
    org_id: uuid.UUID | None,
    invitation_id: uuid.UUID,
    now: dt.datetime,
) -> None:
    """Make an invitation void; NotPermitted, NotFound, DomainError if it has ended already."""
    row = _of(uow, actor, org_id, invitation_id)
    row.revoked_at = now
    _record(uow, actor, Event.INVITATION_REVOKED, row, now)


def accept_as_new(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    token: str,
    name: str,
    password: str,
    locale: str,
    vault: Vault,
    now: dt.datetime,
) -> tuple[uuid.UUID, uuid.UUID | None]:
    """Make an account for the invited address; return its id and the organisation joined.

    Raises LinkOver, Incomplete for the password or a taken address.
    """
    row = _take(uow, token, now)
    passwords.checked(password, _names(uow, row.org_id))
    user_id = people.create_user(
        uow, email=row.email, name=name, locale=locale, password=password, vault=vault, now=now
    )
    return _join(uow, row, user_id, now)


def accept_as(
    uow: UnitOfWork, *, token: str, user_id: uuid.UUID, now: dt.datetime
) -> tuple[uuid.UUID, uuid.UUID | None]:
    """Join with an account that exists; the caller has checked whose it is.

    Returns the account and the organisation joined. Raises LinkOver.
    """
    return _join(uow, _take(uow, token, now), user_id, now)


def _join(
    uow: UnitOfWork, row: Invitation, user_id: uuid.UUID, now: dt.datetime
) -> tuple[uuid.UUID, uuid.UUID | None]:
    row.accepted_at, row.accepted_by = now, user_id
    roles = role_rules.read(row.roles)
    actor = Actor(user_id, row.org_id, roles)
    people.grant(uow, actor=None, user_id=user_id, org_id=row.org_id, roles=roles, now=now)
    _record(uow, actor, Event.INVITATION_ACCEPTED, row, now)
    return user_id, row.org_id


def _take(uow: UnitOfWork, token: str, now: dt.datetime) -> Invitation:
    query = select(Invitation).where(
        col(Invitation.token_hash) == token_hash(token),
        col(Invitation.accepted_at).is_(None),
        col(Invitation.revoked_at).is_(None),
        col(Invitation.expires_at) > now,
    )
    if (row := uow.session.exec(query.with_for_update()).first()) is None:
        raise LinkOver
    return row


def _of(
    uow: UnitOfWork, actor: Actor, org_id: uuid.UUID | None, invitation_id: uuid.UUID
) -> Invitation:
    authorize(actor, Permission.INVITATION_SEND, Of(org_id))
    row = uow.session.get(Invitation, invitation_id, with_for_update=True)
    if row is None or row.org_id != org_id:
        raise NotFound
    if row.accepted_at is not None or row.revoked_at is not None:
        raise DomainError(Text("This invitation was accepted or withdrawn already."))
    return row


def _send(  # noqa: PLR0913, PLR0917 -- a new link, its mail and its event belong together
    uow: UnitOfWork,
    actor: Actor | None,
    row: Invitation,
    names: Sequence[str],
    base_url: str,
    now: dt.datetime,
) -> str:
    attempts.take(uow, [(limits.INVITE_MAIL, row.email)], now)
    token = new_token()
    row.token_hash, row.expires_at = token_hash(token), now + limits.INVITATION_LIFE
    uow.session.add(row)
    letters.invitation(
        uow,
        recipient=row.email,
        name=row.name,
        locale=row.locale,
        organisation=Localized(dict(zip(("ja", "en"), names, strict=False))) if names else None,
        link=f"{base_url}/invitations/{token}",
        expires_at=row.expires_at,
        org_id=row.org_id,
        now=now,
    )
    _record(uow, actor, Event.INVITATION_SENT, row, now, roles=row.roles)
    return token


def _names(uow: UnitOfWork, org_id: uuid.UUID | None) -> list[str]:
    if org_id is None:
        return []
    if (org := uow.session.get(Organisation, org_id)) is None:
        raise NotFound
    return [name for name in (org.name_ja, org.name_en) if name]


def _not_there_yet(uow: UnitOfWork, email: str, org_id: uuid.UUID | None) -> None:
    place = col(Membership.org_id)
    query = (
        select(Membership.id)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(
            col(User.email) == email,
            place == org_id if org_id is not None else place.is_(None),
            col(Membership.ended_at).is_(None),
        )
    )
    if uow.session.exec(query).first() is not None:
        text = Text("This person belongs to it already. You can change the roles on the list.")
        raise Incomplete(text, [Gap(text, "email")])


def _open(uow: UnitOfWork, email: str, org_id: uuid.UUID | None) -> Sequence[Invitation]:
    place = col(Invitation.org_id)
    query = select(Invitation).where(
        col(Invitation.email) == email,
        place == org_id if org_id is not None else place.is_(None),
        col(Invitation.accepted_at).is_(None),
        col(Invitation.revoked_at).is_(None),
    )
    return uow.session.exec(query.with_for_update()).all()


def _record(
    uow: UnitOfWork,
    actor: Actor | None,
    event: Event,
    row: Invitation,
    now: dt.datetime,
    **data: str,
) -> None:
    audit.record(
        uow,
        event,
        actor=actor,
        now=now,
        subject=f"invitation:{row.id}",
        org_id=row.org_id,
        data=data,
    )
