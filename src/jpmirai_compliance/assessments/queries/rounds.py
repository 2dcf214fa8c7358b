"""Rounds and who takes part in them, as the secretariat reads them."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.assessments.models import (
    Assessment,
    FormLength,
    Participation,
    Round,
    Status,
)
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Localized
from jpmirai_compliance.principles import MemberKind

PAGE = 100


class Stage(StrEnum):
    """How far a participant is, in the words of the status tags."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    AWAITING_APPROVAL = "awaiting_approval"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    CHECKED = "checked"


#: Approved but not yet submitted still waits for the approver's last step.
STAGES: Mapping[Status, Stage] = {
    Status.DRAFT: Stage.IN_PROGRESS,
    Status.AWAITING_APPROVAL: Stage.AWAITING_APPROVAL,
    Status.APPROVED: Stage.AWAITING_APPROVAL,
    Status.SUBMITTED: Stage.SUBMITTED,
    Status.RETURNED: Stage.RETURNED,
    Status.ACCEPTED: Stage.CHECKED,
}


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One year's round; open in [opens_at, closes_at); ``version`` guards changes."""

    id: uuid.UUID
    year: int
    edition: str
    default_form: FormLength
    opens_at: dt.datetime
    closes_at: dt.datetime
    version: int
    participants: int

    def phase(self, now: dt.datetime) -> str:
        """Return ``invited`` before it opens, ``open`` during it, ``closed`` after."""
        if now < self.opens_at:
            return "invited"
        return "open" if now < self.closes_at else "closed"


@dataclass(frozen=True, slots=True)
class Participant:
    """An organisation in a round; scores in percent, None without a snapshot or a number."""

    org_id: uuid.UUID
    name: Localized
    name_ja: str
    kind: MemberKind
    form: FormLength
    late_until: dt.datetime | None
    late_reason: str
    stage: Stage
    assessment_id: uuid.UUID | None
    submitted_at: dt.datetime | None
    return_due_at: dt.datetime | None
    claimed: int | None
    evidenced: int | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation that could be added to a round."""

    org_id: uuid.UUID
    name: Localized
    name_ja: str
    kind: MemberKind


Key = tuple[str, uuid.UUID]  # name_ja and id of the last row of a page


def organisation_name(name_ja: str, name_en: str) -> Localized:
    """Return an organisation's name in both languages."""
    return Localized({"ja": name_ja, "en": name_en})


def rounds(uow: UnitOfWork, *, actor: Actor) -> tuple[RoundRow, ...]:
    """Return every round, newest first, with how many take part; NotPermitted for members."""
    authorize(actor, Permission.ROUND_READ, SECRETARIAT_ITSELF)
    rows = uow.session.execute(_round_select().order_by(col(Round.year).desc()).limit(PAGE))
    return tuple(RoundRow(*row) for row in rows)


def round_of_year(uow: UnitOfWork, *, actor: Actor, year: int) -> RoundRow:
    """Return the round of a year; NotFound if there is none."""
    authorize(actor, Permission.ROUND_READ, SECRETARIAT_ITSELF)
    row = uow.session.execute(_round_select().where(col(Round.year) == year)).one_or_none()
    if row is None:
        raise NotFound
    return RoundRow(*row)


def current_round(uow: UnitOfWork, *, actor: Actor, now: dt.datetime) -> RoundRow | None:
    """Return the round that is open, else the newest that has opened, else the next; or None."""
    found = rounds(uow, actor=actor)
    for wanted in ("open", "closed", "invited"):
        if same := [r for r in found if r.phase(now) == wanted]:
            return same[-1] if wanted == "invited" else same[0]
    return None


def stage_counts(uow: UnitOfWork, *, actor: Actor, round_id: uuid.UUID) -> dict[Stage, int]:
    """Return how many participants are at each stage; every stage is there, also with 0."""
    authorize(actor, Permission.ROUND_READ, SECRETARIAT_ITSELF)
    rows = uow.session.execute(
        _joined(select_columns(col(Assessment.status), func.count(col(Participation.id))))
        .where(col(Participation.round_id) == round_id)
        .group_by(col(Assessment.status))
    )
    counts = dict.fromkeys(Stage, 0)
    for status, number in rows:
        counts[Stage.NOT_STARTED if status is None else STAGES[Status(status)]] += number
    return counts


def participants(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    round_id: uuid.UUID,
    stage: Stage | None = None,
    words: str = "",
    after: Key | None = None,
    limit: int | None = PAGE,
) -> tuple[Participant, ...]:
    """Return participants by name, those after the key ``after``; all of them if no ``limit``."""
    authorize(actor, Permission.ROUND_READ, SECRETARIAT_ITSELF)
    query = _participant_select().where(col(Participation.round_id) == round_id)
    if stage is not None:
        query = query.where(_at_stage(stage))
    query = _named(query, words).where(*_after(after)).order_by(*_by_name()).limit(limit)
    return tuple(_participant(row) for row in uow.session.execute(query))


