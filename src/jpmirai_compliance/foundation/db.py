"""Engine and unit of work. The only module that commits, and the only one that knows a dialect."""

import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Table, event, false, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import (
    LoaderCriteriaOption,
    ORMExecuteState,
    SessionTransaction,
    with_loader_criteria,
)
from sqlalchemy.orm import Session as AnySession
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, create_engine

from jpmirai_compliance.foundation.errors import Busy, Conflict, DiskFull
from jpmirai_compliance.foundation.tables import OrgOwned

BUSY_MS = 5_000  # how long a writer waits for another one
MIGRATION_MS = 60_000  # and for a process that changes the tables


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows a unit of work sees: one organisation's, everybody's, or nobody's."""

    org_id: uuid.UUID | None = None
    everything: bool = False

    def __str__(self) -> str:
        """Return the form that row security on PostgreSQL compares."""
        return "*" if self.everything else str(self.org_id or "")


NOTHING = Scope()
EVERYTHING = Scope(everything=True)

#: SQLite has one writer: queueing our own threads here keeps them from polling the file lock.
_gates: WeakKeyDictionary[Engine, threading.Lock] = WeakKeyDictionary()


class TenantBreach(RuntimeError):
    """Code tried to write a row of another organisation: a fault of ours, never a user's."""


def make_engine(url: str) -> Engine:
    """Return an engine; on SQLite with WAL, foreign keys, full sync and one writer at a time."""
    if url.startswith("sqlite"):
        engine = create_engine(url, hide_parameters=True)  # answers do not belong in a log
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        _gates[engine] = threading.Lock()
        return engine
    options = f"-c lock_timeout={BUSY_MS} -c timezone=UTC"
    return create_engine(
        url, pool_pre_ping=True, hide_parameters=True, connect_args={"options": options}
    )


class UnitOfWork:
    """One transaction and the things to do once it is safely stored."""

    def __init__(self, session: Session, scope: Scope = NOTHING) -> None:
        self.session = session
        self.scope = scope
        self._writing = False
        self._after_commit: list[Callable[[], None]] = []

    @property
    def scope(self) -> Scope:
        """Whose rows this unit of work sees."""
        return cast("Scope", self.session.info["scope"])

    @scope.setter
    def scope(self, scope: Scope) -> None:
        """Change whose rows are seen; ends the read snapshot, so that every wall follows."""
        if self.session.in_transaction() and self.session.info.get("scope") != scope:
            self.session.rollback()
        self.session.info["scope"] = scope

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run ``action`` after the commit; never if it rolls back (mail, unlink)."""
        self._after_commit.append(action)

    @contextmanager
    def transaction(self) -> Iterator["UnitOfWork"]:
        """Commit if the block ends well, else roll back and re-raise.

        Rows read before the block are read again in it, under SQLite's write lock.
        Raises Conflict if a versioned row was changed by someone else, Busy or DiskFull if
        the database cannot write now, RuntimeError if nested.
        """
        if self._writing:
            msg = "a transaction inside a transaction would discard the outer one"
            raise RuntimeError(msg)
        self.session.rollback()  # a read that turns into a write would work on an old snapshot
        self._writing = True
        try:
            with _write_gate(self.session), translated():
                self._run_begin()
                yield self
                self.session.commit()
        except BaseException as error:
            self._after_commit.clear()
            self.session.rollback()
            if isinstance(error, StaleDataError):
                raise Conflict from error
            raise
        finally:
            self._writing = False
        actions, self._after_commit = self._after_commit, []
        for action in actions:
            action()

    def _run_begin(self) -> None:
        self.session.connection(execution_options={"write": True})


def lock(uow: UnitOfWork, name: str) -> None:
    """Hold a named lock until the transaction ends (SQLite's write lock already is one)."""
    if _dialect(uow.session) == "postgresql":
        uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))


def upsert(
    uow: UnitOfWork,
    table: Table,
    values: Mapping[str, object],
    *,
    keys: Sequence[str],
    where: ColumnElement[bool],
) -> bool:
    """Insert a row, or update the one with the same ``keys`` if ``where`` holds for it.

    Returns whether a row was written; False means that the existing row did not match ``where``.
    """
    dialect = sqlite if _dialect(uow.session) == "sqlite" else postgresql
    insert = dialect.insert(table).values(**values)
    changed = {name: insert.excluded[name] for name in values if name not in keys and name != "id"}
    statement = insert.on_conflict_do_update(index_elements=list(keys), set_=changed, where=where)
    written = uow.session.execute(statement.returning(table.c[keys[0]]))
    return written.first() is not None


