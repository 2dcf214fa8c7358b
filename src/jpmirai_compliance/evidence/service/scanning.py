"""The virus scanner: what waits is scanned by a job; what it finds is handed out to nobody."""

import datetime as dt
import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from clamav_client.clamd import (
    BufferTooLongError,
    ClamdNetworkSocket,
    ClamdUnixSocket,
    CommunicationError,
    ResponseError,
)
from sqlmodel import col, select

from jpmirai_compliance.evidence.models import Evidence, EvidenceScan, EvidenceVersion, ScanState
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.storage import Store

log = structlog.get_logger()
BATCH = 20  # files of one run, so that a job ends soon

#: Takes bytes; the name of what was found, or nothing. ScannerAway if it gives no answer.
Scanner = Callable[[bytes], str]


class ScannerAway(RuntimeError):
    """The scanner gave no answer; what waits goes on waiting."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version that no scanner has seen."""

    id: uuid.UUID
    org_id: uuid.UUID
    evidence_id: uuid.UUID
    ordinal: int
    sha256: str


def clamd(address: str, timeout: float) -> Scanner:
    """Return the scanner at ``host:port``, or at the path of a socket."""
    host, colon, port = address.rpartition(":")
    if colon and port.isdigit() and "/" not in address:
        client = ClamdNetworkSocket(host=host.strip("[]"), port=int(port), timeout=timeout)
    else:
        client = ClamdUnixSocket(path=address, timeout=int(timeout))

    def ask(content: bytes) -> str:
        try:
            answers = client.instream(io.BytesIO(content))
        except (CommunicationError, BufferTooLongError, ResponseError, OSError) as error:
            raise ScannerAway(str(error)) from error
        state, found = next(iter(answers.values()), ("ERROR", ""))
        if state == "FOUND":
            return str(found) or "unknown"
        if state != "OK":
            raise ScannerAway(state)
        return ""

    return ask


def waiting(uow: UnitOfWork) -> tuple[Waiting, ...]:
    """Return the versions to scan, oldest first: in quarantine, or added without a scanner."""
    query = (
        select(EvidenceVersion)
        .join(Evidence, col(Evidence.id) == col(EvidenceVersion.evidence_id))
        .outerjoin(EvidenceScan, col(EvidenceScan.version_id) == col(EvidenceVersion.id))
        .where(
            col(EvidenceScan.state).is_(None)
            | col(EvidenceScan.state).in_([ScanState.QUARANTINED, ScanState.NOT_SCANNED])
        )
        .order_by(col(EvidenceVersion.uploaded_at), col(EvidenceVersion.id))
        .limit(BATCH)
    )
    return tuple(
        Waiting(row.id, row.org_id, row.evidence_id, row.ordinal, row.sha256)
        for row in uow.session.exec(query)
    )


def scan(uow: UnitOfWork, store: Store, scanner: Scanner, *, now: dt.datetime) -> int:
    """Scan what waits, each in a transaction of its own; return how many have an answer.

    The scanner is asked outside of the transaction. One that does not answer ends the run.
    """
    done = 0
    for piece in waiting(uow):
        try:
            found = scanner(store.get(piece.sha256))
        except NotFound:
            log.exception("evidence file is missing; run: jpmirai verify", sha256=piece.sha256)
            continue
        except ScannerAway as error:
            log.warning("virus scanner does not answer", error=str(error))
            break
        with uow.transaction():
            _write(uow, piece, ScanState.BLOCKED if found else ScanState.CLEAN, found, now)
        done += 1
    return done


def release(uow: UnitOfWork, *, now: dt.datetime) -> int:
    """Let go as not scanned what waits for a scanner that was taken away; return how many."""
    with uow.transaction():
        rows = uow.session.exec(
            select(EvidenceScan, EvidenceVersion)
            .join(EvidenceVersion, col(EvidenceVersion.id) == col(EvidenceScan.version_id))
            .where(col(EvidenceScan.state) == ScanState.QUARANTINED)
            .limit(BATCH)
        ).all()
        for _scan, row in rows:
            piece = Waiting(row.id, row.org_id, row.evidence_id, row.ordinal, row.sha256)
            _write(uow, piece, ScanState.NOT_SCANNED, "", now)
    return len(rows)


def _write(uow: UnitOfWork, piece: Waiting, state: ScanState, found: str, now: dt.datetime) -> None:
    query = select(EvidenceScan).where(col(EvidenceScan.version_id) == piece.id)
    row = uow.session.exec(query).one_or_none()
    if row is None:
        row = EvidenceScan(org_id=piece.org_id, version_id=piece.id, state=state, at=now)
    row.state, row.found, row.at = state, found[:200], now
    uow.session.add(row)
    audit.record(
        uow,
        Event.EVIDENCE_SCANNED,
        actor=None,
        now=now,
        subject=f"evidence:{piece.evidence_id}",
        org_id=piece.org_id,
        data={"ordinal": piece.ordinal, "sha256": piece.sha256, "state": state.value},
    )
