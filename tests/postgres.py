"""A throw-away PostgreSQL cluster in a temporary folder; never the machine's own."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg


class Cluster:
    """Started once; ``url(name)`` names the driver, as the application wants it."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="jpmirai-pg-"))
        self.user = _unprivileged()
        if self.user:
            shutil.chown(self.folder, self.user)
        self._run("initdb", "-D", self.data, "-U", "root", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = (
            f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off "
            "-c synchronous_commit=off -c full_page_writes=off -c max_connections=60 "
            "-c shared_buffers=64MB -c log_min_messages=panic"
        )
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", self.data, "-o", options, "-l", log, "-w", "start")
        with self.root("postgres") as connection:
            connection.execute("CREATE ROLE jpmirai LOGIN NOSUPERUSER")

    @property
    def data(self):
        return str(self.folder / "data")

    def root(self, name):
        return psycopg.connect(host=str(self.folder), user="root", dbname=name, autocommit=True)

    def create(self, name):
        with self.root("postgres") as connection:
            connection.execute(f'CREATE DATABASE "{name}" OWNER jpmirai')
        return self.url(name)

    def url(self, name):
        return f"postgresql+psycopg://jpmirai@/{name}?host={self.folder}"

    def empty(self, name):
        """Delete every row but the migration's mark; append-only triggers sleep meanwhile."""
        with self.root(name) as connection:
            tables = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                " AND tablename <> 'alembic_version'"
            ).fetchall()
            connection.execute("SET session_replication_role = replica")
            connection.execute("".join(f'DELETE FROM "{t}";' for (t,) in tables))

    def stop(self):
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, tool, *arguments):
        command = [_tool(tool), *arguments]
        if self.user:
            command = ["setpriv", f"--reuid={self.user}", "--clear-groups", *command]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, timeout=60)


def _unprivileged():
    """PostgreSQL refuses to run as root: return whom to run it as, or None if we are not root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _tool(name):
    if found := shutil.which(name):
        return found
    [*_, newest] = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(newest)