def participant(uow: UnitOfWork, *, actor: Actor, year: int, org_id: uuid.UUID) -> Participant:
    """Return one participant of a year's round; NotFound if it does not take part."""
    authorize(actor, Permission.ROUND_READ, SECRETARIAT_ITSELF)
    query = (
        _participant_select()
        .join(Round, col(Round.id) == col(Participation.round_id))
        .where(col(Round.year) == year, col(Participation.org_id) == org_id)
    )
    row = uow.session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return _participant(row)


def candidates(
    uow: UnitOfWork,
    *,
    actor: Actor,
    round_id: uuid.UUID,
    words: str = "",
    after: Key | None = None,
) -> tuple[Candidate, ...]:
    """Return up to 100 organisations that do not take part yet, by name, after the key."""
    authorize(actor, Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    taking_part = select(Participation.org_id).where(col(Participation.round_id) == round_id)
    query = select_columns(
        col(Organisation.id),
        col(Organisation.name_ja),
        col(Organisation.name_en),
        col(Organisation.kind),
    ).where(col(Organisation.id).not_in(taking_part), *_after(after))
    rows = uow.session.execute(_named(query, words).order_by(*_by_name()).limit(PAGE))
    return tuple(Candidate(i, organisation_name(ja, en), ja, kind) for i, ja, en, kind in rows)


def organisation_ids(uow: UnitOfWork, *, of_round: uuid.UUID | None = None) -> set[uuid.UUID]:
    """Return the ids of all organisations, or of those that took part in a round."""
    if of_round is None:
        return set(uow.session.exec(select(Organisation.id)))
    query = select(Participation.org_id).where(col(Participation.round_id) == of_round)
    return set(uow.session.exec(query))


def known_organisations(uow: UnitOfWork, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of ``ids`` that are organisations."""
    return set(uow.session.exec(select(Organisation.id).where(col(Organisation.id).in_(ids))))


def organisation_count(uow: UnitOfWork) -> int:
    """Return how many organisations there are."""
    return uow.session.exec(select(func.count(col(Organisation.id)))).one()


def _round_select() -> Select[*tuple[Any, ...]]:
    taking_part = (
        select(func.count(col(Participation.id)))
        .where(col(Participation.round_id) == col(Round.id))
        .correlate(Round)
        .scalar_subquery()
    )
    return select_columns(
        col(Round.id),
        col(Round.year),
        col(Round.edition),
        col(Round.default_form),
        col(Round.opens_at),
        col(Round.closes_at),
        col(Round.version),
        taking_part,
    )


def _participant_select() -> Select[*tuple[Any, ...]]:
    return _joined(
        select_columns(
            col(Organisation.id),
            col(Organisation.name_ja),
            col(Organisation.name_en),
            col(Organisation.kind),
            col(Participation.form),
            col(Participation.late_until),
            col(Participation.late_reason),
            col(Assessment.status),
            col(Assessment.id),
            col(Assessment.submitted_at),
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
    org_id, ja, en, kind, form, late, reason, status, found, submitted, due, claimed, evidenced = (
        row
    )
    return Participant(
        org_id=org_id,
        name=organisation_name(ja, en),
        name_ja=ja,
        kind=kind,
        form=form,
        late_until=late,
        late_reason=reason,
        stage=Stage.NOT_STARTED if status is None else STAGES[status],
        assessment_id=found,
        submitted_at=submitted,
        return_due_at=due,
        claimed=claimed,
        evidenced=evidenced,
    )


def _at_stage(stage: Stage) -> ColumnElement[bool]:
    if stage is Stage.NOT_STARTED:
        return col(Assessment.id).is_(None)
    return col(Assessment.status).in_([s for s, found in STAGES.items() if found is stage])


def _named(query: Select[*tuple[Any, ...]], words: str) -> Select[*tuple[Any, ...]]:
    if not words:
        return query
    japanese = col(Organisation.name_ja).icontains(words, autoescape=True)
    return query.where(or_(japanese, col(Organisation.name_en).icontains(words, autoescape=True)))


def _by_name() -> tuple[Any, Any]:
    return col(Organisation.name_ja), col(Organisation.id)


def _after(key: Key | None) -> tuple[ColumnElement[bool], ...]:
    if key is None:
        return ()
    name, org_id = col(Organisation.name_ja), col(Organisation.id)
    return (or_(name > key[0], and_(name == key[0], org_id > key[1])),)
