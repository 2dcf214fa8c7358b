"""Backup while serving, and restore into an empty place. Never ``cp``.

The database comes first, through its own online way; the content-addressed files after it, so
that every hash the database names is there. A manifest with SHA-256 of each file closes it: a
folder without one is not a backup.
"""

import datetime as dt
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, inspect, make_url
from sqlmodel import col, func, select

from jpmirai_compliance.foundation.audit import FIRST, AuditEvent
from jpmirai_compliance.foundation.catalogue import PACKAGE
from jpmirai_compliance.foundation.settings import Settings
from jpmirai_compliance.foundation.storage import Store, sync_folder, write_durably

MANIFEST = "manifest.json"
FORMAT = 1
PUBLISHED = ("bundles", "assets")  # of the published folder; the links are made from the database
UNFINISHED = shutil.ignore_patterns(".tmp-*")


class BadBackup(RuntimeError):
    """The folder is not a whole backup, or this is not the place to restore it."""


@dataclass(frozen=True, slots=True)
class Head:
    """Which tables a database has, and where its audit log ends."""

    revision: list[str]
    count: int
    hash: str


def backup(
    engine: Engine, settings: Settings, store: Store, target: Path, *, now: dt.datetime
) -> Path:
    """Write a new folder below ``target`` and return it; BadBackup if it exists already."""
    folder = target / f"jpmirai-{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    target.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)  # it holds everything that the service protects
    except FileExistsError as error:
        msg = f"{folder} exists already"
        raise BadBackup(msg) from error
    if engine.dialect.name == "sqlite":
        head = _copy_sqlite(Path(str(engine.url.database)), folder / "database.sqlite3")
    else:
        head = _dump_postgres(engine, folder / "database.dump")
    for name in store.names():
        write_durably(folder / "evidence" / name[:2] / name, store.get(name), mode=0o600)
    for part in PUBLISHED:
        if (settings.published / part).exists():
            shutil.copytree(settings.published / part, folder / part, ignore=UNFINISHED)
    manifest = {
        "format": FORMAT,
        "made_at": now.astimezone(dt.UTC).isoformat(),
        "dialect": engine.dialect.name,
        "revision": head.revision,
        "audit": {"count": head.count, "head": head.hash},
        "files": {str(p.relative_to(folder)): _sha256(p) for p in _files(folder)},
    }
    write_durably(folder / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode())
    sync_folder(folder)
    return folder


def restore(source: Path, engine: Engine, settings: Settings, store: Store) -> dict[str, object]:
    """Bring a backup into an empty database and empty folders; returns its manifest.

    BadBackup, before anything is written, if a file is missing, changed or unknown, if the
    backup is of a newer version or another database, or if the place is not empty; at the end,
    if the database is not the one that was backed up.
    """
    manifest = check(source)
    if manifest["dialect"] != engine.dialect.name:
        msg = f"the backup is of {manifest['dialect']}, the database is {engine.dialect.name}"
        raise BadBackup(msg)
    if set(_known(manifest)) - {s.revision for s in _scripts().walk_revisions()}:
        msg = "the backup is of a newer version of the service"
        raise BadBackup(msg)
    bundles = settings.published / "bundles"
    if _in_use(engine) or next(store.names(), None) is not None or any(bundles.glob("*")):
        msg = "the place is not empty: restore into a new database and instance folder"
        raise BadBackup(msg)
    if engine.dialect.name == "sqlite":
        engine.dispose()
        _copy_sqlite(source / "database.sqlite3", Path(str(engine.url.database)))
    else:
        _load_postgres(engine, source / "database.dump")
    for path in sorted((source / "evidence").glob("??/*")):
        store.put(path.read_bytes())
    for part in PUBLISHED:
        if (source / part).exists():
            shutil.copytree(source / part, settings.published / part, dirs_exist_ok=True)
    with engine.connect() as connection:
        head = _head(connection)
    if manifest["audit"] != {"count": head.count, "head": head.hash}:
        msg = "the audit log that was restored is not the one of the backup"
        raise BadBackup(msg)
    return manifest


