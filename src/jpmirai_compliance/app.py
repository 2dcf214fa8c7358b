"""Application factory: the only file that knows every room's pages."""

from typing import Any, cast

from flask import Flask, request, url_for
from flask_login import current_user
from jinja2 import StrictUndefined
from sqlalchemy import Engine

from jpmirai_compliance.accounts import views as accounts
from jpmirai_compliance.accounts.rules import limits
from jpmirai_compliance.assessments import views as assessments
from jpmirai_compliance.assessments.queries.editions import make_known
from jpmirai_compliance.awards import views as awards
from jpmirai_compliance.disclosure import views as disclosure
from jpmirai_compliance.disclosure.queries import public_assessments
from jpmirai_compliance.disclosure.serving import Published
from jpmirai_compliance.evidence import views as evidence
from jpmirai_compliance.foundation import guard, health, i18n, web
from jpmirai_compliance.foundation.db import make_engine
from jpmirai_compliance.foundation.policy import JUDGING, STAFF, Role
from jpmirai_compliance.foundation.settings import Settings
from jpmirai_compliance.foundation.storage import open_store
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.posters import views as posters
from jpmirai_compliance.principles import ruby_parts, without_ruby
from jpmirai_compliance.reports import views as reports
from jpmirai_compliance.workplaces import views as workplaces

ROOMS = (accounts, evidence, assessments, disclosure, workplaces, posters, awards, reports)
IDLE_MINUTES = 120

_MEMBER = (
    (Text("This year"), "assessments.home"),
    (Text("Evidence"), "assessments.library"),
    (Text("Organisation"), "accounts.profile"),
    (Text("People"), "accounts.people"),
    (Text("Workplaces"), "workplaces.index"),
    (Text("Posters"), "posters.index"),
    (Text("Awards"), "awards.enter"),
)
_REVIEWER = (
    (Text("Overview"), "assessments.secretariat_home"),
    (Text("Reviews"), "assessments.queue"),
    (Text("Rounds"), "assessments.rounds"),
)
_SECRETARIAT = (
    (Text("Members"), "accounts.members"),
    (Text("Mails"), "assessments.outbox"),
    (Text("Awards"), "awards.index"),
    (Text("Wording"), "disclosure.wordings"),
    (Text("Help for workers"), "workplaces.help_desks"),
    (Text("Editions"), "assessments.editions"),
)
_JUDGE = ((Text("Judging"), "awards.desk"),)
#: Pages that belong to a link of the navigation which their addresses do not show.
_UNDER = (("/s/people", "/s/members"), ("/s/reasons", "/s/reviews"))


def create_app(settings: Settings, engine: Engine | None = None) -> Flask:
    """Return the wired application; RuntimeError if a route names no audience or no event."""
    app = Flask("jpmirai_compliance", instance_path=str(settings.instance_path.absolute()))
    app.config.from_mapping(_flask_settings(settings))
    app.jinja_options = {**app.jinja_options, "undefined": StrictUndefined}
    app.extensions["settings"] = settings
    app.extensions["engine"] = engine = engine or make_engine(settings.database)
    app.extensions["store"] = open_store(settings)
    app.extensions["public_assessments"] = public_assessments  # assessments knows no room above it
    i18n.install(app)
    accounts.install(app)
    web.install(app, engine, settings)
    app.before_request(_know_editions)
    app.register_blueprint(health.bp)
    for room in ROOMS:
        app.register_blueprint(room.bp)
    app.context_processor(_navigation)
    app.add_template_filter(ruby_parts, "ruby")
    app.add_template_filter(without_ruby, "bare")
    app.jinja_env.globals["contact_email"] = settings.mail_reply_to or settings.mail_from
    app.wsgi_app = Published(  # type: ignore[method-assign]  # -- Flask's own advice
        cast("Any", app.wsgi_app), settings.published, secure=settings.secure
    )
    guard.audience(guard.Audience.PUBLIC)(cast("Any", app.view_functions["static"]))
    if missing := guard.undeclared(app):
        msg = f"routes without an audience, or changing without an audit event: {missing}"
        raise RuntimeError(msg)
    return app


def _know_editions() -> None:
    """Before anything reads an edition: another process may have published one since."""
    who = guard.audience_of(request.endpoint)
    if who not in {None, guard.Audience.PUBLIC, guard.Audience.VISITOR}:
        make_known(web.uow())


def _flask_settings(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "SECRET_KEY_FALLBACKS": list(settings.secret_key_fallbacks),
        "TESTING": settings.env == "test",
        "TRUSTED_HOSTS": settings.hosts,
        "MAX_CONTENT_LENGTH": web.UPLOAD_MAX,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "SESSION_COOKIE_NAME": "__Host-jpmirai" if settings.secure else "jpmirai",
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": limits.COOKIE,  # the row in the database ends it earlier
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session, or a long answer is lost
        "WTF_CSRF_SSL_STRICT": settings.secure,
        "RATELIMIT_STORAGE_URI": settings.ratelimit_storage,
        "RATELIMIT_ENABLED": True,
    }


def _navigation() -> dict[str, object]:
    """Give signed-in pages the links of what this person may see."""
    service = i18n.translated(Text("JP-MIRAI code of conduct self-assessment"))
    if guard.audience_of(request.endpoint) in {None, guard.Audience.PUBLIC, guard.Audience.VISITOR}:
        return {"nav": [], "service_name": service}
    actor = current_user.actor
    roles = actor.roles if actor else frozenset()
    links = _MEMBER if actor and actor.org_id else ()
    if roles & STAFF:
        links = (*links, *_REVIEWER)
    if Role.SECRETARIAT in roles:
        links = (*links, *_SECRETARIAT)
    if roles & JUDGING:
        links = (*links, *_JUDGE)
    addresses = [url_for(endpoint) for _text, endpoint in links]
    path = next((up for down, up in _UNDER if request.path.startswith(down)), request.path)
    here = [a for a in addresses if f"{path}/".startswith(f"{a}/")]
    current = max(here, key=len, default="")  # /m is above all of a member's pages
    nav = [
        (i18n.translated(text), address, address == current)
        for (text, _endpoint), address in zip(links, addresses, strict=True)
    ]
    return {"nav": nav, "service_name": service}
