"""``jpmirai serve`` and granian as processes: slow clients, kill -9, a bad environment."""

import json
import random
import socket
import sqlite3
import subprocess
import threading
import time
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup

from jpmirai_compliance.app import create_app
from jpmirai_compliance.foundation import audit, schema
from jpmirai_compliance.foundation.db import EVERYTHING, make_engine
from jpmirai_compliance.foundation.settings import Settings
from tests import factories
from tests.operations.running import (
    BIN,
    SECRET,
    ask,
    environment,
    free_port,
    granian_command,
    running,
    serve_command,
)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("socket_enabled")]
SLOW_CLIENTS = 120  # twice the sixty of the requirement: more than the server's threads by far


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def engine_name():
    return "sqlite"


@pytest.fixture
def settings(tmp_path):
    """The settings that the process reads from its environment."""
    return Settings(
        _env_file=None,
        env="test",
        secret_key=SECRET,
        instance_path=tmp_path / "instance",
        public_base_url="http://localhost",
    )


@pytest.fixture
def engine(settings):
    settings.instance_path.mkdir()
    engine = make_engine(settings.database)
    schema.migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def cookie(uow, login):
    """The session cookie of an editor whose organisation answers the round of 2026."""
    org, user, _actor = factories.make_member(uow)
    round_ = factories.make_round(uow, orgs=[org])
    factories.make_assessment(uow, org, round_)
    uow.session.rollback()
    return f"jpmirai={login(user, org).client.get_cookie('jpmirai').value}"


def slow_headers(port):
    client = socket.create_connection(("127.0.0.1", port), timeout=30)
    client.sendall(b"GET /ja/ HTTP/1.1\r\nHost: localhost\r\nX-A: ")
    return client


def slow_body(port):
    client = socket.create_connection(("127.0.0.1", port), timeout=30)
    client.sendall(
        b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\nemail="
    )
    return client


def test_av_7_slow_clients_do_not_stop_the_service_and_it_starts_from_nothing(tmp_path, port):
    with running(serve_command(), tmp_path, port):
        clients = [
            (slow_headers if number % 2 else slow_body)(port) for number in range(SLOW_CLIENTS)
        ]
        try:
            for _ in range(5):
                for client in clients:
                    client.sendall(b"a")
                assert ask(port, "/healthz")[0] == 200
            status, headers, _body = ask(port, "/ja/orgs")
            assert (status, headers["X-Content-Type-Options"]) == (200, "nosniff")
            assert ask(port, "/readyz")[2] == b"ready\n"
        finally:
            for client in clients:
                client.close()
        assert ask(port, "/healthz")[0] == 200
        assert "Server" not in headers
    lines = [json.loads(line) for line in (tmp_path / "server.log").read_text().splitlines()]
    assert [x["level"] for x in lines if x["level"] in {"error", "critical"}] == []


class Saver:
    """A client that saves one answer again and again and remembers what was acknowledged."""

    def __init__(self, port, cookie):
        self.port, self.cookie = port, cookie
        self.acknowledged, self.number, self.stop = 0, 0, threading.Event()

    def run(self):
        while not self.stop.is_set():
            try:
                fields = self._fields()
                self.number += 1
                # as pressed, and as the page saves by itself while somebody types
                if self._save(fields, quiet=self.number % 2 == 0) in {200, 303}:
                    self.acknowledged = self.number
            except (OSError, AttributeError):
                time.sleep(0.02)

    def _fields(self):
        _status, headers, body = ask(
            self.port, "/m/2026/P1-01", headers={"Cookie": self.cookie}, timeout=10
        )
        self.cookie = _cookie(headers) or self.cookie  # the form's token is in it
        form = BeautifulSoup(body, "html.parser").select_one("main form[method=post]")
        hidden = form.select("input[type=hidden][name]")
        return {f["name"]: f.get("value", "") for f in hidden}

    def _save(self, fields, *, quiet):
        data = fields | {"level": "2", "text": f"版{self.number}"}
        status, _headers, _body = ask(
            self.port,
            "/m/2026/P1-01",
            "POST",
            urlencode(data),
            {
                "Cookie": self.cookie,
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json" if quiet else "text/html",
            },
            timeout=10,
        )
        return status


def test_av_9_every_acknowledged_save_is_there_after_kill_9(
    tmp_path, port, cookie, settings, engine, make_uow
):
    engine.dispose()
    seed = random.Random(9)
    saver = Saver(port, cookie)
    thread = threading.Thread(target=saver.run)
    thread.start()
    seen = []
    try:
        for _round in range(3):
            before = saver.acknowledged
            with running(serve_command(), tmp_path, port) as process:
                until = time.monotonic() + 30
                while saver.acknowledged <= before + 1 and time.monotonic() < until:
                    time.sleep(0.01)
                time.sleep(seed.uniform(0, 0.1))
                process.kill()
                process.wait(timeout=10)
            acknowledged = saver.acknowledged
            with sqlite3.connect(settings.instance_path / "jpmirai.db") as file:
                [(stored,)] = file.execute("SELECT text FROM answer").fetchall()
                assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            file.close()
            seen.append((before, acknowledged, int(stored.removeprefix("版"))))
    finally:
        saver.stop.set()
        thread.join(timeout=30)
    for before, acknowledged, stored in seen:
        assert acknowledged > before  # it did come up again by itself and saved
        assert stored >= acknowledged  # one more may be stored whose answer did not arrive
    assert audit.verify(make_uow().session)[1] is None