def check(source: Path) -> dict[str, object]:
    """Return the manifest of a whole backup; BadBackup naming the first fault."""
    try:
        manifest: dict[str, object] = json.loads((source / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        msg = f"{source} has no readable manifest: the backup did not finish"
        raise BadBackup(msg) from error
    files = manifest.get("files")
    if manifest.get("format") != FORMAT or not isinstance(files, dict):
        msg = "the manifest is of another format"
        raise BadBackup(msg)
    present = {str(p.relative_to(source)) for p in _files(source)} - {MANIFEST}
    if present != set(files):
        msg = f"files differ from the manifest: {sorted(present ^ set(files))[:3]}"
        raise BadBackup(msg)
    for name, sha256 in files.items():
        if _sha256(source / name) != sha256:
            msg = f"{name} has changed since the backup"
            raise BadBackup(msg)
    return manifest


def integrity(engine: Engine) -> list[str]:
    """Return what the database itself finds wrong with its file and its foreign keys."""
    if engine.dialect.name != "sqlite":
        return []  # PostgreSQL checks its constraints as it restores
    with engine.connect() as connection:
        said = [str(r[0]) for r in connection.exec_driver_sql("PRAGMA integrity_check")]
        orphans = [f"row of {r[0]}" for r in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    return [f"database: {line}" for line in said if line != "ok"] + [
        f"foreign keys: {line}" for line in orphans
    ]


def _copy_sqlite(source: Path, target: Path) -> Head:
    """Copy a database that may be in use, and return what the copy holds."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there)
        there.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    copy = create_engine(f"sqlite:///{target}")
    with copy.connect() as connection:
        head = _head(connection)
    copy.dispose()
    return head


def _dump_postgres(engine: Engine, target: Path) -> Head:
    """Dump all rows as of one moment, and return what that moment holds."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.execute(select(func.pg_export_snapshot())).scalar_one()
        head = _head(connection)
        _tool(
            engine,
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--enable-row-security",
            f"--snapshot={snapshot}",
            f"--file={target}",
        )
    return head


def _load_postgres(engine: Engine, source: Path) -> None:
    _tool(
        engine, "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(source)
    )


def _tool(engine: Engine, name: str, *arguments: str) -> None:
    """Run PostgreSQL's own tool; as the owner it sees all rows only with the setting."""
    url = make_url(engine.url)
    address = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    ).render_as_string()
    environment = os.environ | {"PGOPTIONS": "-c jpmirai.org=*"}
    if url.password:
        environment["PGPASSWORD"] = str(url.password)  # not among the arguments: all can read those
    done = subprocess.run(  # noqa: S603 -- our own arguments
        [name, f"--dbname={address}", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        msg = f"{name} failed: {done.stderr.strip()[:500]}"
        raise BadBackup(msg)


def _in_use(engine: Engine) -> bool:
    tables = inspect(engine).get_table_names()
    return bool(set(tables) - {"alembic_version"})


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(PACKAGE / "migrations"))


def _known(manifest: dict[str, object]) -> list[str]:
    found = manifest.get("revision")
    return [str(r) for r in found] if isinstance(found, list) else []


def _head(connection: Connection) -> Head:
    last = select(AuditEvent.hash).order_by(col(AuditEvent.seq).desc()).limit(1)
    return Head(
        revision=sorted(MigrationContext.configure(connection).get_current_heads()),
        count=connection.execute(select(func.count()).select_from(AuditEvent)).scalar_one(),
        hash=connection.execute(last).scalar_one_or_none() or FIRST,
    )


def _files(folder: Path) -> Iterator[Path]:
    return (p for p in sorted(folder.rglob("*")) if p.is_file() and not p.is_symlink())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
