"""What every answer carries, whatever was asked: headers, error pages, languages, hosts."""

import errno
import io
import os
import re
import sqlite3

import psycopg
import pytest
from bs4 import BeautifulSoup
from sqlmodel import Session

from jpmirai_compliance.accounts import service as accounts
from jpmirai_compliance.app import create_app
from jpmirai_compliance.evidence.service import Upload
from jpmirai_compliance.foundation import db, guard, web
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork, make_engine
from jpmirai_compliance.foundation.storage import LocalStore
from tests import factories
from tests.evidence.files import PDF

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
DIRECTIVES = {
    "default-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}


@pytest.fixture
def member(uow):
    org, user, _actor = factories.make_member(uow)
    round_ = factories.make_round(uow, orgs=[org])
    factories.make_assessment(uow, org, round_, {"P1-01": 2}, by=user)
    uow.session.rollback()
    return user, org


@pytest.fixture
def broken(own_app):
    """An application with a public and a member's page that fail."""
    app = own_app

    @guard.audience(guard.Audience.PUBLIC)
    def fail():
        raise ZeroDivisionError("secret detail")

    app.add_url_rule("/<lang>/broken", "broken", fail)
    app.add_url_rule("/broken.pdf", "broken_pdf", fail)
    return app


def _etag(client, path):
    return client.get(path, buffered=True).headers["ETag"]


def check_headers(answer):
    for name, value in HEADERS.items():
        assert answer.headers.get_all(name) == [value], (answer.request.path, name)
    policy = answer.headers["Content-Security-Policy"]
    assert {p.strip() for p in policy.split(";")} >= DIRECTIVES, answer.request.path
    assert "unsafe" not in policy
    assert [k for k, _v in answer.headers if k.lower().startswith("access-control-")] == []


def error_page(answer, lang):
    """The page says what happened in one heading, in the language, and shows no trace."""
    page = BeautifulSoup(answer.text, "html.parser")
    [h1] = page.select("h1")
    assert page.html["lang"] == lang
    assert h1.text.strip()
    assert "Traceback" not in answer.text
    assert "Error(" not in answer.text
    assert 'File "' not in answer.text
    return " ".join(h1.text.split())


@pytest.mark.parametrize("secure", [False, True])
def test_hd_1_every_kind_of_answer_has_the_headers(settings, engine, member, login, secure):
    if secure:
        settings = settings.model_copy(update={"public_base_url": "https://localhost"})
    app = create_app(settings, engine)

    @guard.audience(guard.Audience.PUBLIC)
    def fail():
        raise ZeroDivisionError

    app.add_url_rule("/broken", "broken", fail)
    client = app.test_client()
    sheet = web.asset("app.css")
    big = {"data": b"x" * (web.UPLOAD_MAX + 1), "content_type": "application/x-www-form-urlencoded"}
    answers = {
        "public page": (client.get("/ja/orgs"), 200),
        "sign-in": (client.get("/sign-in"), 200),
        "redirect to sign-in": (client.get("/m"), 303),
        "front": (client.get("/"), 303),
        "missing": (client.get("/ja/no-such-page"), 404),
        "missing file": (client.get("/static/dist/none.css"), 404),
        "missing picture": (client.get("/badges/no-such-badge.svg"), 404),
        "method": (client.delete("/ja/orgs"), 405),
        "no token": (client.post("/sign-in", data={"email": "x"}), 400),
        "too large": (client.post("/sign-in", **big), 413),
        "forged host": (client.get("/ja/orgs", headers={"Host": "evil.example"}), 400),
        "fault": (client.get("/broken"), 500),
        "health": (client.get("/healthz"), 200),
        "static": (client.get(sheet, buffered=True), 200),
        "not modified": (
            client.get(sheet, headers={"If-None-Match": _etag(client, sheet)}, buffered=True),
            304,
        ),
        "feed": (client.get("/ja/feed.atom"), 200),
        "map": (client.get("/sitemap.xml"), 200),
    }
    for name, (answer, status) in answers.items():
        assert answer.status_code in {status, 302 if status == 303 else status}, name
        if name != "missing picture":
            check_headers(answer)
        hsts = answer.headers.get("Strict-Transport-Security")
        assert hsts == ("max-age=31536000; includeSubDomains" if secure else None), name
    assert answers["static"][0].headers["Cache-Control"].endswith("immutable")


def test_hd_1_what_somebody_signed_in_sees_is_stored_nowhere(member, login):
    browser = login(*member)
    for path, status in (("/m", 200), ("/m/2026/P1-01", 200), ("/m/1999", 404), ("/s", 403)):
        answer = browser.client.get(path, follow_redirects=True)
        assert answer.status_code == status, path
        assert answer.headers["Cache-Control"] == "no-store", path
        check_headers(answer)


STATUSES = [
    ("GET", "/{lang}/no-such-page", 404, {"ja": "ページ", "en": "Page not found"}),
    ("DELETE", "/{lang}/orgs", 405, {"ja": "", "en": ""}),
    ("GET", "/{lang}/broken", 500, {"ja": "問題", "en": "our side"}),
]


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(("method", "path", "status", "said"), STATUSES)
def test_ou_7_an_error_is_a_page_in_the_language_with_the_right_status(
    broken, lang, method, path, status, said
):
    client = broken.test_client()
    headers = {"Accept-Language": lang}
    answer = client.open(path.format(lang=lang), method=method, headers=headers)
    assert answer.status_code == status
    assert said[lang] in error_page(answer, lang)
    assert answer.mimetype == "text/html"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_ou_7_too_large_no_token_and_a_forged_host_have_their_pages_too(app, lang):
    client = app.test_client()
    headers = {"Accept-Language": lang}
    big = b"x" * (web.UPLOAD_MAX + 1)
    form = "application/x-www-form-urlencoded"
    for answer, status in (
        (client.post("/sign-in", data=big, content_type=form, headers=headers), 413),
        (client.post("/sign-in", data={"email": "a@b.co"}, headers=headers), 400),
        (client.get("/sign-in", headers={**headers, "Host": "evil.example"}), 400),
    ):
        assert answer.status_code == status
        error_page(answer, lang)


def test_ou_7_our_fault_has_a_number_and_tells_nothing_else(broken):
    client = broken.test_client()
    numbers = set()
    for path in ("/ja/broken", "/broken.pdf", "/broken.pdf"):
        answer = client.get(path, headers={"Accept": "application/pdf"})
        assert answer.status_code == 500
        assert "secret detail" not in answer.text
        assert "ZeroDivision" not in answer.text
        [number] = re.findall(r'<strong class="app-num">([0-9a-f]{12})</strong>', answer.text)
        numbers.add(number)
    assert len(numbers) == 3


@pytest.mark.parametrize("path", ["/m", "/sign-in", "/no-such-page", "/ja/orgs", "/account"])
def test_ou_7_the_page_of_a_fault_comes_without_any_database(settings, member, login, path):
    """Nothing on an error page asks the database, not even who is signed in."""
    cookie = login(*member).client.get_cookie("jpmirai").value
    nowhere = make_engine("sqlite:////nonexistent/nowhere.db")
    client = create_app(settings, nowhere).test_client()
    client.set_cookie("jpmirai", cookie)
    answer = client.get(path)
    assert answer.status_code == (404 if path == "/no-such-page" else 500)
    error_page(answer, "ja")
    check_headers(answer)


def test_cf_2_a_new_key_leaves_sessions_alive_and_signs_what_is_new(
    settings, engine, member, login
):
    old = login(*member).client.get_cookie("jpmirai").value
    new = "a-new-key-0123456789-abcdefghij-ABCDEFGHIJ"
    rotated = settings.model_copy(
        update={
            "secret_key": type(settings.secret_key)(new),
            "secret_key_fallbacks": (settings.secret_key.get_secret_value(),),
        }
    )
    client = create_app(rotated, engine).test_client()
    client.set_cookie("jpmirai", old)
    assert client.get("/m").status_code == 200
    client.get("/account/password")  # a form: its token is put into the session
    signed = client.get_cookie("jpmirai").value
    assert signed != old
    only_new = create_app(rotated.model_copy(update={"secret_key_fallbacks": ()}), engine)
    fresh = only_new.test_client()
    fresh.set_cookie("jpmirai", signed)
    assert fresh.get("/m").status_code == 200
    fresh.set_cookie("jpmirai", old)
    assert fresh.get("/m").status_code in {302, 303}


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (None, "203.0.113.9", "198.51.100.7"),
        (0, "203.0.113.9", "198.51.100.7"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),  # the first was written by the visitor
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
    ],
)
def test_cf_3_an_address_is_believed_from_exactly_as_many_proxies_as_are_named(
    settings, engine, hops, forwarded, address
):
    app = create_app(settings.model_copy(update={"proxy_hops": hops}), engine)
    seen = _environ(
        app,
        {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil"},
    )
    assert seen["address"] == address
    # the scheme follows the same rule, the host is never taken from a forwarded header
    assert seen["secure"] is bool(hops == 1)
    assert seen["host"] == "localhost"


def _environ(app, headers):
    from flask import request

    seen = {}

    @guard.audience(guard.Audience.PUBLIC)
    def look():
        seen.update(address=request.remote_addr, secure=request.is_secure, host=request.host)
        return "ok"

    app.add_url_rule("/look", "look", look)
    client = app.test_client()
    base = {"REMOTE_ADDR": "198.51.100.7"}
    assert client.get("/look", headers=headers, environ_base=base).status_code == 200
    return seen


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil.example"]
)
def test_pu_4_a_forged_host_is_refused_on_every_page_and_stands_in_no_answer(app, host):
    client = app.test_client()
    for path in ("/", "/ja/", "/sign-in", "/ja/orgs", "/healthz", "/no-such-page"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 400, path
        assert "evil" not in answer.text + str(answer.headers)


def test_pu_4_addresses_in_pages_and_mails_are_the_settings_own(settings, engine, uow, outbox):
    chosen = settings.model_copy(
        update={"public_base_url": "https://www.example.jp", "trusted_hosts": ("localhost",)}
    )
    app = create_app(chosen, engine)
    factories.make_member(uow, "会社", contact_email="a@example.com")
    text = app.test_client().get("/sitemap.xml").text
    assert re.findall(r"<loc>(https?://[^/<]+)", text)
    assert set(re.findall(r"<loc>(https?://[^/<]+)", text)) == {"https://www.example.jp"}
    with Session(engine) as session:
        work = UnitOfWork(session, EVERYTHING)
        with work.transaction():
            accounts.invite(
                work,
                actor=None,
                email="new@example.com",
                name="新しい人",
                org_id=None,
                roles=frozenset({factories.Role.SECRETARIAT}),
                locale="ja",
                base_url=chosen.public_base_url,
                now=factories.clock(),
            )
    [message] = outbox()
    assert "https://www.example.jp/invitations/" in message.get_content()


@pytest.fixture
def locked(engine, settings, monkeypatch, request):
    """Another process holds the write lock of the answers' table, or of the whole file."""
    monkeypatch.setattr(db, "BUSY_MS", 150)
    quick = make_engine(settings.database)
    app = create_app(settings, quick)
    if engine.dialect.name == "sqlite":
        holder = sqlite3.connect(engine.url.database, isolation_level=None)

        def hold():
            holder.execute("BEGIN IMMEDIATE")
    else:
        holder = psycopg.connect(
            host=engine.url.query["host"], user="jpmirai", dbname=engine.url.database
        )

        def hold():
            holder.execute("LOCK TABLE answer, attempt IN ACCESS EXCLUSIVE MODE")

    yield app, hold
    holder.rollback()
    holder.close()
    quick.dispose()


def test_av_1_a_locked_database_is_said_and_what_was_typed_can_be_sent_again(
    locked, member, login, uow, engine
):
    app, hold = locked
    browser = login(*member)
    browser.get("/m/2026/P1-02")
    fields = {
        f["name"]: f.get("value", "") for f in browser.page.select("form input[type=hidden][name]")
    }
    client = app.test_client()
    client.set_cookie("jpmirai", browser.client.get_cookie("jpmirai").value)
    hold()
    answer = client.post("/m/2026/P1-02", data=fields | {"level": "3", "text": "書いた文"})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    check_headers(answer)
    assert BeautifulSoup(answer.text, "html.parser").select("h1")


def test_av_1_a_locked_database_stops_no_reader_on_sqlite(locked, engine, member, login):
    if engine.dialect.name == "postgresql":
        pytest.skip("there the lock of the test holds readers too")
    app, hold = locked
    hold()
    client = app.test_client()
    for path in ("/ja/orgs", "/ja/", "/sign-in"):
        assert client.get(path).status_code == 200, path


def test_av_1_a_full_disk_is_507_and_nothing_is_half_written(member, login, store, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    browser = login(*member)
    page = browser.get("/m/2026/P1-01")
    fields = {f["name"]: f.get("value", "") for f in page.select("form input[type=hidden][name]")}
    upload = page.select_one("input[type=file]:not([capture])")["name"]
    monkeypatch.setattr(os, "fsync", full)
    answer = browser.client.post(
        "/m/2026/P1-01",
        data=fields | {"level": "2", upload: (io.BytesIO(PDF), "証憑.pdf")} | _attach(page),
        content_type="multipart/form-data",
    )
    assert answer.status_code == 507
    assert isinstance(store, LocalStore)
    assert list(store.names()) == []
    check_headers(answer)


def _attach(page):
    """The button that sends the file, if it has a name."""
    for button in page.select("form button[name]"):
        if "file" in button.get("value", "") or "attach" in button.get("value", ""):
            return {button["name"]: button["value"]}
    return {}


def test_an_upload_object_carries_the_name_and_bytes_that_came_in():
    assert Upload("証憑.pdf", PDF).content == PDF
