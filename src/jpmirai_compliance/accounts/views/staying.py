"""Staying signed in: how long the session lasts, and going on after having signed in again."""

import datetime as dt

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from jpmirai_compliance.accounts.rules import limits
from jpmirai_compliance.accounts.views.blueprint import bp, layout
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.web import now


@bp.get("/session")
@audience(Audience.SIGNED_IN)
def current_session() -> ResponseReturnValue:
    """Tell a page of ours how long its session lasts, and give it a token for its form.

    Asking is use, so the session goes on. 409 without a token if the page was somebody else's
    (``who``), or was opened for another organisation.
    """
    who = request.args.get("who")
    if who is not None and who != current_user.who:
        return jsonify(who=current_user.who), 409
    idle, left = lasting()
    return jsonify(who=current_user.who, token=generate_csrf(), idle=idle, left=left)


@bp.get("/signed-in-again")
@audience(Audience.SIGNED_IN)
def signed_in_again() -> ResponseReturnValue:
    """Say that the tab with the unsaved page goes on by itself."""
    return render_template("accounts/signed_in_again.html", layout=layout())


def lasting() -> tuple[int, int]:
    """Return the seconds that the session lives without use, and those it can live at most."""
    second = dt.timedelta(seconds=1)
    idle, left = limits.left(current_user.actor.roles, current_user.created_at, now())
    return idle // second, left // second
