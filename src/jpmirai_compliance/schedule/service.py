"""What the calendar does for a round: tell, remind, close, report. Each thing once for ever."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.accounts.queries import PersonView
from jpmirai_compliance.assessments.models import Assessment, Participation, Round, Status
from jpmirai_compliance.assessments.queries import updates
from jpmirai_compliance.assessments.queries.updates import PeriodView
from jpmirai_compliance.assessments.rules import Window, window
from jpmirai_compliance.foundation import audit, mail
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.schedule.models import JobDone
from jpmirai_compliance.schedule.rules import closing_day, days_left, due_reminder, report_due

DONE = {Status.SUBMITTED, Status.ACCEPTED}
BATCH = 50  # organisations in one transaction: somebody who saves waits no longer than that takes
STAFF = frozenset({Role.SECRETARIAT})
MEMBERS = frozenset({Role.ADMIN, Role.EDITOR, Role.APPROVER})


@dataclass(frozen=True, slots=True)
class Participant:
    """Who takes part: the last day that holds for them, and whether they have submitted."""

    org_id: uuid.UUID
    closes_at: dt.datetime
    done: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """What one organisation (None: the secretariat) is told once for a job and a period."""

    job: str
    period: str
    org_id: uuid.UUID | None
    subject: Text
    body: tuple[Text, ...]


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
    """Mail the people of those who take part that the round is open.

    Returns how many organisations were told, at most BATCH; call again until it is 0.
    """
    if not round_.opens_at <= now < round_.closes_at:
        return 0
    letters = [
        Letter("opening", str(round_.year), found.org_id, *_opening(round_, found, base_url))
        for found in _participants(uow, round_)
    ]
    return _tell_members(uow, letters, now)


def remind(uow: UnitOfWork, round_: Round, *, base_url: str, now: dt.datetime) -> int:
    """Mail those who have not submitted yet, 30, 14, 7 and 1 days before their own last day.

    That is the round's, the one of their extension, or the one of what was returned to them.
    Returns how many organisations were told, at most BATCH; call again until it is 0.
    """
    letters = []
    for found in _participants(uow, round_):
        due = due_reminder(round_.opens_at, found.closes_at, now)
        if due is not None and not found.done:
            period = f"{round_.year}/{closing_day(found.closes_at)}"
            text = _reminder(round_, found, base_url, now)
            letters.append(Letter(f"reminder-{due}", period, found.org_id, *text))
    return _tell_members(uow, letters, now)


def announce_closing(uow: UnitOfWork, round_: Round, *, base_url: str, now: dt.datetime) -> int:
    """Mail the secretariat that the round has closed; the closing itself is the clock's.

    Returns 1 if it was told now, else 0.
    """
    if now < round_.closes_at:
        return 0
    subject = Text("The %(year)s round has closed", {"year": round_.year})
    waiting = {"count": _count(uow, round_)["submitted"]}
    body = (
        Text("Submissions waiting for the check: %(count)s", waiting),
        Text("Review queue: %(url)s", {"url": f"{base_url}/s/reviews"}),
    )
    return _tell_staff(uow, round_, Letter("closing", "", None, subject, body), now)


def report(uow: UnitOfWork, round_: Round, *, base_url: str, now: dt.datetime) -> int:
    """Mail the secretariat the numbers of the round on the morning after it closed.

    Returns 1 if it was told now, else 0.
    """
    if not report_due(round_.closes_at, now):
        return 0
    subject = Text("Result of the %(year)s round", {"year": round_.year})
    body = (
        Text(
            "Taking part: %(invited)s. Started: %(started)s. Submitted: %(submitted)s. "
            "Accepted: %(accepted)s.",
            _count(uow, round_),
        ),
        Text("Round: %(url)s", {"url": f"{base_url}/s/rounds/{round_.year}"}),
    )
    return _tell_staff(uow, round_, Letter("report", "", None, subject, body), now)


def announce_update(uow: UnitOfWork, round_: Round, *, base_url: str, now: dt.datetime) -> int:
    """Mail those who take part that the round's half-year update is open, and before it closes.

    Whoever has handed it in is not reminded. Returns how many organisations were told, at most
    BATCH; call again until it is 0.
    """
    found = updates.period(uow, round_.year)
    if found is None or not found.window.holds(now):
        return 0
    due = due_reminder(found.window.opens_at, found.window.closes_at, now)
    sent = updates.submitted(uow, found)
    letters = []
    for who in _participants(uow, round_):
        opening = _update_opening(found, base_url)
        letters.append(Letter("update-opening", str(round_.year), who.org_id, *opening))
        if due is not None and who.org_id not in sent:
            period = f"{round_.year}/{closing_day(found.window.closes_at)}"
            reminder = _update_reminder(found, base_url, now)
            letters.append(Letter(f"update-reminder-{due}", period, who.org_id, *reminder))
    return _tell_members(uow, letters, now)


def _update_opening(found: PeriodView, base_url: str) -> tuple[Text, tuple[Text, ...]]:
    return Text("Half-year update to the %(year)s self-assessment", {"year": found.year}), (
        Text(
            "Say in a few sentences what has happened since the self-assessment. It appears on "
            "your public page. You can write until %(closes)s.",
            {"closes": found.window.closes_at},
        ),
        Text("Start here: %(url)s", {"url": f"{base_url}/m/{found.year}/update"}),
    )


def _update_reminder(
    found: PeriodView, base_url: str, now: dt.datetime
) -> tuple[Text, tuple[Text, ...]]:
    left = {"days": days_left(found.window.closes_at, now), "year": found.year}
    return Text("%(days)s days left: half-year update %(year)s", left), (
        Text("The half-year update closes on %(closes)s.", {"closes": found.window.closes_at}),
        Text("It counts once an approver of your organisation has submitted it."),
        Text("Continue here: %(url)s", {"url": f"{base_url}/m/{found.year}/update"}),
    )


def _opening(round_: Round, found: Participant, base_url: str) -> tuple[Text, tuple[Text, ...]]:
    return Text("The %(year)s self-assessment is open", {"year": round_.year}), (
        Text(
            "You can answer until %(closes)s. Answers are saved as you go; several people of "
            "your organisation can work on them.",
            {"closes": found.closes_at},
        ),
        Text("Start here: %(url)s", {"url": f"{base_url}/m/{round_.year}"}),
    )


def _reminder(
    round_: Round, found: Participant, base_url: str, now: dt.datetime
) -> tuple[Text, tuple[Text, ...]]:
    left = {"days": days_left(found.closes_at, now), "year": round_.year}
    return Text("%(days)s days left: %(year)s self-assessment", left), (
        Text("The self-assessment closes on %(closes)s.", {"closes": found.closes_at}),
        Text(
            "It counts once an approver of your organisation has submitted it. "
            "A short, honest answer is better than none."
        ),
        Text("Continue here: %(url)s", {"url": f"{base_url}/m/{round_.year}"}),
    )


def _tell_members(uow: UnitOfWork, letters: Sequence[Letter], now: dt.datetime) -> int:
    jobs = {letter.job for letter in letters}
    query = select(JobDone.job, JobDone.period, JobDone.target).where(col(JobDone.job).in_(jobs))
    known = set(uow.session.exec(query))
    waiting = [x for x in letters if (x.job, x.period, str(x.org_id)) not in known]
    told = 0
    for letter in waiting[:BATCH]:
        if once(uow, letter.job, letter.period, str(letter.org_id), now=now):
            _mail(uow, letter, accounts.with_roles(uow, letter.org_id, MEMBERS), now)
            told += 1
    return told


def _tell_staff(uow: UnitOfWork, round_: Round, letter: Letter, now: dt.datetime) -> int:
    period = f"{round_.year}/{closing_day(round_.closes_at)}"
    if not once(uow, letter.job, period, "secretariat", now=now):
        return 0
    _mail(uow, letter, accounts.with_roles(uow, None, STAFF), now)
    return 1


def _mail(uow: UnitOfWork, letter: Letter, people: Sequence[PersonView], now: dt.datetime) -> None:
    kind = f"schedule-{letter.job}"
    for person in people:
        mail.queue(
            uow,
            kind=kind,
            recipient=person.email,
            locale=person.locale,
            subject=letter.subject,
            paragraphs=letter.body,
            org_id=letter.org_id,
            now=now,
        )
    data = {"kind": kind, "count": len(people)}
    audit.record(uow, Event.MAIL_QUEUED, actor=None, now=now, org_id=letter.org_id, data=data)


def _participants(uow: UnitOfWork, round_: Round) -> list[Participant]:
    """Return who takes part, each with the own last day, in a fixed order."""
    query = (
        select(
            Participation.org_id,
            Participation.late_until,
            Assessment.status,
            Assessment.return_due_at,
        )
        .join(
            Assessment,
            (col(Assessment.round_id) == col(Participation.round_id))
            & (col(Assessment.org_id) == col(Participation.org_id)),
            isouter=True,
        )
        .where(col(Participation.round_id) == round_.id)
        .order_by(col(Participation.org_id))
    )
    return [
        Participant(org_id, _window(round_, late, _status(status), due).closes_at, status in DONE)
        for org_id, late, status, due in uow.session.exec(query)
    ]


def _status(value: str | None) -> Status | None:
    return Status(value) if value else None


def _window(
    round_: Round,
    late_until: dt.datetime | None,
    status: Status | None,
    return_due_at: dt.datetime | None,
) -> Window:
    return window(
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        late_until=late_until,
        status=status,
        return_due_at=return_due_at,
    )


def _count(uow: UnitOfWork, round_: Round) -> dict[str, int]:
    invited = len(_participants(uow, round_))
    found = uow.session.exec(
        select(Assessment.status).where(col(Assessment.round_id) == round_.id)
    ).all()
    return {
        "invited": invited,
        "started": len(found),
        "submitted": sum(s in {Status.SUBMITTED, Status.RETURNED, Status.ACCEPTED} for s in found),
        "accepted": sum(s is Status.ACCEPTED for s in found),
    }
