"""How participants stand: progress, last activity, whom mail reaches, reminders. Four queries."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_
from sqlmodel import col, select

from jpmirai_compliance.accounts.queries.reach import Reached, people_of
from jpmirai_compliance.assessments.models import AnswerRow, FormLength, Status
from jpmirai_compliance.assessments.queries.participants import DONE, Participant
from jpmirai_compliance.assessments.queries.rounds import RoundRow
from jpmirai_compliance.assessments.rules import window
from jpmirai_compliance.assessments.rules.reminding import next_reminder
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.mail import OutboxMail
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.principles import load_edition

BY_HAND, BY_ITSELF = "reminder", "schedule-reminder-"  # kinds of mail


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of the list of a round; moments are None if there is none."""

    of: Participant
    answered: int
    applicable: int
    active_at: dt.datetime | None
    closes_at: dt.datetime
    people: tuple[Reached, ...]
    reminded_at: dt.datetime | None
    next_reminder: dt.datetime | None

    @property
    def admins(self) -> tuple[str, ...]:
        """The names of its administrators, else of its contact, else nobody."""
        names = tuple(p.name for p in self.people if Role.ADMIN in p.roles)
        return names or ((self.of.contact,) if self.of.contact else ())

    @property
    def bounced(self) -> tuple[str, ...]:
        """The addresses of its people that mail came back from."""
        return tuple(p.email for p in self.people if p.bounced)

    @property
    def reachable(self) -> bool:
        """Whether an administrator gets mail."""
        return any(Role.ADMIN in p.roles and not p.bounced for p in self.people)


def standings(
    uow: UnitOfWork, round_: RoundRow, rows: Sequence[Participant], now: dt.datetime
) -> tuple[Standing, ...]:
    """Return how these participants stand; whoever may read the rows may read this."""
    progress = _progress(uow, [row.assessment_id for row in rows if row.assessment_id])
    ids = [row.org_id for row in rows]
    people, reminded = people_of(uow, ids), reminders(uow, ids)
    edition = load_edition(round_.edition)
    asked = {
        (row.kind, row.form): len(
            edition.applicable(row.kind, core_only=row.form is FormLength.CORE)
        )
        for row in rows
    }
    return tuple(
        _standing(
            round_,
            row,
            progress.get(row.assessment_id, (0, None)),
            asked[row.kind, row.form],
            people[row.org_id],
            reminded.get(row.org_id),
            now,
        )
        for row in rows
    )


def _standing(  # noqa: PLR0913, PLR0917 -- the parts of one line
    round_: RoundRow,
    row: Participant,
    progress: tuple[int, dt.datetime | None],
    applicable: int,
    people: tuple[Reached, ...],
    reminded_at: dt.datetime | None,
    now: dt.datetime,
) -> Standing:
    moments = (progress[1], row.started_at, row.submitted_at)
    closes_at = closing(round_, row)
    done = row.status in DONE
    return Standing(
        of=row,
        answered=min(progress[0], applicable),
        applicable=applicable,
        active_at=max((m for m in moments if m), default=None),
        closes_at=closes_at,
        people=people,
        reminded_at=reminded_at,
        next_reminder=None if done else next_reminder(round_.opens_at, closes_at, now),
    )


def closing(round_: RoundRow, row: Participant) -> dt.datetime:
    """Return the last moment that holds for a participant."""
    return window(
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        late_until=row.late_until,
        status=row.status,
        return_due_at=row.return_due_at if row.status is Status.RETURNED else None,
    ).closes_at


def reminders(uow: UnitOfWork, org_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dt.datetime]:
    """Return when each of the organisations was reminded last, by hand or by itself."""
    kind = col(OutboxMail.kind)
    query = (
        select(OutboxMail.org_id, func.max(col(OutboxMail.created_at)))
        .where(
            col(OutboxMail.org_id).in_(set(org_ids)),
            or_(kind == BY_HAND, kind.startswith(BY_ITSELF, autoescape=True)),
            col(OutboxMail.cancelled_at).is_(None),
        )
        .group_by(col(OutboxMail.org_id))
    )
    return {org_id: at for org_id, at in uow.session.exec(query) if org_id is not None}


def _progress(
    uow: UnitOfWork, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID | None, tuple[int, dt.datetime | None]]:
    given = col(AnswerRow.level).is_not(None) | col(AnswerRow.not_applicable)
    given &= ~col(AnswerRow.prefilled)  # copied from last year, not confirmed yet
    query = (
        select(
            AnswerRow.assessment_id,
            func.count(col(AnswerRow.id)),
            func.max(col(AnswerRow.updated_at)),
        )
        .where(col(AnswerRow.assessment_id).in_(ids), given)
        .group_by(col(AnswerRow.assessment_id))
    )
    return {found: (number, at) for found, number, at in uow.session.exec(query)}
