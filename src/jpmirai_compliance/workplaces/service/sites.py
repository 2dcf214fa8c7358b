"""What people do with workplaces: add, change, close, and give a new code."""

import datetime as dt
import secrets
import uuid
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.disclosure.service import postings
from jpmirai_compliance.disclosure.service.postings import Wall
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import Conflict, DomainError, NotFound
from jpmirai_compliance.foundation.policy import Actor, Of, Permission, authorize, may
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.workplaces import queries, rules
from jpmirai_compliance.workplaces.models import RetiredCode, Workplace
from jpmirai_compliance.workplaces.queries import WorkplaceView


@dataclass(frozen=True, slots=True)
class Details:
    """What a member says about a site; ``languages`` are tags."""

    name: str
    prefecture: str = ""
    languages: tuple[str, ...] = ()
    contacts: tuple[rules.Contact, ...] = ()


def add(
    uow: UnitOfWork, *, actor: Actor, org_id: uuid.UUID, details: Details, now: dt.datetime
) -> WorkplaceView:
    """Add a site with a code of its own. NotPermitted; DomainError above 500 open sites."""
    authorize(actor, Permission.WORKPLACE_EDIT, Of(org_id))
    if sum(w.closed_at is None for w in queries.workplaces(uow, org_id)) >= queries.MOST:
        raise DomainError(Text("There are too many workplaces. Close those that are not used."))
    row = Workplace(
        org_id=org_id,
        name=details.name,
        code=_new_code(),
        created_at=now,
        created_by=actor.user_id,
    )
    _write(row, details)
    uow.session.add(row)
    uow.session.flush()
    _record(uow, actor, row, now, "added")
    return queries.view_of(row)


def change(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    workplace_id: uuid.UUID,
    version: int,
    details: Details,
    now: dt.datetime,
) -> None:
    """Change an open site that the actor saw at ``version``.

    NotFound, NotPermitted, Conflict if it changed since, DomainError if it is closed.
    """
    row = held(uow, actor, workplace_id)
    if row.version != version:
        raise Conflict
    _write(row, details)
    uow.session.flush()
    _record(uow, actor, row, now, "changed")


def close(uow: UnitOfWork, *, actor: Actor, workplace_id: uuid.UUID, now: dt.datetime) -> None:
    """Close a site: its posters lead to the general page, and count as taken down.

    NotFound, NotPermitted, DomainError.
    """
    row = held(uow, actor, workplace_id)
    row.closed_at, row.closed_by = now, actor.user_id
    uow.session.flush()
    postings.clear(uow, actor=actor, wall=Wall(row.org_id, row.id, row.name), now=now)
    _record(uow, actor, row, now, "closed")


def renew_code(uow: UnitOfWork, *, actor: Actor, workplace_id: uuid.UUID, now: dt.datetime) -> str:
    """Give a site a new code and return it; posters with the old one still lead to the site."""
    row = held(uow, actor, workplace_id)
    old, code = row.code, _new_code()
    uow.session.add(RetiredCode(code=old, org_id=row.org_id, workplace_id=row.id, retired_at=now))
    row.code = code
    uow.session.flush()
    _record(uow, actor, row, now, "code-renewed")
    return code


def held(uow: UnitOfWork, actor: Actor, workplace_id: uuid.UUID) -> Workplace:
    """Return an open site that the actor may change, locked.

    NotFound, NotPermitted, DomainError if it is closed.
    """
    query = select(Workplace).where(col(Workplace.id) == workplace_id).with_for_update()
    row = uow.session.exec(query).one_or_none()
    if row is None or not may(actor, Permission.WORKPLACE_READ, row):
        raise NotFound
    authorize(actor, Permission.WORKPLACE_EDIT, row)
    if row.closed_at is not None:
        raise DomainError(Text("This workplace is closed."))
    return row


def _write(row: Workplace, details: Details) -> None:
    row.name, row.prefecture = details.name, details.prefecture
    row.languages = ",".join(details.languages)
    first = details.contacts[0] if details.contacts else rules.Contact()
    row.contact_name, row.contact_phone = first.name, first.phone
    row.contact_email, row.contact_note = first.email, first.hours
    row.contacts = rules.dump_contacts(details.contacts)


def _new_code() -> str:
    # 31**7 codes: the unique constraints are there for the day one comes twice
    return rules.new_code(secrets.choice)


def _record(uow: UnitOfWork, actor: Actor, row: Workplace, now: dt.datetime, what: str) -> None:
    audit.record(
        uow,
        Event.WORKPLACE_CHANGED,
        actor=actor,
        now=now,
        subject=f"workplace:{row.id}",
        org_id=row.org_id,
        data={"what": what, "code": row.code},
    )
