"""What the calendar does for a round: tell, remind, close, report. Each thing once for ever."""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlmodel import col, select

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.accounts.queries import PersonView
from jpmirai_compliance.assessments.models import Assessment, Participation, Round, Status
from jpmirai_compliance.foundation import audit, mail
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.schedule.models import JobDone
from jpmirai_compliance.schedule.rules import days_left, due_reminder, report_due

DONE = {Status.SUBMITTED, Status.ACCEPTED}
STAFF = frozenset({Role.SECRETARIAT})
MEMBERS = frozenset({Role.ADMIN, Role.EDITOR, Role.APPROVER})


def once(uow: UnitOfWork, job: str, period: str, target: str, *, now: dt.datetime) -> bool:
    """Return True the first time for (job, period, target), and for ever False after it."""
    lock(uow, f"job:{job}")
    known = select(JobDone.id).where(
        col(JobDone.job) == job, col(JobDone.period) == period, col(JobDone.target) == target
    )
    if uow.session.exec(known).first() is not None:
        return False
    uow.session.add(JobDone(job=job, period=period, target=target, at=now))
    uow.session.flush()
    return True


def rounds(uow: UnitOfWork) -> tuple[Round, ...]:
    """Return all rounds, the newest first."""
    return tuple(uow.session.exec(select(Round).order_by(col(Round.year).desc()).limit(20)))


def announce_opening(uow: UnitOfWork, round_: Round, *, base_url: str, now: dt.datetime) -> int:
    """Mail the people of everyone who takes part that the round is open; return how many."""
    if not round_.opens_at <= now < round_.closes_at:
        return 0
    subject = Text("The %(year)s self-assessment is open", {"year": round_.year})
    body = [
        Text(
            "You can answer until %(closes)s. Answers are saved as you go; several people of "
            "your organisation can work on them.",
            {"closes": round_.closes_at},
        ),
        Text("Start here: %(url)s", {"url": f"{base_url}/m/{round_.year}"}),
    ]
    return _tell_members(uow, round_, "opening", subject, body, now=now, only_open=False)


def remind(uow: UnitOfWork, round_: Round, *, base_url: str, now: dt.datetime) -> int:
    """Mail those who have not submitted yet, 30, 14, 7 and 1 days before the end."""
    due = due_reminder(round_.opens_at, round_.closes_at, now)
    if due is None:
        return 0
    left = days_left(round_.closes_at, now)
    subject = Text(
        "%(days)s days left: %(year)s self-assessment", {"days": left, "year": round_.year}
    )
    body = [
        Text("The self-assessment closes on %(closes)s.", {"closes": round_.closes_at}),
        Text(
            "It counts once an approver of your organisation has submitted it. "
            "A short, honest answer is better than none."
        ),
        Text("Continue here: %(url)s", {"url": f"{base_url}/m/{round_.year}"}),
    ]
    return _tell_members(uow, round_, f"reminder-{due}", subject, body, now=now, only_open=True)


def announce_closing(uow: UnitOfWork, round_: Round, *, base_url: str, now: dt.datetime) -> int:
    """Mail the secretariat that the round has closed; the closing itself is the clock's."""
    if now < round_.closes_at:
        return 0
    subject = Text("The %(year)s round has closed", {"year": round_.year})
    body = [
        Text(
            "Submissions waiting for the check: %(count)s",
            {"count": _count(uow, round_)["submitted"]},
        ),
        Text("Review queue: %(url)s", {"url": f"{base_url}/s/reviews"}),
    ]
    return _tell_staff(uow, round_, "closing", subject, body, now=now)


def report(uow: UnitOfWork, round_: Round, *, base_url: str, now: dt.datetime) -> int:
    """Mail the secretariat the numbers of the round on the morning after it closed."""
    if not report_due(round_.closes_at, now):
        return 0
    counts = _count(uow, round_)
    subject = Text("Result of the %(year)s round", {"year": round_.year})
    body = [
        Text(
            "Taking part: %(invited)s. Started: %(started)s. Submitted: %(submitted)s. "
            "Accepted: %(accepted)s.",
            counts,
        ),
        Text("Round: %(url)s", {"url": f"{base_url}/s/rounds/{round_.year}"}),
    ]
    return _tell_staff(uow, round_, "report", subject, body, now=now)


def _tell_members(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    round_: Round,
    job: str,
    subject: Text,
    body: Sequence[Text],
    *,
    now: dt.datetime,
    only_open: bool,
) -> int:
    sent = 0
    for org_id in _participants(uow, round_, only_open=only_open):
        if once(uow, job, str(round_.year), str(org_id), now=now):
            people = accounts.with_roles(uow, org_id, MEMBERS)
            sent += _mail(uow, f"schedule-{job}", people, subject, body, org_id, now)
    return sent


def _tell_staff(  # noqa: PLR0913 -- one private place
    uow: UnitOfWork,
    round_: Round,
    job: str,
    subject: Text,
    body: Sequence[Text],
    *,
    now: dt.datetime,
) -> int:
    if not once(uow, job, str(round_.year), "secretariat", now=now):
        return 0
    people = accounts.with_roles(uow, None, STAFF)
    return _mail(uow, f"schedule-{job}", people, subject, body, None, now)


def _mail(  # noqa: PLR0913, PLR0917 -- one private place
    uow: UnitOfWork,
    kind: str,
    people: Sequence[PersonView],
    subject: Text,
    body: Sequence[Text],
    org_id: uuid.UUID | None,
    now: dt.datetime,
) -> int:
    for person in people:
        mail.queue(
            uow,
            kind=kind,
            recipient=person.email,
            locale=person.locale,
            subject=subject,
            paragraphs=body,
            org_id=org_id,
            now=now,
        )
    data = {"kind": kind, "count": len(people)}
    audit.record(uow, Event.MAIL_QUEUED, actor=None, now=now, org_id=org_id, data=data)
    return len(people)


def _participants(uow: UnitOfWork, round_: Round, *, only_open: bool) -> list[uuid.UUID]:
    query = select(Participation.org_id).where(col(Participation.round_id) == round_.id)
    if only_open:
        done = select(Assessment.org_id).where(
            col(Assessment.round_id) == round_.id, col(Assessment.status).in_(DONE)
        )
        later = col(Participation.late_until) > round_.closes_at
        query = query.where(
            col(Participation.org_id).not_in(done),
            col(Participation.late_until).is_(None) | ~later,
        )
    return sorted(uow.session.exec(query), key=str)


def _count(uow: UnitOfWork, round_: Round) -> dict[str, int]:
    invited = len(_participants(uow, round_, only_open=False))
    found = uow.session.exec(
        select(Assessment.status).where(col(Assessment.round_id) == round_.id)
    ).all()
    return {
        "invited": invited,
        "started": len(found),
        "submitted": sum(s in {Status.SUBMITTED, Status.RETURNED, Status.ACCEPTED} for s in found),
        "accepted": sum(s is Status.ACCEPTED for s in found),
    }
