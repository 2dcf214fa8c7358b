"""Who is signed in: from the cookie's token to a person, on every request."""

import datetime as dt
import uuid
from contextlib import suppress
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user

from jpmirai_compliance.accounts import queries
from jpmirai_compliance.accounts.queries import SignedIn
from jpmirai_compliance.accounts.rules import limits
from jpmirai_compliance.accounts.rules.addresses import local_path
from jpmirai_compliance.accounts.service import Vault, sessions
from jpmirai_compliance.accounts.views import keeping, staying
from jpmirai_compliance.accounts.views.blueprint import bp
from jpmirai_compliance.accounts.views.keeping import TOKEN
from jpmirai_compliance.foundation.errors import Busy, SignInAgain
from jpmirai_compliance.foundation.guard import SAFE, Audience, audience_of
from jpmirai_compliance.foundation.i18n import CHOICE
from jpmirai_compliance.foundation.policy import Actor
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.foundation.web import now, uow


class Anonymous(AnonymousUserMixin):  # type: ignore[misc]  # -- flask-login has no types
    """Nobody; ``actor`` None makes every ``may`` false."""

    actor: Actor | None = None
    locale: str | None = None
    name = ""
    organisation_name = ""


class CurrentUser(UserMixin):  # type: ignore[misc]  # -- flask-login has no types
    """Somebody who has signed in, as of this request; roles are read anew each time."""

    def __init__(self, token: str, found: SignedIn) -> None:
        self._token = token
        self._names = found.names
        self.actor: Actor = found.actor
        self.user_id: uuid.UUID = found.user_id
        self.session_id: uuid.UUID = found.session_id
        self.name = found.name
        self.email = found.email
        self.locale = found.locale
        self.second_factor = found.second_factor
        self.fresh_at: dt.datetime = found.fresh_at
        self.seen_at: dt.datetime = found.seen_at
        self.created_at: dt.datetime = found.created_at

    @property
    def organisation_name(self) -> str:
        """The name of the organisation acted for, in the page's language; "" for staff."""
        return self._names.pick(str(get_locale())) if self._names else ""

    @property
    def who(self) -> str:
        """A mark of this person acting for this organisation; it tells nobody who that is."""
        found: Vault = current_app.extensions["vault"]
        return found.veil(f"who:{self.user_id}:{self.actor.org_id}")[:20]

    def get_id(self) -> str:
        """Return what the cookie holds."""
        return self._token


def install(app: Flask) -> None:
    """Let requests know who is signed in."""
    # not init_app: its context processor and its remember cookie look at the session of
    # every request, public pages included
    login = LoginManager()
    app.login_manager = login  # type: ignore[attr-defined]  # -- where Flask-Login looks for it
    app.add_template_global(current_user, "current_user")
    login.session_protection = None  # the row in the database decides, not the address
    login.anonymous_user = Anonymous
    login.user_loader(_load)
    login.unauthorized_handler(_unauthorized)
    app.add_template_global(staying.lasting, "session_lasts")
    app.extensions["stale_form"] = keeping.after_another_sign_in
    app.extensions["vault"] = Vault.of(app.extensions["settings"])


def fresh() -> None:
    """Raise SignInAgain if the password was typed more than ten minutes ago."""
    if not limits.is_fresh(current_user.fresh_at, now()):
        raise SignInAgain(Text("Please type your password once more."))


def let_in(token: str) -> None:
    """Give the browser the cookie of a new session; nothing of an earlier one stays."""
    kept = {key: session[key] for key in (CHOICE, "next") if key in session}
    session.clear()
    session.update(kept)
    session[TOKEN] = token


@bp.before_app_request
def touch() -> None:
    """Keep a session alive while it is used; written once a minute at most."""
    if audience_of(request.endpoint) in {None, Audience.PUBLIC, Audience.VISITOR}:
        return
    if not current_user.is_authenticated or now() - current_user.seen_at < limits.SEEN_STEP:
        return
    with suppress(Busy), uow().transaction() as work:
        sessions.touch(work, session_id=current_user.session_id, now=now())


def _load(token: str) -> CurrentUser | None:
    if "uow" not in g or not isinstance(token, str):
        return None
    found = queries.signed_in(uow(), token, now())
    return CurrentUser(token, found) if found else None


def _unauthorized() -> ResponseReturnValue:
    if keeping.wants_json():
        abort(401)
    if (kept := keeping.after_the_session()) is not None:
        return kept
    here = request.full_path if request.query_string else request.path
    if request.method not in SAFE:  # what was sent is lost: at least back to the form
        here = urlsplit(request.referrer or "").path
    known = here if local_path(here) else None
    return redirect(url_for("accounts.sign_in", next=known), 303)
