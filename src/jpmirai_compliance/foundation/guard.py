"""Every route names its audience, every change names its audit events, or nothing starts."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar, cast

from flask import Flask, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.policy import JUDGING, MEMBER_ROLES, STAFF, Actor

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
SAFE = {"GET", "HEAD", "OPTIONS"}


class Audience(StrEnum):
    """Who may knock at a route; what they may do there is the policy's."""

    PUBLIC = "public"  # anybody; no session, no cookie
    VISITOR = "visitor"  # anybody; may use the session: sign-in, invitations
    SIGNED_IN = "signed-in"  # anybody who has signed in: own sessions, sign-out
    MEMBER = "member"
    SECRETARIAT = "secretariat"
    JUDGE = "judge"


_ROLES = {
    Audience.MEMBER: MEMBER_ROLES,
    Audience.SECRETARIAT: STAFF,
    Audience.JUDGE: JUDGING,
}


def audience(who: Audience, *, records: tuple[Event, ...] = ()) -> Callable[[View], View]:
    """Declare a view's audience and the audit events that it may record."""

    def mark(view: View) -> View:
        view.audience = who  # type: ignore[attr-defined]  # -- a mark on a function
        view.records = records  # type: ignore[attr-defined]  # -- a mark on a function
        return view

    return mark


def keeps(*names: str) -> Callable[[View], View]:
    """Declare which fields of a view's form are kept for the same person if the session ended.

    The page at the same address shows them again. Never a password, never a file.
    """

    def mark(view: View) -> View:
        view.keeps = names  # type: ignore[attr-defined]  # -- a mark on a function
        return view

    return mark


def undeclared(app: Flask) -> list[str]:
    """Return endpoints without an audience, and changing ones without an audit event, sorted."""
    found = set()
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.endpoint == "static":
            continue
        changes = bool((rule.methods or set()) - SAFE)
        if not hasattr(view, "audience") or (changes and not getattr(view, "records", ())):
            found.add(rule.endpoint)
    return sorted(found)


def audience_of(endpoint: str | None) -> Audience | None:
    """Return the audience of an endpoint, or None if there is no such endpoint."""
    if endpoint is None or endpoint not in current_app.view_functions:
        return None
    return getattr(current_app.view_functions[endpoint], "audience", None)


def check() -> ResponseReturnValue | None:
    """Turn away whoever is not the route's audience: the sign-in page, else 403."""
    who = audience_of(request.endpoint)
    if who is None or who in {Audience.PUBLIC, Audience.VISITOR}:
        return None
    actor: Actor | None = current_user.actor
    if actor is None:
        login: LoginManager = current_app.login_manager  # type: ignore[attr-defined]  # -- untyped
        return cast("ResponseReturnValue", login.unauthorized())
    if who is not Audience.SIGNED_IN and not actor.roles & _ROLES[who]:
        abort(403)
    return None
