"""One scheduler at a time: an advisory lock on PostgreSQL, a locked file beside SQLite.

Both end with the process that holds them, however it ends.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from jpmirai_compliance.foundation.db import try_lock, unlock


@contextmanager
def lease(engine: Engine, folder: Path, name: str) -> Iterator[bool]:
    """Yield whether this process now holds the lease ``name``; let go of it at the end."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.detach()  # closed at the end; back in the pool it could keep the lock
            held = try_lock(connection, name)
            try:
                yield held
            finally:
                if held:
                    unlock(connection, name)
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{name}.lease").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True
