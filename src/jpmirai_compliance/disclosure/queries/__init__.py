"""Reading what is public: frozen values out, never rows."""

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlalchemy import Select, func, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from jpmirai_compliance.assessments.models import SnapshotKind
from jpmirai_compliance.assessments.queries.snapshots import SnapshotView, snapshot
from jpmirai_compliance.disclosure import rules
from jpmirai_compliance.disclosure.models import (
    Publication,
    PublicationDraft,
    PublicPage,
)
from jpmirai_compliance.evidence.models import Visibility
from jpmirai_compliance.evidence.queries import of_assessment
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import DomainError, NotFound
from jpmirai_compliance.foundation.text import Text

PAGE_MOST = 50
COUNT_MOST = 1_000


@dataclass(frozen=True, slots=True)
class PublicationView:
    """One year that was made public; ``withdrawn_at`` None while it is."""

    id: uuid.UUID
    org_id: uuid.UUID
    year: int
    slug: str
    code: str
    name_ja: str
    name_en: str
    kind: str
    prefecture: str
    band: str | None
    badge: bool
    bundle: str
    published_at: dt.datetime
    valid_until: dt.datetime
    withdrawn_at: dt.datetime | None
    withdrawn_reason: str
    replaced_by: uuid.UUID | None
    choices: rules.Choices
    page: dict[str, Any]

    def name(self, locale: str) -> str:
        """Return the organisation's name of that year for a reader of ``locale``."""
        return self.name_en or self.name_ja if locale == "en" else self.name_ja


@dataclass(frozen=True, slots=True)
class DraftView:
    """What is prepared for publication; version 0: nothing is stored yet."""

    choices: rules.Choices
    version: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the directory."""

    slug: str
    year: int
    name: str
    kind: str
    prefecture: str
    published_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Page:
    """Part of the directory; ``following`` is the mark of the next part, empty at the end.

    ``count`` stops at 1,001, which means more than a thousand.
    """

    rows: tuple[Listed, ...]
    following: str
    count: int


def accepted(uow: UnitOfWork, assessment_id: uuid.UUID) -> SnapshotView:
    """Return the snapshot that may be published; DomainError before the secretariat's check."""
    found = snapshot(uow, assessment_id, SnapshotKind.ACCEPTED)
    if found is None:
        raise DomainError(
            Text("You can publish once the secretariat has finished checking this assessment.")
        )
    return found


def offer(uow: UnitOfWork, taken: SnapshotView) -> rules.Offer:
    """Return what the snapshot allows to be said, without evidence that is not public any more."""
    return rules.offer(taken.body, public_evidence(uow, taken.assessment_id))


def public_evidence(uow: UnitOfWork, assessment_id: uuid.UUID) -> set[str]:
    """Return the ids of what is public now, with nothing found in it by the virus scanner."""
    return {
        str(piece.id)
        for pieces in of_assessment(uow, assessment_id).values()
        for piece in pieces
        if piece.visibility is Visibility.PUBLIC and piece.available
    }


def draft(uow: UnitOfWork, org_id: uuid.UUID, year: int, offered: rules.Offer) -> DraftView:
    """Return what is prepared: the draft, else what is live, else everything that may be said."""
    row = uow.session.exec(
        select(PublicationDraft).where(
            col(PublicationDraft.org_id) == org_id, col(PublicationDraft.year) == year
        )
    ).one_or_none()
    if row is not None:
        return DraftView(rules.narrowed(rules.load_choices(row.body), offered), row.version)
    live = live_publication(uow, org_id, year)
    return DraftView(rules.narrowed(live.choices, offered) if live else offered.everything(), 0)


def live_publication(uow: UnitOfWork, org_id: uuid.UUID, year: int) -> PublicationView | None:
    """Return what is public of an organisation's year, or None."""
    query = _publications().where(
        col(Publication.org_id) == org_id,
        col(Publication.year) == year,
        col(Publication.withdrawn_at).is_(None),
    )
    return _one(uow, query)


def public_assessments() -> Select[Any]:
    """Return the query of the assessments that have a live public page."""
    return sqlalchemy.select(col(Publication.assessment_id)).where(
        col(Publication.withdrawn_at).is_(None)
    )


def newest_live(uow: UnitOfWork, org_id: uuid.UUID) -> PublicationView | None:
    """Return the newest year that is public of an organisation, or None."""
    query = _publications().where(
        col(Publication.org_id) == org_id, col(Publication.withdrawn_at).is_(None)
    )
    return _one(uow, query.order_by(col(Publication.year).desc()).limit(1))


def by_code(uow: UnitOfWork, code: str) -> PublicationView:
    """Return the publication of a verification code, withdrawn ones too.

    The code of a replaced one leads to what replaced it. NotFound if there never was one.
    """
    found = _one(uow, _publications().where(col(Publication.code) == code))
    while found is not None and found.replaced_by is not None:
        found = _one(uow, _publications().where(col(Publication.id) == found.replaced_by))
    if found is None:
        raise NotFound(Text("There is no such verification code."))
    return found


def live(uow: UnitOfWork, org_id: uuid.UUID | None = None) -> tuple[PublicationView, ...]:
    """Return all that is public, of one organisation or of all, by organisation and year."""
    query = _publications().where(col(Publication.withdrawn_at).is_(None))
    if org_id is not None:
        query = query.where(col(Publication.org_id) == org_id)
    query = query.order_by(col(PublicPage.slug), col(Publication.year))
    return tuple(_view(*row) for row in uow.session.execute(query))


