"""What people change about themselves: name, language, e-mail address."""

import datetime as dt

from sqlmodel import col, select

from jpmirai_compliance.accounts.models import User
from jpmirai_compliance.accounts.rules import limits
from jpmirai_compliance.accounts.rules.addresses import normal_email
from jpmirai_compliance.accounts.service import attempts, letters, passwords, sessions
from jpmirai_compliance.accounts.service.links import LinkOver
from jpmirai_compliance.foundation import audit, mail
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import Conflict, Gap, Incomplete
from jpmirai_compliance.foundation.inputs import BadInput
from jpmirai_compliance.foundation.policy import Actor
from jpmirai_compliance.foundation.text import Text

EMAIL = "email"
NOT_AN_EMAIL = Text("Enter an e-mail address such as name@example.jp.")


def introduce(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    name: str,
    locale: str,
    now: dt.datetime,
    seen: str | None = None,
) -> None:
    """Change one's own name and language; Conflict if they are not those ``seen`` on the page."""
    user = uow.session.get_one(User, actor.user_id, with_for_update=True, populate_existing=True)
    if (user.name, user.locale) == (name, locale):
        return
    if seen is not None and seen != seen_of(user.name, user.locale):
        raise Conflict
    user.name, user.locale = name, locale
    _record(uow, actor, Event.SETTINGS_CHANGED, now)


def seen_of(name: str, locale: str) -> str:
    """Return what a page remembers of a name and language that it showed."""
    return f"{locale} {name}"


def speak(uow: UnitOfWork, *, actor: Actor, locale: str, now: dt.datetime) -> None:
    """Change one's own language."""
    uow.session.get_one(User, actor.user_id, with_for_update=True).locale = locale
    _record(uow, actor, Event.SETTINGS_CHANGED, now)


def ask_new_email(
    uow: UnitOfWork, *, actor: Actor, email: str, base_url: str, now: dt.datetime
) -> None:
    """Mail a link to the new address; it says the same whether or not that has an account.

    The caller has checked the password. Raises Incomplete for no address, TooMany after five a day.
    """
    normal = read_email(email)
    attempts.take(uow, [(limits.EMAIL_MAIL, str(actor.user_id))], now)
    user = uow.session.get_one(User, actor.user_id)
    owner = uow.session.exec(select(User).where(col(User.email) == normal)).first()
    if owner is None:
        token = passwords.make_link(uow, user, EMAIL, now, limits.EMAIL_LIFE, normal)
        link = f"{base_url}/account/email/{token}"
        letters.confirm_email(uow, user=user, new_email=normal, link=link, now=now)
    elif owner.id != user.id:
        letters.email_taken(uow, owner=owner, now=now)
    _record(uow, actor, Event.EMAIL_CHANGED, now, state="asked")


def confirm_new_email(uow: UnitOfWork, *, token: str, now: dt.datetime) -> None:
    """Sign in with the new address from now on; the old one is told, all sessions end.

    Raises LinkOver or the address was taken meanwhile.
    """
    link, user = passwords.take_link(uow, token, EMAIL, now)
    if uow.session.exec(select(User.id).where(col(User.email) == link.new_email)).first():
        raise LinkOver
    old, user.email, link.used_at = user.email, link.new_email, now
    sessions.end_sessions(uow, user_id=user.id, now=now)
    mail.moved(uow, old, user.email, now=now)
    letters.email_changed(uow, user=user, old_email=old, now=now)
    audit.record(
        uow,
        Event.EMAIL_CHANGED,
        actor=None,
        now=now,
        subject=f"user:{user.id}",
        data={"state": "confirmed"},
    )


def read_email(typed: str, field: str = "email") -> str:
    """Return the normal form of an address; Incomplete at ``field`` if it is none."""
    try:
        return normal_email(typed)
    except BadInput:
        raise Incomplete(NOT_AN_EMAIL, [Gap(NOT_AN_EMAIL, field)]) from None


def _record(uow: UnitOfWork, actor: Actor, event: Event, now: dt.datetime, **data: str) -> None:
    subject = f"user:{actor.user_id}"
    audit.record(uow, event, actor=actor, now=now, subject=subject, data=data)
