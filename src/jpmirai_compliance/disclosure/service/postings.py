"""What hangs on which wall: recorded when it is put up, ended when it comes down."""

import datetime as dt
import json
import uuid
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.disclosure.models import Posting
from jpmirai_compliance.disclosure.queries.postings import in_force
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import Gap, Incomplete, NotFound
from jpmirai_compliance.foundation.policy import Actor, Of, Permission, authorize, may
from jpmirai_compliance.foundation.text import Text

#: Older than any poster of the code of conduct.
FIRST_DAY = dt.date(2020, 11, 1)


@dataclass(frozen=True, slots=True)
class Wall:
    """The site where it hangs."""

    org_id: uuid.UUID
    workplace_id: uuid.UUID
    site: str


@dataclass(frozen=True, slots=True)
class Hung:
    """What was put up and when; ``named``: the public page may say the site's name."""

    posted_on: dt.date
    languages: tuple[str, ...]
    named: bool = True


def put_up(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    wall: Wall,
    hung: Hung,
    evidence_id: uuid.UUID | None,
    now: dt.datetime,
) -> uuid.UUID:
    """Record posters in the wordings that are in force now and return the record's id.

    NotPermitted; Incomplete without a language that has a wording, or on a day that cannot be.
    """
    authorize(actor, Permission.WORKPLACE_EDIT, Of(wall.org_id))
    known = in_force(uow)
    if gaps := _gaps(hung, known, now):
        raise Incomplete(gaps[0].text, gaps)
    row = Posting(
        org_id=wall.org_id,
        workplace_id=wall.workplace_id,
        site=wall.site,
        named=hung.named,
        posted_on=hung.posted_on,
        wordings=json.dumps({tag: known[tag] for tag in known if tag in hung.languages}),
        evidence_id=evidence_id,
        created_at=now,
        created_by=actor.user_id,
    )
    uow.session.add(row)
    uow.session.flush()
    data = {
        "workplace": str(wall.workplace_id),
        "languages": [tag for tag in known if tag in hung.languages],
        "on": hung.posted_on.isoformat(),
        "photo": evidence_id is not None,
    }
    _record(uow, Event.POSTER_HUNG, actor, row, now, data)
    return row.id


def take_down(
    uow: UnitOfWork, *, actor: Actor, posting_id: uuid.UUID, now: dt.datetime
) -> uuid.UUID:
    """End a record and return its site: it does not hang any more, or was recorded by mistake.

    NotFound, NotPermitted; twice is once.
    """
    query = select(Posting).where(col(Posting.id) == posting_id).with_for_update()
    row = uow.session.exec(query).one_or_none()
    if row is None or not may(actor, Permission.WORKPLACE_READ, row):
        raise NotFound
    authorize(actor, Permission.WORKPLACE_EDIT, row)
    if row.ended_at is None:
        _end(uow, actor, row, now)
    return row.workplace_id


def clear(uow: UnitOfWork, *, actor: Actor, wall: Wall, now: dt.datetime) -> None:
    """End every record of a site that is closed. NotPermitted."""
    authorize(actor, Permission.WORKPLACE_EDIT, Of(wall.org_id))
    query = select(Posting).where(
        col(Posting.org_id) == wall.org_id,
        col(Posting.workplace_id) == wall.workplace_id,
        col(Posting.ended_at).is_(None),
    )
    for row in uow.session.exec(query.with_for_update()).all():
        _end(uow, actor, row, now)


def _gaps(hung: Hung, known: dict[str, str], now: dt.datetime) -> list[Gap]:
    found = []
    if not hung.languages or any(tag not in known for tag in hung.languages):
        found.append(Gap(Text("Choose at least one language."), "languages"))
    if hung.posted_on > now.astimezone(TOKYO).date():
        found.append(Gap(Text("This day has not come yet."), "posted_on"))
    elif hung.posted_on < FIRST_DAY:
        found.append(Gap(Text("On this day there was no code of conduct yet."), "posted_on"))
    return found


def _end(uow: UnitOfWork, actor: Actor, row: Posting, now: dt.datetime) -> None:
    row.ended_at, row.ended_by = now, actor.user_id
    uow.session.flush()
    data: dict[str, object] = {"workplace": str(row.workplace_id)}
    _record(uow, Event.POSTER_TAKEN_DOWN, actor, row, now, data)


def _record(  # noqa: PLR0913, PLR0917 -- private
    uow: UnitOfWork,
    event: Event,
    actor: Actor,
    row: Posting,
    now: dt.datetime,
    data: dict[str, object],
) -> None:
    subject = f"posting:{row.id}"
    audit.record(uow, event, actor=actor, now=now, subject=subject, org_id=row.org_id, data=data)
