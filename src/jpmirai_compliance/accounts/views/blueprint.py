"""The room's blueprint, and what its pages share."""

from flask import Blueprint, current_app, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from jpmirai_compliance.accounts.queries import LinkState
from jpmirai_compliance.accounts.rules.addresses import local_path
from jpmirai_compliance.accounts.service import Vault
from jpmirai_compliance.foundation.errors import Incomplete
from jpmirai_compliance.foundation.forms import Form
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import JUDGING, STAFF, Actor

bp = Blueprint("accounts", __name__)
NEXT = "next"  # key of the session: where somebody was going when asked to sign in


def vault() -> Vault:
    """Return the application's vault."""
    found: Vault = current_app.extensions["vault"]
    return found


def base_url() -> str:
    """Return the address that mails link to: from the settings, never from a request."""
    return str(current_app.extensions["settings"].public_base_url).rstrip("/")


def home_of(actor: Actor | None) -> str:
    """Return the start page of whoever is signed in."""
    if actor is None:
        return url_for("accounts.sign_in")
    if actor.org_id is not None:
        return url_for("assessments.home")
    if actor.roles & STAFF:
        return url_for("assessments.secretariat_home")
    return url_for("awards.desk")


def layout() -> str:
    """Return the layout of pages that everybody who is signed in has."""
    actor: Actor | None = current_user.actor
    if actor is None:
        return "layouts/base.html"
    if actor.org_id is not None:
        return "layouts/member.html"
    only_judge = actor.roles & JUDGING and not actor.roles & STAFF
    return "layouts/judge.html" if only_judge else "layouts/secretariat.html"


def keep_next(raw: str | None) -> None:
    """Remember where somebody was going, if that is a page of ours."""
    session.pop(NEXT, None)
    if (path := local_path(raw)) and _is_page(path):
        session[NEXT] = path


def go(default: str) -> ResponseReturnValue:
    """Redirect to the remembered page, else to ``default``."""
    path = local_path(session.pop(NEXT, None)) or default
    return redirect(path, 303)


def refuse(form: Form, error: Incomplete) -> None:
    """Show what a service found missing at the fields of a form."""
    for gap in error.gaps:
        text = translated(gap.text)
        if gap.target in form:
            field = form[gap.target]
            field.errors = [*field.errors, text]
        else:
            form.form_errors.append(text)


def link_over(state: LinkState, kind: str) -> ResponseReturnValue:
    """Say why a mailed link does not work and what to do: 410, or 404 if it never was one."""
    page = render_template("accounts/link_over.html", state=state.value, kind=kind)
    return page, 404 if state is LinkState.UNKNOWN else 410


def _is_page(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path.partition("?")[0], method="GET")
    except HTTPException:
        return False
    return True
