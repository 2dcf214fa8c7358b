"""The service as people meet it: waitress on a loopback port, a real database behind it."""

import re
import socket
import threading
import time
from contextlib import contextmanager

from sqlmodel import Session, col, select
from waitress import wasyncore

from jpmirai_compliance.app import create_app
from jpmirai_compliance.foundation import audit, mail, receiving, web
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork, make_engine
from jpmirai_compliance.foundation.mail import OutboxMail
from jpmirai_compliance.foundation.schema import migrate
from jpmirai_compliance.foundation.settings import Settings

SECRET = "test-secret-0123456789-abcdefghij-ABCDEFGH"


class Site:
    """A running service; ``url`` is its address, the rest is for looking behind the pages."""

    def __init__(self, folder, database=""):
        self.sent = []
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        folder.mkdir(parents=True, exist_ok=True)
        self.settings = Settings(
            _env_file=None,
            env="test",
            secret_key=SECRET,
            database_url=database,
            instance_path=folder,
            public_base_url=self.url,
        )
        self.engine = make_engine(self.settings.database)
        migrate(self.engine)
        self.app = create_app(self.settings, self.engine)
        self._server = receiving.make_server(
            self.app,
            sockets=[self._socket],
            threads=4,
            clear_untrusted_proxy_headers=True,
            ident=None,
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        """Close every socket in the server's own thread, and wait for its end."""
        server = self._server
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))
        self._thread.join(timeout=10)
        server.task_dispatcher.shutdown(timeout=2)
        self.engine.dispose()

    @contextmanager
    def look(self):
        """Read the database."""
        with Session(self.engine) as session:
            yield UnitOfWork(session, EVERYTHING)

    @contextmanager
    def work(self, scope=EVERYTHING):
        """Change the database, in one transaction."""
        with Session(self.engine) as session:
            uow = UnitOfWork(session, scope)
            with uow.transaction():
                yield uow

    def mails(self, recipient=None, kind=None):
        """Return what lies in the outbox, oldest first."""
        query = select(OutboxMail).order_by(col(OutboxMail.created_at))
        with Session(self.engine) as session:
            found = session.exec(query).all()
        return [m for m in found if recipient in {None, m.recipient} and kind in {None, m.kind}]

    def link(self, recipient):
        """Return the path that the newest mail to somebody links to, sent or waiting."""
        sent = [m.get_content() for m in self.sent if m["To"] == recipient]
        bodies = sent + [m.body for m in self.mails(recipient)]
        links = re.findall(re.escape(self.url) + r"(/\S+)", "\n".join(bodies))
        return links[-1]

    def send_mails(self):
        """Let the outbox leave, and return the messages."""
        sent = []
        with Session(self.engine) as session:
            uow = UnitOfWork(session, EVERYTHING)
            mail.deliver(uow, sent.append, self.settings, now=web.now())
        self.sent += sent
        return sent

    def broken_audit_row(self):
        """Return the first row that does not fit the chain, or None."""
        with Session(self.engine) as session:
            return audit.verify(session)[1]

    @contextmanager
    def later(self, days):
        """Let the clock in front of the published files show a later day."""
        front = self.app.wsgi_app
        front.clock = lambda: time.time() + days * 86_400
        yield
        front.clock = time.time
