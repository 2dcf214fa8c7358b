"""The sample of deploy/nginx.conf, really run: nginx in front of granian, as in production."""

import datetime as dt
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from jpmirai_compliance.foundation import schema
from jpmirai_compliance.foundation.db import make_engine
from jpmirai_compliance.foundation.settings import Settings
from tests import factories
from tests.disclosure import cases
from tests.operations.running import ROOT, SECRET, free_port, granian_command, running

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("socket_enabled")]
DEPLOY = ROOT / "deploy"
NAME = "jpmirai.example"
SAME = (
    *("Content-Type", "Cache-Control", "Content-Security-Policy", "X-Content-Type-Options"),
    *("Referrer-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy"),
    *("Cross-Origin-Resource-Policy", "Strict-Transport-Security"),
)


def nginx():
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    assert found, "nginx is missing: tools/system.sh nginx"
    return found


@pytest.fixture
def engine_name():
    return "sqlite"


@pytest.fixture
def place():
    """Where nginx's other account may read: pytest's own folders are for their owner alone."""
    with tempfile.TemporaryDirectory(prefix="jpmirai-deploy-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def folder(place):
    return place / "front"


@pytest.fixture
def settings(place):
    return Settings(
        _env_file=None,
        env="test",
        secret_key=SECRET,
        instance_path=place / "instance",
        public_base_url=f"https://{NAME}",
    )


@pytest.fixture
def engine(settings):
    settings.instance_path.mkdir()
    engine = make_engine(settings.database)
    schema.migrate(engine)
    yield engine
    engine.dispose()


def certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(made.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def configure(folder, *, service, tls, plain, published):
    """Write nginx's own file around the sample, whose paths and ports are replaced."""
    (folder / "nginx").mkdir(parents=True)
    shutil.copytree(DEPLOY / "snippets", folder / "snippets")
    certificate(folder)
    sample = (DEPLOY / "nginx.conf").read_text()
    for old, new in (
        ("/etc/letsencrypt/live/jpmirai.example/", f"{folder}/"),
        ("/var/lib/jpmirai/published", str(published)),
        ("/var/cache/nginx/jpmirai", f"{folder}/cache"),
        ("/var/log/nginx/jpmirai.log", f"{folder}/access.log"),
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{service};"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{tls} ssl http2;"),
    ):
        assert old in sample, old
        sample = sample.replace(old, new)
    sample = re.sub(r"\n\s*listen \[::\][^\n]*", "", sample)
    (folder / "sample.conf").write_text(sample)
    user = "user www-data;" if os.geteuid() == 0 else ""
    temporary = "".join(
        f"{kind}_temp_path {folder}/nginx/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"{user}\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nworker_processes 1;\n"
        "events { worker_connections 256; }\n"
        f"http {{\ntypes {{ text/html html; }}\n{temporary}\ninclude {folder}/sample.conf;\n}}\n"
    )


def _command(folder, *more):
    conf = folder / "nginx.conf"
    return [nginx(), "-p", str(folder), "-e", f"{folder}/error.log", "-c", str(conf), *more]


@contextmanager
def serving(folder, port):
    with subprocess.Popen(_command(folder, "-g", "daemon off;")) as process:
        try:
            until = time.monotonic() + 30
            while time.monotonic() < until:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.05)
            yield
        finally:
            process.terminate()
            process.wait(timeout=20)


def fetch(port, path, method="GET", body=None, **headers):
    """Return status, headers and body, asked over TLS under the service's name."""
    trusting = ssl._create_unverified_context()  # noqa: S323 -- our own throw-away certificate
    connection = HTTPSConnection("127.0.0.1", port, timeout=30, context=trusting)
    try:
        connection.request(method, path, body, {"Host": NAME, **headers})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


@pytest.fixture
def published(app, settings, uow):
    round_ = factories.make_round(uow)
    org, user, actor = factories.make_member(uow, "株式会社みらい製作所")
    cases.accept(uow, org, user, round_)
    found = cases.publish(app, settings, uow, actor)
    uow.session.rollback()
    return found


@pytest.fixture
def front(folder, place, settings, engine, published):
    """nginx and granian together; yields the port of nginx."""
    service, tls, plain = free_port(), free_port(), free_port()
    configure(folder, service=service, tls=tls, plain=plain, published=settings.published)
    engine.dispose()
    https = {"JPMIRAI_PUBLIC_BASE_URL": f"https://{NAME}", "JPMIRAI_PROXY_HOPS": "1"}
    host = {"JPMIRAI_TRUSTED_HOSTS": '["localhost"]'}
    granian = running(granian_command(service), place, service, **https, **host)
    with granian as process, serving(folder, tls):
        yield tls, process


