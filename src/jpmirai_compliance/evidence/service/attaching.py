"""Evidence and the answers that it supports: one piece, many answers."""

import datetime as dt
import uuid
from collections.abc import Mapping

from sqlmodel import col, select

from jpmirai_compliance.evidence import queries, rules
from jpmirai_compliance.evidence.models import Category, EvidenceUse, Visibility
from jpmirai_compliance.evidence.service.keeping import (
    Description,
    Place,
    Received,
    Upload,
    add_link,
    add_received,
    receive,
)
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import Actor, Of, Permission, authorize
from jpmirai_compliance.foundation.storage import Store


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

    The same bytes on the same answer are one piece of evidence, however often they are sent;
    what the library holds already is used again. Raises NotPermitted, FileRefused if the
    organisation's space or count is used up.
    """
    authorize(actor, Permission.EVIDENCE_ATTACH, Of(place.org_id))
    lock(uow, f"evidence:{place.org_id}")
    attached = queries.of_answer(uow, place.assessment_id, place.indicator_id, internal=True)
    for view in attached:
        if view.sha256 == received.sha256:
            return view.id
    evidence_id = add_received(
        uow,
        actor=actor,
        org_id=place.org_id,
        received=received,
        description=description,
        quota_mb=quota_mb,
        now=now,
    )
    _use(uow, actor, place, evidence_id, {"sha256": received.sha256, "size": received.size}, now)
    return evidence_id


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
    category: Category | None = None,
    now: dt.datetime,
) -> uuid.UUID:
    """Record an address as evidence of an answer and return the evidence's id; fetch nothing.

    Raises NotPermitted, Incomplete if it is no http or https address.
    """
    authorize(actor, Permission.EVIDENCE_ATTACH, Of(org_id))
    address = rules.safe_url(url)
    lock(uow, f"evidence:{org_id}")
    for view in queries.of_answer(uow, assessment_id, indicator_id, internal=True):
        if view.url == address:
            return view.id
    description = Description(title, visibility, issued_on, valid_until, category)
    evidence_id = add_link(
        uow, actor=actor, org_id=org_id, url=address, description=description, now=now
    )
    _use(uow, actor, Place(org_id, assessment_id, indicator_id), evidence_id, {}, now)
    return evidence_id


def attach_known(
    uow: UnitOfWork, *, actor: Actor, place: Place, evidence_id: uuid.UUID, now: dt.datetime
) -> None:
    """Let a piece of the library support an answer; twice is once, and sets its pages.

    Raises NotPermitted, NotFound for a foreign or removed piece, BadInput for bad pages.
    """
    authorize(actor, Permission.EVIDENCE_ATTACH, Of(place.org_id))
    lock(uow, f"evidence:{place.org_id}")
    newest = queries.piece(uow, actor, evidence_id)[0]
    if (use := _found(uow, place, evidence_id)) is not None:
        _write_pages(uow, actor, place, use, now)
        return
    data = {"sha256": newest.sha256} if newest.is_file else {}
    _use(uow, actor, place, evidence_id, data, now)


def set_pages(
    uow: UnitOfWork, *, actor: Actor, place: Place, evidence_id: uuid.UUID, now: dt.datetime
) -> None:
    """Say which pages of a piece support an answer. NotPermitted, NotFound, BadInput."""
    authorize(actor, Permission.EVIDENCE_ATTACH, Of(place.org_id))
    if (use := _found(uow, place, evidence_id)) is None:
        raise NotFound
    _write_pages(uow, actor, place, use, now)


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
    """Take a piece of evidence from an answer; it stays in the library.

    Raises NotPermitted, NotFound if it does not support that answer.
    """
    authorize(actor, Permission.EVIDENCE_ATTACH, Of(org_id))
    place = Place(org_id, assessment_id, indicator_id)
    if (use := _found(uow, place, evidence_id)) is None:
        raise NotFound
    uow.session.delete(use)
    uow.session.flush()
    _record(uow, Event.EVIDENCE_DETACHED, actor, place, evidence_id, {}, now)


def _found(uow: UnitOfWork, place: Place, evidence_id: uuid.UUID) -> EvidenceUse | None:
    query = select(EvidenceUse).where(
        col(EvidenceUse.org_id) == place.org_id,
        col(EvidenceUse.assessment_id) == place.assessment_id,
        col(EvidenceUse.indicator_id) == place.indicator_id,
        col(EvidenceUse.evidence_id) == evidence_id,
    )
    return uow.session.exec(query).one_or_none()


def _write_pages(
    uow: UnitOfWork, actor: Actor, place: Place, use: EvidenceUse, now: dt.datetime
) -> None:
    pages = rules.page_range(place.pages)
    if pages == use.pages:
        return
    use.pages = pages
    data: dict[str, object] = {"pages": pages}
    _record(uow, Event.EVIDENCE_ATTACHED, actor, place, use.evidence_id, data, now)


def _use(  # noqa: PLR0913, PLR0917 -- private
    uow: UnitOfWork,
    actor: Actor,
    place: Place,
    evidence_id: uuid.UUID,
    data: Mapping[str, object],
    now: dt.datetime,
) -> None:
    uow.session.add(
        EvidenceUse(
            org_id=place.org_id,
            evidence_id=evidence_id,
            assessment_id=place.assessment_id,
            indicator_id=place.indicator_id,
            pages=rules.page_range(place.pages),
            attached_at=now,
            attached_by=actor.user_id,
        )
    )
    uow.session.flush()
    _record(uow, Event.EVIDENCE_ATTACHED, actor, place, evidence_id, data, now)


def _record(  # noqa: PLR0913, PLR0917 -- private
    uow: UnitOfWork,
    event: Event,
    actor: Actor,
    place: Place,
    evidence_id: uuid.UUID,
    data: Mapping[str, object],
    now: dt.datetime,
) -> None:
    audit.record(
        uow,
        event,
        actor=actor,
        now=now,
        subject=f"evidence:{evidence_id}",
        org_id=place.org_id,
        data={"assessment": str(place.assessment_id), "indicator": place.indicator_id, **data},
    )
