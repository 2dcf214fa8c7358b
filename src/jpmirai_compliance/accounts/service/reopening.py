"""A member without a reachable administrator gets one: two people of the secretariat say so."""

import datetime as dt
import uuid

from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Membership, Organisation, Reopening, User
from jpmirai_compliance.accounts.queries.people import with_roles
from jpmirai_compliance.accounts.queries.reach import has_reachable_admin
from jpmirai_compliance.accounts.queries.ties import ties
from jpmirai_compliance.accounts.rules import handover as rules
from jpmirai_compliance.accounts.rules.roles import FIRST_PERSON
from jpmirai_compliance.accounts.service import invitations, letters, own_account
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import DomainError, NotFound, NotPermitted
from jpmirai_compliance.foundation.policy import (
    SECRETARIAT_ITSELF,
    Actor,
    Permission,
    Role,
    authorize,
)
from jpmirai_compliance.foundation.text import Localized, Text

_REACHABLE = Text("An administrator of this member can be reached. Ask that person to hand over.")
_TIED = Text("You belong or belonged to this member. Somebody else has to do this.")


def propose(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    org_id: uuid.UUID,
    email: str,
    name: str,
    locale: str,
    reason: str,
    evidence: str,
    base_url: str,
    now: dt.datetime,
) -> uuid.UUID:
    """Propose a new administrator and return the proposal's id; colleagues are asked by mail.

    Raises NotPermitted (also for somebody tied to the member), NotFound, Incomplete for the
    address, DomainError if an administrator can be reached or a proposal waits already.
    """
    organisation = _organisation(uow, actor, org_id)
    lock(uow, f"people:{org_id}")
    if has_reachable_admin(uow, org_id):
        raise DomainError(_REACHABLE)
    if _waiting(uow, org_id, now) is not None:
        raise DomainError(Text("A proposal for this member waits for consent already."))
    row = Reopening(
        org_id=org_id,
        email=own_account.read_email(email),
        name=name,
        locale=locale,
        reason=reason,
        evidence=evidence,
        proposed_by=actor.user_id,
        proposed_at=now,
        expires_at=now + rules.CONSENT_LIFE,
    )
    uow.session.add(row)
    uow.session.flush()
    others = [
        person
        for person in with_roles(uow, None, {Role.SECRETARIAT})
        if person.user_id != actor.user_id
    ]
    link = f"{base_url}/s/members/{org_id}/reopen"
    letters.reopening_proposed(uow, people=others, organisation=organisation, link=link, now=now)
    _record(uow, Event.REOPENING_PROPOSED, row, actor, now)
    return row.id


def consent(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    org_id: uuid.UUID,
    reopening_id: uuid.UUID,
    base_url: str,
    now: dt.datetime,
) -> str:
    """Agree as a second person; the invitation goes out, and the old addresses are told.

    Returns the invitation's token. Raises NotPermitted for the proposer and for somebody tied to
    the member, NotFound, DomainError if it is decided, expired, or somebody can be reached again.
    """
    organisation, row = _open(uow, actor, org_id, reopening_id, now)
    if row.proposed_by == actor.user_id:
        raise NotPermitted(Text("A second person of the secretariat has to agree."))
    if has_reachable_admin(uow, org_id):
        raise DomainError(_REACHABLE)
    row.decided_at, row.decided_by, row.consented = now, actor.user_id, True
    uow.session.add(row)
    uow.session.flush()
    _tell_old_addresses(uow, org_id, organisation, now)
    _record(uow, Event.REOPENING_CONSENTED, row, actor, now)
    return invitations.send_first(
        uow,
        actor=actor,
        email=row.email,
        name=row.name,
        org_id=org_id,
        roles=FIRST_PERSON,
        locale=row.locale,
        base_url=base_url,
        now=now,
    )


def refuse(
    uow: UnitOfWork,
    *,
    actor: Actor,
    org_id: uuid.UUID,
    reopening_id: uuid.UUID,
    now: dt.datetime,
) -> None:
    """Say no, or (the proposer) take the proposal back; nothing goes out.

    Raises NotPermitted, NotFound, DomainError if it is decided or expired.
    """
    _organisation_name, row = _open(uow, actor, org_id, reopening_id, now)
    if row.proposed_by == actor.user_id:
        row.expires_at = now  # the two-person rule keeps the proposer from deciding
    else:
        row.decided_at, row.decided_by, row.consented = now, actor.user_id, False
    uow.session.add(row)
    uow.session.flush()
    _record(uow, Event.REOPENING_REFUSED, row, actor, now)


def _open(
    uow: UnitOfWork, actor: Actor, org_id: uuid.UUID, reopening_id: uuid.UUID, now: dt.datetime
) -> tuple[Localized, Reopening]:
    organisation = _organisation(uow, actor, org_id)
    lock(uow, f"people:{org_id}")
    row = uow.session.get(Reopening, reopening_id, with_for_update=True, populate_existing=True)
    if row is None or row.org_id != org_id:
        raise NotFound
    if row.decided_at is not None or now >= row.expires_at:
        raise DomainError(Text("This proposal was decided or has expired."))
    return organisation, row


def _organisation(uow: UnitOfWork, actor: Actor, org_id: uuid.UUID) -> Localized:
    authorize(actor, Permission.PEOPLE_MANAGE, SECRETARIAT_ITSELF)
    org = uow.session.get(Organisation, org_id)
    if org is None:
        raise NotFound
    if org_id in ties(uow, actor.user_id):
        raise NotPermitted(_TIED)
    return Localized({"ja": org.name_ja} | ({"en": org.name_en} if org.name_en else {}))


def _waiting(uow: UnitOfWork, org_id: uuid.UUID, now: dt.datetime) -> uuid.UUID | None:
    query = select(Reopening.id).where(
        col(Reopening.org_id) == org_id,
        col(Reopening.decided_at).is_(None),
        col(Reopening.expires_at) > now,
    )
    return uow.session.exec(query).first()


def _tell_old_addresses(
    uow: UnitOfWork, org_id: uuid.UUID, organisation: Localized, now: dt.datetime
) -> None:
    """Tell whoever was an administrator there, and the contact: a stranger's claim is noticed."""
    query = (
        select(User.email, User.locale)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(col(Membership.org_id) == org_id, col(Membership.role) == Role.ADMIN)
        .distinct()
    )
    found = dict(uow.session.exec(query).all())
    contact = uow.session.get_one(Organisation, org_id).contact_email
    if contact:
        found.setdefault(contact.casefold(), "ja")
    letters.reopened(uow, addresses=found, organisation=organisation, org_id=org_id, now=now)


def _record(uow: UnitOfWork, event: Event, row: Reopening, actor: Actor, now: dt.datetime) -> None:
    subject, data = f"reopening:{row.id}", {"proposed_by": str(row.proposed_by)}
    audit.record(uow, event, actor=actor, now=now, subject=subject, org_id=row.org_id, data=data)
