"""Organisations and their profiles."""

import datetime as dt
import uuid
from dataclasses import asdict, dataclass, fields

from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Organisation, SizeBand, User
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import Competing, Conflict, Gap, Incomplete, NotFound
from jpmirai_compliance.foundation.policy import (
    SECRETARIAT_ITSELF,
    Actor,
    Of,
    Permission,
    authorize,
)
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles.model import MemberKind


@dataclass(frozen=True, slots=True)
class Profile:
    """All that an organisation's administrator may write about it; nothing else is written."""

    name_ja: str
    name_en: str
    kind: MemberKind
    size: SizeBand | None
    prefecture: str
    sector: str
    corporate_number: str | None
    website: str
    contact_name: str
    contact_email: str
    contact_phone: str


def create_organisation(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor | None,
    name_ja: str,
    kind: MemberKind,
    now: dt.datetime,
    name_en: str = "",
    size: SizeBand | None = None,
    prefecture: str = "",
    sector: str = "",
    corporate_number: str | None = None,
    website: str = "",
    contact_name: str = "",
    contact_email: str = "",
    contact_phone: str = "",
    parent_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Return the id of a new member; ``actor`` None is the command line or the demo.

    Raises NotPermitted, Incomplete if the corporate number is another member's.
    """
    if actor is not None:
        authorize(actor, Permission.INVITATION_SEND, SECRETARIAT_ITSELF)
    _only_one(uow, corporate_number, None)
    complete = bool(size and prefecture and contact_name and contact_email)
    org = Organisation(
        name_ja=name_ja,
        name_en=name_en,
        kind=kind,
        size=size,
        prefecture=prefecture,
        sector=sector,
        corporate_number=corporate_number,
        website=website,
        contact_name=contact_name,
        contact_email=contact_email,
        contact_phone=contact_phone,
        parent_id=parent_id,
        profile_completed_at=now if complete else None,
        created_at=now,
    )
    uow.session.add(org)
    uow.session.flush()
    audit.record(
        uow,
        Event.ORGANISATION_CREATED,
        actor=actor,
        now=now,
        subject=f"organisation:{org.id}",
        org_id=org.id,
        data={"kind": kind.value},
    )
    return org.id


def save_profile(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    org_id: uuid.UUID,
    version: int,
    profile: Profile,
    now: dt.datetime,
) -> None:
    """Write the profile that the actor saw at ``version``.

    Raises NotPermitted, NotFound, Conflict with both texts if it has changed since, Incomplete if
    the corporate number is another member's.
    """
    authorize(actor, Permission.ORGANISATION_EDIT, Of(org_id))
    org = uow.session.get(Organisation, org_id, with_for_update=True)
    if org is None:
        raise NotFound
    if org.version != version:
        raise Conflict(_competing(uow, org, profile))
    _only_one(uow, profile.corporate_number, org_id)
    changed = []
    for name in (f.name for f in fields(Profile)):
        value = getattr(profile, name)
        if getattr(org, name) != value:
            setattr(org, name, value)
            changed.append(name)
    org.profile_completed_at = org.profile_completed_at or now
    audit.record(
        uow,
        Event.ORGANISATION_CHANGED,
        actor=actor,
        now=now,
        subject=f"organisation:{org_id}",
        org_id=org_id,
        data={"fields": ",".join(changed)},
    )


def _only_one(uow: UnitOfWork, corporate_number: str | None, org_id: uuid.UUID | None) -> None:
    if corporate_number is None:
        return
    lock(uow, "corporate-number")
    query = select(Organisation.id).where(col(Organisation.corporate_number) == corporate_number)
    if (found := uow.session.exec(query).first()) is not None and found != org_id:
        text = Text("Another member uses this number already. Please ask the secretariat.")
        raise Incomplete(text, [Gap(text, "corporate_number")])


def _competing(uow: UnitOfWork, org: Organisation, profile: Profile) -> list[Competing]:
    query = (
        select(AuditEvent.at, User.name)
        .join(User, col(User.id) == col(AuditEvent.actor_id))
        .where(
            col(AuditEvent.event) == Event.ORGANISATION_CHANGED.value,
            col(AuditEvent.org_id) == org.id,
        )
        .order_by(col(AuditEvent.seq).desc())
    )
    last = uow.session.exec(query.limit(1)).first()
    at, by = last or (org.created_at, "")
    return [
        Competing(name, _shown(mine), _shown(getattr(org, name)), by, at)
        for name, mine in asdict(profile).items()
        if mine != getattr(org, name)
    ]


def _shown(value: object) -> str:
    return "" if value is None else str(value)