def test_cf_3_behind_one_proxy_its_address_counts_and_without_one_none(
    tmp_path, port, cookie, engine
):
    """waitress drops forged headers by itself, and must not where a proxy is named."""
    engine.dispose()
    tried = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    https = {"JPMIRAI_PUBLIC_BASE_URL": "https://localhost"}
    for hops, secure in (("0", False), ("1", True)):
        with running(serve_command(), tmp_path, port, JPMIRAI_PROXY_HOPS=hops, **https):
            status, _headers, body = ask(port, "/sign-in", headers=tried)
            assert status == 200
            page = BeautifulSoup(body, "html.parser")
            data = {"csrf_token": page.select_one("[name=csrf_token]")["value"], "email": "a@b.co"}
            form = {"Content-Type": "application/x-www-form-urlencoded", **tried}
            # on https the check of the form asks for a Referer: it saw the proxy's word
            status, _headers, _body = ask(
                port, "/sign-in", "POST", urlencode(data), {**form, "Cookie": _cookie(_headers)}
            )
            assert status == (400 if secure else 422)


def _cookie(headers):
    return (headers["Set-Cookie"] or "").split(";")[0]


def test_hd_1_a_body_over_the_limit_gets_the_page_and_not_a_broken_connection(tmp_path, port):
    with running(serve_command(), tmp_path, port):
        body = b"x" * (26 * 1024 * 1024)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        status, headers, page = ask(port, "/sign-in", "POST", body, form)
        assert status == 413
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert BeautifulSoup(page, "html.parser").h1


def test_hd_1_a_body_far_over_the_limit_is_thrown_away_and_answered(tmp_path, port):
    with running(serve_command(), tmp_path, port):
        length = 60 * 1024 * 1024
        with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
            head = (
                f"POST /sign-in HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: {length}\r\n"
            )
            line.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode())
            for _piece in range(60):
                line.sendall(b"x" * 1024 * 1024)
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: line.recv(65_536), b""))
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"<h1" in answer
        assert answer.endswith(b"ok\n")  # the next request on the line is not part of the body
        kept = [f for f in tmp_path.rglob("*") if f.is_file() and f.stat().st_size >= length]
        assert kept == []


def test_granian_serves_the_application_of_wsgi(tmp_path, port, engine):
    engine.dispose()
    with running(granian_command(port), tmp_path, port):
        assert ask(port, "/healthz")[2] == b"ok\n"
        assert ask(port, "/readyz")[2] == b"ready\n"
        status, headers, _body = ask(port, "/en/orgs")
        assert (status, headers["X-Content-Type-Options"]) == (200, "nosniff")


BAD = {
    "JPMIRAI_ENV": "production",
    "JPMIRAI_SECRET_KEY": "short-and-secret",
    "JPMIRAI_DEBUG": "1",
    "JPMIRAI_PUBLIC_BASE_URL": "http://plain.example/path",
    "JPMIRAI_DATABASE_URL": "postgresql://u:hunter2@h/d",
}


@pytest.mark.parametrize("command", [["serve"], ["scheduler"]])
def test_cf_1_production_with_a_bad_environment_lists_every_fault_and_exits(tmp_path, command):
    done = subprocess.run(
        [BIN / "jpmirai", *command],
        env=environment(tmp_path, 1) | BAD,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    for name in (
        "SECRET_KEY",
        "DEBUG",
        "PUBLIC_BASE_URL",
        "PROXY_HOPS",
        "DATABASE_URL",
        "MAIL_BACKEND",
        "MAIL_FROM",
    ):
        assert f"- JPMIRAI_{name}: " in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr
    assert "short-and-secret" not in done.stderr


def test_cf_1_granian_does_not_serve_a_bad_environment_either(tmp_path, port):
    done = subprocess.run(
        granian_command(port),
        env=environment(tmp_path, port) | BAD,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "JPMIRAI_PROXY_HOPS" in done.stdout + done.stderr


def test_an_8_the_demo_refuses_production(tmp_path):
    done = subprocess.run(
        [BIN / "jpmirai", "demo", "--build-only"],
        env=environment(tmp_path, 1, JPMIRAI_ENV="production"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "production" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "instance/demo").exists()


def test_an_8_a_fresh_service_has_no_account_that_could_sign_in(tmp_path, port, settings):
    with running(serve_command(), tmp_path, port):
        pass
    with sqlite3.connect(settings.instance_path / "jpmirai.db") as file:
        assert file.execute("SELECT count(*) FROM user_account").fetchall() == [(0,)]
    file.close()


def test_the_scheduler_process_sends_what_waits_in_the_outbox(tmp_path, settings, engine, make_uow):
    from jpmirai_compliance.foundation import mail
    from jpmirai_compliance.foundation.text import Text

    work = make_uow(EVERYTHING)
    with work.transaction():
        mail.queue(
            work,
            kind="x",
            recipient="hanako@example.com",
            locale="ja",
            subject=Text("Hello"),
            paragraphs=["本文"],
            now=factories.clock(),
        )
    engine.dispose()
    with subprocess.Popen(
        [BIN / "jpmirai", "scheduler"],
        env=environment(tmp_path, 1),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            first = process.stdout.readline()
        finally:
            process.terminate()
    assert first == "--- mail to hanako@example.com: 【JP-MIRAI】Hello\n"


def test_processes_that_start_at_once_make_the_tables_once(tmp_path, settings):
    """Tables are made under a lock, by whoever comes first; the other finds them."""
    command = [BIN / "jpmirai", "db", "upgrade"]
    started = [
        subprocess.Popen(
            command,
            env=environment(tmp_path, 1),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0], said
    engine = make_engine(f"sqlite:///{tmp_path}/instance/jpmirai.db")
    app = create_app(settings, engine)
    assert app.test_client().get("/readyz").text == "ready\n"
    engine.dispose()
