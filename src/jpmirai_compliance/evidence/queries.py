"""Reading evidence: frozen values out, never rows."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.evidence.models import (
    Category,
    Evidence,
    EvidenceKind,
    EvidenceScan,
    EvidenceUse,
    EvidenceVersion,
    ScanState,
    Visibility,
)
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import Actor, Permission, may

#: What the database takes as a version; an address may hold any number.
_ORDINAL_MAX = 2**31 - 1

_Used = tuple[Evidence, EvidenceVersion | None, ScanState | None, EvidenceUse]


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
    category: Category = Category.OTHER
    state: ScanState = ScanState.NOT_SCANNED
    version: int = 1
    at: dt.datetime | None = None
    removed: bool = False

    @property
    def is_file(self) -> bool:
        """Whether there is a file to download."""
        return self.kind is EvidenceKind.FILE

    @property
    def available(self) -> bool:
        """Whether it may be handed out: nothing was found in it, and it waits for no scanner."""
        return self.state in {ScanState.CLEAN, ScanState.NOT_SCANNED}

    @property
    def for_others(self) -> bool:
        """Whether the organisation lets anybody else see it."""
        return self.visibility is not Visibility.INTERNAL

    @property
    def shown_to_reviewers(self) -> bool:
        """Whether it counts: not for the organisation alone, and nothing was found in it.

        What waits for the scanner counts: a slow scanner must not cost anybody a level.
        """
        return self.for_others and self.state is not ScanState.BLOCKED


def of_answer(
    uow: UnitOfWork, assessment_id: uuid.UUID, indicator_id: str, *, internal: bool = False
) -> tuple[EvidenceView, ...]:
    """Return what supports one answer, oldest first; ``internal`` only for the organisation."""
    query = _uses(assessment_id).where(col(EvidenceUse.indicator_id) == indicator_id)
    return _views(uow.session.exec(query).all(), internal=internal)


def of_assessment(
    uow: UnitOfWork, assessment_id: uuid.UUID, *, internal: bool = False
) -> dict[str, tuple[EvidenceView, ...]]:
    """Return indicator id → evidence that counts, oldest first.

    ``internal`` only for the organisation: then also what it keeps for itself or is blocked.
    """
    found: dict[str, list[EvidenceView]] = defaultdict(list)
    rows = uow.session.exec(_uses(assessment_id)).all()
    for view in _views(rows, internal=internal):
        found[view.indicator_id].append(view)
    return {indicator: tuple(views) for indicator, views in found.items()}


def find(uow: UnitOfWork, actor: Actor, evidence_id: uuid.UUID, ordinal: int) -> EvidenceView:
    """Return one version of a file that may be handed out.

    NotFound also where the actor may not read it (so for a reviewer who belongs or belonged to
    the organisation), where it waits for the scanner or is blocked.
    """
    view = version(uow, evidence_id, ordinal)
    if not may(actor, Permission.EVIDENCE_READ, view) or not view.available:
        raise NotFound
    if actor.org_id == view.org_id:
        return view
    if not view.shown_to_reviewers or view.org_id in accounts.ties(uow, actor.user_id):
        raise NotFound
    return view


def version(uow: UnitOfWork, evidence_id: uuid.UUID, ordinal: int) -> EvidenceView:
    """Return one version whoever asks, for callers that decide themselves; NotFound."""
    if not 1 <= ordinal <= _ORDINAL_MAX:
        raise NotFound
    query = _versions().where(
        col(Evidence.id) == evidence_id, col(EvidenceVersion.ordinal) == ordinal
    )
    row = uow.session.exec(query).one_or_none()
    if row is None:
        raise NotFound
    return _view(*row)


def versions(
    uow: UnitOfWork, ids: Collection[uuid.UUID]
) -> dict[tuple[uuid.UUID, int], EvidenceView]:
    """Return (id, ordinal) → every version of these pieces as it stands now; 0 of a link.

    Whoever asks has shown that they may read what names the pieces.
    """
    if not ids:
        return {}
    query = _versions(links=True).where(col(Evidence.id).in_(ids))
    found = (_view(*row) for row in uow.session.exec(query))
    return {(view.id, view.ordinal): view for view in found}


def piece(uow: UnitOfWork, actor: Actor, evidence_id: uuid.UUID) -> tuple[EvidenceView, ...]:
    """Return all versions of a piece of the actor's library, newest first; a link has one.

    NotFound for a foreign piece, and for one that was removed.
    """
    query = (
        _versions(links=True)
        .where(
            col(Evidence.id) == evidence_id,
            col(Evidence.org_id) == actor.org_id,
            col(Evidence.removed_at).is_(None),
        )
        .order_by(col(EvidenceVersion.ordinal).desc())
    )
    found = tuple(_view(*row) for row in uow.session.exec(query))
    if not found:
        raise NotFound
    return found


def library(uow: UnitOfWork, org_id: uuid.UUID) -> tuple[EvidenceView, ...]:
    """Return every piece that the organisation keeps, newest first, each with its newest version.

    What fits a filter is for ``rules.library``: an organisation keeps at most 2,000 files.
    """
    query = (
        _versions(links=True)
        .where(col(Evidence.org_id) == org_id, col(Evidence.removed_at).is_(None))
        .order_by(col(Evidence.created_at).desc(), col(Evidence.id), col(EvidenceVersion.ordinal))
    )
    return tuple({row[0].id: _view(*row) for row in uow.session.exec(query)}.values())


def known_file(uow: UnitOfWork, org_id: uuid.UUID, sha256: str) -> EvidenceView | None:
    """Return the piece of the library whose newest version has these bytes, or None."""
    ids = select(EvidenceVersion.evidence_id).where(
        col(EvidenceVersion.org_id) == org_id, col(EvidenceVersion.sha256) == sha256
    )
    query = (
        _versions()
        .where(col(Evidence.id).in_(ids), col(Evidence.removed_at).is_(None))
        .order_by(col(Evidence.created_at), col(Evidence.id), col(EvidenceVersion.ordinal))
    )
    newest = {row[0].id: _view(*row) for row in uow.session.exec(query)}
    return next((view for view in newest.values() if view.sha256 == sha256), None)


def known_link(uow: UnitOfWork, org_id: uuid.UUID, url: str) -> EvidenceView | None:
    """Return the piece of the library with this address, or None."""
    query = _versions(links=True).where(
        col(Evidence.org_id) == org_id, col(Evidence.url) == url, col(Evidence.removed_at).is_(None)
    )
    row = uow.session.exec(query.order_by(col(Evidence.created_at)).limit(1)).first()
    return _view(*row) if row else None


def is_blocked(uow: UnitOfWork, org_id: uuid.UUID, sha256: str) -> bool:
    """Return whether the scanner found something in these bytes before."""
    query = (
        select(EvidenceVersion.id)
        .join(EvidenceScan, col(EvidenceScan.version_id) == col(EvidenceVersion.id))
        .where(
            col(EvidenceVersion.org_id) == org_id,
            col(EvidenceVersion.sha256) == sha256,
            col(EvidenceScan.state) == ScanState.BLOCKED,
        )
    )
    return uow.session.exec(query.limit(1)).first() is not None


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


def _versions(*, links: bool = False) -> Select[Evidence, EvidenceVersion, ScanState]:
    return (
        select(Evidence, EvidenceVersion, col(EvidenceScan.state))
        .join(
            EvidenceVersion,
            col(EvidenceVersion.evidence_id) == col(Evidence.id),
            isouter=links,
        )
        .outerjoin(EvidenceScan, col(EvidenceScan.version_id) == col(EvidenceVersion.id))
    )


def _uses(assessment_id: uuid.UUID) -> Select[Evidence, EvidenceVersion, ScanState, EvidenceUse]:
    return (
        select(Evidence, EvidenceVersion, col(EvidenceScan.state), EvidenceUse)
        .join(EvidenceUse, col(EvidenceUse.evidence_id) == col(Evidence.id))
        .outerjoin(EvidenceVersion, col(EvidenceVersion.evidence_id) == col(Evidence.id))
        .outerjoin(EvidenceScan, col(EvidenceScan.version_id) == col(EvidenceVersion.id))
        .where(col(EvidenceUse.assessment_id) == assessment_id)
        .order_by(col(EvidenceUse.attached_at), col(EvidenceUse.id), col(EvidenceVersion.ordinal))
    )


def _views(rows: Iterable[_Used], *, internal: bool) -> tuple[EvidenceView, ...]:
    """Return one view for each use: the newest version replaces the older ones."""
    newest: dict[uuid.UUID, EvidenceView] = {}
    for evidence, stored, state, use in rows:
        newest[use.id] = _view(evidence, stored, state, use)
    return tuple(view for view in newest.values() if internal or view.shown_to_reviewers)


def _view(
    evidence: Evidence,
    stored: EvidenceVersion | None,
    state: ScanState | None,
    use: EvidenceUse | None = None,
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
        ordinal=stored.ordinal if stored else 0,
        sha256=stored.sha256 if stored else "",
        filename=stored.filename if stored else "",
        size=stored.size if stored else 0,
        media_type=stored.media_type if stored else "",
        indicator_id=use.indicator_id if use else "",
        pages=use.pages if use else "",
        category=evidence.category,
        state=state or ScanState.NOT_SCANNED,
        version=evidence.version,
        at=stored.uploaded_at if stored else evidence.created_at,
        removed=evidence.removed_at is not None,
    )
