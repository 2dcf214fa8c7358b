"""The ``jpmirai`` command: set up, serve, look after."""

import datetime as dt
import secrets
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from sqlalchemy import Engine
from sqlmodel import Session

from jpmirai_compliance import demo
from jpmirai_compliance.accounts import cli as accounts
from jpmirai_compliance.app import create_app
from jpmirai_compliance.assessments.queries import editions
from jpmirai_compliance.awards.queries import results
from jpmirai_compliance.disclosure import cli as disclosure
from jpmirai_compliance.disclosure.bundle import Press, reconcile, renderer
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.foundation import audit, backup, health, logs, mail, receiving, schema, web
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork, make_engine
from jpmirai_compliance.foundation.settings import BadEnvironment, Settings, load
from jpmirai_compliance.foundation.storage import LocalStore, open_store
from jpmirai_compliance.schedule import cli as schedule
from jpmirai_compliance.schedule import jobs
from jpmirai_compliance.typesetting.faces import preload

P = ParamSpec("P")
R = TypeVar("R")
THREADS = 8
CONNECTIONS = 1_000  # open at once; a slow client costs a buffer, not a thread


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Say a bad environment or backup in words, without a trace; exit code 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (BadEnvironment, backup.BadBackup, demo.NotHere) as error:
            raise click.ClickException(str(error)) from error

    return run


@click.group()
def main() -> None:
    """JP-MIRAI code of conduct: self-assessment, disclosure, posters, awards."""


@main.command()
@plainly
def check() -> None:
    """Say whether the environment can serve; exit code 1 and every fault if not."""
    settings = load()
    click.echo(f"{settings.env}: {settings.public_base_url}, {_engine(settings).dialect.name}")


@main.command()
def secret() -> None:
    """Print a new secret key for JPMIRAI_SECRET_KEY."""
    click.echo(secrets.token_urlsafe(48))


@main.command()
@plainly
def init() -> None:
    """Make or update the tables and folders; safe to run again."""
    settings = load()
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    schema.migrate(_engine(settings))
    click.echo("The tables are up to date.")


@main.group()
def db() -> None:
    """Tables."""


@db.command()
@click.argument("revision", default="head")
@plainly
def upgrade(revision: str) -> None:
    """Move the tables up, one process at a time."""
    schema.migrate(_engine(load()), revision)


@db.command()
@click.argument("revision")
@plainly
def downgrade(revision: str) -> None:
    """Move the tables down."""
    schema.unmigrate(_engine(load()), revision)


@main.command()
@plainly
def serve() -> None:
    """Serve with waitress, one process, the scheduler inside."""
    settings = load()
    logs.configure(settings.log_level)
    engine = _engine(settings)
    schema.migrate(engine)
    _serve(settings, engine)


@main.command("demo")
@click.option("--fresh", is_flag=True, help="Throw the demo's data away first.")
@click.option("--build-only", is_flag=True, help="Fill the demo year and stop.")
@plainly
def demo_command(*, fresh: bool, build_only: bool) -> None:
    """Fill a demo year into instance/demo and serve it, printing the logins."""
    settings = demo.settings()
    logs.configure("warning", as_json=False)
    click.echo("Filling the demo year; this takes a moment the first time …")
    engine = demo.build(settings, now=web.now(), fresh=fresh)
    click.echo(demo.welcome(settings))
    if not build_only:
        _serve(settings, engine)


@main.command("demo-code")
def demo_code() -> None:
    """Print the demo's second-factor code of this minute."""
    click.echo(demo.code(web.now()))


@main.command()
@plainly
def scheduler() -> None:
    """Run the calendar, the outbox and the links of published pages; one process."""
    settings = load()
    logs.configure(settings.log_level)
    runner = BlockingScheduler(timezone="UTC")
    jobs.install(runner, _context(settings, _engine(settings)))
    runner.start()


