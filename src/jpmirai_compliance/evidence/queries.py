"""Reading evidence: frozen values out, never rows."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from jpmirai_compliance.evidence.models import (
    Evidence,
    EvidenceKind,
    EvidenceUse,
    EvidenceVersion,
    Visibility,
)
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import Actor, Permission, may

#: What the database takes as a version; an address may hold any number.
_ORDINAL_MAX = 2**31 - 1

_Uses = Select[Evidence, EvidenceVersion, EvidenceUse]


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One piece of evidence with its newest (or the named) version; a link has no file."""

    id: uuid.UUID
    org_id: uuid.UUID
    title: str
    kind: EvidenceKind
    url: str
    visibility: Visibility
    issued_on: dt.date | None
    valid_until: dt.date | None
    ordinal: int
    sha256: str
    filename: str
    size: int
    media_type: str
    indicator_id: str = ""
    pages: str = ""

    @property
    def is_file(self) -> bool:
        """Whether there is a file to download."""
        return self.kind is EvidenceKind.FILE

    @property
    def shown_to_reviewers(self) -> bool:
        """Whether anybody outside the organisation may look at it, so that it counts."""
        return self.visibility is not Visibility.INTERNAL


def of_answer(
    uow: UnitOfWork, assessment_id: uuid.UUID, indicator_id: str, *, internal: bool = False
) -> tuple[EvidenceView, ...]:
    """Return what supports one answer, oldest first; ``internal`` only for the organisation."""
    query = _uses(assessment_id, internal=internal)
    rows = uow.session.exec(query.where(col(EvidenceUse.indicator_id) == indicator_id)).all()
    return _views(rows)


def of_assessment(
    uow: UnitOfWork, assessment_id: uuid.UUID, *, internal: bool = False
) -> dict[str, tuple[EvidenceView, ...]]:
    """Return indicator id → evidence, oldest first; ``internal`` only for the organisation."""
    found: dict[str, list[EvidenceView]] = defaultdict(list)
    for view in _views(uow.session.exec(_uses(assessment_id, internal=internal)).all()):
        found[view.indicator_id].append(view)
    return {indicator: tuple(views) for indicator, views in found.items()}


def find(uow: UnitOfWork, actor: Actor, evidence_id: uuid.UUID, ordinal: int) -> EvidenceView:
    """Return one version of a file; NotFound also where the actor may not read it."""
    if not 1 <= ordinal <= _ORDINAL_MAX:
        raise NotFound
    query = (
        select(Evidence, EvidenceVersion)
        .join(EvidenceVersion, col(EvidenceVersion.evidence_id) == col(Evidence.id))
        .where(col(Evidence.id) == evidence_id, col(EvidenceVersion.ordinal) == ordinal)
    )
    row = uow.session.exec(query).one_or_none()
    if row is None:
        raise NotFound
    view = _view(*row)
    own = actor.org_id == view.org_id
    if not may(actor, Permission.EVIDENCE_READ, view):
        raise NotFound
    if view.visibility is Visibility.INTERNAL and not own:
        raise NotFound
    return view


def used(uow: UnitOfWork, org_id: uuid.UUID) -> tuple[int, int]:
    """Return how many bytes and how many files an organisation keeps, removed ones included."""
    query = select(
        func.coalesce(func.sum(EvidenceVersion.size), 0), func.count(col(EvidenceVersion.id))
    ).where(col(EvidenceVersion.org_id) == org_id)
    size, count = uow.session.exec(query).one()
    return int(size), int(count)


def keeps(uow: UnitOfWork, org_id: uuid.UUID, sha256: str) -> bool:
    """Return whether the organisation keeps a file with these bytes already."""
    query = select(EvidenceVersion.id).where(
        col(EvidenceVersion.org_id) == org_id, col(EvidenceVersion.sha256) == sha256
    )
    return uow.session.exec(query.limit(1)).first() is not None


def _uses(assessment_id: uuid.UUID, *, internal: bool) -> _Uses:
    query = (
        select(Evidence, EvidenceVersion, EvidenceUse)
        .join(EvidenceUse, col(EvidenceUse.evidence_id) == col(Evidence.id))
        .outerjoin(EvidenceVersion, col(EvidenceVersion.evidence_id) == col(Evidence.id))
        .where(col(EvidenceUse.assessment_id) == assessment_id)
        .order_by(col(EvidenceUse.attached_at), col(EvidenceUse.id), col(EvidenceVersion.ordinal))
    )
    if not internal:
        query = query.where(col(Evidence.visibility) != Visibility.INTERNAL)
    return query


def _views(
    rows: Iterable[tuple[Evidence, EvidenceVersion | None, EvidenceUse]],
) -> tuple[EvidenceView, ...]:
    """Return one view for each use: the newest version replaces the older ones."""
    newest: dict[uuid.UUID, EvidenceView] = {}
    for evidence, version, use in rows:
        newest[use.id] = _view(evidence, version, use)
    return tuple(newest.values())


def _view(
    evidence: Evidence, version: EvidenceVersion | None, use: EvidenceUse | None = None
) -> EvidenceView:
    return EvidenceView(
        id=evidence.id,
        org_id=evidence.org_id,
        title=evidence.title,
        kind=evidence.kind,
        url=evidence.url,
        visibility=evidence.visibility,
        issued_on=evidence.issued_on,
        valid_until=evidence.valid_until,
        ordinal=version.ordinal if version else 0,
        sha256=version.sha256 if version else "",
        filename=version.filename if version else "",
        size=version.size if version else 0,
        media_type=version.media_type if version else "",
        indicator_id=use.indicator_id if use else "",
        pages=use.pages if use else "",
    )
