"""Who takes part in a round, and how far everybody is: filtered, counted, page by page."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, false, func
from sqlalchemy import select as select_columns
from sqlmodel import col

from jpmirai_compliance.accounts.models import Organisation, SizeBand
from jpmirai_compliance.accounts.queries import reach
from jpmirai_compliance.assessments.models import (
    Assessment,
    FormLength,
    Participation,
    Round,
    Status,
)
from jpmirai_compliance.assessments.queries.rounds import (
    PAGE,
    Key,
    after_name,
    by_name,
    named,
    organisation_name,
)
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Localized
from jpmirai_compliance.principles import MemberKind

ENDING = dt.timedelta(days=3)  # an extension that ends so soon is something to do


class Stage(StrEnum):
    """How far a participant is, in the words of the status tags."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    AWAITING_APPROVAL = "awaiting_approval"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    CHECKED = "checked"
    PUBLISHED = "published"


class Flag(StrEnum):
    """What else a list can be narrowed to."""

    OVERDUE = "overdue"  # returned answers whose due date has passed
    EXTENDED = "extended"  # a deadline of its own
    ENDING = "ending"  # that deadline comes within three days
    BOUNCED = "bounced"  # mail to somebody of it came back
    UNREACHABLE = "unreachable"  # no administrator who gets mail


#: Approved but not yet submitted still waits for the approver's last step.
STAGES: Mapping[Status, Stage] = {
    Status.DRAFT: Stage.IN_PROGRESS,
    Status.AWAITING_APPROVAL: Stage.AWAITING_APPROVAL,
    Status.APPROVED: Stage.AWAITING_APPROVAL,
    Status.SUBMITTED: Stage.SUBMITTED,
    Status.RETURNED: Stage.RETURNED,
    Status.ACCEPTED: Stage.CHECKED,
}
DONE = (Status.SUBMITTED, Status.ACCEPTED)
#: Assessments with a live public page: the room above knows them (``app.py`` brings it).
Public = Select[Any]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of participants is narrowed to; the empty one narrows to nothing."""

    stage: Stage | None = None
    words: str = ""
    kind: MemberKind | None = None
    size: SizeBand | None = None
    flag: Flag | None = None
    org_ids: frozenset[uuid.UUID] | None = field(default=None)

    @property
    def any(self) -> bool:
        """Whether anything is left out."""
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Participant:
    """An organisation in a round; scores in percent, None without a snapshot or a number."""

    org_id: uuid.UUID
    name: Localized
    name_ja: str
    kind: MemberKind
    size: SizeBand | None
    contact: str
    form: FormLength
    late_until: dt.datetime | None
    late_reason: str
    status: Status | None
    stage: Stage
    assessment_id: uuid.UUID | None
    started_at: dt.datetime | None
    submitted_at: dt.datetime | None
    accepted_at: dt.datetime | None
    return_due_at: dt.datetime | None
    claimed: int | None
    evidenced: int | None


def stage_counts(
    uow: UnitOfWork, *, actor: Actor, round_id: uuid.UUID, public: Public | None = None
) -> dict[Stage, int]:
    """Return how many participants are at each stage; every stage is there, also with 0."""
    authorize(actor, Permission.ROUND_READ, SECRETARIAT_ITSELF)
    published = func.sum(case((_shown(public), 1), else_=0))
    number = func.count(col(Participation.id))
    rows = uow.session.execute(
        _joined(select_columns(col(Assessment.status), number, published))
        .where(col(Participation.round_id) == round_id)
        .group_by(col(Assessment.status))
    )
    counts = dict.fromkeys(Stage, 0)
    for status, all_, shown in rows:
        counts[Stage.PUBLISHED] += shown
        counts[_stage(status, published=False)] += all_ - shown
    return counts


def flag_counts(
    uow: UnitOfWork, *, actor: Actor, round_id: uuid.UUID, now: dt.datetime
) -> dict[Flag, int]:
    """Return how many participants each flag holds for; every flag is there, also with 0."""
    authorize(actor, Permission.ROUND_READ, SECRETARIAT_ITSELF)
    sums = [
        func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
        for condition in _flags(now).values()
    ]
    query = _joined(select_columns(*sums)).where(col(Participation.round_id) == round_id)
    return dict(zip(Flag, uow.session.execute(query).one(), strict=True))


def participants(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    round_id: uuid.UUID,
    now: dt.datetime,
    filters: Filters = Filters(),
    public: Public | None = None,
    after: Key | None = None,
    limit: int | None = PAGE,
) -> tuple[Participant, ...]:
    """Return participants by name, those after the key ``after``; all of them if no ``limit``."""
    authorize(actor, Permission.ROUND_READ, SECRETARIAT_ITSELF)
    query = _select(public).where(col(Participation.round_id) == round_id)
    query = query.where(*_conditions(filters, public, now), *after_name(after))
    query = named(query, filters.words).order_by(*by_name()).limit(limit)
    return tuple(_participant(row) for row in uow.session.execute(query))


def count(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    round_id: uuid.UUID,
    now: dt.datetime,
    filters: Filters,
    public: Public | None = None,
) -> int:
    """Return how many participants the filters leave."""
    authorize(actor, Permission.ROUND_READ, SECRETARIAT_ITSELF)
    query = _joined(select_columns(func.count(col(Participation.id)))).where(
        col(Participation.round_id) == round_id, *_conditions(filters, public, now)
    )
    return int(uow.session.execute(named(query, filters.words)).scalar_one())


def participant(
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    org_id: uuid.UUID,
    public: Public | None = None,
) -> Participant:
    """Return one participant of a year's round; NotFound if it does not take part."""
    authorize(actor, Permission.ROUND_READ, SECRETARIAT_ITSELF)
    query = (
        _select(public)
        .join(Round, col(Round.id) == col(Participation.round_id))
        .where(col(Round.year) == year, col(Participation.org_id) == org_id)
    )
    row = uow.session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return _participant(row)


