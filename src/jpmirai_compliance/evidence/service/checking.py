"""Proving that files are still what they were, and who was handed one."""

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.evidence import queries
from jpmirai_compliance.evidence.models import EvidenceVersion
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import Actor
from jpmirai_compliance.foundation.storage import Store
from jpmirai_compliance.foundation.text import Text


@dataclass(frozen=True, slots=True)
class Bad:
    """A version whose bytes are not what was stored; ``text`` says what is wrong."""

    evidence_id: uuid.UUID
    ordinal: int
    sha256: str
    text: Text


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
