"""Rounds, and an organisation's own assessment in one of them."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.assessments import rules
from jpmirai_compliance.assessments.models import (
    Assessment,
    FormLength,
    Participation,
    Round,
    Status,
)
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import Actor, Permission, may
from jpmirai_compliance.principles import Edition, Indicator, MemberKind, load_edition

ROUNDS_MAX = 100

_Joined = Select[Assessment, Round, Participation, Organisation]


@dataclass(frozen=True, slots=True)
class RoundView:
    """One year's round; open in the half-open interval [opens_at, closes_at)."""

    id: uuid.UUID
    year: int
    edition: str
    default_form: FormLength
    opens_at: dt.datetime
    closes_at: dt.datetime
    members_choose: bool = True


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """One organisation's assessment; ``window`` is its own, with extension or due date."""

    id: uuid.UUID
    org_id: uuid.UUID
    round: RoundView
    kind: MemberKind
    form: FormLength
    status: Status
    window: rules.Window
    started_at: dt.datetime
    approval_asked_at: dt.datetime | None
    approved_at: dt.datetime | None
    approved_by: uuid.UUID | None
    submitted_at: dt.datetime | None
    return_due_at: dt.datetime | None
    accepted_at: dt.datetime | None
    claimed: int | None
    evidenced: int | None
    sent_back_reason: str
    version: int

    @property
    def year(self) -> int:
        """The round's year."""
        return self.round.year

    @property
    def assessment_id(self) -> uuid.UUID:
        """The same as ``id``."""
        return self.id

    @property
    def edition(self) -> Edition:
        """The edition of the bank that the round uses."""
        return load_edition(self.round.edition)

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """What this organisation is asked, in catalogue order."""
        return self.edition.applicable(self.kind, core_only=self.form is FormLength.CORE)

    def indicator(self, indicator_id: str) -> Indicator:
        """Return one of ``indicators``; NotFound if the organisation is not asked it."""
        for found in self.indicators:
            if found.id == indicator_id:
                return found
        raise NotFound


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an organisation stands in one round; ``assessment`` is None until it starts."""

    round: RoundView
    window: rules.Window
    form: FormLength
    assessment: AssessmentView | None
    kind: MemberKind

    def questions(self, form: str) -> int:
        """Return how many questions this organisation would be asked in a form."""
        edition = load_edition(self.round.edition)
        return len(edition.applicable(self.kind, core_only=form == FormLength.CORE))


def round_of(uow: UnitOfWork, year: int) -> RoundView:
    """Return the round of a year; NotFound if there is none."""
    if not rules.FIRST_YEAR <= year <= rules.LAST_YEAR:
        raise NotFound
    row = uow.session.exec(select(Round).where(col(Round.year) == year)).one_or_none()
    if row is None:
        raise NotFound
    return round_view(row)


def rounds(uow: UnitOfWork) -> tuple[RoundView, ...]:
    """Return the rounds, newest first, at most 100."""
    query = select(Round).order_by(col(Round.year).desc()).limit(ROUNDS_MAX)
    return tuple(round_view(row) for row in uow.session.exec(query))


def round_view(row: Round) -> RoundView:
    """Return the frozen value of a row."""
    return RoundView(
        row.id,
        row.year,
        row.edition,
        row.default_form,
        row.opens_at,
        row.closes_at,
        row.members_choose,
    )


def assessment(uow: UnitOfWork, actor: Actor, year: int) -> AssessmentView:
    """Return the actor's own organisation's assessment of a year; NotFound if there is none."""
    if actor.org_id is None or not rules.FIRST_YEAR <= year <= rules.LAST_YEAR:
        raise NotFound
    query = _joined().where(col(Round.year) == year, col(Assessment.org_id) == actor.org_id)
    return _readable(actor, uow.session.exec(query).one_or_none())


def by_id(uow: UnitOfWork, actor: Actor, assessment_id: uuid.UUID) -> AssessmentView:
    """Return one assessment; NotFound also where the actor may not read it."""
    query = _joined().where(col(Assessment.id) == assessment_id)
    return _readable(actor, uow.session.exec(query).one_or_none())


def standings(uow: UnitOfWork, actor: Actor) -> tuple[Standing, ...]:
    """Return the rounds that the actor's organisation takes part in, newest first."""
    query = (
        select(Round, Participation, Assessment, Organisation)
        .join(Participation, col(Participation.round_id) == col(Round.id))
        .join(Organisation, col(Organisation.id) == col(Participation.org_id))
        .outerjoin(
            Assessment,
            (col(Assessment.round_id) == col(Round.id))
            & (col(Assessment.org_id) == col(Participation.org_id)),
        )
        .where(col(Participation.org_id) == actor.org_id)
        .order_by(col(Round.year).desc())
        .limit(ROUNDS_MAX)
    )
    return tuple(_standing(*row) for row in uow.session.exec(query))


def view_of(
    row: Assessment, round_: Round, participation: Participation | None, organisation: Organisation
) -> AssessmentView:
    """Return the frozen value of an assessment and what decides about it."""
    return AssessmentView(
        id=row.id,
        org_id=row.org_id,
        round=round_view(round_),
        kind=organisation.kind,
        form=row.form,
        status=row.status,
        window=rules.window(
            opens_at=round_.opens_at,
            closes_at=round_.closes_at,
            late_until=participation.late_until if participation else None,
            status=row.status,
            return_due_at=row.return_due_at,
        ),
        started_at=row.started_at,
        approval_asked_at=row.approval_asked_at,
        approved_at=row.approved_at,
        approved_by=row.approved_by,
        submitted_at=row.submitted_at,
        return_due_at=row.return_due_at,
        accepted_at=row.accepted_at,
        claimed=row.claimed,
        evidenced=row.evidenced,
        sent_back_reason=row.sent_back_reason,
        version=row.version,
    )


def _standing(
    round_: Round,
    participation: Participation,
    row: Assessment | None,
    organisation: Organisation,
) -> Standing:
    found = view_of(row, round_, participation, organisation) if row else None
    window = rules.window(
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        late_until=participation.late_until,
    )
    return Standing(
        round_view(round_),
        found.window if found else window,
        participation.form,
        found,
        organisation.kind,
    )


def _joined() -> _Joined:
    return (
        select(Assessment, Round, Participation, Organisation)
        .join(Round, col(Round.id) == col(Assessment.round_id))
        .join(Organisation, col(Organisation.id) == col(Assessment.org_id))
        .outerjoin(
            Participation,
            (col(Participation.round_id) == col(Assessment.round_id))
            & (col(Participation.org_id) == col(Assessment.org_id)),
        )
    )


def _readable(
    actor: Actor, row: tuple[Assessment, Round, Participation, Organisation] | None
) -> AssessmentView:
    if row is None:
        raise NotFound
    found = view_of(*row)
    if not may(actor, Permission.ASSESSMENT_READ, found):
        raise NotFound
    return found
