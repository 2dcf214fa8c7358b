"""Reading workplaces: frozen values out, never rows."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import Actor, Permission, may
from jpmirai_compliance.workplaces import rules
from jpmirai_compliance.workplaces.models import RetiredCode, Workplace

MOST = 500  # sites of one organisation


@dataclass(frozen=True, slots=True)
class WorkplaceView:
    """One site; ``languages`` are tags in the order they were chosen."""

    id: uuid.UUID
    org_id: uuid.UUID
    name: str
    prefecture: str
    code: str
    languages: tuple[str, ...]
    contacts: tuple[rules.Contact, ...]
    created_at: dt.datetime
    closed_at: dt.datetime | None
    version: int

    @property
    def has_contact(self) -> bool:
        """Whether the organisation named somebody to turn to."""
        return any(contact.reachable for contact in self.contacts)

    @property
    def contact_name(self) -> str:
        """Who the first contact is, as posters name it."""
        return self._first.name

    @property
    def contact_phone(self) -> str:
        """The telephone of the first contact."""
        return self._first.phone

    @property
    def contact_email(self) -> str:
        """The mail address of the first contact."""
        return self._first.email

    @property
    def _first(self) -> rules.Contact:
        return self.contacts[0] if self.contacts else rules.Contact()


def workplaces(uow: UnitOfWork, org_id: uuid.UUID) -> tuple[WorkplaceView, ...]:
    """Return the organisation's sites, open ones first, by name."""
    query = select(Workplace).where(col(Workplace.org_id) == org_id)
    query = query.order_by(col(Workplace.closed_at).is_not(None), col(Workplace.name))
    return tuple(view_of(row) for row in uow.session.exec(query.limit(MOST)))


def find(uow: UnitOfWork, actor: Actor, workplace_id: uuid.UUID) -> WorkplaceView:
    """Return one site; NotFound also where the actor may not read it."""
    row = uow.session.get(Workplace, workplace_id)
    if row is None or not may(actor, Permission.WORKPLACE_READ, row):
        raise NotFound
    return view_of(row)


def by_code(uow: UnitOfWork, typed: str) -> WorkplaceView | None:
    """Return the site of a code as somebody typed it, a retired one too; None if it has none.

    A closed site has none: its people are shown the general page.
    """
    code = rules.read_code(typed)
    if code is None:
        return None
    row = uow.session.exec(select(Workplace).where(col(Workplace.code) == code)).one_or_none()
    if row is None:
        query = select(Workplace).join(
            RetiredCode, col(RetiredCode.workplace_id) == col(Workplace.id)
        )
        row = uow.session.exec(query.where(col(RetiredCode.code) == code)).one_or_none()
    return view_of(row) if row is not None and row.closed_at is None else None


def view_of(row: Workplace) -> WorkplaceView:
    """Return a row as a frozen value."""
    return WorkplaceView(
        id=row.id,
        org_id=row.org_id,
        name=row.name,
        prefecture=row.prefecture,
        code=row.code,
        languages=tuple(filter(None, row.languages.split(","))),
        contacts=_contacts(row),
        created_at=row.created_at,
        closed_at=row.closed_at,
        version=row.version,
    )


def _contacts(row: Workplace) -> tuple[rules.Contact, ...]:
    if row.contacts:
        return rules.load_contacts(row.contacts)
    only = rules.Contact(
        name=row.contact_name,
        hours=row.contact_note,
        phone=row.contact_phone,
        email=row.contact_email,
    )
    return (only,) if only != rules.Contact() else ()
