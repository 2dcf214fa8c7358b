"""Half-year updates: the period, what an organisation says, what it submitted, who has."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, case, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.assessments import rules
from jpmirai_compliance.assessments.models import (
    Assessment,
    Participation,
    Round,
    UpdatePeriod,
    UpdateReport,
    UpdateText,
)
from jpmirai_compliance.assessments.queries.rounds import Key, organisation_name
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Localized, Text
from jpmirai_compliance.principles import PRINCIPLES

PAGE = 100
#: What is asked about each principle, in this order.
QUESTIONS: Mapping[str, Text] = MappingProxyType(
    {
        "done": Text("What we did"),
        "changed": Text("What changed"),
        "unsolved": Text("What is not solved yet"),
        "following": Text("What comes next"),
    }
)
FIELDS = tuple(QUESTIONS)
NOT_DUE = Text(
    "Your organisation did not submit the self-assessment of that year, so there is nothing to "
    "report here."
)


class UpdateStage(StrEnum):
    """How far an organisation is with its update, in the words of the status tags."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class PeriodView:
    """When a round's half-year update is asked for: the half-open interval of ``window``."""

    round_id: uuid.UUID
    year: int
    window: rules.Window
    version: int


@dataclass(frozen=True, slots=True)
class PartView:
    """What is said about one principle; version 0: nothing is stored yet."""

    principle: int
    done: str = ""
    changed: str = ""
    unsolved: str = ""
    following: str = ""
    version: int = 0
    updated_at: dt.datetime | None = None
    updated_by: uuid.UUID | None = None

    @property
    def texts(self) -> dict[str, str]:
        """The four texts by the names of FIELDS."""
        return {name: getattr(self, name) for name in FIELDS}

    @property
    def said(self) -> bool:
        """Whether anything is said at all."""
        return any(self.texts.values())


@dataclass(frozen=True, slots=True)
class ReportView:
    """What was submitted: ``parts`` maps the principle's number to its four texts."""

    ordinal: int
    parts: Mapping[int, Mapping[str, str]]
    sha256: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class UpdateView:
    """An organisation's update in one period, with all five principles.

    ``due`` says that it has handed in the year's self-assessment: else there is nothing to update.
    """

    org_id: uuid.UUID
    period: PeriodView
    parts: tuple[PartView, ...]
    report: ReportView | None
    due: bool = True

    @property
    def seen(self) -> str:
        """SHA-256 of what would be submitted now: tells whether somebody changed it."""
        return hashlib.sha256(canonical(self.parts).encode()).hexdigest()

    @property
    def said(self) -> int:
        """How many principles something is said about."""
        return sum(part.said for part in self.parts)

    @property
    def stage(self) -> UpdateStage:
        """How far the organisation is."""
        if self.report is not None:
            return UpdateStage.SUBMITTED
        return UpdateStage.IN_PROGRESS if self.said else UpdateStage.NOT_STARTED

    @property
    def changed(self) -> bool:
        """Whether the texts differ from what was submitted last."""
        return self.report is not None and self.report.sha256 != self.seen

    def part(self, principle: int) -> PartView:
        """Return one principle; NotFound for another number."""
        for found in self.parts:
            if found.principle == principle:
                return found
        raise NotFound


@dataclass(frozen=True, slots=True)
class Reporter:
    """One organisation of the round and how far its update is."""

    org_id: uuid.UUID
    name: Localized
    name_ja: str
    stage: UpdateStage
    submitted_at: dt.datetime | None


def canonical(parts: tuple[PartView, ...]) -> str:
    """Return the texts as canonical JSON; principles of which nothing is said are left out."""
    said = {str(part.principle): part.texts for part in parts if part.said}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def period(uow: UnitOfWork, year: int) -> PeriodView | None:
    """Return the update period of a year's round, or None if none is planned."""
    if not rules.FIRST_YEAR <= year <= rules.LAST_YEAR:
        return None
    query = (
        select(UpdatePeriod, Round.year)
        .join(Round, col(Round.id) == col(UpdatePeriod.round_id))
        .where(col(Round.year) == year)
    )
    found = uow.session.exec(query).one_or_none()
    if found is None:
        return None
    row, round_year = found
    window = rules.Window(row.opens_at, row.closes_at)
    return PeriodView(row.round_id, round_year, window, row.version)


def newest_period(uow: UnitOfWork, actor: Actor) -> PeriodView | None:
    """Return the latest period of a round that the actor's organisation takes part in, or None."""
    query = (
        select(Round.year)
        .join(UpdatePeriod, col(UpdatePeriod.round_id) == col(Round.id))
        .join(Participation, col(Participation.round_id) == col(Round.id))
        .where(col(Participation.org_id) == actor.org_id)
        .order_by(col(Round.year).desc())
        .limit(1)
    )
    year = uow.session.exec(query).one_or_none()
    return period(uow, year) if year is not None else None


