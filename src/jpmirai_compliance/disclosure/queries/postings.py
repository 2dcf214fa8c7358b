"""Reading what an organisation put up."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.disclosure import rules
from jpmirai_compliance.disclosure.models import Posting
from jpmirai_compliance.disclosure.queries.help import desks
from jpmirai_compliance.disclosure.queries.texts import wordings
from jpmirai_compliance.disclosure.rules.help import Desk, printed, start_desks
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.principles import fingerprint


@dataclass(frozen=True, slots=True)
class PostingView:
    """Posters put up at one site on one day; ``evidence_id`` is that of the photo."""

    id: uuid.UUID
    org_id: uuid.UUID
    workplace_id: uuid.UUID
    site: str
    named: bool
    posted_on: dt.date
    wordings: Mapping[str, str]
    evidence_id: uuid.UUID | None
    created_at: dt.datetime


def postings(
    uow: UnitOfWork, org_id: uuid.UUID, workplace_id: uuid.UUID | None = None
) -> tuple[PostingView, ...]:
    """Return what hangs still, of one site or of all, the newest first."""
    query = select(Posting).where(col(Posting.org_id) == org_id, col(Posting.ended_at).is_(None))
    if workplace_id is not None:
        query = query.where(col(Posting.workplace_id) == workplace_id)
    query = query.order_by(col(Posting.posted_on).desc(), col(Posting.created_at).desc())
    return tuple(_view(row) for row in uow.session.exec(query))


def sites(uow: UnitOfWork, org_id: uuid.UUID) -> tuple[rules.Site, ...]:
    """Return what hangs where, and what of it is in a wording that was replaced."""
    found = postings(uow, org_id)
    return rules.sites(found, in_force(uow)) if found else ()


def sites_with(
    uow: UnitOfWork, language: str = ""
) -> tuple[tuple[uuid.UUID, tuple[rules.Site, ...]], ...]:
    """Return organisation → what hangs where, of all that put up posters, in any language or one.

    For the secretariat; organisations in no order that means anything.
    """
    query = select(Posting).where(col(Posting.ended_at).is_(None))
    if language:  # a key of the JSON: tags hold nothing that would need escaping
        query = query.where(col(Posting.wordings).contains(f'"{language}"', autoescape=True))
    found: dict[uuid.UUID, list[PostingView]] = {}
    for row in uow.session.exec(query.order_by(col(Posting.org_id))):
        found.setdefault(row.org_id, []).append(_view(row))
    now = in_force(uow) if found else {}
    return tuple((org_id, rules.sites(of_one, now)) for org_id, of_one in found.items())


def in_force(uow: UnitOfWork) -> dict[str, str]:
    """Return language → fingerprint of what a poster prints now: the wording, and the help."""
    now = desks(uow)
    return {tag: _printed(tag, found, now) for tag, found in _wordings(uow).items()}


def _wordings(uow: UnitOfWork) -> dict[str, str]:
    return {found.wording.language: fingerprint(found.wording) for found in wordings(uow)}


def _printed(language: str, wording: str, now: tuple[Desk, ...]) -> str:
    """Return the fingerprint; while the help is as it came, that of the wording alone.

    Posters from before the help could be changed have that one.
    """
    lines = printed(now, language)
    if lines == printed(start_desks(), language):
        return wording
    body = json.dumps([wording, lines], ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


def _view(row: Posting) -> PostingView:
    return PostingView(
        id=row.id,
        org_id=row.org_id,
        workplace_id=row.workplace_id,
        site=row.site,
        named=row.named,
        posted_on=row.posted_on,
        wordings=json.loads(row.wordings),
        evidence_id=row.evidence_id,
        created_at=row.created_at,
    )