def test_nginx_accepts_the_sample(folder, tmp_path):
    configure(folder, service=1, tls=free_port(), plain=free_port(), published=tmp_path)
    done = subprocess.run(
        _command(folder, "-t"), capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr or "http2" in done.stderr


def test_pages_are_files_with_the_headers_of_the_service_and_the_rest_is_the_services(
    front, app, settings, published, folder
):
    port, _granian = front
    slug, client = published.slug, app.test_client()
    base = f"https://{NAME}"
    for path in (f"/ja/orgs/{slug}", f"/ja/orgs/{slug}/2026", f"/en/orgs/{slug}/2026"):
        status, headers, body = fetch(port, path)
        ours = client.get(path, base_url=base)
        assert (status, body) == (200, ours.data)
        assert [headers.get_all(n) for n in SAME] == [[ours.headers[n]] for n in SAME], path
        assert headers["ETag"]
        again, _headers, nothing = fetch(port, path, **{"If-None-Match": headers["ETag"]})
        assert (again, nothing) == (304, b"")
    status, headers, body = fetch(port, f"/badges/{slug}/2026.svg")
    ours = client.get(f"/badges/{slug}/2026.svg", base_url=base)
    assert (status, body) == (200, ours.data)
    for name in (*SAME, "ETag"):
        assert headers.get_all(name) == ours.headers.getlist(name), name
    for path in (
        f"/ja/orgs/{slug}/2019",
        "/ja/orgs/no-such-member",
        f"/ja/orgs/{slug}/../../../etc/passwd",
        "/ja/orgs/..%2f..%2fcodes",
        "/badges/no-such-member.svg",
        "/nonexistent",
    ):
        status, headers, body = fetch(port, path)
        assert status == 404, path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert b"<h1" in body
    assert fetch(port, "/healthz")[2] == b"ok\n"
    assert fetch(port, "/readyz")[2] == b"ready\n"
    assert fetch(port, "/sign-in")[1]["Set-Cookie"].startswith("__Host-jpmirai=")

    # withdrawn: the address is the service's at once
    shutil.rmtree(settings.published / "live" / slug)
    assert fetch(port, f"/ja/orgs/{slug}")[0] in {404, 410}


def test_pages_stay_while_the_service_is_down(front, published):
    port, granian = front
    os.killpg(granian.pid, 9)
    granian.wait(timeout=10)
    assert fetch(port, f"/ja/orgs/{published.slug}")[0] == 200
    assert fetch(port, "/sign-in")[0] == 502


def test_a_visitor_of_a_workers_page_is_in_no_log_and_a_large_body_gets_the_services_page(
    front, folder
):
    port, granian = front
    secret = ("/ja/w/7K3PQX9D", "/my/w/7K3PQX9D", "/q/7K3PQX9D", "/Q/7K3PQX9D", "/ja/%77/7K3PQX9D")
    for path in (*secret, "/vi/workers"):
        assert fetch(port, path)[0] < 500
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    status, headers, page = fetch(port, "/sign-in", "POST", b"x" * (26 * 1024 * 1024), **form)
    assert status == 413
    assert b"<h1" in page
    assert headers["Content-Security-Policy"]
    assert fetch(port, "/ja/orgs")[0] == 200
    os.killpg(granian.pid, 9)  # a service that is down fills error logs, with addresses
    granian.wait(timeout=10)
    for path in secret:
        assert fetch(port, path)[0] == 502
    logged = (folder / "access.log").read_text()
    assert "GET /ja/orgs " in logged
    for text in (logged, (folder / "error.log").read_text()):
        assert "7K3PQX9D" not in text
        assert "/workers" not in text


def test_the_sample_names_no_path_that_the_other_samples_do_not():
    units = "".join(p.read_text() for p in sorted((DEPLOY / "systemd").iterdir()))
    assert "StateDirectory=jpmirai" in units  # /var/lib/jpmirai
    assert "/var/lib/jpmirai" in (ROOT / ".env.example").read_text()
    assert Path(DEPLOY / "snippets/jpmirai-page.conf").exists()
