"""What the secretariat does with a round: open it, change it, say who takes part and until when."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

import holidays
from sqlmodel import col, select

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.assessments.models import (
    Assessment,
    FormLength,
    Participation,
    Round,
    Status,
)
from jpmirai_compliance.assessments.queries import rounds as queries
from jpmirai_compliance.foundation import audit, mail
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.catalogue import TOKYO, moment
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import (
    Competing,
    Conflict,
    DomainError,
    Gap,
    Incomplete,
    NotFound,
)
from jpmirai_compliance.foundation.policy import (
    SECRETARIAT_ITSELF,
    Actor,
    Permission,
    Role,
    authorize,
)
from jpmirai_compliance.foundation.text import Localized, Text
from jpmirai_compliance.principles import editions

#: Those of a member who get its mails about the assessment.
WRITING = frozenset({Role.APPROVER, Role.EDITOR})
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """What a round is: year, edition of the bank, half-open interval, form length."""

    year: int
    edition: str
    opens_at: dt.datetime
    closes_at: dt.datetime
    form: FormLength


def day_off(moment: dt.datetime) -> Localized | Text | None:
    """Return why the day in Japan is no working day (holiday's name or weekend), or None."""
    day = moment.astimezone(TOKYO).date()
    names = {
        tag: holidays.country_holidays("JP", years=day.year, language=language).get(day)
        for tag, language in (("ja", "ja"), ("en", "en_US"))
    }
    if found := {tag: name for tag, name in names.items() if name}:
        return Localized(found)
    return Text("a weekend day") if day.weekday() >= SATURDAY else None


def open_round(
    uow: UnitOfWork,
    *,
    actor: Actor,
    plan: Plan,
    org_ids: Collection[uuid.UUID],
    now: dt.datetime,
) -> uuid.UUID:
    """Create a year's round with its first participants and return its id.

    Raises NotPermitted; Incomplete if the dates, the edition or the year cannot be.
    """
    authorize(actor, Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    lock(uow, "rounds")
    taken = uow.session.exec(select(Round.id).where(col(Round.year) == plan.year)).first()
    gaps = _date_gaps(plan.opens_at, plan.closes_at)
    if taken is not None:
        gaps.append(Gap(Text("There is a round for this year already."), "year"))
    if plan.edition not in editions():
        gaps.append(Gap(Text("Choose one of the editions."), "edition"))
    if gaps:
        raise Incomplete(Text("The round cannot be opened like this."), gaps)
    row = _planned(plan, actor, now)
    uow.session.add(row)
    uow.session.flush()
    added = _add(uow, row, org_ids, now)
    _record(
        uow,
        Event.ROUND_OPENED,
        row,
        actor=actor,
        now=now,
        data=_dates(row) | {"participants": added},
    )
    return row.id


def _planned(plan: Plan, actor: Actor, now: dt.datetime) -> Round:
    return Round(
        year=plan.year,
        edition=plan.edition,
        default_form=plan.form,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        created_at=now,
        created_by=actor.user_id,
    )


def change_round(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    opens_at: dt.datetime,
    closes_at: dt.datetime,
    form: FormLength,
    version: int,
    now: dt.datetime,
) -> None:
    """Move a round's dates and default form; year and edition stay as they are.

    Raises NotFound, NotPermitted, Incomplete for impossible dates, Conflict with the values of
    both people if the round has changed since ``version``.
    """
    authorize(actor, Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    row = _round(uow, year)
    if gaps := _date_gaps(opens_at, closes_at):
        raise Incomplete(Text("The round cannot be changed like this."), gaps)
    if row.version != version:
        raise _round_conflict(uow, row, opens_at, closes_at)
    before = _dates(row)
    row.opens_at, row.closes_at, row.default_form = opens_at, closes_at, form
    after = _dates(row)
    if after == before:
        return
    uow.session.add(row)
    uow.session.flush()
    changed = {f"{key}_before": before[key] for key in before if before[key] != after[key]}
    _record(uow, Event.ROUND_CHANGED, row, actor=actor, now=now, data=after | changed)


def add_participants(
    uow: UnitOfWork, *, actor: Actor, year: int, org_ids: Collection[uuid.UUID], now: dt.datetime
) -> int:
    """Let organisations take part and return how many are new; those that do already stay."""
    authorize(actor, Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    row = _round(uow, year)
    if not org_ids:
        gap = Gap(Text("Choose at least one organisation."), "organisations")
        raise Incomplete(Text("Nobody was added."), [gap])
    lock(uow, "rounds")
    if added := _add(uow, row, org_ids, now):
        _record(
            uow, Event.ROUND_CHANGED, row, actor=actor, now=now, data={"participants_added": added}
        )
    return added


def change_form(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    org_id: uuid.UUID,
    form: FormLength,
    now: dt.datetime,
) -> None:
    """Give one participant the short or the full form; DomainError once it has submitted."""
    authorize(actor, Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    taking_part, started = _participation(uow, year, org_id)
    if started is not None and started.status not in {Status.DRAFT, Status.AWAITING_APPROVAL}:
        raise DomainError(Text("This member has approved its answers. The form cannot change now."))
    if taking_part.form is form:
        return
    taking_part.form = form
    uow.session.add(taking_part)
    if started is not None:
        started.form = form
        uow.session.add(started)
    uow.session.flush()
    audit.record(
        uow,
        Event.FORM_CHANGED,
        actor=actor,
        now=now,
        subject=f"participation:{taking_part.id}",
        org_id=org_id,
        data={"year": year, "form": form.value},
    )


def extend(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    org_id: uuid.UUID,
    late_until: dt.datetime,
    reason: str,
    base_url: str,
    now: dt.datetime,
) -> None:
    """Give one participant until ``late_until``, and mail it; the reason is kept.

    While answers are returned it also moves their due date. Raises NotFound, NotPermitted,
    DomainError once the member's work is done, Incomplete if the reason is missing or the
    moment is not after what it replaces and after now.
    """
    authorize(actor, Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    row = _round(uow, year)
    taking_part, started = _participation(uow, year, org_id)
    if started is not None and started.status in {Status.SUBMITTED, Status.ACCEPTED}:
        raise DomainError(Text("This member has submitted already. It needs no extension."))
    returned = started if started is not None and started.status is Status.RETURNED else None
    if gaps := _extension_gaps(row, returned, late_until, reason, now):
        raise Incomplete(Text("The deadline was not extended."), gaps)
    taking_part.late_until, taking_part.late_reason = late_until, reason
    uow.session.add(taking_part)
    if returned is not None:
        returned.return_due_at = late_until
        uow.session.add(returned)
    uow.session.flush()
    until = late_until.astimezone(dt.UTC).isoformat()
    subject, data = f"participation:{taking_part.id}", {"year": year, "late_until": until}
    event = Event.ROUND_CHANGED
    audit.record(uow, event, actor=actor, now=now, subject=subject, org_id=org_id, data=data)
    _mail_extension(uow, row, taking_part, base_url, now)


def _extension_gaps(
    row: Round, returned: Assessment | None, until: dt.datetime, reason: str, now: dt.datetime
) -> list[Gap]:
    gaps = []
    ends = returned.return_due_at if returned and returned.return_due_at else row.closes_at
    if until <= max(ends, now):
        text = Text("The new deadline must be after %(ends)s and after now.", {"ends": ends})
        gaps.append(Gap(text, "late_day"))
    if not reason:
        gaps.append(Gap(Text("Enter the reason for the extension."), "reason"))
    return gaps


def _mail_extension(
    uow: UnitOfWork, row: Round, taking_part: Participation, base_url: str, now: dt.datetime
) -> None:
    until = taking_part.late_until
    for person in accounts.with_roles(uow, taking_part.org_id, WRITING):
        mail.queue(
            uow,
            kind="extension",
            recipient=person.email,
            locale=person.locale,
            subject=Text(
                "Your %(year)s self-assessment: new deadline %(until)s",
                {"year": row.year, "until": until},
            ),
            paragraphs=[
                Text("Dear %(name)s,", {"name": person.name}),
                Text(
                    "You now have until %(until)s to submit the %(year)s self-assessment.",
                    {"year": row.year, "until": until},
                ),
                Text("Reason: %(reason)s", {"reason": taking_part.late_reason}),
                f"{base_url}/m/{row.year}",
            ],
            org_id=taking_part.org_id,
            now=now,
        )


def _round(uow: UnitOfWork, year: int) -> Round:
    query = select(Round).where(col(Round.year) == year).with_for_update()
    if (row := uow.session.exec(query).one_or_none()) is None:
        raise NotFound
    return row


def _participation(
    uow: UnitOfWork, year: int, org_id: uuid.UUID
) -> tuple[Participation, Assessment | None]:
    query = (
        select(Participation)
        .join(Round, col(Round.id) == col(Participation.round_id))
        .where(col(Round.year) == year, col(Participation.org_id) == org_id)
    )
    if (taking_part := uow.session.exec(query).one_or_none()) is None:
        raise NotFound
    started = uow.session.exec(
        select(Assessment)
        .where(col(Assessment.round_id) == taking_part.round_id, col(Assessment.org_id) == org_id)
        .with_for_update()
    ).one_or_none()
    return taking_part, started


def _add(uow: UnitOfWork, row: Round, org_ids: Collection[uuid.UUID], now: dt.datetime) -> int:
    """Add those that exist and do not take part yet; return how many."""
    there = queries.organisation_ids(uow, of_round=row.id)
    new = sorted(queries.organisation_ids(uow) & set(org_ids) - there)
    for org_id in new:
        uow.session.add(
            Participation(round_id=row.id, org_id=org_id, form=row.default_form, added_at=now)
        )
    uow.session.flush()
    return len(new)


def _date_gaps(opens_at: dt.datetime, closes_at: dt.datetime) -> list[Gap]:
    if opens_at < closes_at:
        return []
    return [Gap(Text("The closing time must be after the opening time."), "closes_day")]


def _dates(row: Round) -> dict[str, object]:
    return {
        "opens_at": row.opens_at.astimezone(dt.UTC).isoformat(),
        "closes_at": row.closes_at.astimezone(dt.UTC).isoformat(),
        "form": row.default_form.value,
    }


def _round_conflict(
    uow: UnitOfWork, row: Round, opens_at: dt.datetime, closes_at: dt.datetime
) -> Conflict:
    last = uow.session.exec(
        select(audit.AuditEvent.actor_id, audit.AuditEvent.at)
        .where(col(audit.AuditEvent.subject) == f"round:{row.year}")
        .order_by(col(audit.AuditEvent.seq).desc())
        .limit(1)
    ).first()
    person = accounts.person(uow, last[0]) if last and last[0] else None
    name, at = person.name if person else "", last[1] if last else None
    pairs = (("opens", opens_at, row.opens_at), ("closes", closes_at, row.closes_at))
    return Conflict(
        [
            Competing(field, moment(mine, "ja"), moment(theirs, "ja"), name, at)
            for field, mine, theirs in pairs
            if mine != theirs
        ]
    )


def _record(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    event: Event,
    row: Round,
    *,
    actor: Actor,
    now: dt.datetime,
    data: dict[str, object],
) -> None:
    audit.record(uow, event, actor=actor, now=now, subject=f"round:{row.year}", data=data)
