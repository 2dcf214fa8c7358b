"""Keeping files and links as evidence, and proving that they are still what they were."""

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.evidence import queries, rules
from jpmirai_compliance.evidence.models import (
    Evidence,
    EvidenceKind,
    EvidenceUse,
    EvidenceVersion,
    Visibility,
)
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.inputs import LINE_MAX, clean_line
from jpmirai_compliance.foundation.policy import Actor, Of, Permission, authorize
from jpmirai_compliance.foundation.storage import Store
from jpmirai_compliance.foundation.text import Text

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in, under the name that the browser gave."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Received:
    """A file that passed the checks and lies in the store; no row knows it yet."""

    filename: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Place:
    """The answer that evidence supports."""

    org_id: uuid.UUID
    assessment_id: uuid.UUID
    indicator_id: str


@dataclass(frozen=True, slots=True)
class Description:
    """What the organisation says about a piece of evidence."""

    title: str = ""
    visibility: Visibility = Visibility.REVIEWERS
    issued_on: dt.date | None = None
    valid_until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Bad:
    """A version whose bytes are not what was stored; ``text`` says what is wrong."""

    evidence_id: uuid.UUID
    ordinal: int
    sha256: str
    text: Text


def receive(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    store: Store,
    *,
    actor: Actor,
    org_id: uuid.UUID,
    upload: Upload,
    quota_mb: int,
) -> Received:
    """Check a file and keep its bytes durably; call it before the transaction.

    Raises NotPermitted, FileRefused (an Incomplete) with a sentence, DiskFull. A file for which
    there is no room is refused before its bytes are kept, or refused ones would fill the disk.
    """
    authorize(actor, Permission.EVIDENCE_ATTACH, Of(org_id))
    found = rules.examine(upload.filename, upload.content)
    sha256 = hashlib.sha256(upload.content).hexdigest()
    received = Received(found.filename, found.media_type, len(upload.content), sha256)
    if not queries.keeps(uow, org_id, sha256):
        _require_room(uow, org_id, received, quota_mb)
    store.put(upload.content)
    return received


def attach_received(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    place: Place,
    received: Received,
    description: Description,
    quota_mb: int,
    now: dt.datetime,
) -> uuid.UUID:
    """Record a received file as evidence of an answer and return the evidence's id.

    The same bytes on the same answer are one piece of evidence, however often they are sent.
    Raises NotPermitted, FileRefused if the organisation's space or count is used up.
    """
    authorize(actor, Permission.EVIDENCE_ATTACH, Of(place.org_id))
    lock(uow, f"evidence:{place.org_id}")
    if (known := _same_file(uow, place, received.sha256)) is not None:
        return known
    _require_room(uow, place.org_id, received, quota_mb)
    evidence = _evidence(actor, place, description, received.filename, EvidenceKind.FILE, now)
    uow.session.add(evidence)
    uow.session.flush()
    uow.session.add(
        EvidenceVersion(
            org_id=place.org_id,
            evidence_id=evidence.id,
            ordinal=1,
            sha256=received.sha256,
            size=received.size,
            media_type=received.media_type,
            filename=received.filename,
            uploaded_at=now,
            uploaded_by=actor.user_id,
        )
    )
    _use(uow, actor, place, evidence, {"sha256": received.sha256, "size": received.size}, now)
    return evidence.id


def attach_file(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    store: Store,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    org_id: uuid.UUID,
    indicator_id: str,
    upload: Upload,
    title: str = "",
    visibility: Visibility = Visibility.REVIEWERS,
    issued_on: dt.date | None = None,
    valid_until: dt.date | None = None,
    quota_mb: int = 2_000,
    now: dt.datetime,
) -> uuid.UUID:
    """Receive a file and attach it in one step; for imports, where nobody waits for the lock."""
    return attach_received(
        uow,
        actor=actor,
        place=Place(org_id, assessment_id, indicator_id),
        received=receive(uow, store, actor=actor, org_id=org_id, upload=upload, quota_mb=quota_mb),
        description=Description(title, visibility, issued_on, valid_until),
        quota_mb=quota_mb,
        now=now,
    )


def attach_link(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    org_id: uuid.UUID,
    indicator_id: str,
    url: str,
    title: str = "",
    visibility: Visibility = Visibility.REVIEWERS,
    issued_on: dt.date | None = None,
    valid_until: dt.date | None = None,
    now: dt.datetime,
) -> uuid.UUID:
    """Record an address as evidence of an answer and return the evidence's id; fetch nothing.

    Raises NotPermitted, Incomplete if it is no http or https address.
    """
    authorize(actor, Permission.EVIDENCE_ATTACH, Of(org_id))
    address = rules.safe_url(url)
    place = Place(org_id, assessment_id, indicator_id)
    lock(uow, f"evidence:{org_id}")
    for view in queries.of_answer(uow, assessment_id, indicator_id, internal=True):
        if view.url == address:
            return view.id
    description = Description(title, visibility, issued_on, valid_until)
    evidence = _evidence(actor, place, description, address, EvidenceKind.LINK, now)
    evidence.url = address
    uow.session.add(evidence)
    uow.session.flush()
    _use(uow, actor, place, evidence, {}, now)
    return evidence.id


