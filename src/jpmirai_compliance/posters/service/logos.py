"""Keeping the logo of an organisation, and taking it away."""

import datetime as dt
import uuid

from sqlmodel import col, select

from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import Conflict
from jpmirai_compliance.foundation.policy import Actor, Of, Permission, authorize
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.posters import queries
from jpmirai_compliance.posters.layout import Mark
from jpmirai_compliance.posters.models import PosterLogo


def keep_logo(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    org_id: uuid.UUID,
    mark: Mark,
    now: dt.datetime,
    seen: str | None = None,
) -> None:
    """Keep a picture that we drew ourselves as the organisation's only logo.

    NotPermitted; Conflict if the logo is another by now than the page showed (``logo_seen``).
    """
    authorize(actor, Permission.WORKPLACE_EDIT, Of(org_id))
    _require_seen(uow, org_id, seen)
    row = _row(uow, org_id)
    if row is None:
        row = PosterLogo(
            org_id=org_id,
            png=mark.png,
            width=mark.width,
            height=mark.height,
            changed_at=now,
            changed_by=actor.user_id,
        )
    row.png, row.width, row.height = mark.png, mark.width, mark.height
    row.changed_at, row.changed_by = now, actor.user_id
    uow.session.add(row)
    uow.session.flush()
    _record(uow, actor, org_id, now, "kept")


def remove_logo(
    uow: UnitOfWork,
    *,
    actor: Actor,
    org_id: uuid.UUID,
    now: dt.datetime,
    seen: str | None = None,
) -> None:
    """Take the logo away, if there is one. NotPermitted, Conflict as ``keep_logo``."""
    authorize(actor, Permission.WORKPLACE_EDIT, Of(org_id))
    row = _row(uow, org_id)
    if row is None:
        return
    _require_seen(uow, org_id, seen)
    uow.session.delete(row)
    uow.session.flush()
    _record(uow, actor, org_id, now, "removed")


def _require_seen(uow: UnitOfWork, org_id: uuid.UUID, seen: str | None) -> None:
    lock(uow, f"logo:{org_id}")
    if seen is not None and seen != queries.logo_seen(queries.logo(uow, org_id)):
        raise Conflict(
            text=Text(
                "Somebody else has changed the logo meanwhile. You see the one that is kept now. "
                "Choose your file again if yours should replace it."
            )
        )


def _row(uow: UnitOfWork, org_id: uuid.UUID) -> PosterLogo | None:
    query = select(PosterLogo).where(col(PosterLogo.org_id) == org_id)
    return uow.session.exec(query).one_or_none()


def _record(uow: UnitOfWork, actor: Actor, org_id: uuid.UUID, now: dt.datetime, what: str) -> None:
    audit.record(
        uow,
        Event.LOGO_CHANGED,
        actor=actor,
        now=now,
        subject=f"organisation:{org_id}",
        org_id=org_id,
        data={"what": what},
    )
