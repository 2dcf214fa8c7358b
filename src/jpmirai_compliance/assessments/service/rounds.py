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
from jpmirai_compliance.assessments.queries import editions
from jpmirai_compliance.assessments.queries import rounds as queries
from jpmirai_compliance.foundation import audit
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
    members_choose: bool = True


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
    if plan.edition not in editions.known_ids(uow):
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
        members_choose=plan.members_choose,
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
    members_choose: bool = True,
    version: int,
    now: dt.datetime,
) -> None:
    """Move a round's dates and default form; year and edition stay as they are.

    Raises NotFound, NotPermitted, Incomplete for impossible dates, Conflict with the values of
    both people if the round has changed since ``version``.
    """
    authorize(actor, Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    row = round_row(uow, year)
    if gaps := _date_gaps(opens_at, closes_at):
        raise Incomplete(Text("The round cannot be changed like this."), gaps)
    if row.version != version:
        raise _round_conflict(
            uow, row, Plan(year, row.edition, opens_at, closes_at, form, members_choose)
        )
    before = _dates(row)
    row.opens_at, row.closes_at, row.default_form = opens_at, closes_at, form
    row.members_choose = members_choose
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
    row = round_row(uow, year)
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
    seen: str | None = None,
) -> None:
    """Give one participant the short or the full form; DomainError once it has submitted.

    Conflict if it has another by now than the one ``seen`` on the page.
    """
    authorize(actor, Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    taking_part, started = participation(uow, year, org_id)
    if started is not None and started.status not in {Status.DRAFT, Status.AWAITING_APPROVAL}:
        raise DomainError(Text("This member has approved its answers. The form cannot change now."))
    if taking_part.form is form:
        return
    if seen is not None and seen != taking_part.form.value:
        raise Conflict
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


def round_row(uow: UnitOfWork, year: int) -> Round:
    """Return the round of a year, locked; NotFound if there is none."""
    query = select(Round).where(col(Round.year) == year).with_for_update()
    if (row := uow.session.exec(query).one_or_none()) is None:
        raise NotFound
    return row


def participation(
    uow: UnitOfWork, year: int, org_id: uuid.UUID
) -> tuple[Participation, Assessment | None]:
    """Return a participant and its assessment, locked; NotFound if it does not take part."""
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
        "members_choose": row.members_choose,
    }


def _round_conflict(uow: UnitOfWork, row: Round, mine: Plan) -> Conflict:
    last = uow.session.exec(
        select(audit.AuditEvent.actor_id, audit.AuditEvent.at)
        .where(col(audit.AuditEvent.subject) == f"round:{row.year}")
        .order_by(col(audit.AuditEvent.seq).desc())
        .limit(1)
    ).first()
    person = accounts.person(uow, last[0]) if last and last[0] else None
    name, at = person.name if person else "", last[1] if last else None
    pairs = (
        ("opens", moment(mine.opens_at, "ja"), moment(row.opens_at, "ja")),
        ("closes", moment(mine.closes_at, "ja"), moment(row.closes_at, "ja")),
        ("form", mine.form.value, row.default_form.value),
        ("members_choose", str(mine.members_choose), str(row.members_choose)),
    )
    return Conflict(
        [
            Competing(field, ours, theirs, name, at)
            for field, ours, theirs in pairs
            if ours != theirs
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
