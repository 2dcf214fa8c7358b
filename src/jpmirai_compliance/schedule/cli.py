"""Command line of mail: telling the service what came back."""

import datetime as dt
from typing import BinaryIO

import click
from sqlmodel import Session

from jpmirai_compliance.foundation import bounces
from jpmirai_compliance.foundation import mail as outbox
from jpmirai_compliance.foundation import settings as environment
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork, make_engine


@click.group("mail")
def mail() -> None:
    """Look after mail."""


@mail.command("bounce")
@click.argument("report", type=click.File("rb"), metavar="FILE|-")
def bounce(report: BinaryIO) -> None:
    """Read a delivery report (RFC 3464) and mark the address that cannot be reached.

    Made for a mail server's pipe. It ends with 0 whatever was read: a report that says nothing
    of a mail of ours must not come back to whoever sent it.
    """
    engine = make_engine(environment.load().database)
    try:
        with Session(engine) as session, UnitOfWork(session, EVERYTHING).transaction() as work:
            read = report.read(bounces.MOST)
            believed, ignored = outbox.take_report(work, read, now=dt.datetime.now(dt.UTC))
    finally:
        engine.dispose()
    click.echo(f"Addresses marked: {believed}. Not ours, so not believed: {ignored}.")


commands = (mail,)
