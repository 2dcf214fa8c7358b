"""The reviewers' queue: submissions, oldest first, with what needs eyes."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.assessments.models import (
    AnswerRow,
    Assessment,
    Round,
    Snapshot,
    SnapshotKind,
    Status,
    Verdict,
)
from jpmirai_compliance.assessments.queries.rounds import organisation_name
from jpmirai_compliance.evidence.models import Evidence, EvidenceUse, Visibility
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Localized
from jpmirai_compliance.principles import Gate, MemberKind, load_edition

PAGE = 50
HIGH = 3  # a claimed level from which evidence decides most
REVIEWED = (Status.SUBMITTED, Status.RETURNED, Status.ACCEPTED)
Key = tuple[dt.datetime, uuid.UUID]  # submitted_at and id of the last row of a page


@dataclass(frozen=True, slots=True)
class Waiting:
    """One submission in the queue; counts are of answers, scores in percent or None."""

    assessment_id: uuid.UUID
    org_id: uuid.UUID
    name: Localized
    kind: MemberKind
    year: int
    status: Status
    submitted_at: dt.datetime
    return_due_at: dt.datetime | None
    claimed: int | None
    evidenced: int | None
    first_time: bool
    again: bool  # submitted a second time, after a return
    tied: bool  # the reading reviewer belongs or belonged to it
    unchecked: int  # with evidence and no verdict that counts
    high: int  # of those, claimed at 3 or 4
    gates: int  # of those, indicators that withhold badge or award
    supply_chain: int  # of those, about the supply chain


def queue(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    status: Status = Status.SUBMITTED,
    year: int | None = None,
    first_time: bool = False,
    again: bool = False,
    after: Key | None = None,
) -> tuple[Waiting, ...]:
    """Return up to 50 submissions, oldest first, after the key; NotPermitted for members."""
    authorize(actor, Permission.ASSESSMENT_REVIEW, SECRETARIAT_ITSELF)
    first, twice = _first_time(), _submitted_twice()
    query = _submissions(first, twice).where(col(Assessment.status) == status, *_after(after))
    if year is not None:
        query = query.where(col(Round.year) == year)
    if first_time:
        query = query.where(first)
    if again:
        query = query.where(twice)
    rows = uow.session.execute(query.limit(PAGE)).all()
    unchecked = _unchecked(uow, [row[0].id for row in rows])
    ties = accounts.ties(uow, actor.user_id)
    return tuple(
        _waiting(
            a,
            r,
            organisation_name(ja, en),
            kind,
            first=bool(one),
            again=bool(two),
            tied=a.org_id in ties,
            levels=unchecked[a.id],
        )
        for a, r, ja, en, kind, one, two in rows
    )


def _submissions(
    first: ColumnElement[bool], twice: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    return (
        select_columns(Assessment, Round, col(Organisation.name_ja), col(Organisation.name_en))
        .add_columns(col(Organisation.kind), first, twice)
        .join(Round, col(Round.id) == col(Assessment.round_id))
        .join(Organisation, col(Organisation.id) == col(Assessment.org_id))
        .order_by(col(Assessment.submitted_at), col(Assessment.id))
    )


def status_counts(uow: UnitOfWork, *, actor: Actor, year: int | None = None) -> dict[Status, int]:
    """Return how many submissions wait, are returned, are accepted; all three are there."""
    authorize(actor, Permission.ASSESSMENT_REVIEW, SECRETARIAT_ITSELF)
    query = (
        select(Assessment.status, func.count(col(Assessment.id)))
        .where(col(Assessment.status).in_(REVIEWED))
        .group_by(col(Assessment.status))
    )
    if year is not None:
        query = query.join(Round, col(Round.id) == col(Assessment.round_id)).where(
            col(Round.year) == year
        )
    found = dict(uow.session.exec(query).all())
    return {status: found.get(status, 0) for status in REVIEWED}


def _waiting(  # noqa: PLR0913 -- the parts of one row
    row: Assessment,
    round_: Round,
    name: Localized,
    kind: MemberKind,
    *,
    first: bool,
    again: bool,
    tied: bool,
    levels: dict[str, int],
) -> Waiting:
    edition = load_edition(round_.edition)
    indicators = [edition.indicator(i) for i in levels]
    return Waiting(
        assessment_id=row.id,
        org_id=row.org_id,
        name=name,
        kind=kind,
        year=round_.year,
        status=row.status,
        submitted_at=row.submitted_at or row.started_at,
        return_due_at=row.return_due_at,
        claimed=row.claimed,
        evidenced=row.evidenced,
        first_time=first,
        again=again,
        tied=tied,
        unchecked=len(levels),
        high=sum(level >= HIGH for level in levels.values()),
        gates=sum(i.gate is not Gate.NONE for i in indicators),
        supply_chain=sum(i.supply_chain for i in indicators),
    )


def _unchecked(
    uow: UnitOfWork, assessment_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, dict[str, int]]:
    """Return the claimed level of each answer with evidence and no verdict that counts."""
    key = (col(EvidenceUse.assessment_id), col(EvidenceUse.indicator_id))
    seen = exists().where(
        col(Verdict.assessment_id) == col(EvidenceUse.assessment_id),
        col(Verdict.indicator_id) == col(EvidenceUse.indicator_id),
        col(Verdict.to_return).is_(False),
    )
    query = (
        select_columns(*key, col(AnswerRow.level))
        .join(Evidence, col(Evidence.id) == col(EvidenceUse.evidence_id))
        .join(
            AnswerRow,
            and_(
                col(AnswerRow.assessment_id) == col(EvidenceUse.assessment_id),
                col(AnswerRow.indicator_id) == col(EvidenceUse.indicator_id),
            ),
        )
        .where(
            col(EvidenceUse.assessment_id).in_(assessment_ids),
            col(Evidence.visibility) != Visibility.INTERNAL,
            col(Evidence.removed_at).is_(None),
            col(AnswerRow.level).is_not(None),
            ~seen,
        )
        .distinct()
    )
    found: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for assessment_id, indicator_id, level in uow.session.execute(query):
        found[assessment_id][indicator_id] = level
    return found


def _first_time() -> ColumnElement[bool]:
    """Say whether the organisation has submitted in no earlier year."""
    earlier, its_round = aliased(Assessment), aliased(Round)
    return ~exists().where(
        col(earlier.org_id) == col(Assessment.org_id),
        col(earlier.submitted_at).is_not(None),
        col(earlier.round_id) == col(its_round.id),
        col(its_round.year) < col(Round.year),
    )


def _submitted_twice() -> ColumnElement[bool]:
    return exists().where(
        col(Snapshot.assessment_id) == col(Assessment.id),
        col(Snapshot.kind) == SnapshotKind.SUBMITTED,
        col(Snapshot.ordinal) > 1,
    )


def _after(key: Key | None) -> tuple[ColumnElement[bool], ...]:
    if key is None:
        return ()
    at, found = col(Assessment.submitted_at), col(Assessment.id)
    return (or_(at > key[0], and_(at == key[0], found > key[1])),)
