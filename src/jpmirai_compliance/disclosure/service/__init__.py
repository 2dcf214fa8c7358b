"""What people do with what is public: prepare, publish, withdraw."""

import datetime as dt
import json
import secrets
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import col, select

from jpmirai_compliance.assessments.queries.member import assessment
from jpmirai_compliance.assessments.queries.snapshots import SnapshotView
from jpmirai_compliance.assessments.queries.updates import newest_report
from jpmirai_compliance.disclosure import queries, rules
from jpmirai_compliance.disclosure.models import (
    Publication,
    PublicationDraft,
    PublicPage,
)
from jpmirai_compliance.disclosure.queries import PublicationView
from jpmirai_compliance.disclosure.queries.postings import sites as posted_sites
from jpmirai_compliance.disclosure.service import rows
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import Conflict, Gap, Incomplete, NotFound
from jpmirai_compliance.foundation.policy import Actor, Of, Permission, authorize
from jpmirai_compliance.foundation.text import Text

#: Writes the files of a page and returns their name (``bundle.Press.write``).
Write = Callable[[Mapping[str, Any]], str]
#: Makes the public addresses of an organisation equal to the database (``bundle.reconcile``).
Settle = Callable[[uuid.UUID], None]


def save_draft(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    choices: rules.Choices,
    version: int,
    now: dt.datetime,
) -> int:
    """Keep what the organisation is about to say and return the draft's new version.

    NotFound, NotPermitted, DomainError before the check is finished, Conflict if someone
    else changed the draft after ``version``.
    """
    org_id = rows.own(actor)
    authorize(actor, Permission.PUBLICATION_PREPARE, Of(org_id))
    taken = queries.accepted(uow, assessment(uow, actor, year).id)
    offered = queries.offer(uow, taken)
    lock(uow, f"publish:{org_id}")
    row = _draft(uow, org_id, year) or PublicationDraft(
        org_id=org_id, year=year, body="", version=0, updated_at=now, updated_by=actor.user_id
    )
    if version != row.version:
        raise Conflict
    row.body, row.version = rules.narrowed(choices, offered).dump(), version + 1
    row.updated_at, row.updated_by = now, actor.user_id
    uow.session.add(row)
    uow.session.flush()
    audit.record(
        uow,
        Event.PUBLICATION_PREPARED,
        actor=actor,
        now=now,
        subject=f"assessment:{taken.assessment_id}",
        data={"year": year, "version": row.version},
    )
    return row.version


def publish(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    version: int,
    key: uuid.UUID,
    write: Write,
    settle: Settle,
    now: dt.datetime,
) -> PublicationView:
    """Make the draft that the actor saw at ``version`` public; sent twice, it is published once.

    Files come before the row, addresses after the commit. NotFound, NotPermitted, Conflict if
    the draft changed, DomainError before the check, Incomplete without a statement.
    """
    org_id = rows.own(actor)
    authorize(actor, Permission.PUBLICATION_PUBLISH, Of(org_id))
    taken = queries.accepted(uow, assessment(uow, actor, year).id)
    lock(uow, f"publish:{org_id}")
    if (sent := _sent_before(uow, org_id, key)) is not None:
        return sent
    offered = queries.offer(uow, taken)
    found = queries.draft(uow, org_id, year, offered)
    if found.version != version or not version:
        raise Conflict
    _require_statement(found.choices)
    row = _row(taken, found.choices, _public(uow, taken, found.choices, offered, now), key, now)
    row.published_by, row.bundle = actor.user_id, write(json.loads(row.page))
    rows.replace(uow, actor, row, now)
    audit.record(
        uow,
        Event.PUBLISHED,
        actor=actor,
        now=now,
        subject=f"publication:{row.id}",
        data={"year": year, "bundle": row.bundle, "snapshot": taken.sha256},
    )
    uow.after_commit(lambda: settle(org_id))
    return rows.now_live(uow, org_id, year)


