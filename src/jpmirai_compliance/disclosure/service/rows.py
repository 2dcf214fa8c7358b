"""The rows of publications, as everything that makes or ends one needs them."""

import datetime as dt
import secrets
import uuid

from sqlmodel import col, select

from jpmirai_compliance.disclosure import queries, rules
from jpmirai_compliance.disclosure.models import Publication
from jpmirai_compliance.disclosure.queries import PublicationView
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import Conflict, NotFound
from jpmirai_compliance.foundation.policy import Actor
from jpmirai_compliance.foundation.text import Text


def replace(uow: UnitOfWork, actor: Actor, row: Publication, now: dt.datetime) -> None:
    """Put the row in the place of the one that is live, whose code leads to it from now on."""
    old = live(uow, row.org_id, row.year)
    if old is not None:
        old.withdrawn_at, old.withdrawn_by = now, actor.user_id
        uow.session.flush()  # the old one first: only one is live
    uow.session.add(row)
    uow.session.flush()
    if old is not None:
        old.replaced_by = row.id
        uow.session.flush()


def live(uow: UnitOfWork, org_id: uuid.UUID, year: int) -> Publication | None:
    """Return the row that is live, locked, or None."""
    return uow.session.exec(
        select(Publication)
        .where(
            col(Publication.org_id) == org_id,
            col(Publication.year) == year,
            col(Publication.withdrawn_at).is_(None),
        )
        .with_for_update()
    ).one_or_none()


def now_live(uow: UnitOfWork, org_id: uuid.UUID, year: int) -> PublicationView:
    """Return what is live; Conflict if it was withdrawn meanwhile."""
    found = queries.live_publication(uow, org_id, year)
    if found is None:
        raise Conflict(text=Text("This page was withdrawn in the meantime."))
    return found


def own(actor: Actor) -> uuid.UUID:
    """Return the organisation that the actor acts for; NotFound if for none."""
    if actor.org_id is None:
        raise NotFound
    return actor.org_id


def new_code() -> str:
    """Return a verification code."""
    # 31**10 codes: the unique constraint is there for the day one comes twice
    return "".join(secrets.choice(rules.ALPHABET) for _ in range(rules.CODE_LENGTH))
