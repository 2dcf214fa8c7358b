"""Forms that were sent after their session had ended: what was typed waits for the same person."""

from typing import Any

from flask import current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError

from jpmirai_compliance.accounts.service import drafts
from jpmirai_compliance.accounts.service.drafts import Owner
from jpmirai_compliance.accounts.views.blueprint import vault
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import Busy
from jpmirai_compliance.foundation.web import actor, now, uow

TOKEN = "_user_id"  # noqa: S105 -- the key under which Flask-Login keeps what it gives the loader
VALUE_MAX = 20_000  # characters of one field


def wants_json() -> bool:
    """Return whether a script asks, which can do nothing with a page."""
    wanted = request.accept_mimetypes
    return "HX-Request" in request.headers or (
        wanted.best_match(["text/html", "application/json"]) == "application/json"
    )


def after_the_session() -> ResponseReturnValue | None:
    """Keep a form that only came too late, then ask to sign in; None for everything else."""
    if not (names := _names()):
        return None
    try:
        validate_csrf(request.form.get("csrf_token", ""))
    except ValidationError:
        return None
    owner = drafts.owner_of(uow(), str(session.get(TOKEN, "")), now())
    if owner is None or not _keep(owner, names):
        return None
    flash(_("Your sign-in had ended. What you typed is back when you sign in."), "info")
    return redirect(url_for("accounts.sign_in", next=request.path), 303)


def after_another_sign_in() -> ResponseReturnValue | None:
    """Show a form again whose token belongs to the same person's earlier session; else None.

    ``who`` on the form is what proves it: nobody else can know it.
    """
    names = _names()
    if not names or current_user.actor is None or wants_json():
        return None
    if request.form.get("who") != current_user.who:
        return None
    who = actor()
    if not _keep(Owner(who.user_id, who.org_id), names):
        return None
    return redirect(request.path, 303)


def typed() -> dict[str, str] | None:
    """Return what the actor typed into the form of this page and could not save, or None."""
    return drafts.kept(uow(), actor=actor(), path=request.path, vault=vault(), now=now())


def forget_typed(work: UnitOfWork) -> None:
    """Remove what ``typed`` returned, in the transaction that stores it."""
    drafts.forget(work, actor=actor(), path=request.path)


def _names() -> tuple[str, ...]:
    view: Any = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "keeps", ()) if request.method == "POST" else ()


def _keep(owner: Owner, names: tuple[str, ...]) -> bool:
    fields = {n: request.form[n][:VALUE_MAX] for n in names if n in request.form}
    try:
        with uow().transaction() as work:
            return drafts.keep(
                work, owner=owner, path=request.path, fields=fields, vault=vault(), now=now()
            )
    except Busy:
        return False
