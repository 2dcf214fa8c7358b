"""Half-year updates: when they are asked for, what is said, and handing it in."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.accounts.models import User
from jpmirai_compliance.assessments import rules
from jpmirai_compliance.assessments.models import Round, UpdatePeriod, UpdateReport, UpdateText
from jpmirai_compliance.assessments.queries import updates as queries
from jpmirai_compliance.assessments.queries.updates import FIELDS, ReportView, UpdateView
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
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
    Of,
    Permission,
    authorize,
)
from jpmirai_compliance.foundation.text import Text

TEXT_MAX = 2_000  # characters of each of the four texts


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says about one principle; any of the four may be empty."""

    done: str = ""
    changed: str = ""
    unsolved: str = ""
    following: str = ""


def set_period(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    opens_at: dt.datetime,
    closes_at: dt.datetime,
    version: int,
    now: dt.datetime,
) -> None:
    """Plan or move the half-year update of a round (``version`` 0: none was planned yet).

    Raises NotPermitted, NotFound without a round, Incomplete for impossible dates, Conflict if
    somebody else changed them.
    """
    authorize(actor, Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    round_ = uow.session.exec(select(Round).where(col(Round.year) == year)).one_or_none()
    if round_ is None:
        raise NotFound
    if gaps := _gaps(round_, opens_at, closes_at):
        raise Incomplete(Text("The half-year update cannot be planned like this."), gaps)
    lock(uow, "rounds")
    query = select(UpdatePeriod).where(col(UpdatePeriod.round_id) == round_.id)
    row = uow.session.exec(query).one_or_none()
    if (row.version if row else 0) != version:
        raise Conflict
    if row is None:
        row = UpdatePeriod(
            round_id=round_.id,
            opens_at=opens_at,
            closes_at=closes_at,
            created_at=now,
            created_by=actor.user_id,
        )
    row.opens_at, row.closes_at = opens_at, closes_at
    uow.session.add(row)
    uow.session.flush()
    dates = {
        "opens_at": opens_at.astimezone(dt.UTC).isoformat(),
        "closes_at": closes_at.astimezone(dt.UTC).isoformat(),
    }
    _record(uow, Event.UPDATE_PERIOD_CHANGED, round_.id, actor, now, {"year": year, **dates})


def save_part(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    principle: int,
    said: Said,
    version: int,
    now: dt.datetime,
) -> int:
    """Store what is said about one principle, seen at ``version``; return its version now.

    Saving what is stored already changes nothing. Raises NotFound, NotPermitted, DomainError
    outside the period, Conflict with both texts if somebody was faster.
    """
    found = _open(uow, actor, year, now)
    part = found.part(principle)
    texts = {name: getattr(said, name) for name in FIELDS}
    if part.texts == texts:
        return part.version
    if part.version != version:
        raise Conflict(_competing(uow, part, texts))
    row = _row(uow, found, principle, actor, now)
    for name, text in texts.items():
        setattr(row, name, text)
    row.version, row.updated_at, row.updated_by = part.version + 1, now, actor.user_id
    uow.session.add(row)
    uow.session.flush()
    data = {"year": year, "principle": principle, "version": row.version}
    _record(uow, Event.UPDATE_SAVED, found.period.round_id, actor, now, data)
    return row.version


def submit(uow: UnitOfWork, *, actor: Actor, year: int, seen: str, now: dt.datetime) -> ReportView:
    """Freeze what the approver saw (``UpdateView.seen``) and return it; twice is once.

    It may be handed in again until the period ends. Raises NotFound, NotPermitted, DomainError
    outside the period, Conflict if a text changed meanwhile, Incomplete if nothing is said.
    """
    authorize(actor, Permission.PUBLICATION_PUBLISH, Of(actor.org_id))
    found = _open(uow, actor, year, now, Permission.PUBLICATION_PUBLISH)
    if found.seen != seen:
        raise Conflict(text=Text("A colleague changed the update. Please read it once more."))
    if not found.said:
        text = Text("Write about at least one principle first.")
        raise Incomplete(Text("Nothing was submitted."), [Gap(text)])
    if found.report is not None and not found.changed:
        return found.report
    row = UpdateReport(
        org_id=found.org_id,
        round_id=found.period.round_id,
        ordinal=found.report.ordinal + 1 if found.report else 1,
        body=queries.canonical(found.parts),
        sha256=found.seen,
        at=now,
        by=actor.user_id,
    )
    uow.session.add(row)
    uow.session.flush()
    data = {"year": year, "ordinal": row.ordinal, "sha256": row.sha256}
    _record(uow, Event.UPDATE_SUBMITTED, found.period.round_id, actor, now, data)
    parts = {part.principle: part.texts for part in found.parts if part.said}
    return ReportView(row.ordinal, parts, row.sha256, now)


def _open(
    uow: UnitOfWork,
    actor: Actor,
    year: int,
    now: dt.datetime,
    permission: Permission = Permission.ASSESSMENT_ANSWER,
) -> UpdateView:
    """Return the organisation's update under its lock, if it may change now."""
    authorize(actor, permission, Of(actor.org_id))
    lock(uow, f"update:{actor.org_id}:{year}")
    found = queries.update(uow, actor, year)
    if not found.due:
        raise DomainError(queries.NOT_DUE)
    rules.require_open(found.period.window, now)
    return found


def _row(
    uow: UnitOfWork, found: UpdateView, principle: int, actor: Actor, now: dt.datetime
) -> UpdateText:
    query = select(UpdateText).where(
        col(UpdateText.round_id) == found.period.round_id,
        col(UpdateText.org_id) == found.org_id,
        col(UpdateText.principle) == principle,
    )
    return uow.session.exec(query).one_or_none() or UpdateText(
        org_id=found.org_id,
        round_id=found.period.round_id,
        principle=principle,
        updated_at=now,
        updated_by=actor.user_id,
    )


def _competing(uow: UnitOfWork, part: queries.PartView, mine: dict[str, str]) -> list[Competing]:
    author = select(User.name).where(col(User.id) == part.updated_by)
    by = uow.session.exec(author).one_or_none() or ""
    return [
        Competing(name, mine[name], theirs, by, part.updated_at)
        for name, theirs in part.texts.items()
        if theirs != mine[name]
    ]


def _gaps(round_: Round, opens_at: dt.datetime, closes_at: dt.datetime) -> list[Gap]:
    if closes_at <= opens_at:
        return [Gap(Text("It must close after it opens."), "closes_day")]
    if opens_at < round_.closes_at:
        text = Text("It must open after the round has closed (%(day)s).", {"day": round_.closes_at})
        return [Gap(text, "opens_day")]
    return []


def _record(  # noqa: PLR0913, PLR0917 -- private
    uow: UnitOfWork,
    event: Event,
    round_id: uuid.UUID,
    actor: Actor,
    now: dt.datetime,
    data: Mapping[str, object],
) -> None:
    audit.record(
        uow,
        event,
        actor=actor,
        now=now,
        subject=f"round:{round_id}",
        org_id=actor.org_id,
        data=data,
    )
