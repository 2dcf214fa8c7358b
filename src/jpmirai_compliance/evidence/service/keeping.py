"""The library itself: receive files, describe them, add versions, remove."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.accounts.models import User
from jpmirai_compliance.evidence import queries, rules
from jpmirai_compliance.evidence.models import (
    Category,
    Evidence,
    EvidenceKind,
    EvidenceScan,
    EvidenceVersion,
    ScanState,
    Visibility,
)
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import Competing, Conflict, NotFound
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
    """A file that passed the checks and lies in the store; no row knows it yet.

    ``quarantine``: it waits for the virus scanner once a row knows it.
    """

    filename: str
    media_type: str
    size: int
    sha256: str
    quarantine: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """The answer that evidence supports."""

    org_id: uuid.UUID
    assessment_id: uuid.UUID
    indicator_id: str
    pages: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """What the organisation says about a piece of evidence; no category: guessed from the kind."""

    title: str = ""
    visibility: Visibility = Visibility.REVIEWERS
    issued_on: dt.date | None = None
    valid_until: dt.date | None = None
    category: Category | None = None


def receive(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    store: Store,
    *,
    actor: Actor,
    org_id: uuid.UUID,
    upload: Upload,
    quota_mb: int,
    quarantine: bool = False,
) -> Received:
    """Check a file and keep its bytes durably; call it before the transaction.

    Photos lose place and camera before anything is stored. Raises NotPermitted, FileRefused (an
    Incomplete) with a sentence, DiskFull. A file for which there is no room is refused before its
    bytes are kept, or refused ones would fill the disk.
    """
    authorize(actor, Permission.EVIDENCE_ATTACH, Of(org_id))
    found = rules.examine(upload.filename, upload.content)
    content = rules.without_metadata(found.media_type, upload.content)
    sha256 = hashlib.sha256(content).hexdigest()
    received = Received(found.filename, found.media_type, len(content), sha256, quarantine)
    if queries.is_blocked(uow, org_id, sha256):
        raise rules.FileRefused(
            Text(
                "“%(file)s” was not added: the virus scanner found something in it. Check the"
                " file on your computer.",
                {"file": found.filename},
            )
        )
    if not queries.keeps(uow, org_id, sha256):
        require_room(uow, org_id, received, quota_mb)
    store.put(content)
    return received


def require_room(uow: UnitOfWork, org_id: uuid.UUID, received: Received, quota_mb: int) -> None:
    """FileRefused if the organisation's space or count is used up."""
    size, count = queries.used(uow, org_id)
    if size + received.size > quota_mb * _MB or count >= rules.FILES_MAX:
        raise rules.FileRefused(
            Text(
                "There is no room left for “%(file)s”: your organisation may keep %(quota)d MB in"
                " %(count)d files. Ask the secretariat for more room.",
                {"file": received.filename, "quota": quota_mb, "count": rules.FILES_MAX},
            )
        )


def add_received(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    org_id: uuid.UUID,
    received: Received,
    description: Description,
    quota_mb: int,
    now: dt.datetime,
) -> uuid.UUID:
    """Keep a received file in the library and return its id; the same bytes are one piece.

    A piece that is there with the same bytes stays as it is described, unless this description
    says something else: then it is a piece of its own. Raises NotPermitted, FileRefused.
    """
    authorize(actor, Permission.EVIDENCE_ATTACH, Of(org_id))
    lock(uow, f"evidence:{org_id}")
    known = queries.known_file(uow, org_id, received.sha256)
    if known is not None and _agrees(known, description):
        return known.id
    require_room(uow, org_id, received, quota_mb)
    photo = received.media_type.startswith("image/")
    row = _new(actor, org_id, description, received.filename, EvidenceKind.FILE, now)
    row.category = description.category or (Category.PHOTO if photo else Category.OTHER)
    uow.session.add(row)
    uow.session.flush()
    _store_version(uow, actor, row, received, 1, now)
    _record(uow, Event.EVIDENCE_ADDED, actor, row, now, {"sha256": received.sha256})
    return row.id


def add_link(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    org_id: uuid.UUID,
    url: str,
    description: Description,
    now: dt.datetime,
) -> uuid.UUID:
    """Keep an address in the library and return its id; the same address is one piece.

    Nothing is fetched. Raises NotPermitted, Incomplete if it is no http or https address.
    """
    authorize(actor, Permission.EVIDENCE_ATTACH, Of(org_id))
    address = rules.safe_url(url)
    lock(uow, f"evidence:{org_id}")
    known = queries.known_link(uow, org_id, address)
    if known is not None and _agrees(known, description):
        return known.id
    row = _new(actor, org_id, description, address, EvidenceKind.LINK, now)
    row.url, row.category = address, description.category or Category.WEB_PAGE
    uow.session.add(row)
    uow.session.flush()
    _record(uow, Event.EVIDENCE_ADDED, actor, row, now, {})
    return row.id


