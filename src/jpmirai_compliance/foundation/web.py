"""What a request stands on: unit of work, guard, CSRF, headers, error pages."""

import datetime as dt
import json
import secrets
import time
import uuid
from functools import cache, partial
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_login import LoginManager, current_user
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from sqlalchemy import Engine
from sqlmodel import Session
from structlog.contextvars import bind_contextvars, clear_contextvars
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter, IntegerConverter, Map

from jpmirai_compliance.foundation import guard
from jpmirai_compliance.foundation.db import EVERYTHING, NOTHING, Scope, UnitOfWork, translated
from jpmirai_compliance.foundation.errors import (
    Busy,
    DiskFull,
    DomainError,
    Incomplete,
    NotFound,
    NotPermitted,
    SignInAgain,
    TooMany,
)
from jpmirai_compliance.foundation.guard import Audience
from jpmirai_compliance.foundation.inputs import MAX_INT
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Of, may
from jpmirai_compliance.foundation.settings import Settings
from jpmirai_compliance.foundation.text import Text

DIST = Path(__file__).resolve().parents[1] / "static" / "dist"
UPLOAD_MAX = 25 * 1024 * 1024  # bytes of one request; a file may have 20 MB of it
STATUS = (
    (NotFound, 404),
    (NotPermitted, 403),
    (Incomplete, 422),
    (TooMany, 429),
    (Busy, 503),
    (DiskFull, 507),
    (DomainError, 409),
)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}
#: Routes that leave no trace: health, and what workers read.
UNLOGGED = ("/healthz", "/readyz", "/<lang>/w/", "/<lang>/workers", "/q/", "/Q/")
log = structlog.get_logger()
csrf = CSRFProtect()
limiter = Limiter(key_func=lambda: request.remote_addr or "", headers_enabled=False)


class Bounded(IntegerConverter):
    """Whole numbers in addresses that a database can hold; others are no page of ours."""

    def __init__(self, map: Map) -> None:  # noqa: A002 -- Werkzeug's name
        super().__init__(map, max=MAX_INT)


class Name(BaseConverter):
    """Names that we give ourselves, such as ``2026.1``: other characters are no page of ours."""

    regex = "[0-9A-Za-z.-]{1,40}"


def install(app: Flask, engine: Engine, settings: Settings) -> None:
    """Give every request a unit of work, then the guard, then the CSRF check."""
    app.url_map.converters["int"] = Bounded
    app.url_map.converters["name"] = Name
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # -- Flask's own advice
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=0
        )

    @app.before_request
    def open_uow() -> None:
        g.request_id = secrets.token_hex(6)
        g.started = time.perf_counter()
        clear_contextvars()
        bind_contextvars(request_id=g.request_id)
        g.uow = UnitOfWork(Session(engine))

    @app.teardown_request
    def close_uow(_error: BaseException | None) -> None:
        if work := g.pop("uow", None):
            work.session.close()

    limiter.init_app(app)
    app.before_request(guard.check)
    app.before_request(narrow)
    csrf.init_app(app)  # after the guard, or strangers get 400 instead of the sign-in page
    app.after_request(partial(harden, secure=settings.secure))
    app.after_request(note)
    _install_templates(app)
    for error, status in STATUS:
        app.register_error_handler(error, partial(_domain_page, status=status))
    app.register_error_handler(SignInAgain, _sign_in_again)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_page)
    app.register_error_handler(RecursionError, partial(_bad_request, name="400"))
    app.register_error_handler(Exception, _fault)


def narrow() -> None:
    """Let the request see its own organisation's rows, all rows, or none."""
    who = guard.audience_of(request.endpoint)
    if who in {None, Audience.PUBLIC, Audience.VISITOR}:
        return
    found = current_user.actor
    if found is None:
        g.uow.scope = NOTHING
    elif found.org_id is not None:
        g.uow.scope = Scope(found.org_id)
    else:
        g.uow.scope = EVERYTHING


def uow() -> UnitOfWork:
    """Return the request's unit of work."""
    return cast("UnitOfWork", g.uow)


def public_uow() -> UnitOfWork:
    """Return the unit of work opened for public reading: queries there name what is public."""
    work = uow()
    work.scope = EVERYTHING
    return work


def actor() -> Actor:
    """Return who is acting; on PUBLIC and VISITOR routes there may be none."""
    return cast("Actor", current_user.actor)