def addresses(uow: UnitOfWork) -> tuple[tuple[str, int], ...]:
    """Return slug and year of all that is public, in this order; reads no page."""
    query = (
        select(PublicPage.slug, Publication.year)
        .join(Publication, col(Publication.org_id) == col(PublicPage.org_id))
        .where(col(Publication.withdrawn_at).is_(None))
        .order_by(col(PublicPage.slug), col(Publication.year))
    )
    return tuple((slug, year) for slug, year in uow.session.exec(query))


def newest(uow: UnitOfWork, limit: int = 20) -> tuple[PublicationView, ...]:
    """Return what became public last, newest first."""
    query = _publications().where(col(Publication.withdrawn_at).is_(None))
    query = query.order_by(col(Publication.published_at).desc(), col(Publication.id)).limit(limit)
    return tuple(_view(*row) for row in uow.session.execute(query))


def codes_of(uow: UnitOfWork, org_id: uuid.UUID) -> frozenset[str]:
    """Return every verification code the organisation ever had."""
    query = select(Publication.code).where(col(Publication.org_id) == org_id)
    return frozenset(uow.session.exec(query))


def slug_of(uow: UnitOfWork, org_id: uuid.UUID) -> str | None:
    """Return the organisation's public address, None if it never published."""
    return uow.session.exec(
        select(PublicPage.slug).where(col(PublicPage.org_id) == org_id)
    ).one_or_none()


def directory(  # noqa: PLR0913 -- keyword-only filters
    uow: UnitOfWork,
    *,
    locale: str,
    kind: str = "",
    prefecture: str = "",
    year: int | None = None,
    search: str = "",
    after: str = "",
    limit: int = PAGE_MOST,
) -> Page:
    """Return organisations by name: each with its newest public year, or all of one year."""
    found = _directory(kind, prefecture, year, rules.folded(search.strip()))
    key = col(Publication.sort_en if locale == "en" else Publication.sort_ja)
    counted = select(func.count()).select_from(
        found.with_only_columns(col(Publication.id)).limit(COUNT_MOST + 1).subquery()
    )
    count = uow.session.exec(counted).one()
    if mark := _mark(after):
        found = found.where(tuple_(key, col(Publication.id)) > mark)
    query = found.order_by(key, col(Publication.id)).limit(min(limit, PAGE_MOST) + 1)
    views = [_view(*row) for row in uow.session.execute(query)]
    more = len(views) > min(limit, PAGE_MOST)
    views = views[: min(limit, PAGE_MOST)]
    rows = tuple(
        Listed(v.slug, v.year, v.name(locale), v.kind, v.prefecture, v.published_at) for v in views
    )
    last = f"{rules.sort_key(rows[-1].name)}.{views[-1].id.hex}" if more else ""
    return Page(rows, last, count)


def years(uow: UnitOfWork) -> tuple[int, ...]:
    """Return the years of which something is public, newest first."""
    query = select(Publication.year).where(col(Publication.withdrawn_at).is_(None)).distinct()
    return tuple(uow.session.exec(query.order_by(col(Publication.year).desc())))


def count_live(uow: UnitOfWork, year: int | None = None) -> int:
    """Return how many organisations have something public, of one year or of any."""
    query = select(func.count(func.distinct(col(Publication.org_id)))).where(
        col(Publication.withdrawn_at).is_(None)
    )
    if year is not None:
        query = query.where(col(Publication.year) == year)
    return uow.session.exec(query).one()


def _publications() -> Select[Publication, str]:
    return sqlalchemy.select(Publication, col(PublicPage.slug)).join(
        PublicPage, col(PublicPage.org_id) == col(Publication.org_id)
    )


def _directory(
    kind: str, prefecture: str, year: int | None, search: str
) -> Select[Publication, str]:
    query = _publications().where(col(Publication.withdrawn_at).is_(None))
    if kind:
        query = query.where(col(Publication.kind) == kind)
    if prefecture:
        query = query.where(col(Publication.prefecture) == prefecture)
    if search:
        query = query.where(col(Publication.search).contains(search, autoescape=True))
    if year is not None:
        return query.where(col(Publication.year) == year)
    other = aliased(Publication)
    newest_year = (
        select(func.max(col(other.year)))
        .where(col(other.org_id) == col(Publication.org_id), col(other.withdrawn_at).is_(None))
        .scalar_subquery()
    )
    return query.where(col(Publication.year) == newest_year)


def _mark(after: str) -> tuple[str, uuid.UUID] | None:
    key, _, number = after.partition(".")
    try:
        bytes.fromhex(key)
        return (key, uuid.UUID(number)) if key else None
    except ValueError:
        return None


def _one(uow: UnitOfWork, query: Select[Publication, str]) -> PublicationView | None:
    row = uow.session.execute(query).one_or_none()
    return _view(*row) if row else None


def _view(row: Publication, slug: str) -> PublicationView:
    same = (
        *("id", "org_id", "year", "code", "name_ja", "name_en", "kind", "prefecture", "band"),
        *("badge", "bundle", "published_at", "valid_until", "withdrawn_at", "withdrawn_reason"),
        "replaced_by",
    )
    return PublicationView(
        slug=slug,
        choices=rules.load_choices(row.choices),
        page=json.loads(row.page),
        **{name: getattr(row, name) for name in same},
    )