def add_version(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    evidence_id: uuid.UUID,
    received: Received,
    quota_mb: int,
    now: dt.datetime,
) -> int:
    """Add a newer file to a piece and return its number; the older ones stay as they are.

    The newest version's own bytes again are no new version. Raises NotFound, NotPermitted,
    FileRefused if there is no room.
    """
    newest = queries.piece(uow, actor, evidence_id)[0]
    authorize(actor, Permission.EVIDENCE_ATTACH, newest)
    lock(uow, f"evidence:{newest.org_id}")
    newest = queries.piece(uow, actor, evidence_id)[0]
    if not newest.is_file:
        raise NotFound
    if newest.sha256 == received.sha256:
        return newest.ordinal
    require_room(uow, newest.org_id, received, quota_mb)
    row = held(uow, evidence_id)
    row.version += 1
    _store_version(uow, actor, row, received, newest.ordinal + 1, now)
    data = {"ordinal": newest.ordinal + 1, "sha256": received.sha256}
    _record(uow, Event.EVIDENCE_CHANGED, actor, row, now, data)
    return newest.ordinal + 1


def edit(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    evidence_id: uuid.UUID,
    description: Description,
    version: int,
    now: dt.datetime,
) -> None:
    """Change what is said about a piece that the person saw at ``version``.

    Raises NotFound, NotPermitted, Conflict with both texts if somebody was faster.
    """
    seen = queries.piece(uow, actor, evidence_id)[0]
    authorize(actor, Permission.EVIDENCE_ATTACH, seen)
    row = held(uow, evidence_id)
    title = clean_line(description.title) or row.title
    values = {
        "title": title,
        "category": description.category or row.category,
        "visibility": description.visibility,
        "issued_on": description.issued_on,
        "valid_until": description.valid_until,
    }
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return
    if row.version != version:
        raise Conflict(_competing(uow, row, changed))
    for name, value in changed.items():
        setattr(row, name, value)
    row.version += 1
    _record(uow, Event.EVIDENCE_CHANGED, actor, row, now, {"fields": sorted(changed)})


def remove(
    uow: UnitOfWork, *, actor: Actor, evidence_id: uuid.UUID, version: int, now: dt.datetime
) -> None:
    """Take a piece out of the library; rows and bytes stay, since snapshots name them.

    The caller has taken it from the answers that may still change. Raises NotFound,
    NotPermitted, Conflict if it changed since ``version``.
    """
    seen = queries.piece(uow, actor, evidence_id)[0]
    authorize(actor, Permission.EVIDENCE_ATTACH, seen)
    row = held(uow, evidence_id)
    if row.version != version:
        raise Conflict
    row.removed_at = now
    row.version += 1
    _record(uow, Event.EVIDENCE_REMOVED, actor, row, now, {})


def held(uow: UnitOfWork, evidence_id: uuid.UUID) -> Evidence:
    """Return a piece's row, locked until the transaction ends."""
    query = select(Evidence).where(col(Evidence.id) == evidence_id).with_for_update()
    return uow.session.exec(query.execution_options(populate_existing=True)).one()


def _agrees(known: queries.EvidenceView, said: Description) -> bool:
    """Return whether a description adds nothing to the piece that is there already."""
    pairs = (
        (said.title and clean_line(said.title), known.title),
        (said.issued_on, known.issued_on),
        (said.valid_until, known.valid_until),
        (said.category, known.category),
    )
    return known.visibility is said.visibility and all(not a or a == b for a, b in pairs)


def _new(  # noqa: PLR0913, PLR0917 -- private
    actor: Actor,
    org_id: uuid.UUID,
    description: Description,
    named: str,
    kind: EvidenceKind,
    now: dt.datetime,
) -> Evidence:
    return Evidence(
        org_id=org_id,
        kind=kind,
        title=clean_line(description.title) or named[:LINE_MAX],
        visibility=description.visibility,
        issued_on=description.issued_on,
        valid_until=description.valid_until,
        created_at=now,
        created_by=actor.user_id,
    )


def _store_version(  # noqa: PLR0913, PLR0917 -- private
    uow: UnitOfWork,
    actor: Actor,
    row: Evidence,
    received: Received,
    ordinal: int,
    now: dt.datetime,
) -> None:
    stored = EvidenceVersion(
        org_id=row.org_id,
        evidence_id=row.id,
        ordinal=ordinal,
        sha256=received.sha256,
        size=received.size,
        media_type=received.media_type,
        filename=received.filename,
        uploaded_at=now,
        uploaded_by=actor.user_id,
    )
    uow.session.add(stored)
    uow.session.flush()
    if received.quarantine:
        state = ScanState.QUARANTINED
        uow.session.add(EvidenceScan(org_id=row.org_id, version_id=stored.id, state=state, at=now))


def _competing(uow: UnitOfWork, row: Evidence, changed: Mapping[str, object]) -> list[Competing]:
    """Return both texts of each field, and who saved the other one last."""
    query = (
        select(User.name, AuditEvent.at)
        .join(AuditEvent, col(AuditEvent.actor_id) == col(User.id))
        .where(
            col(AuditEvent.subject) == f"evidence:{row.id}",
            col(AuditEvent.event).in_([Event.EVIDENCE_CHANGED.value, Event.EVIDENCE_ADDED.value]),
        )
        .order_by(col(AuditEvent.seq).desc())
    )
    by, at = uow.session.exec(query.limit(1)).first() or ("", None)
    return [
        Competing(name, _plain(value), _plain(getattr(row, name)), by, at)
        for name, value in changed.items()
    ]


def _plain(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _record(  # noqa: PLR0913, PLR0917 -- private
    uow: UnitOfWork,
    event: Event,
    actor: Actor,
    row: Evidence,
    now: dt.datetime,
    data: dict[str, object],
) -> None:
    subject = f"evidence:{row.id}"
    audit.record(uow, event, actor=actor, now=now, subject=subject, org_id=row.org_id, data=data)
