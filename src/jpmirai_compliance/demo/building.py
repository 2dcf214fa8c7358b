"""Fill the demo: last year from end to end, this year in all stages, awards of both."""

import datetime as dt
import shutil
from functools import partial

from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from jpmirai_compliance.accounts.models import User
from jpmirai_compliance.app import create_app
from jpmirai_compliance.demo import editions, office, prizes, teamwork, updates, year
from jpmirai_compliance.demo.cast import MEMBERS
from jpmirai_compliance.demo.stage import TOKYO, Stage, fill_cast
from jpmirai_compliance.disclosure.service.postings import Hung
from jpmirai_compliance.foundation import schema
from jpmirai_compliance.foundation.db import UnitOfWork, make_engine
from jpmirai_compliance.foundation.mail import OutboxMail
from jpmirai_compliance.foundation.settings import Settings
from jpmirai_compliance.schedule import jobs
from jpmirai_compliance.workplaces import service as workplaces
from jpmirai_compliance.workplaces.rules import Contact

BUILT = "built"
_CONTACTS = (
    Contact("総務課の相談係", ("ja", "ja-x-easy"), "平日 9:00–17:00", "052-555-0100"),
    Contact("Ms. Tran（通訳）", ("vi", "en"), "火・木 13:00–16:00", email="soudan@example.com"),
)


def build(settings: Settings, *, now: dt.datetime, fresh: bool = False) -> Engine:
    """Return the engine of a filled demo; built once, and again only if ``fresh``.

    A demo that was interrupted while it was being filled is filled anew.
    """
    folder = settings.instance_path
    mark = folder / BUILT
    if fresh or not mark.exists():
        for path in (folder / "jpmirai.db", folder / "jpmirai.db-wal", folder / "jpmirai.db-shm"):
            path.unlink(missing_ok=True)
        for path in (folder / "evidence", settings.published):
            shutil.rmtree(path, ignore_errors=True)
        mark.unlink(missing_ok=True)
    engine = make_engine(settings.database)
    schema.migrate(engine)
    if not mark.exists():
        fill(settings, engine, now=now)
        mark.touch()
    return engine


def fill(settings: Settings, engine: Engine, *, now: dt.datetime) -> None:
    """Play two years on an empty database."""
    with Session(engine) as session:
        if session.exec(select(User.id).limit(1)).first() is not None:
            return
    stage = Stage(create_app(settings, engine), engine, settings, now)
    this_year = now.astimezone(TOKYO).year
    last = this_year - 1
    opens, closes = stage.at(last, 6, 1), stage.at(last, 9, 30, 17)
    fill_cast(stage, now=opens - dt.timedelta(days=30))
    _hang_posters(stage, opens)
    year.run(stage, last, opens, closes, whole=True)
    prizes.run(stage, last, stage.at(last, 10, 20), whole=True)
    day = now.astimezone(TOKYO).replace(hour=17, minute=0, second=0, microsecond=0)
    opens, closes = day - dt.timedelta(days=40), day + dt.timedelta(days=21)
    year.run(stage, this_year, opens, closes, whole=False)
    prizes.run(stage, this_year, now - dt.timedelta(days=3), whole=False)
    updates.run(stage, last, now)
    teamwork.run(stage, this_year, now - dt.timedelta(days=2))
    editions.run(stage, now - dt.timedelta(days=2))
    year.settle(stage)
    jobs.keep_calendar(jobs.Context(engine, settings, lambda: now))
    stage.act(None, _nobody_reads_old_mail)
    office.run(stage, this_year, closes, now)
    office.pass_on(stage, now)


def _nobody_reads_old_mail(uow: UnitOfWork) -> None:
    """Count the mails of two years as sent, so that the terminal shows only new ones."""
    waiting = update(OutboxMail).where(col(OutboxMail.sent_at).is_(None))
    uow.session.exec(waiting.values(sent_at=OutboxMail.created_at, next_try_at=None))


def _hang_posters(stage: Stage, now: dt.datetime) -> None:
    for member in MEMBERS:
        if not member.website:
            continue
        editor = stage.of(member.key, "editor")
        place = stage.act(
            editor,
            partial(
                workplaces.add,
                actor=editor,
                org_id=stage.orgs[member.key],
                details=workplaces.Details(
                    name="本社工場" if member.sector == "E" else "本部",
                    prefecture=member.prefecture,
                    languages=("ja", "vi", "my"),
                    contacts=_CONTACTS,
                ),
                now=now,
            ),
        )
        stage.act(
            editor,
            partial(
                workplaces.put_up,
                actor=editor,
                workplace_id=place.id,
                hung=Hung(now.date() - dt.timedelta(days=1), ("ja", "vi")),
                photo=None,
                now=now,
            ),
        )
