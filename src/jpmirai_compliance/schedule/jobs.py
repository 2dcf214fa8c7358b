"""Thin jobs: open a unit of work, call one service, commit. None of them decides a deadline."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from apscheduler.schedulers.base import BaseScheduler
from sqlalchemy import Engine
from sqlmodel import Session

from jpmirai_compliance.accounts.service import attempts, sessions
from jpmirai_compliance.assessments.queries.editions import make_known
from jpmirai_compliance.assessments.service import digest
from jpmirai_compliance.disclosure.bundle import reconcile
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.foundation import mail
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork
from jpmirai_compliance.foundation.errors import Busy
from jpmirai_compliance.foundation.lease import lease
from jpmirai_compliance.foundation.settings import Settings
from jpmirai_compliance.foundation.storage import open_store
from jpmirai_compliance.schedule import service

log = structlog.get_logger()
GRACE_SECONDS = 3600  # a late job still runs; APScheduler's own default of 1 s skips it


@dataclass(frozen=True, slots=True)
class Context:
    """What every job needs."""

    engine: Engine
    settings: Settings
    clock: Callable[[], dt.datetime]


def send_mails(context: Context) -> int:
    """Send what waits in the outbox; returns how many mails left."""
    with Session(context.engine) as session:
        uow = UnitOfWork(session, EVERYTHING)
        send = mail.transport(context.settings)
        return mail.deliver(uow, send, context.settings, now=context.clock())


def keep_calendar(context: Context) -> int:
    """Open, remind, close and report for every round; returns how many were told.

    Each transaction tells a few organisations: nobody who saves meanwhile waits long.
    """
    told = 0
    with Session(context.engine) as session:
        uow = UnitOfWork(session, EVERYTHING)
        now, base_url = context.clock(), context.settings.public_base_url
        for step in (
            service.announce_opening,
            service.remind,
            service.announce_closing,
            service.report,
            service.announce_update,
        ):
            for round_id in [r.id for r in service.rounds(uow)]:
                while True:
                    with uow.transaction():
                        found = next(r for r in service.rounds(uow) if r.id == round_id)
                        done = step(uow, found, base_url=base_url, now=now)
                    told += done
                    if done < service.BATCH:
                        break
    return told


def tell_colleagues(context: Context) -> int:
    """Send each member's people at most one digest an hour; returns how many mails were queued."""
    told = 0
    with Session(context.engine) as session:
        uow = UnitOfWork(session, EVERYTHING)
        now, base_url = context.clock(), context.settings.public_base_url
        hour = now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H")
        for assessment_id in digest.waiting(uow, now=now):
            with uow.transaction():
                if service.once(uow, "digest", hour, str(assessment_id), now=now):
                    told += digest.tell(uow, assessment_id, base_url=base_url, now=now)
    return told


def keep_published(context: Context) -> int:
    """Make the published links equal to the database; returns how many were changed."""
    with Session(context.engine) as session:
        done = reconcile(UnitOfWork(session, EVERYTHING), context.settings.published)
    if done.missing:
        log.error(
            "published bundles are missing on disk; run: jpmirai restore", bundles=done.missing
        )
    return len(done.made) + len(done.cut)


def scan_evidence(context: Context) -> int:
    """Have the virus scanner look at what waits; returns how many files have an answer."""
    address = context.settings.clamd_address
    with Session(context.engine) as session:
        uow = UnitOfWork(session, EVERYTHING)
        if not address:
            return evidence.release(uow, now=context.clock())
        scanner = evidence.clamd(address, context.settings.clamd_timeout)
        store = open_store(context.settings)
        return evidence.scan(uow, store, scanner, now=context.clock())


def sweep(context: Context) -> int:
    """Remove tries, sessions and links that ended long ago; returns how many rows went."""
    with Session(context.engine) as session:
        uow = UnitOfWork(session, EVERYTHING)
        with uow.transaction():
            now = context.clock()
            return attempts.sweep(uow, now=now) + sessions.sweep(uow, now=now)


JOBS: tuple[tuple[Callable[[Context], int], dict[str, int]], ...] = (
    (send_mails, {"seconds": 15}),
    (scan_evidence, {"seconds": 15}),
    (keep_calendar, {"minutes": 5}),
    (tell_colleagues, {"minutes": 10}),
    (keep_published, {"minutes": 1}),
    (sweep, {"hours": 6}),
)


def install(scheduler: BaseScheduler, context: Context) -> None:
    """Put every job on the scheduler; each runs at once, and then in its rhythm."""
    for job, rhythm in JOBS:
        scheduler.add_job(
            run,
            "interval",
            args=(job, context),
            id=job.__name__,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=GRACE_SECONDS,
            next_run_time=dt.datetime.now(dt.UTC),
            **rhythm,
        )


def know_editions(context: Context) -> None:
    """Make editions known that the secretariat published since the last job."""
    with Session(context.engine) as session:
        make_known(UnitOfWork(session, EVERYTHING))


def run(job: Callable[[Context], int], context: Context) -> int | None:
    """Run one job if no other process does; None if another has the lease or it failed."""
    try:
        with lease(context.engine, context.settings.instance_path, f"job-{job.__name__}") as held:
            if held:
                know_editions(context)
            count = job(context) if held else None
    except Busy:
        log.warning("job put off: database busy", job=job.__name__)
        return None
    except Exception:
        log.exception("job failed", job=job.__name__)
        return None
    if count:
        log.info("job done", job=job.__name__, count=count)
    return count
