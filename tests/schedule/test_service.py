"""Each thing the calendar says is said once, to those it concerns, whoever runs it how often."""

import datetime as dt
import threading
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, select

from jpmirai_compliance.assessments.models import (
    Assessment,
    Participation,
    Round,
    Status,
    UpdatePeriod,
    UpdateReport,
)
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork
from jpmirai_compliance.foundation.mail import OutboxMail
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.schedule import jobs, service
from jpmirai_compliance.schedule.models import JobDone
from tests import factories

TOKYO = ZoneInfo("Asia/Tokyo")
OPENS = dt.datetime(2026, 6, 1, tzinfo=TOKYO)
CLOSES = dt.datetime(2026, 9, 30, 17, tzinfo=TOKYO)


def at(month, day, hour=10):
    return dt.datetime(2026, month, day, hour, tzinfo=TOKYO)


@pytest.fixture
def member(uow):
    """An organisation with one editor, and somebody who can no longer sign in."""
    org = factories.make_organisation(uow)
    factories.make_user(uow, org, (Role.EDITOR,), email="editor@example.com", locale="en")
    factories.make_user(uow, org, email="gone@example.com", disabled_at=factories.NOW)
    return org


@pytest.fixture
def others(uow):
    """A member that has submitted, and one that does not take part."""
    done = factories.make_organisation(uow, "提出済み")
    factories.make_user(uow, done, (Role.APPROVER,), email="done@example.com")
    outside = factories.make_organisation(uow, "不参加")
    factories.make_user(uow, outside, email="outside@example.com")
    return done


@pytest.fixture
def round_(uow, member, others):
    found = factories.make_round(uow, orgs=[member, others], opens_at=OPENS, closes_at=CLOSES)
    factories.make_assessment(uow, others, found, status=Status.SUBMITTED, submitted_at=OPENS)
    factories.make_staff(uow, Role.SECRETARIAT)
    factories.make_staff(uow, Role.REVIEWER)
    return found


@pytest.fixture
def run(engine, settings):
    """Run the calendar at a moment."""

    def at_(now):
        return jobs.keep_calendar(jobs.Context(engine, settings, lambda: now))

    return at_


def letters(uow):
    """Every mail in the outbox: (kind, to whom), in order."""
    uow.session.rollback()
    rows = uow.session.exec(select(OutboxMail)).all()
    return sorted((row.kind.removeprefix("schedule-"), row.recipient) for row in rows)


def secretariat(uow):
    [person] = [
        p.email
        for p in service.accounts.with_roles(uow, None, service.STAFF)
        if Role.SECRETARIAT in p.roles
    ]
    return person


def test_the_year_of_a_round_as_its_mails_tell_it(uow, round_, run):
    told = []
    known = []
    moments = [at(5, 31), at(6, 1), at(8, 30), at(8, 31), at(9, 16), at(9, 23), at(9, 29)]
    moments += [at(9, 30, 16), at(9, 30, 17), at(10, 1, 8), at(10, 1, 9), at(12, 1)]
    for moment in moments:
        run(moment)
        now = letters(uow)
        fresh = [x for x in now if x not in known]
        known = now
        told.append((moment.month, moment.day, moment.hour, [kind for kind, _who in fresh]))
        if any(kind.startswith("reminder") for kind, _who in fresh):
            assert {who for _kind, who in fresh} == {"editor@example.com"}
    assert told == [
        (5, 31, 10, []),
        (6, 1, 10, ["opening", "opening"]),
        (8, 30, 10, []),
        (8, 31, 10, ["reminder-30"]),
        (9, 16, 10, ["reminder-14"]),
        (9, 23, 10, ["reminder-7"]),
        (9, 29, 10, ["reminder-1"]),
        (9, 30, 16, []),
        (9, 30, 17, ["closing"]),
        (10, 1, 8, []),
        (10, 1, 9, ["report"]),
        (12, 1, 10, []),
    ]
    staff = secretariat(uow)
    assert known == [
        ("closing", staff),
        ("opening", "done@example.com"),
        ("opening", "editor@example.com"),
        ("reminder-1", "editor@example.com"),
        ("reminder-14", "editor@example.com"),
        ("reminder-30", "editor@example.com"),
        ("reminder-7", "editor@example.com"),
        ("report", staff),
    ]