def update(uow: UnitOfWork, actor: Actor, year: int) -> UpdateView:
    """Return the actor's own update; NotFound without a period or outside the round."""
    found = period(uow, year)
    if found is None or actor.org_id is None:
        raise NotFound
    handed_in = (
        select(Participation.id, Assessment.submitted_at)
        .outerjoin(
            Assessment,
            (col(Assessment.round_id) == col(Participation.round_id))
            & (col(Assessment.org_id) == col(Participation.org_id)),
        )
        .where(
            col(Participation.round_id) == found.round_id, col(Participation.org_id) == actor.org_id
        )
    )
    taking_part = uow.session.exec(handed_in).one_or_none()
    if taking_part is None:
        raise NotFound
    rows = select(UpdateText).where(
        col(UpdateText.round_id) == found.round_id, col(UpdateText.org_id) == actor.org_id
    )
    stored = {row.principle: _part(row) for row in uow.session.exec(rows)}
    parts = tuple(stored.get(number, PartView(number)) for number in PRINCIPLES)
    report = newest_report(uow, actor.org_id, year)
    return UpdateView(actor.org_id, found, parts, report, due=taking_part[1] is not None)


def newest_report(uow: UnitOfWork, org_id: uuid.UUID, year: int) -> ReportView | None:
    """Return what the organisation submitted last in a year's period, or None."""
    query = (
        select(UpdateReport)
        .join(Round, col(Round.id) == col(UpdateReport.round_id))
        .where(col(Round.year) == year, col(UpdateReport.org_id) == org_id)
        .order_by(col(UpdateReport.ordinal).desc())
        .limit(1)
    )
    row = uow.session.exec(query).one_or_none()
    if row is None:
        return None
    parts = {int(number): texts for number, texts in json.loads(row.body).items()}
    return ReportView(row.ordinal, parts, row.sha256, row.at)


def submitted(uow: UnitOfWork, found: PeriodView) -> frozenset[uuid.UUID]:
    """Return the ids of the organisations that have handed in their update."""
    query = select(UpdateReport.org_id).where(col(UpdateReport.round_id) == found.round_id)
    return frozenset(uow.session.exec(query.distinct()))


def stage_counts(uow: UnitOfWork, *, actor: Actor, found: PeriodView) -> dict[UpdateStage, int]:
    """Return how many organisations of the round are how far; NotPermitted for members."""
    authorize(actor, Permission.ROUND_READ, SECRETARIAT_ITSELF)
    listed = _reporters(found).subquery()
    said, sent = listed.c.said, listed.c.submitted_at
    counts = uow.session.execute(
        select_columns(
            func.count(),
            func.count(sent),
            func.sum(case((sent.is_(None) & (said > 0), 1), else_=0)),
        ).select_from(listed)
    ).one()
    everybody, submitted, started = counts[0], counts[1], int(counts[2] or 0)
    return {
        UpdateStage.NOT_STARTED: everybody - submitted - started,
        UpdateStage.IN_PROGRESS: started,
        UpdateStage.SUBMITTED: submitted,
    }


def reporters(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    found: PeriodView,
    stage: UpdateStage | None = None,
    after: Key | None = None,
    most: int = PAGE,
) -> tuple[Reporter, ...]:
    """Return a page of the round's organisations by name; NotPermitted for members."""
    authorize(actor, Permission.ROUND_READ, SECRETARIAT_ITSELF)
    listed = _reporters(found).subquery()
    query = select_columns(listed)
    if stage is UpdateStage.SUBMITTED:
        query = query.where(listed.c.submitted_at.is_not(None))
    elif stage is not None:
        nothing = listed.c.said == 0
        query = query.where(listed.c.submitted_at.is_(None))
        query = query.where(nothing if stage is UpdateStage.NOT_STARTED else ~nothing)
    if after is not None:
        name, last = after
        query = query.where(
            (listed.c.name_ja > name) | ((listed.c.name_ja == name) & (listed.c.id > last))
        )
    query = query.order_by(listed.c.name_ja, listed.c.id).limit(most)
    return tuple(
        Reporter(id_, organisation_name(ja, en), ja, _stage(said, sent), sent)
        for id_, ja, en, said, sent in uow.session.execute(query)
    )


def _reporters(found: PeriodView) -> Select[*tuple[Any, ...]]:
    """Return id, names, principles with something said, and the time of the last submission."""
    texts = (
        select_columns(col(UpdateText.org_id), func.count().label("said"))
        .where(
            col(UpdateText.round_id) == found.round_id,
            or_(*(col(getattr(UpdateText, name)) != "" for name in FIELDS)),
        )
        .group_by(col(UpdateText.org_id))
        .subquery()
    )
    sent = (
        select_columns(
            col(UpdateReport.org_id), func.max(col(UpdateReport.at)).label("submitted_at")
        )
        .where(col(UpdateReport.round_id) == found.round_id)
        .group_by(col(UpdateReport.org_id))
        .subquery()
    )
    return (
        select_columns(
            col(Organisation.id),
            col(Organisation.name_ja),
            col(Organisation.name_en),
            func.coalesce(texts.c.said, 0).label("said"),
            sent.c.submitted_at,
        )
        .join(Participation, col(Participation.org_id) == col(Organisation.id))
        .outerjoin(texts, texts.c.org_id == col(Organisation.id))
        .outerjoin(sent, sent.c.org_id == col(Organisation.id))
        .where(col(Participation.round_id) == found.round_id)
    )


def _part(row: UpdateText) -> PartView:
    texts = {name: getattr(row, name) for name in FIELDS}
    return PartView(
        row.principle,
        **texts,
        version=row.version,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
    )


def _stage(said: int, submitted_at: dt.datetime | None) -> UpdateStage:
    if submitted_at is not None:
        return UpdateStage.SUBMITTED
    return UpdateStage.IN_PROGRESS if said else UpdateStage.NOT_STARTED