def withdraw(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    org_id: uuid.UUID | None = None,
    reason: str,
    settle: Settle,
    now: dt.datetime,
) -> None:
    """Take a year back: after the commit no address of it answers any more.

    The secretariat names the organisation. NotFound if that year is not public,
    NotPermitted, Incomplete without a reason.
    """
    owner = org_id or rows.own(actor)
    authorize(actor, Permission.PUBLICATION_WITHDRAW, Of(owner))
    if not reason.strip():
        text = Text("Say why the page is withdrawn.")
        raise Incomplete(text, [Gap(text, "reason")])
    lock(uow, f"publish:{owner}")
    row = rows.live(uow, owner, year)
    if row is None:
        raise NotFound(Text("Nothing is public of this year."))
    row.withdrawn_at, row.withdrawn_by = now, actor.user_id
    row.withdrawn_reason = reason.strip()[: rules.REASON_MAX]
    uow.session.flush()
    audit.record(
        uow,
        Event.UNPUBLISHED,
        actor=actor,
        now=now,
        subject=f"publication:{row.id}",
        org_id=owner,
        data={"year": year, "code": row.code},
    )
    uow.after_commit(lambda: settle(owner))


def _public(
    uow: UnitOfWork,
    taken: SnapshotView,
    choices: rules.Choices,
    offered: rules.Offer,
    now: dt.datetime,
) -> dict[str, Any]:
    """Return the page with its address, its verification code and its dates."""
    page = rules.page(taken.body, choices, offered)
    report = newest_report(uow, taken.org_id, taken.year)
    page = rules.with_postings(page, posted_sites(uow, taken.org_id))
    return rules.with_update(page, report) | {
        "slug": _slug(uow, taken.org_id, page["organisation"]["name_en"], now),
        "code": rows.new_code(),
        "published_at": now.isoformat(timespec="seconds"),
        "valid_until": rules.valid_until(now).isoformat(timespec="seconds"),
    }


def _row(
    taken: SnapshotView,
    choices: rules.Choices,
    page: Mapping[str, Any],
    key: uuid.UUID,
    now: dt.datetime,
) -> Publication:
    return Publication(
        key=key,
        org_id=taken.org_id,
        assessment_id=taken.assessment_id,
        snapshot_id=taken.id,
        year=taken.year,
        code=page["code"],
        **_names(page),
        choices=choices.dump(),
        page=json.dumps(page, ensure_ascii=False, sort_keys=True),
        band=page["band"],
        badge=page["badge"],
        bundle="",  # whoever publishes fills in these two
        published_by=taken.by,
        published_at=now,
        valid_until=rules.valid_until(now),
    )


def _names(page: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns by which the directory finds a page."""
    organisation = page["organisation"]
    name_ja, name_en = organisation["name_ja"], organisation["name_en"]
    return {
        "name_ja": name_ja,
        "name_en": name_en,
        "sort_ja": rules.sort_key(name_ja),
        "sort_en": rules.sort_key(name_en or name_ja),
        "search": rules.folded(f"{name_ja} {name_en}")[:410],
        "kind": organisation["kind"],
        "prefecture": organisation["prefecture"],
    }


def _require_statement(choices: rules.Choices) -> None:
    if not choices.statement_ja and not choices.statement_en:
        text = Text("Write a statement in Japanese or in English.")
        raise Incomplete(text, [Gap(text, "statement_ja")])


def _slug(uow: UnitOfWork, org_id: uuid.UUID, name_en: str, now: dt.datetime) -> str:
    if found := queries.slug_of(uow, org_id):
        return found
    tail = "".join(secrets.choice(rules.ALPHABET.lower()) for _ in range(rules.TAIL_LENGTH))
    slug = f"{rules.slug_head(name_en)}-{tail}"
    uow.session.add(PublicPage(org_id=org_id, slug=slug, created_at=now))
    uow.session.flush()
    return slug


def _draft(uow: UnitOfWork, org_id: uuid.UUID, year: int) -> PublicationDraft | None:
    return uow.session.exec(
        select(PublicationDraft).where(
            col(PublicationDraft.org_id) == org_id, col(PublicationDraft.year) == year
        )
    ).one_or_none()


def _sent_before(uow: UnitOfWork, org_id: uuid.UUID, key: uuid.UUID) -> PublicationView | None:
    year = uow.session.exec(
        select(Publication.year).where(
            col(Publication.org_id) == org_id, col(Publication.key) == key
        )
    ).one_or_none()
    if year is None:
        return None
    return rows.now_live(uow, org_id, year)
