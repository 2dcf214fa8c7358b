"""A later deadline for one participant or for many, and its end; always with a reason."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.assessments.models import (
    Assessment,
    Extension,
    Participation,
    Round,
    Status,
)
from jpmirai_compliance.assessments.queries.rounds import organisation_name
from jpmirai_compliance.assessments.service.rounds import WRITING, participation, round_row
from jpmirai_compliance.foundation import audit, mail
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import Conflict, DomainError, Gap, Incomplete
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Localized, Text

MOST = 200  # members at once: each is mailed and recorded


@dataclass(frozen=True, slots=True)
class Skipped:
    """A member of a bulk extension that was not extended, and why."""

    name: Localized
    why: Text


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
    seen: str | None = None,
) -> None:
    """Give one participant until ``late_until``, and mail it; every extension is kept.

    While answers are returned it also moves their due date. Raises NotFound, NotPermitted,
    DomainError once the member's work is done, Incomplete if the reason is missing or the
    moment is not after what it replaces and after now, Conflict if the member has another
    deadline by now than the page showed (``seen``).
    """
    authorize(actor, Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    row = round_row(uow, year)
    taking_part, started = participation(uow, year, org_id)
    if started is not None and started.status in {Status.SUBMITTED, Status.ACCEPTED}:
        raise DomainError(Text("This member has submitted already. It needs no extension."))
    returned = started if started is not None and started.status is Status.RETURNED else None
    if gaps := _gaps(row, returned, late_until, reason, now):
        raise Incomplete(Text("The deadline was not extended."), gaps)
    if (taking_part.late_until, taking_part.late_reason) == (late_until, reason):
        raise DomainError(Text("This member has this deadline already."))  # pressed twice
    if seen is not None and seen != seen_of({org_id: taking_part.late_until}):
        raise Conflict
    taking_part.late_until, taking_part.late_reason = late_until, reason
    uow.session.add(taking_part)
    if returned is not None:
        returned.return_due_at = late_until
        uow.session.add(returned)
    _keep(uow, taking_part, until=late_until, reason=reason, actor=actor, now=now)
    until = late_until.astimezone(dt.UTC).isoformat()
    _record(uow, taking_part, {"year": year, "late_until": until}, actor, now)
    said = Text(
        "You now have until %(until)s to submit the %(year)s self-assessment.",
        {"year": row.year, "until": late_until},
    )
    subject = Text(
        "Your %(year)s self-assessment: new deadline %(until)s",
        {"year": row.year, "until": late_until},
    )
    _mail(uow, org_id, subject, [said, _because(reason), f"{base_url}/m/{row.year}"], now)


def end(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    org_id: uuid.UUID,
    reason: str,
    base_url: str,
    now: dt.datetime,
    seen: str | None = None,
) -> None:
    """End a participant's extension, and mail it: the closing time of the round counts again.

    Raises NotFound, NotPermitted, Incomplete if the reason is missing, DomainError if no extension
    runs, the member's work is done or its answers are returned: then their due date decides;
    Conflict if it is another extension than the page showed (``seen``).
    """
    authorize(actor, Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    row = round_row(uow, year)
    taking_part, started = participation(uow, year, org_id)
    if started is not None and started.status in {Status.SUBMITTED, Status.ACCEPTED}:
        raise DomainError(Text("This member has submitted already. It needs no extension."))
    if started is not None and started.status is Status.RETURNED:
        raise DomainError(
            Text("Answers are with this member until their due date. That is not ended here.")
        )
    before = taking_part.late_until
    if before is None or before <= now:
        raise DomainError(Text("There is no extension that could be ended."))
    if not reason:
        text = Text("Enter the reason for ending the extension.")
        raise Incomplete(Text("The extension was not ended."), [Gap(text, "end_reason")])
    if seen is not None and seen != seen_of({org_id: before}):
        raise Conflict
    taking_part.late_until, taking_part.late_reason = None, ""
    uow.session.add(taking_part)
    _keep(uow, taking_part, until=now, reason=reason, actor=actor, now=now)
    data = {"year": year, "late_until": None, "ended": before.astimezone(dt.UTC).isoformat()}
    _record(uow, taking_part, data, actor, now)
    closes = {"year": row.year, "closes": row.closes_at}
    said = Text(
        "Your extension for the %(year)s self-assessment was ended. The closing time of the round"
        " counts again: %(closes)s.",
        closes,
    )
    subject = Text("Your %(year)s self-assessment: the extension was ended", {"year": row.year})
    _mail(uow, org_id, subject, [said, _because(reason), f"{base_url}/m/{row.year}"], now)


def extend_all(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    org_ids: Collection[uuid.UUID],
    late_until: dt.datetime,
    reason: str,
    base_url: str,
    now: dt.datetime,
    seen: str | None = None,
) -> tuple[int, tuple[Skipped, ...]]:
    """Extend every participant that can be; return how many, and the others with the reason.

    Raises NotPermitted, NotFound, Incomplete if the reason is missing, the moment is past or
    nobody can be extended, DomainError for more than can be extended at once, Conflict if these
    are not the members and deadlines that the page showed (``seen``).
    """
    authorize(actor, Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    if len(org_ids) > MOST:
        raise DomainError(Text("Choose %(most)d members or fewer at once.", {"most": MOST}))
    round_row(uow, year)
    if seen is not None and seen != seen_of(_deadlines(uow, year, org_ids)):
        text = Text("Somebody else changed these members or their deadlines. Please look again.")
        raise Conflict(text=text)
    names = _names(uow, org_ids)
    done, skipped, gaps = 0, [], []
    for org_id in sorted(names, key=lambda found: names[found].pick("ja")):
        try:
            extend(
                uow,
                actor=actor,
                year=year,
                org_id=org_id,
                late_until=late_until,
                reason=reason,
                base_url=base_url,
                now=now,
            )
            done += 1
        except Incomplete as error:
            gaps += [gap for gap in error.gaps if gap not in gaps]
            skipped.append(Skipped(names[org_id], error.gaps[0].text))
        except DomainError as error:
            skipped.append(Skipped(names[org_id], error.text))
    if not done:
        text = Text("Nobody was extended.")
        raise Incomplete(text, gaps or [Gap(text)])
    return done, tuple(skipped)


def seen_of(deadlines: Mapping[uuid.UUID, dt.datetime | None]) -> str:
    """Return what a page remembers of members and their own deadlines that it showed."""
    lines = [f"{org_id} {until and until.isoformat()}" for org_id, until in deadlines.items()]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]


def _deadlines(
    uow: UnitOfWork, year: int, org_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, dt.datetime | None]:
    query = (
        select(Participation.org_id, Participation.late_until)
        .join(Round, col(Round.id) == col(Participation.round_id))
        .where(col(Round.year) == year, col(Participation.org_id).in_(set(org_ids)))
    )
    return dict(uow.session.exec(query).all())


def _names(uow: UnitOfWork, org_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Localized]:
    query = select(Organisation.id, Organisation.name_ja, Organisation.name_en)
    rows = uow.session.exec(query.where(col(Organisation.id).in_(set(org_ids))))
    return {org_id: organisation_name(ja, en) for org_id, ja, en in rows}


def _gaps(
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


def _keep(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    taking_part: Participation,
    *,
    until: dt.datetime,
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> None:
    uow.session.add(
        Extension(
            org_id=taking_part.org_id,
            participation_id=taking_part.id,
            until=until,
            reason=reason,
            at=now,
            by=actor.user_id,
        )
    )
    uow.session.flush()


def _record(
    uow: UnitOfWork,
    taking_part: Participation,
    data: Mapping[str, object],
    actor: Actor,
    now: dt.datetime,
) -> None:
    audit.record(
        uow,
        Event.ROUND_CHANGED,
        actor=actor,
        now=now,
        subject=f"participation:{taking_part.id}",
        org_id=taking_part.org_id,
        data=data,
    )


def _because(reason: str) -> Text:
    return Text("Reason: %(reason)s", {"reason": reason})


def _mail(
    uow: UnitOfWork,
    org_id: uuid.UUID,
    subject: Text,
    paragraphs: Sequence[Text | str],
    now: dt.datetime,
) -> None:
    for person in accounts.with_roles(uow, org_id, WRITING):
        mail.queue(
            uow,
            kind="extension",
            recipient=person.email,
            locale=person.locale,
            subject=subject,
            paragraphs=[Text("Dear %(name)s,", {"name": person.name}), *paragraphs],
            org_id=org_id,
            now=now,
        )