def detach(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    org_id: uuid.UUID,
    indicator_id: str,
    evidence_id: uuid.UUID,
    now: dt.datetime,
) -> None:
    """Take a piece of evidence from an answer; its bytes stay, since snapshots may name them.

    Raises NotPermitted, NotFound if it does not support that answer.
    """
    authorize(actor, Permission.EVIDENCE_ATTACH, Of(org_id))
    query = select(EvidenceUse).where(
        col(EvidenceUse.org_id) == org_id,
        col(EvidenceUse.assessment_id) == assessment_id,
        col(EvidenceUse.indicator_id) == indicator_id,
        col(EvidenceUse.evidence_id) == evidence_id,
    )
    if (use := uow.session.exec(query).one_or_none()) is None:
        raise NotFound
    uow.session.delete(use)
    uow.session.flush()
    others = select(EvidenceUse.id).where(col(EvidenceUse.evidence_id) == evidence_id).limit(1)
    if uow.session.exec(others).first() is None:
        evidence = uow.session.exec(select(Evidence).where(col(Evidence.id) == evidence_id)).one()
        evidence.removed_at = now
    audit.record(
        uow,
        Event.EVIDENCE_DETACHED,
        actor=actor,
        now=now,
        subject=f"evidence:{evidence_id}",
        org_id=org_id,
        data={"assessment": str(assessment_id), "indicator": indicator_id},
    )


def record_reading(
    uow: UnitOfWork, *, actor: Actor, view: queries.EvidenceView, now: dt.datetime
) -> None:
    """Record that somebody was handed the file."""
    audit.record(
        uow,
        Event.EVIDENCE_READ,
        actor=actor,
        now=now,
        subject=f"evidence:{view.id}",
        org_id=view.org_id,
        data={"ordinal": view.ordinal, "sha256": view.sha256},
    )


def verify(uow: UnitOfWork, store: Store) -> list[Bad]:
    """Read every stored version again and return those that are missing or changed."""
    query = select(EvidenceVersion).order_by(
        col(EvidenceVersion.uploaded_at), col(EvidenceVersion.id)
    )
    bad = []
    for row in uow.session.exec(query.execution_options(yield_per=200)):
        try:
            content = store.get(row.sha256)
        except NotFound:
            text = Text("“%(file)s” is missing in the store.", {"file": row.filename})
        else:
            if hashlib.sha256(content).hexdigest() == row.sha256 and len(content) == row.size:
                continue
            text = Text("“%(file)s” was changed in the store.", {"file": row.filename})
        bad.append(Bad(row.evidence_id, row.ordinal, row.sha256, text))
    return bad


def _same_file(uow: UnitOfWork, place: Place, sha256: str) -> uuid.UUID | None:
    found = queries.of_answer(uow, place.assessment_id, place.indicator_id, internal=True)
    return next((view.id for view in found if view.sha256 == sha256), None)


def _require_room(uow: UnitOfWork, org_id: uuid.UUID, received: Received, quota_mb: int) -> None:
    size, count = queries.used(uow, org_id)
    if size + received.size > quota_mb * _MB or count >= rules.FILES_MAX:
        raise rules.FileRefused(
            Text(
                "There is no room left for “%(file)s”: your organisation may keep %(quota)d MB in"
                " %(count)d files. Ask the secretariat for more room.",
                {"file": received.filename, "quota": quota_mb, "count": rules.FILES_MAX},
            )
        )


def _evidence(  # noqa: PLR0913, PLR0917 -- private, one caller each
    actor: Actor,
    place: Place,
    description: Description,
    named: str,
    kind: EvidenceKind,
    now: dt.datetime,
) -> Evidence:
    return Evidence(
        org_id=place.org_id,
        kind=kind,
        title=clean_line(description.title) or named[:LINE_MAX],
        visibility=description.visibility,
        issued_on=description.issued_on,
        valid_until=description.valid_until,
        created_at=now,
        created_by=actor.user_id,
    )


def _use(  # noqa: PLR0913, PLR0917 -- private, one caller each
    uow: UnitOfWork,
    actor: Actor,
    place: Place,
    evidence: Evidence,
    data: dict[str, object],
    now: dt.datetime,
) -> None:
    uow.session.add(
        EvidenceUse(
            org_id=place.org_id,
            evidence_id=evidence.id,
            assessment_id=place.assessment_id,
            indicator_id=place.indicator_id,
            attached_at=now,
            attached_by=actor.user_id,
        )
    )
    audit.record(
        uow,
        Event.EVIDENCE_ATTACHED,
        actor=actor,
        now=now,
        subject=f"evidence:{evidence.id}",
        org_id=place.org_id,
        data={"assessment": str(place.assessment_id), "indicator": place.indicator_id, **data},
    )