def try_lock(connection: Connection, name: str) -> bool:
    """Take a named lock of PostgreSQL for as long as the connection lives; False if it is taken."""
    taken = connection.execute(select(func.pg_try_advisory_lock(func.hashtext(name)))).scalar_one()
    connection.commit()
    return bool(taken)


def unlock(connection: Connection, name: str) -> None:
    """Let go of a lock that ``try_lock`` took."""
    connection.execute(select(func.pg_advisory_unlock(func.hashtext(name))))
    connection.commit()


@contextmanager
def migration_lock(connection: Connection) -> Iterator[None]:
    """Let one process at a time change the tables; others wait, and then read what is done.

    On SQLite that is one write transaction around all steps: the caller commits it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_lock(func.hashtext("jpmirai:migrate"))))
        connection.commit()
    else:
        raw = cast("sqlite3.Connection", connection.connection.dbapi_connection)
        raw.execute(f"PRAGMA busy_timeout={MIGRATION_MS}")
        connection.begin()
        raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    try:
        yield
    finally:
        if connection.dialect.name == "postgresql":
            connection.rollback()
            connection.execute(select(func.pg_advisory_unlock(func.hashtext("jpmirai:migrate"))))
            connection.commit()


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the driver says about locks and full disks into Busy and DiskFull."""
    try:
        yield
    except PoolTimeout as error:
        raise Busy from error
    except OperationalError as error:
        said = str(error.orig).lower()
        if "locked" in said or "lock timeout" in said or "connection" in said:
            raise Busy from error
        if "disk" in said or "no space" in said:
            raise DiskFull from error
        raise


@contextmanager
def _write_gate(session: AnySession) -> Iterator[None]:
    gate = _gates.get(cast("Engine", session.get_bind()))
    if gate is None:
        yield
        return
    if not gate.acquire(timeout=BUSY_MS / 1000):
        raise Busy
    try:
        yield
    finally:
        gate.release()


def _dialect(session: AnySession) -> str:
    return session.get_bind().dialect.name


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # sqlite3 begins nothing by itself: _begin_sqlite does
    pragmas = (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL")
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def owned_tables() -> tuple[type[OrgOwned], ...]:
    """Return the mapped classes whose rows belong to one organisation."""
    return tuple(c for c in _below(OrgOwned) if hasattr(c, "__table__"))


def _below(parent: type[OrgOwned]) -> Iterator[type[OrgOwned]]:
    for child in parent.__subclasses__():
        yield child
        yield from _below(child)


@event.listens_for(AnySession, "after_begin")
def _tell_row_security(
    session: AnySession, _transaction: SessionTransaction, connection: Connection
) -> None:
    """Third wall: PostgreSQL compares every row with this setting of the transaction."""
    if connection.dialect.name == "postgresql" and "scope" in session.info:
        scope = str(session.info["scope"])
        local = True  # until the transaction ends
        connection.execute(select(func.set_config("jpmirai.org", scope, local)))


@event.listens_for(AnySession, "do_orm_execute")
def _only_own_rows(state: ORMExecuteState) -> None:
    """First wall: every ORM select, update and delete is narrowed to the scope."""
    scope: Scope | None = state.session.info.get("scope")
    if scope is None or scope.everything:
        return
    if state.is_column_load or state.is_relationship_load:
        return  # options of the first statement travel with the load
    state.statement = state.statement.options(*_criteria(scope.org_id, owned_tables()))


@lru_cache(maxsize=1_024)
def _criteria(
    org_id: uuid.UUID | None, tables: tuple[type[OrgOwned], ...]
) -> tuple[LoaderCriteriaOption, ...]:
    """Return the condition on each owned table; made once an organisation, not once a query."""
    return tuple(
        with_loader_criteria(
            table,
            false() if org_id is None else col(table.org_id) == org_id,
            include_aliases=True,
        )
        for table in tables
    )


@event.listens_for(AnySession, "before_flush")
def _no_foreign_writes(session: AnySession, _context: object, _instances: object) -> None:
    """Second wall: nothing of another organisation is written."""
    scope: Scope | None = session.info.get("scope")
    if scope is None or scope.everything:
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, OrgOwned) and row.org_id != scope.org_id:
            msg = f"{type(row).__name__} of another organisation"
            raise TenantBreach(msg)
