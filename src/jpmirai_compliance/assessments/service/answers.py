"""Starting a self-assessment, answering, and what supports an answer."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields

from sqlmodel import col, select

from jpmirai_compliance.accounts.models import User
from jpmirai_compliance.assessments import rules
from jpmirai_compliance.assessments.models import (
    AnswerRow,
    Assessment,
    FormLength,
    Participation,
    Round,
)
from jpmirai_compliance.assessments.queries import member_answers
from jpmirai_compliance.assessments.rules import Content, Merged
from jpmirai_compliance.assessments.service.holding import Held, hold, touch
from jpmirai_compliance.assessments.service.prefilling import prefill
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.evidence.service import Description, Place, Received
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock, upsert
from jpmirai_compliance.foundation.errors import Competing, Conflict, NotFound
from jpmirai_compliance.foundation.policy import Actor, Of, Permission, authorize

__all__ = [
    "Competed",
    "Content",
    "Saved",
    "attach_file",
    "attach_link",
    "detach",
    "save",
    "start",
]


@dataclass(frozen=True, slots=True)
class Saved:
    """What is stored now; ``taken`` are the fields that somebody else had changed meanwhile."""

    version: int
    content: Content
    taken: tuple[str, ...] = ()

    @property
    def seen(self) -> str:
        """The token that belongs to what is stored now."""
        return rules.seen_of(self.content)


class Competed(Conflict):
    """Somebody changed the same fields of the answer (``units``, as ``rules.FIELDS``) to others.

    ``merged`` is what I wanted, with the other side's changes (``taken``) where only it made one.
    ``stored``, ``version`` and ``seen`` belong to the answer as it is now.
    """

    def __init__(
        self, fields: Sequence[Competing], *, merged: Merged, stored: Content, version: int
    ) -> None:
        super().__init__(fields)
        self.units = merged.conflicts
        self.taken = merged.taken
        self.merged = merged.content
        self.stored = stored
        self.version = version
        self.seen = rules.seen_of(stored)


def start(
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    now: dt.datetime,
    form: FormLength | None = None,
) -> uuid.UUID:
    """Begin the organisation's assessment of a year, or return the one that is there.

    What was last submitted is copied, to be confirmed question by question. ``form`` is the
    member's choice, and counts where the round leaves it to members.
    Raises NotPermitted, NotFound if the organisation does not take part, DomainError outside
    the window.
    """
    authorize(actor, Permission.ASSESSMENT_ANSWER, Of(actor.org_id))
    lock(uow, f"assessment:{actor.org_id}:{year}")
    query = (
        select(Participation, Round)
        .join(Round, col(Round.id) == col(Participation.round_id))
        .where(col(Round.year) == year, col(Participation.org_id) == actor.org_id)
    )
    if (found := uow.session.exec(query).one_or_none()) is None:
        raise NotFound
    participation, round_ = found
    known = uow.session.exec(
        select(Assessment.id).where(
            col(Assessment.round_id) == round_.id, col(Assessment.org_id) == actor.org_id
        )
    ).one_or_none()
    if known is not None:
        return known
    window = rules.window(
        opens_at=round_.opens_at, closes_at=round_.closes_at, late_until=participation.late_until
    )
    rules.require_open(window, now)
    if form is not None and round_.members_choose:
        participation.form = form
        uow.session.add(participation)
    row = Assessment(
        org_id=participation.org_id, round_id=round_.id, form=participation.form, started_at=now
    )
    uow.session.add(row)
    uow.session.flush()
    copied = prefill(uow, row, edition_id=round_.edition, year=year, actor=actor, now=now)
    audit.record(
        uow,
        Event.ASSESSMENT_STARTED,
        actor=actor,
        now=now,
        subject=f"assessment:{row.id}",
        org_id=row.org_id,
        data={"year": year, "form": row.form.value, "prefilled": copied},
    )
    return row.id


def save(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    indicator_id: str,
    content: Content,
    version: int,
    now: dt.datetime,
    seen: str = "",
    yielding: frozenset[str] = frozenset(),
) -> Saved:
    """Store one answer that the person saw at ``version`` (0: none yet), with the token ``seen``.

    Fields that only somebody else changed since then keep what is stored; in ``yielding`` the
    person gives way to it. Saving what is stored already changes nothing. Raises NotFound,
    NotPermitted, DomainError if the answer is frozen, was asked for with its evidence only or the
    window closed, Competed (a Conflict) with both texts of the fields that both changed; without
    ``seen`` that is every difference.
    """
    held, stored = _open(uow, actor, assessment_id, indicator_id, now)
    if stored is not None and stored.reopened:
        only = member_answers.asked_for_evidence_only(uow, stored)
        rules.require_writable(held.view.status, reopened=True, evidence_only=only)
    before = rules.content_of(stored)
    at = stored.version if stored else 0
    if at == version:
        seen = rules.seen_of(before)
    merged = rules.merge(seen, content, before, yielding=yielding)
    if merged.conflicts and stored is not None:
        raise Competed(
            _competing(uow, merged, before, stored), merged=merged, stored=before, version=at
        )
    if stored is not None and merged.content == before and not stored.prefilled:
        return Saved(at, before, merged.taken)
    _write(uow, actor, held, stored, indicator_id, merged.content, now)
    return Saved(at + 1, merged.content, merged.taken)


def attach_file(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    indicator_id: str,
    received: Received,
    description: Description,
    quota_mb: int,
    now: dt.datetime,
) -> uuid.UUID:
    """Add a received file to an answer that may change now; return the evidence's id.

    Raises as ``save``, and FileRefused if there is no room left.
    """
    held, _stored = _open(uow, actor, assessment_id, indicator_id, now)
    found = evidence.attach_received(
        uow,
        actor=actor,
        place=Place(held.row.org_id, assessment_id, indicator_id),
        received=received,
        description=description,
        quota_mb=quota_mb,
        now=now,
    )
    touch(uow, held)
    return found


def attach_link(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    indicator_id: str,
    url: str,
    description: Description,
    now: dt.datetime,
) -> uuid.UUID:
    """Add an address to an answer that may change now; return the evidence's id.

    Raises as ``save``, and Incomplete if it is no http or https address.
    """
    held, _stored = _open(uow, actor, assessment_id, indicator_id, now)
    found = evidence.attach_link(
        uow,
        actor=actor,
        assessment_id=assessment_id,
        org_id=held.row.org_id,
        indicator_id=indicator_id,
        url=url,
        title=description.title,
        visibility=description.visibility,
        issued_on=description.issued_on,
        valid_until=description.valid_until,
        category=description.category,
        now=now,
    )
    touch(uow, held)
    return found


def attach_known(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    indicator_id: str,
    evidence_id: uuid.UUID,
    pages: str = "",
    now: dt.datetime,
) -> None:
    """Let a piece of the library support an answer that may change now, and say which pages.

    Raises as ``save``, and Incomplete if the pages are none.
    """
    held, _stored = _open(uow, actor, assessment_id, indicator_id, now)
    place = Place(held.row.org_id, assessment_id, indicator_id, pages)
    evidence.attach_known(uow, actor=actor, place=place, evidence_id=evidence_id, now=now)
    touch(uow, held)


def detach(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    indicator_id: str,
    evidence_id: uuid.UUID,
    now: dt.datetime,
) -> None:
    """Take evidence from an answer that may change now. Raises as ``save``."""
    held, _stored = _open(uow, actor, assessment_id, indicator_id, now)
    evidence.detach(
        uow,
        actor=actor,
        assessment_id=assessment_id,
        org_id=held.row.org_id,
        indicator_id=indicator_id,
        evidence_id=evidence_id,
        now=now,
    )
    touch(uow, held)


def _open(
    uow: UnitOfWork,
    actor: Actor,
    assessment_id: uuid.UUID,
    indicator_id: str,
    now: dt.datetime,
) -> tuple[Held, AnswerRow | None]:
    """Return the locked assessment and the stored answer, if the answer may change now."""
    held = hold(uow, actor, Permission.ASSESSMENT_ANSWER, assessment_id=assessment_id)
    held.view.indicator(indicator_id)
    stored = uow.session.exec(
        select(AnswerRow).where(
            col(AnswerRow.assessment_id) == assessment_id,
            col(AnswerRow.indicator_id) == indicator_id,
        )
    ).one_or_none()
    rules.require_editable(held.view.status, reopened=bool(stored and stored.reopened))
    rules.require_open(held.view.window, now)
    return held, stored


def _write(  # noqa: PLR0913, PLR0917 -- private, one caller
    uow: UnitOfWork,
    actor: Actor,
    held: Held,
    stored: AnswerRow | None,
    indicator_id: str,
    content: Content,
    now: dt.datetime,
) -> None:
    """Write the answer under its next version; Conflict if the version in the row is not ours."""
    following = (stored.version if stored else 0) + 1
    values = {
        "id": uuid.uuid4(),
        "org_id": held.row.org_id,
        "assessment_id": held.row.id,
        "indicator_id": indicator_id,
        **{field.name: getattr(content, field.name) for field in fields(content)},
        "reopened": stored.reopened if stored else False,
        "prefilled": False,
        "version": following,
        "updated_at": now,
        "updated_by": actor.user_id,
    }
    written = upsert(
        uow,
        AnswerRow.__table__,  # type: ignore[attr-defined]  # -- SQLModel sets it
        values,
        keys=("assessment_id", "indicator_id"),
        where=col(AnswerRow.version) == following - 1,
    )
    if not written:
        raise Conflict
    if stored is not None:
        uow.session.expire(stored)
    touch(uow, held)
    _record_saved(uow, actor, held, indicator_id, following, now)


def _competing(
    uow: UnitOfWork, merged: Merged, theirs: Content, stored: AnswerRow
) -> list[Competing]:
    query = select(User.name).where(col(User.id) == stored.updated_by)
    name = uow.session.exec(query).one_or_none() or ""
    mine = merged.content
    told = {
        "choice": [
            ("level", _choice(mine), _choice(theirs)),
            ("na_reason", mine.na_reason, theirs.na_reason),
        ],
        "text": [("text", mine.text, theirs.text)],
        "note": [("note", mine.note, theirs.note)],
        "reach": [("reach", mine.reach.value, theirs.reach.value)],
    }
    return [
        Competing(field, ours, others, name, stored.updated_at)
        for unit in merged.conflicts
        for field, ours, others in told[unit]
        if ours != others
    ]


def _choice(content: Content) -> str:
    """Return the choice as the form names it: 0 to 4, ``na``, or nothing."""
    if content.not_applicable:
        return "na"
    return "" if content.level is None else str(content.level)


def _record_saved(  # noqa: PLR0913, PLR0917 -- private, one caller
    uow: UnitOfWork,
    actor: Actor,
    held: Held,
    indicator_id: str,
    version: int,
    now: dt.datetime,
) -> None:
    audit.record(
        uow,
        Event.ANSWER_SAVED,
        actor=actor,
        now=now,
        subject=f"answer:{held.row.id}:{indicator_id}",
        org_id=held.row.org_id,
        data={"version": version, "approval_dropped": held.view.status is rules.Status.APPROVED},
    )
