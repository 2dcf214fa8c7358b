"""Commands about accounts: there is no account before the first of them is run."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from sqlmodel import Session

from jpmirai_compliance.accounts import queries, service
from jpmirai_compliance.accounts.rules.addresses import email_or_typed
from jpmirai_compliance.accounts.service import Vault, second_factor
from jpmirai_compliance.foundation import settings as environment
from jpmirai_compliance.foundation.catalogue import LOCALES, translate
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork, make_engine
from jpmirai_compliance.foundation.errors import DomainError
from jpmirai_compliance.foundation.policy import STAFF

EMAIL = click.option("--email", required=True, help="The person's e-mail address.")


@click.command("create-admin")
@EMAIL
@click.option("--name", required=True, help="The person's name.")
@click.option(
    "--locale", type=click.Choice(LOCALES), default="ja", help="Language of pages, mails."
)
@click.option("--ask-password", is_flag=True, help="Ask for a password instead of printing a link.")
def create_admin(email: str, name: str, locale: str, ask_password: bool) -> None:  # noqa: FBT001 -- click
    """Make the first account of the secretariat, or another one."""
    settings = environment.load()
    password = ""
    if ask_password:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    now = datetime.now(UTC)
    with _work() as work:
        if password:
            vault = Vault.of(settings)
            user_id = service.create_user(
                work, email=email, name=name, locale=locale, password=password, vault=vault, now=now
            )
            service.grant(work, actor=None, user_id=user_id, org_id=None, roles=STAFF, now=now)
            click.echo(f"{email} can sign in now and will be asked to set up two-step sign-in.")
            return
        base = settings.public_base_url.rstrip("/")
        token = service.invite(
            work,
            actor=None,
            email=email,
            name=name,
            org_id=None,
            roles=STAFF,
            locale=locale,
            base_url=base,
            now=now,
        )
    click.echo(f"Open this link within seven days, once:\n{base}/invitations/{token}")


@click.command("end-sessions")
@click.option("--email", help="Whose sessions; everybody's if missing.")
def end_sessions(email: str | None) -> None:
    """Sign somebody, or everybody, out everywhere."""
    now = datetime.now(UTC)
    with _work() as work:
        if email is None:
            service.end_everything(work, now=now)
            click.echo("Everybody has to sign in again.")
            return
        service.end_sessions(work, user_id=_account(work, email), now=now)
    click.echo(f"{email} has to sign in again.")


@click.command("clear-second-factor")
@EMAIL
def clear_second_factor(email: str) -> None:
    """Take a lost second factor away from somebody whose identity you have checked."""
    now = datetime.now(UTC)
    with _work() as work:
        second_factor.clear_for(work, user_id=_account(work, email), now=now)
    click.echo(
        f"{email} signs in by password, and sets up two-step sign-in anew if the role needs it."
    )


commands = (create_admin, end_sessions, clear_second_factor)


def _account(work: UnitOfWork, email: str) -> uuid.UUID:
    if (user_id := queries.account(work, email_or_typed(email))) is None:
        msg = f"There is no account with the address {email}."
        raise click.ClickException(msg)
    return user_id


@contextmanager
def _work() -> Iterator[UnitOfWork]:
    engine = make_engine(environment.load().database)
    try:
        with Session(engine) as session, UnitOfWork(session, EVERYTHING).transaction() as work:
            yield work
    except DomainError as error:
        raise click.ClickException(translate(error.text, "en")) from error
    finally:
        engine.dispose()