def test_a_reminder_says_in_the_persons_language_how_long_is_left_and_where(uow, round_, run):
    run(at(9, 23))
    [mail] = uow.session.exec(select(OutboxMail).where(OutboxMail.kind == "schedule-reminder-7"))
    assert mail.subject == "【JP-MIRAI】7 days left: 2026 self-assessment"
    assert "30 September 2026" in mail.body
    assert "http://localhost/m/2026\n" in mail.body


def test_the_report_counts_who_started_and_who_submitted(uow, round_, member, run):
    factories.make_assessment(uow, member, round_)
    run(at(10, 1))
    [mail] = uow.session.exec(select(OutboxMail).where(OutboxMail.kind == "schedule-report"))
    counts = "対象：2件\u3000開始：2件\u3000提出：1件\u3000確認済み：0件"
    assert mail.body.startswith(counts + "\n")


def test_every_mail_is_in_the_audit_log_with_its_number_and_no_address(uow, round_, run):
    run(at(6, 1))
    uow.session.rollback()
    rows = uow.session.exec(select(audit.AuditEvent)).all()
    queued = [r for r in rows if r.event == audit.Event.MAIL_QUEUED.value]
    assert [r.data for r in queued] == ['{"count":1,"kind":"schedule-opening"}'] * 2
    assert audit.verify(uow.session)[1] is None


@pytest.mark.parametrize("moment", [at(6, 1), at(9, 23), at(9, 30, 18), at(10, 1)])
def test_av_4_running_every_job_three_times_tells_everybody_once(uow, round_, run, moment):
    assert run(moment) > 0
    first = letters(uow)
    assert [run(moment), run(moment + dt.timedelta(minutes=5))] == [0, 0]
    assert letters(uow) == first
    assert len(set(first)) == len(first)


