"""Bring the tables up to date; called by the command line and by tests, never at import."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from jpmirai_compliance.foundation.catalogue import PACKAGE
from jpmirai_compliance.foundation.db import migration_lock


def config() -> Config:
    """Return Alembic's configuration: the migrations inside the package."""
    found = Config()
    found.set_main_option("script_location", str(PACKAGE / "migrations"))
    return found


def migrate(engine: Engine, revision: str = "head") -> None:
    """Move the tables up to ``revision``; other processes wait and find it done."""
    _run(engine, revision, up=True)


def unmigrate(engine: Engine, revision: str) -> None:
    """Move the tables down to ``revision``."""
    _run(engine, revision, up=False)


def _run(engine: Engine, revision: str, *, up: bool) -> None:
    settings = config()
    with (
        _alone(engine),
        engine.connect().execution_options(write=True) as connection,
        migration_lock(connection),
    ):
        settings.attributes["connection"] = connection
        (command.upgrade if up else command.downgrade)(settings, revision)
        connection.commit()


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """Hold a file beside an SQLite database: its own lock ends after each single migration."""
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or path == ":memory:":
        yield
        return
    with (Path(path).parent / ".migrate.lease").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