@main.command("send-test-mail")
@click.argument("address")
@plainly
def send_test_mail(address: str) -> None:
    """Send one mail through the configured transport."""
    settings = load()
    message = mail.compose(
        mail.OutboxMail(
            kind="test",
            recipient=address,
            locale="ja",
            subject=f"{mail.PREFIX}test",
            body="This mail shows that mails leave.\n",
            created_at=web.now(),
        ),
        settings,
    )
    mail.transport(settings)(message)


@main.command("backup")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@plainly
def backup_command(folder: Path) -> None:
    """Back up database, evidence and published pages into a new folder below FOLDER."""
    settings = load()
    engine = _engine(settings)
    made = backup.backup(engine, settings, open_store(settings), folder, now=web.now())
    with Session(engine) as session:
        uow = UnitOfWork(session, EVERYTHING)
        with uow.transaction():
            data = {"folder": made.name}
            audit.record(uow, audit.Event.BACKUP_MADE, actor=None, now=web.now(), data=data)
    click.echo(made)


@main.command("restore")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@plainly
def restore_command(folder: Path) -> None:
    """Restore a backup into an empty database and instance folder, then verify it."""
    settings = load()
    engine = _engine(settings)
    manifest = backup.restore(folder, engine, settings, open_store(settings))
    schema.migrate(engine)
    with Session(engine) as session:
        uow = UnitOfWork(session, EVERYTHING)
        editions.make_known(uow)
        app = create_app(settings, engine)
        press = Press(settings.published, renderer(app), settings.public_base_url)
        reconcile(uow, settings.published, press=press)
        with uow.transaction():
            data = {"made_at": str(manifest["made_at"])}
            audit.record(uow, audit.Event.BACKUP_RESTORED, actor=None, now=web.now(), data=data)
    _verify(settings, engine)


@main.command()
@plainly
def verify() -> None:
    """Check audit chain, editions, submissions, evidence and awards; exit code 1 naming faults."""
    settings = load()
    _verify(settings, _engine(settings))


def _verify(settings: Settings, engine: Engine) -> None:
    faults = [f"not ready: {word}" for word in health.unready(engine, settings)]
    with Session(engine) as session:
        uow = UnitOfWork(session, EVERYTHING)
        faults += map(str, editions.faults(uow))
        count, bad = audit.verify(session)
        if bad is not None:
            faults.append(f"audit chain: first bad row is number {bad}")
        faults += [f"evidence: {line}" for line in evidence.verify(uow, open_store(settings))]
        faults += [
            f"award decision {number} cannot be recomputed" for number in results.verify(uow)
        ]
        faults += backup.integrity(engine)
    for line in faults:
        click.echo(line, err=True)
    if faults:
        sys.exit(1)
    click.echo(
        f"Audit chain of {count} rows, editions, submissions, evidence files and award decisions "
        "are whole."
    )


def _serve(settings: Settings, engine: Engine) -> None:
    preload()
    store = open_store(settings)
    if isinstance(store, LocalStore):
        store.sweep()
    app = create_app(settings, engine)
    runner = BackgroundScheduler(timezone="UTC")
    jobs.install(runner, _context(settings, engine))
    runner.start()
    server = receiving.make_server(
        app,
        host=settings.host,
        port=settings.port,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        asyncore_use_poll=True,  # select() knows only the first 1024 sockets
        # behind named proxies their headers are the application's to judge (ProxyFix)
        clear_untrusted_proxy_headers=not settings.proxy_hops,
        ident=None,
    )
    server.print_listen("Serving on http://{}:{}")
    server.run()


def _context(settings: Settings, engine: Engine) -> jobs.Context:
    return jobs.Context(engine, settings, lambda: dt.datetime.now(dt.UTC))


def _engine(settings: Settings) -> Engine:
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database)
    click.get_current_context().call_on_close(engine.dispose)
    return engine


for found in (*accounts.commands, *disclosure.commands, *schedule.commands):
    main.add_command(found)