def _select(public: Public | None) -> Select[*tuple[Any, ...]]:
    return _joined(
        select_columns(
            _shown(public),
            col(Organisation.id),
            col(Organisation.name_ja),
            col(Organisation.name_en),
            col(Organisation.kind),
            col(Organisation.size),
            col(Organisation.contact_name),
            col(Participation.form),
            col(Participation.late_until),
            col(Participation.late_reason),
            col(Assessment.status),
            col(Assessment.id),
            col(Assessment.started_at),
            col(Assessment.submitted_at),
            col(Assessment.accepted_at),
            col(Assessment.return_due_at),
            col(Assessment.claimed),
            col(Assessment.evidenced),
        )
    )


def _joined(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        query.select_from(Participation)
        .join(Organisation, col(Organisation.id) == col(Participation.org_id))
        .outerjoin(
            Assessment,
            and_(
                col(Assessment.round_id) == col(Participation.round_id),
                col(Assessment.org_id) == col(Participation.org_id),
            ),
        )
    )


def _participant(row: Row[*tuple[Any, ...]]) -> Participant:
    published, org_id, ja, en, kind, size, contact, form, late, reason, status, *rest = row
    stage = _stage(status, published=bool(published))
    name = organisation_name(ja, en)
    known = (org_id, name, ja, kind, size, contact, form, late, reason)
    return Participant(*known, status, stage, *rest)


def _stage(status: Status | None, *, published: bool) -> Stage:
    if published:
        return Stage.PUBLISHED
    return Stage.NOT_STARTED if status is None else STAGES[Status(status)]


def _shown(public: Public | None) -> ColumnElement[bool]:
    if public is None:
        return false()
    return case((col(Assessment.id).in_(public), True), else_=False)


def _conditions(
    filters: Filters, public: Public | None, now: dt.datetime
) -> list[ColumnElement[bool]]:
    found = []
    if filters.stage is not None:
        found.append(_at_stage(filters.stage, public))
    if filters.kind is not None:
        found.append(col(Organisation.kind) == filters.kind)
    if filters.size is not None:
        found.append(col(Organisation.size) == filters.size)
    if filters.flag is not None:
        found.append(_flags(now)[filters.flag])
    if filters.org_ids is not None:
        found.append(col(Organisation.id).in_(filters.org_ids))
    return found


def _at_stage(stage: Stage, public: Public | None) -> ColumnElement[bool]:
    if stage is Stage.NOT_STARTED:
        return col(Assessment.id).is_(None)
    if stage is Stage.PUBLISHED:
        return col(Assessment.id).in_(public) if public is not None else false()
    at = col(Assessment.status).in_([s for s, found in STAGES.items() if found is stage])
    return at & col(Assessment.id).not_in(public) if public is not None else at


def _flags(now: dt.datetime) -> dict[Flag, ColumnElement[bool]]:
    status, late = col(Assessment.status), col(Participation.late_until)
    returned = func.coalesce(status == Status.RETURNED, False)
    unfinished = status.is_(None) | status.not_in((*DONE, Status.RETURNED))
    return {
        Flag.OVERDUE: returned & (col(Assessment.return_due_at) <= now),
        Flag.EXTENDED: late.is_not(None),
        Flag.ENDING: (late > now) & (late <= now + ENDING) & unfinished,
        Flag.BOUNCED: reach.any_bounced(col(Organisation.id)),
        Flag.UNREACHABLE: ~reach.reachable_admin(col(Organisation.id)),
    }


def of_ids(org_ids: Collection[uuid.UUID]) -> Filters:
    """Return the filters that leave just these organisations."""
    return Filters(org_ids=frozenset(org_ids))
