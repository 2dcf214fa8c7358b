"""What several tests of this room do."""

import re

from sqlmodel import select

from jpmirai_compliance.foundation.audit import AuditEvent

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
