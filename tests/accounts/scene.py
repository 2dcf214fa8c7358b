"""What several tests of this room do."""

import re
import threading

from sqlmodel import Session, select

from jpmirai_compliance.foundation.audit import AuditEvent
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork
from jpmirai_compliance.foundation.errors import DomainError

PASSWORD = "correct boat under 9 pines"
OTHER = "seven green kettles sing"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def link_in(message):
    """The path of the link in a mail."""
    [link] = re.findall(r"http://localhost(/\S+)", message.get_content())
    return link


def sign_in(browser, email, password=PASSWORD, status=303):
    browser.get("/sign-in")
    return browser.press("Sign in", status=status, email=email, password=password)


def errors(page):
    return [" ".join(li.text.split()) for li in page.select("[role=alert] li")]


def rows(uow, table):
    """Every row of a table, read anew."""
    uow.session.rollback()
    return uow.session.exec(select(table)).all()


def events(uow):
    return [row.event for row in sorted(rows(uow, AuditEvent), key=lambda row: row.seq)]


def race(engine, *deeds):
    """Do all at the same moment, and return the names of their errors or None."""
    gate, results = threading.Barrier(len(deeds)), {}

    def run(number, deed):
        with Session(engine) as session:
            work = UnitOfWork(session, EVERYTHING)
            gate.wait()
            try:
                with work.transaction():
                    deed(work)
                results[number] = None
            except DomainError as error:
                results[number] = type(error).__name__

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[n] for n in range(len(deeds))]
