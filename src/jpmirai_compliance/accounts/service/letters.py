"""The mails of this room; each is queued in the transaction of what it tells about."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from jpmirai_compliance.accounts.models import Handover, User
from jpmirai_compliance.accounts.queries.people import PersonView
from jpmirai_compliance.foundation import mail
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.text import Localized, Text

_NOT_YOU = Text(
    "If it was not you, tell the JP-MIRAI secretariat at once: somebody may be using your account."
)
_IGNORE = Text("If you did not ask for this, you can ignore this mail. Nothing has changed.")


def invitation(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    recipient: str,
    name: str,
    locale: str,
    organisation: Localized | None,
    link: str,
    expires_at: dt.datetime,
    org_id: uuid.UUID | None,
    now: dt.datetime,
) -> None:
    """Invite somebody to an organisation, or to work with the secretariat."""
    if organisation is not None:
        subject = Text("Invitation to the self-assessment of %(name)s", {"name": organisation})
        what = Text(
            "You are invited to work on the JP-MIRAI code of conduct self-assessment for %(name)s.",
            {"name": organisation},
        )
    else:
        subject = Text("Invitation from the JP-MIRAI secretariat")
        what = Text(
            "You are invited to work on the JP-MIRAI code of conduct self-assessment with the "
            "secretariat."
        )
    body: list[Text | str] = [
        what,
        Text("Open this page, look at the invitation and accept it:"),
        link,
        Text("The link works once, until %(when)s.", {"when": expires_at}),
        Text("If you do not know what this is about, you can ignore this mail."),
    ]
    _send(uow, "invitation", recipient, name, locale, subject, body, now, org_id)


def reset(uow: UnitOfWork, *, user: User, link: str, now: dt.datetime) -> None:
    """Send the link that sets a new password."""
    body: list[Text | str] = [
        Text("Somebody asked for a new password for your account."),
        Text("Open this page and choose a new password:"),
        link,
        Text("The link works once, for 30 minutes."),
        _IGNORE,
    ]
    _to_user(uow, "reset", user, Text("Choose a new password"), body, now)


def password_changed(uow: UnitOfWork, *, user: User, now: dt.datetime) -> None:
    """Tell the owner that the password is another one now."""
    body: list[Text | str] = [Text("The password of your account was changed."), _NOT_YOU]
    _to_user(uow, "password-changed", user, Text("Your password was changed"), body, now)


def second_factor_changed(uow: UnitOfWork, *, user: User, on: bool, now: dt.datetime) -> None:
    """Tell the owner that two-step sign-in was turned on or off."""
    what = (
        Text("Two-step sign-in was set up for your account.")
        if on
        else Text("Two-step sign-in was turned off for your account.")
    )
    subject = Text("Two-step sign-in was changed")
    _to_user(uow, "second-factor", user, subject, [what, _NOT_YOU], now)


def confirm_email(
    uow: UnitOfWork, *, user: User, new_email: str, link: str, now: dt.datetime
) -> None:
    """Ask the new address to confirm that it can be reached."""
    body: list[Text | str] = [
        Text("You asked to sign in with this e-mail address from now on."),
        Text("Open this page and confirm it:"),
        link,
        Text("The link works once, for 24 hours."),
        _IGNORE,
    ]
    subject = Text("Confirm your new e-mail address")
    _send(uow, "confirm-email", new_email, user.name, user.locale, subject, body, now)


def email_taken(uow: UnitOfWork, *, owner: User, now: dt.datetime) -> None:
    """Tell the owner of an address that somebody wanted it for another account."""
    body: list[Text | str] = [
        Text("Somebody asked to use your e-mail address for another account. It was not changed."),
        Text("An address can belong to one account only. This one belongs to yours."),
    ]
    subject = Text("Your e-mail address was not changed")
    _to_user(uow, "email-taken", owner, subject, body, now)


def email_changed(uow: UnitOfWork, *, user: User, old_email: str, now: dt.datetime) -> None:
    """Tell the old address that it no longer signs in."""
    body: list[Text | str] = [
        Text("The e-mail address of your account was changed. This one no longer signs in."),
        _NOT_YOU,
    ]
    subject = Text("Your e-mail address was changed")
    _send(uow, "email-changed", old_email, user.name, user.locale, subject, body, now)


def handover_asked(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    row: Handover,
    giver: User,
    organisation: Localized,
    link: str,
    now: dt.datetime,
) -> None:
    """Ask the successor to take the rights of an administrator over."""
    values = {"giver": giver.name, "organisation": organisation}
    body: list[Text | str] = [
        Text(
            "%(giver)s wants to pass the administrator's rights for %(organisation)s on to you.",
            values,
        ),
        Text("Open this page, look at it and confirm:"),
        link,
        Text("The link works once, until %(when)s.", {"when": row.expires_at}),
        Text("Nothing changes before you confirm."),
        Text("If you do not know what this is about, you can ignore this mail."),
    ]
    subject = Text("Hand-over of the administrator's rights: please confirm")
    name, locale, org_id = row.name, row.locale, row.org_id
    _send(uow, "handover", row.email, name, locale, subject, body, now, org_id)


def handover_done(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    row: Handover,
    giver: User,
    successor: User,
    organisation: Localized,
    link: str,
    now: dt.datetime,
) -> None:
    """Tell the one who handed over; ``link`` undoes it, empty for somebody who left."""
    values = {"name": successor.name, "organisation": organisation}
    body: list[Text | str] = [
        Text("%(name)s is an administrator of %(organisation)s now. You are not any more.", values)
    ]
    until = {"when": row.undo_until}
    if link:
        body += [Text("If this is wrong, you can undo it until %(when)s:", until), link]
    else:
        body += [
            Text("You no longer have access there."),
            Text("If this is wrong, tell the JP-MIRAI secretariat before %(when)s.", until),
        ]
    _to_user(uow, "handover-done", giver, Text("Administrator's rights were passed on"), body, now)


def handover_undone(
    uow: UnitOfWork,
    *,
    people: Sequence[User],
    organisation: Localized,
    now: dt.datetime,
) -> None:
    """Tell both people that everything is as before."""
    body: list[Text | str] = [
        Text(
            "The hand-over of the administrator's rights for %(organisation)s was undone. "
            "Everybody there has the rights of before.",
            {"organisation": organisation},
        )
    ]
    subject = Text("The hand-over was undone")
    for user in people:
        _to_user(uow, "handover-undone", user, subject, body, now)


def reopening_proposed(
    uow: UnitOfWork,
    *,
    people: Sequence[PersonView],
    organisation: Localized,
    link: str,
    now: dt.datetime,
) -> None:
    """Ask colleagues of the secretariat to look at a proposal."""
    body: list[Text | str] = [
        Text(
            "A new administrator was proposed for %(organisation)s, where nobody can be reached. "
            "A second person of the secretariat has to agree.",
            {"organisation": organisation},
        ),
        Text("Look at the reason and the evidence here:"),
        link,
    ]
    subject = Text("Please look at a proposal for %(organisation)s", {"organisation": organisation})
    for one in people:
        _send(uow, "reopening", one.email, one.name, one.locale, subject, body, now)


def reopened(
    uow: UnitOfWork,
    *,
    addresses: Mapping[str, str],
    organisation: Localized,
    org_id: uuid.UUID,
    now: dt.datetime,
) -> None:
    """Tell the old addresses of a member that the secretariat invites a new administrator."""
    body: list[Text | str] = [
        Text(
            "The JP-MIRAI secretariat could not reach an administrator of %(organisation)s "
            "and has invited a new one.",
            {"organisation": organisation},
        ),
        Text("If this is wrong, tell the secretariat at once."),
    ]
    subject = Text("A new administrator for %(organisation)s", {"organisation": organisation})
    for address, locale in addresses.items():
        _send(uow, "reopened", address, "", locale, subject, body, now, org_id)


def _to_user(  # noqa: PLR0913, PLR0917 -- as ``_send``
    uow: UnitOfWork,
    kind: str,
    user: User,
    subject: Text,
    body: Sequence[Text | str],
    now: dt.datetime,
) -> None:
    _send(uow, kind, user.email, user.name, user.locale, subject, body, now)


def _send(  # noqa: PLR0913, PLR0917 -- the one place where a mail is put together
    uow: UnitOfWork,
    kind: str,
    recipient: str,
    name: str,
    locale: str,
    subject: Text,
    body: Sequence[Text | str],
    now: dt.datetime,
    org_id: uuid.UUID | None = None,
) -> None:
    greeting: list[Text | str] = [Text("Dear %(name)s,", {"name": name})] if name else []
    mail.queue(
        uow,
        kind=f"accounts:{kind}",
        recipient=recipient,
        locale=locale,
        subject=subject,
        paragraphs=[*greeting, *body],
        now=now,
        org_id=org_id,
    )