def now() -> dt.datetime:
    """Return the moment, aware, in UTC; for views only."""
    return dt.datetime.now(dt.UTC)


@cache
def _manifest() -> dict[str, str]:
    return cast("dict[str, str]", json.loads((DIST / "manifest.json").read_text()))


def asset(name: str) -> str:
    """Return the address of a built front-end file; KeyError if ``make assets`` made none."""
    return f"/static/dist/{_manifest()[name]}"


def harden(response: Response, *, secure: bool) -> Response:
    """Put the security headers on every answer, errors included; a view's own ones win."""
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint == "static":
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif guard.audience_of(request.endpoint) is not Audience.PUBLIC:
        headers.setdefault("Cache-Control", "no-store")
    return response


def note(response: Response) -> Response:
    """Log one line about the request: the route, never the path, the address or what was sent.

    Nothing at all about health and about the pages that workers read.
    """
    route = request.url_rule.rule if request.url_rule else None
    if not (route or "").startswith(UNLOGGED):
        took = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1)
        log.info(
            "request", method=_method(), route=route, status=response.status_code, milliseconds=took
        )
    return response


def _method() -> str:
    return request.method if request.method in METHODS else "other"


def _install_templates(app: Flask) -> None:
    app.add_template_global(may)
    app.add_template_global(asset)
    app.add_template_global(Of, "Of")
    app.jinja_env.globals["SECRETARIAT_ITSELF"] = SECRETARIAT_ITSELF
    app.add_template_global(uuid.uuid4, "once")
    app.jinja_env.globals["upload_max"] = UPLOAD_MAX


def _domain_page(error: DomainError, status: int) -> ResponseReturnValue:
    headers = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Busy):
        headers["Retry-After"] = "3"
        _ask_nobody()
    name = str(status) if status in {404, 503, 507} else "domain"
    return _page(error, status, name), status, headers


def _sign_in_again(_error: SignInAgain) -> ResponseReturnValue:
    safe = request.method in guard.SAFE  # else what was sent is lost: back to the form
    here = request.full_path if safe else urlsplit(request.referrer or "").path
    return redirect(url_for("accounts.confirm_password", next=here), 303)


def _stale_form(error: CSRFError) -> ResponseReturnValue:
    """Answer a form whose token is no longer good: shown again if it is the same person's."""
    again = current_app.extensions["stale_form"]()
    return again if again is not None else _bad_request(error, "csrf")


def _bad_request(error: Exception, name: str) -> ResponseReturnValue:
    return _page(error, 400, name), 400


def _http_page(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:  # noqa: PLR2004 -- redirects of the router
        return error
    if status >= 500:  # noqa: PLR2004 -- faults
        _ask_nobody()
    known = {400, 401, 403, 404, 405, 413, 422, 429, 500, 503}
    page = _page(error, status, str(status if status in known else 400))
    kept = {"allow", "retry-after"}
    return page, status, [h for h in error.get_headers() if h[0].lower() in kept]


def _fault(error: Exception) -> ResponseReturnValue:
    """Answer our own fault with a number; nothing on that page can fail."""
    try:
        with translated():
            raise error  # noqa: TRY301 -- to see it as the database module does
    except DomainError as known:
        return _domain_page(known, dict(STATUS)[type(known)])
    except Exception:
        reference = g.get("request_id", "-")
        _ask_nobody()
        log.exception(
            "fault", reference=reference, route=str(request.url_rule), method=request.method
        )
        return render_template("errors/500.html", reference=reference), 500


def _ask_nobody() -> None:
    """Keep an error page from asking the database who is signed in, if it is not known yet."""
    if "_login_user" not in g:
        login: LoginManager = current_app.login_manager  # type: ignore[attr-defined]  # -- untyped
        g._login_user = login.anonymous_user()  # noqa: SLF001 -- where Flask-Login looks first


def _page(error: object, status: int, name: str) -> str:
    text = error.text if isinstance(error, DomainError) else Text("Something went wrong.")
    fields = getattr(error, "fields", ())
    gaps = getattr(error, "gaps", ())
    return render_template(
        f"errors/{name}.html",
        text=text,
        status=status,
        fields=fields,
        gaps=gaps,
        error=error,
        limit=f"{UPLOAD_MAX // 1024**2} MB",
    )
