"""Organisations."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, or_
from sqlmodel import col, func, select

from jpmirai_compliance.accounts.models import Membership, Organisation, SizeBand
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.text import Localized
from jpmirai_compliance.principles.model import MemberKind

PAGE = 50
SEARCH_MAX = 100


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """A member of the platform; empty texts are not filled in yet."""

    org_id: uuid.UUID
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
    parent_id: uuid.UUID | None
    profile_completed_at: dt.datetime | None
    created_at: dt.datetime
    version: int

    @property
    def id(self) -> uuid.UUID:
        """The organisation's id."""
        return self.org_id

    @property
    def complete(self) -> bool:
        """Whether somebody has filled in the profile."""
        return self.profile_completed_at is not None

    @property
    def names(self) -> Localized:
        """The name in each language that has one."""
        return Localized({"ja": self.name_ja} | ({"en": self.name_en} if self.name_en else {}))

    def name(self, locale: str) -> str:
        """Return the name for a reader of ``locale``: Japanese in Japanese, else English if any."""
        return self.names.pick(locale)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A line of the secretariat's list: ``people`` who can sign in now."""

    org_id: uuid.UUID
    name_ja: str
    name_en: str
    kind: MemberKind
    people: int
    complete: bool


def organisation(uow: UnitOfWork, org_id: uuid.UUID) -> OrganisationView:
    """Return one organisation; NotFound if there is none."""
    found = organisations(uow, [org_id])
    if org_id not in found:
        raise NotFound
    return found[org_id]


def organisations(uow: UnitOfWork, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, OrganisationView]:
    """Return those of the organisations that exist, by id."""
    query = select(Organisation).where(col(Organisation.id).in_(set(ids)))
    return {row.id: _view(row) for row in uow.session.exec(query)}


def members(
    uow: UnitOfWork, *, search: str = "", after: tuple[str, uuid.UUID] | None = None
) -> tuple[MemberRow, ...]:
    """Return up to 51 organisations by Japanese name; more than 50 means a next page.

    ``search`` is part of a name, ``after`` the name and id of the last row seen.
    """
    counted = func.count(func.distinct(Membership.user_id))
    joined = and_(
        col(Membership.org_id) == col(Organisation.id), col(Membership.ended_at).is_(None)
    )
    query = (
        select(Organisation, counted)
        .join(Membership, joined, isouter=True)
        .group_by(col(Organisation.id))
        .order_by(col(Organisation.name_ja), col(Organisation.id))
        .limit(PAGE + 1)
    )
    if words := search.strip()[:SEARCH_MAX]:
        query = query.where(
            col(Organisation.name_ja).icontains(words, autoescape=True)
            | col(Organisation.name_en).icontains(words, autoescape=True)
        )
    if after is not None:
        name, org_id = after
        same_name = and_(col(Organisation.name_ja) == name, col(Organisation.id) > org_id)
        query = query.where(or_(col(Organisation.name_ja) > name, same_name))
    return tuple(
        MemberRow(o.id, o.name_ja, o.name_en, o.kind, n, o.profile_completed_at is not None)
        for o, n in uow.session.exec(query)
    )


def _view(row: Organisation) -> OrganisationView:
    return OrganisationView(
        org_id=row.id,
        name_ja=row.name_ja,
        name_en=row.name_en,
        kind=row.kind,
        size=row.size,
        prefecture=row.prefecture,
        sector=row.sector,
        corporate_number=row.corporate_number,
        website=row.website,
        contact_name=row.contact_name,
        contact_email=row.contact_email,
        contact_phone=row.contact_phone,
        parent_id=row.parent_id,
        profile_completed_at=row.profile_completed_at,
        created_at=row.created_at,
        version=row.version,
    )