def test_av_4_three_schedulers_at_once_tell_everybody_once(uow, round_, engine, settings):
    """Without the lease, which a scheduler may lose: the rows alone hold it."""
    gate, errors = threading.Barrier(3), []

    def scheduler():
        gate.wait()
        for _ in range(3):
            try:
                jobs.keep_calendar(jobs.Context(engine, settings, lambda: at(9, 23)))
            except Exception as error:  # noqa: BLE001 -- shown below
                errors.append(error)

    threads = [threading.Thread(target=scheduler) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert errors == []
    assert letters(uow) == [
        ("opening", "done@example.com"),
        ("opening", "editor@example.com"),
        ("reminder-7", "editor@example.com"),
    ]


def test_av_4_a_job_that_dies_after_queueing_tells_everybody_once_after_the_restart(
    uow, round_, engine, settings, run, monkeypatch
):
    real = audit.record

    def dying(*args, **kwargs):
        real(*args, **kwargs)
        raise KeyboardInterrupt  # as a kill: after the mails, before the commit

    monkeypatch.setattr(service.audit, "record", dying)
    with pytest.raises(KeyboardInterrupt):
        run(at(9, 23))
    assert letters(uow) == []
    assert uow.session.exec(select(JobDone)).all() == []
    monkeypatch.setattr(service.audit, "record", real)
    run(at(9, 23))
    run(at(9, 23))
    assert [kind for kind, _who in letters(uow)] == ["opening", "opening", "reminder-7"]


def test_av_4_a_clock_two_days_late_catches_up_once(uow, round_, run):
    run(at(6, 1))
    run(at(9, 25, 9))  # the morning of the 23rd was slept through
    run(at(9, 25, 10))
    reminders = [x for x in letters(uow) if x[0].startswith("reminder")]
    assert reminders == [("reminder-7", "editor@example.com")]


def test_a_scheduler_that_slept_through_everything_does_not_send_old_news(uow, round_, run):
    run(at(10, 5))
    staff = secretariat(uow)
    assert letters(uow) == [("closing", staff), ("report", staff)]


def test_an_extension_moves_the_reminders_of_that_organisation_only(uow, round_, member, run):
    late = factories.make_organisation(uow, "延長された会社")
    factories.make_user(uow, late, (Role.ADMIN,), email="late@example.com", locale="en")
    until = dt.datetime(2026, 10, 14, 17, tzinfo=TOKYO)
    with uow.transaction():
        uow.session.add(
            Participation(
                round_id=round_.id,
                org_id=late.id,
                form=round_.default_form,
                added_at=OPENS,
                late_until=until,
            )
        )
    run(at(6, 1))
    run(at(9, 23))
    assert [x for x in letters(uow) if x[0] == "reminder-7"] == [
        ("reminder-7", "editor@example.com")
    ]
    run(at(10, 7))  # the round has closed; for this one organisation it is open
    assert [x for x in letters(uow) if x[0] == "reminder-7"] == [
        ("reminder-7", "editor@example.com"),
        ("reminder-7", "late@example.com"),
    ]
    [mail] = uow.session.exec(
        select(OutboxMail)
        .where(OutboxMail.recipient == "late@example.com")
        .where(OutboxMail.kind == "schedule-reminder-7")
    )
    assert "14 October 2026" in mail.body


def test_who_got_answers_back_is_reminded_of_that_date_and_not_of_the_rounds(
    uow, round_, member, run
):
    due = dt.datetime(2026, 10, 20, 17, tzinfo=TOKYO)
    factories.make_assessment(
        uow, member, round_, status=Status.RETURNED, submitted_at=OPENS, return_due_at=due
    )
    run(at(9, 29))
    assert [x for x in letters(uow) if x[0].startswith("reminder")] == []
    run(at(10, 13))
    assert [x for x in letters(uow) if x[0].startswith("reminder")] == [
        ("reminder-7", "editor@example.com")
    ]


def test_a_closing_day_that_was_moved_is_reminded_of_again(uow, round_, run):
    run(at(9, 29))
    with uow.transaction():
        uow.session.get(Round, round_.id).closes_at = dt.datetime(2026, 10, 14, 17, tzinfo=TOKYO)
    run(at(9, 29, 11))
    run(at(9, 30))
    run(at(10, 13))
    assert [kind for kind, _who in letters(uow) if kind.startswith("reminder")] == [
        "reminder-1",
        "reminder-1",
        "reminder-14",
    ]


def test_av_4_no_job_changes_a_round_a_participation_or_an_assessment(
    uow, round_, member, run, engine
):
    factories.make_assessment(uow, member, round_)

    def state():
        with Session(engine) as session:
            work = UnitOfWork(session, EVERYTHING)
            return [
                [row.model_dump() for row in sorted(work.session.exec(select(t)), key=_key)]
                for t in (Round, Participation, Assessment)
            ]

    before = state()
    for moment in (at(6, 1), at(9, 29), at(9, 30, 17), at(10, 1), at(12, 31)):
        run(moment)
    assert state() == before


def _key(row):
    return str(row.id)


def test_av_5_many_organisations_are_told_in_several_transactions_and_each_once(
    uow, round_, run, monkeypatch
):
    monkeypatch.setattr(service, "BATCH", 3)
    extra = [factories.make_organisation(uow, f"会社{n}") for n in range(7)]
    for number, org in enumerate(extra):
        factories.make_user(uow, org, (Role.ADMIN,), email=f"m{number}@example.com")
    with uow.transaction():
        for org in extra:
            uow.session.add(
                Participation(
                    round_id=round_.id, org_id=org.id, form=round_.default_form, added_at=OPENS
                )
            )
    assert run(at(6, 1)) == 9
    assert [kind for kind, _who in letters(uow)] == ["opening"] * 9
    assert run(at(6, 1)) == 0


def test_the_half_year_update_is_announced_and_reminded_of_until_it_is_handed_in(
    uow, round_, member, others, run
):
    opens, closes = at(11, 2, 9), at(11, 30, 17)
    staff, _actor = factories.make_staff(uow, Role.SECRETARIAT)
    with uow.transaction():
        uow.session.add(
            UpdatePeriod(
                round_id=round_.id,
                opens_at=opens,
                closes_at=closes,
                created_at=OPENS,
                created_by=staff.id,
            )
        )
    run(at(11, 1))
    run(at(11, 2))
    assert [x for x in letters(uow) if x[0].startswith("update")] == [
        ("update-opening", "done@example.com"),
        ("update-opening", "editor@example.com"),
    ]
    with uow.transaction():
        uow.session.add(
            UpdateReport(
                round_id=round_.id,
                org_id=others.id,
                ordinal=1,
                body="{}",
                sha256="0" * 64,
                at=opens,
                by=staff.id,
            )
        )
    run(at(11, 23))
    run(at(11, 24))
    assert [x for x in letters(uow) if x[0].startswith("update-reminder")] == [
        ("update-reminder-7", "editor@example.com")
    ]
