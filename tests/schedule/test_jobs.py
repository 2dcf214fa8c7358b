"""The jobs on a scheduler: what is installed, and that one process at a time does each."""

import datetime as dt
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from sqlmodel import select

from jpmirai_compliance.accounts.models import Attempt
from jpmirai_compliance.foundation.errors import Busy
from jpmirai_compliance.foundation.lease import lease
from jpmirai_compliance.foundation.mail import OutboxMail
from jpmirai_compliance.schedule import jobs
from tests import factories
from tests.operations.lines import json_logs

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def context(engine, settings):
    return jobs.Context(engine, settings, lambda: factories.NOW)


def test_install_puts_each_job_on_once_and_none_is_skipped_for_being_late(context):
    scheduler = BackgroundScheduler(timezone="UTC")
    jobs.install(scheduler, context)
    scheduler.start(paused=True)
    found = {job.id: job for job in scheduler.get_jobs()}
    assert sorted(found) == [
        "keep_calendar",
        "keep_published",
        "scan_evidence",
        "send_mails",
        "sweep",
        "tell_colleagues",
    ]
    for job in found.values():
        assert (job.coalesce, job.max_instances) == (True, 1)
        assert job.misfire_grace_time == 3600
        assert job.next_run_time <= dt.datetime.now(dt.UTC)  # at once, after a start
    scheduler.shutdown(wait=False)


def test_a_job_runs_if_nobody_else_has_it_and_is_left_alone_otherwise(context, settings, engine):
    assert jobs.run(jobs.keep_calendar, context) == 0
    with lease(engine, settings.instance_path, "job-keep_calendar") as held:
        assert held
        assert jobs.run(jobs.keep_calendar, context) is None
        assert jobs.run(jobs.sweep, context) == 0  # another job's lease is its own
    assert jobs.run(jobs.keep_calendar, context) == 0


def test_a_job_that_fails_is_logged_as_json_and_the_next_run_is_not_stopped(context):
    def broken(_context):
        raise ValueError("boom\nboom")

    def busy(_context):
        raise Busy

    with json_logs() as lines:
        assert jobs.run(broken, context) is None
        assert jobs.run(busy, context) is None
        found = lines()
    assert [(x["level"], x["event"], x["job"]) for x in found] == [
        ("error", "job failed", "broken"),
        ("warning", "job put off: database busy", "busy"),
    ]
    assert found[0]["exception"].endswith("ValueError: boom\nboom")
    assert jobs.run(jobs.keep_calendar, context) == 0


def test_av_4_two_processes_one_runs(context, database, settings, tmp_path):
    """A second process finds the job taken until the first is gone, however it went."""
    script = tmp_path / "holder.py"
    script.write_text(
        textwrap.dedent(
            """
            import sys, time
            from pathlib import Path
            from jpmirai_compliance.foundation.db import make_engine
            from jpmirai_compliance.foundation.lease import lease
            engine = make_engine(sys.argv[1])
            with lease(engine, Path(sys.argv[2]), "job-keep_calendar") as held:
                print(held, flush=True)
                time.sleep(60)
            """
        )
    )
    command = [sys.executable, str(script), database, str(settings.instance_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as other:
        assert other.stdout.readline() == "True\n"
        assert jobs.run(jobs.keep_calendar, context) is None
        other.kill()
    for _ in range(50):  # PostgreSQL notices the broken connection a moment later
        if jobs.run(jobs.keep_calendar, context) is not None:
            return
    pytest.fail("the lease outlived its process")


def test_mails_of_the_outbox_leave_and_old_tries_go(uow, context, capsys):
    with uow.transaction():
        uow.session.add(
            OutboxMail(
                kind="x",
                recipient="a@example.com",
                locale="ja",
                subject="件名",
                body="本文\n",
                created_at=factories.NOW,
                next_try_at=factories.NOW,
            )
        )
        for days in (0, 30):
            then = factories.NOW - dt.timedelta(days=days)
            uow.session.add(Attempt(kind="k", key_hash="0" * 64, at=then))
    assert jobs.run(jobs.send_mails, context) == 1
    assert jobs.run(jobs.send_mails, context) == 0
    assert "件名" in capsys.readouterr().out
    assert jobs.run(jobs.sweep, context) == 1
    uow.session.rollback()
    assert [a.at for a in uow.session.exec(select(Attempt))] == [factories.NOW]
