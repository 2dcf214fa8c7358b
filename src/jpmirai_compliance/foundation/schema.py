"""Bring the tables up to date; called by the command line and by tests, never at import."""

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
    with engine.connect().execution_options(write=True) as connection, migration_lock(connection):
        settings.attributes["connection"] = connection
        (command.upgrade if up else command.downgrade)(settings, revision)
        connection.commit()
