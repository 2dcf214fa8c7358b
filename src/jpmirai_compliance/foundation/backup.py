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
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, make_url
from sqlmodel import Session, col, func, select

from jpmirai_compliance.foundation.audit import FIRST, AuditEvent
from jpmirai_compliance.foundation.catalogue import PACKAGE
from jpmirai_compliance.foundation.settings import Settings
from jpmirai_compliance.foundation.storage import Store, sync_folder, write_durably

MANIFEST = "manifest.json"
FORMAT = 1


class BadBackup(RuntimeError):
    """The folder is not a whole backup, or this is not the place to restore it."""


def backup(
    engine: Engine, settings: Settings, store: Store, target: Path, *, now: dt.datetime
) -> Path:
    """Write a new folder below ``target`` and return it; BadBackup if it exists already."""
    folder = target / f"jpmirai-{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    if folder.exists():
        msg = f"{folder} exists already"
        raise BadBackup(msg)
    (folder / "evidence").mkdir(parents=True)
    if engine.dialect.name == "sqlite":
        _copy_sqlite(Path(str(engine.url.database)), folder / "database.sqlite3")
    else:
        _dump_postgres(engine, folder / "database.dump")
    for name in store.names():
        write_durably(folder / "evidence" / name[:2] / name, store.get(name))
    bundles = settings.published / "bundles"
    if bundles.exists():
        shutil.copytree(bundles, folder / "bundles")
    manifest = {
        "format": FORMAT,
        "made_at": now.astimezone(dt.UTC).isoformat(),
        "dialect": engine.dialect.name,
        "revision": _revision(engine),
        "audit": _audit_head(engine),
        "files": {str(p.relative_to(folder)): _sha256(p) for p in _files(folder)},
    }
    write_durably(folder / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode())
    sync_folder(folder)
    return folder


def restore(source: Path, engine: Engine, settings: Settings, store: Store) -> dict[str, object]:
    """Bring a backup into an empty database and empty folders; returns its manifest.

    BadBackup, before anything is written, if a file is missing, changed or unknown, if the
    backup is of a newer version or another database, or if the place is not empty.
    """
    manifest = check(source)
    if manifest["dialect"] != engine.dialect.name:
        msg = f"the backup is of {manifest['dialect']}, the database is {engine.dialect.name}"
        raise BadBackup(msg)
    if set(_known(manifest)) - {s.revision for s in _scripts().walk_revisions()}:
        msg = "the backup is of a newer version of the service"
        raise BadBackup(msg)
    if _in_use(engine) or next(store.names(), None) is not None:
        msg = "the place is not empty: restore into a new database and instance folder"
        raise BadBackup(msg)
    if engine.dialect.name == "sqlite":
        engine.dispose()
        _copy_sqlite(source / "database.sqlite3", Path(str(engine.url.database)))
    else:
        _load_postgres(engine, source / "database.dump")
    for path in sorted((source / "evidence").glob("??/*")):
        store.put(path.read_bytes())
    if (source / "bundles").exists():
        shutil.copytree(source / "bundles", settings.published / "bundles", dirs_exist_ok=True)
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


def _copy_sqlite(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(source) as here, sqlite3.connect(target) as there:
        here.backup(there)
    here.close()
    there.close()


def _dump_postgres(engine: Engine, target: Path) -> None:
    _tool(engine, "pg_dump", "--format=custom", "--enable-row-security", f"--file={target}")


def _load_postgres(engine: Engine, source: Path) -> None:
    _tool(
        engine, "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(source)
    )


def _tool(engine: Engine, name: str, *arguments: str) -> None:
    """Run PostgreSQL's own tool; as the owner it sees all rows only with the setting."""
    address = (
        make_url(engine.url).set(drivername="postgresql").render_as_string(hide_password=False)
    )
    environment = os.environ | {"PGOPTIONS": "-c jpmirai.org=*"}
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


def _revision(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return sorted(MigrationContext.configure(connection).get_current_heads())


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(PACKAGE / "migrations"))


def _known(manifest: dict[str, object]) -> list[str]:
    found = manifest.get("revision")
    return [str(r) for r in found] if isinstance(found, list) else []


def _audit_head(engine: Engine) -> dict[str, object]:
    with Session(engine) as session:
        query = (
            select(AuditEvent.seq, AuditEvent.hash).order_by(col(AuditEvent.seq).desc()).limit(1)
        )
        last = session.exec(query).first()
        count = session.exec(select(func.count()).select_from(AuditEvent)).one()
    return {"count": count, "head": last[1] if last else FIRST}


def _files(folder: Path) -> Iterator[Path]:
    return (p for p in sorted(folder.rglob("*")) if p.is_file() and not p.is_symlink())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
