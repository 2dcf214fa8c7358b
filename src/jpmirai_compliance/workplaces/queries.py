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
    contact_name: str
    contact_phone: str
    contact_email: str
    contact_note: str
    created_at: dt.datetime
    closed_at: dt.datetime | None
    version: int

    @property
    def has_contact(self) -> bool:
        """Whether the organisation named somebody to turn to."""
        return bool(self.contact_phone or self.contact_email)


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
        contact_name=row.contact_name,
        contact_phone=row.contact_phone,
        contact_email=row.contact_email,
        contact_note=row.contact_note,
        created_at=row.created_at,
        closed_at=row.closed_at,
        version=row.version,
    )
