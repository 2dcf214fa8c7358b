"""The published page and badge: files through our middleware, against nginx and against Flask.

All three serve the same bytes on the loopback, one worker process each, in turns within one run.
nginx on the files is the floor. "bare flask" is the least that Flask can do: a route that returns
the bytes from memory; no database, no template. Counted is the processor time of the server per
request, which a busy machine disturbs less than requests per second; those are given, too.
"""

import asyncio
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, Response
from pydantic import SecretStr

from jpmirai_compliance.app import create_app
from jpmirai_compliance.disclosure import rules
from jpmirai_compliance.disclosure.bundle import Press, renderer, store
from jpmirai_compliance.disclosure.bundle.folder import switch
from jpmirai_compliance.disclosure.serving import Published
from jpmirai_compliance.foundation.settings import Settings
from jpmirai_compliance.principles import Answer, MemberKind, load_edition, take_snapshot

ROUNDS = 5
SECONDS = 2
CONNECTIONS = 16
EDITION = "2026.1"
ADDRESSES = {"page": "/ja/orgs/example-abc234/2026", "badge": "/badges/example-abc234/2026.svg"}
FILES = {"page": "page.ja.html", "badge": "badge.svg"}
FOLDER = "BENCH_PUBLISHED"  # environment variable that tells the server processes


def main() -> int:
    """Print the figures as JSON; return 0."""
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as running:
        folder = Path(temporary)
        bundle = _publish(folder)
        servers = {
            "nginx": running.enter_context(_nginx(folder, bundle)),
            "middleware": running.enter_context(_granian("middleware", folder)),
            "bare flask": running.enter_context(_granian("bare_flask", folder)),
        }
        sizes = {kind: (bundle / name).stat().st_size for kind, name in FILES.items()}
        found = {kind: _compare(servers, kind) for kind in ADDRESSES}
    report = {
        "bench": "published page and badge",
        "baseline": "nginx serving the same files",
        "load": "wrk" if shutil.which("wrk") else "asyncio",
        "rounds": ROUNDS,
        "connections": CONNECTIONS,
        "bytes": sizes,
        "results": found,
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    return 0


def middleware(environ: dict[str, Any], start_response: Callable[..., object]) -> Any:
    """Serve from the folder, as the product does; what is not there is 404."""
    return _published()(environ, start_response)


def bare_flask(environ: dict[str, Any], start_response: Any) -> Any:
    """Serve the same bytes from a Flask route."""
    return _flask()(environ, start_response)


_made: dict[str, Any] = {}


def _published() -> Published:
    if "published" not in _made:
        _made["published"] = Published(_nothing, Path(os.environ[FOLDER]) / "published")
    found: Published = _made["published"]
    return found


def _flask() -> Flask:
    if "flask" not in _made:
        app = Flask("bench")
        [bundle] = (Path(os.environ[FOLDER]) / "published" / "bundles").iterdir()
        bodies = {kind: (bundle / name).read_bytes() for kind, name in FILES.items()}
        for kind, address in ADDRESSES.items():
            mime = "image/svg+xml" if kind == "badge" else "text/html"
            app.add_url_rule(address, kind, lambda k=kind, m=mime: Response(bodies[k], mimetype=m))
        _made["flask"] = app
    found: Flask = _made["flask"]
    return found


def _nothing(_environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
    start_response("404 Not Found", [("Content-Length", "0")])
    return []


def _publish(folder: Path) -> Path:
    """Write a bundle of a typical member and its links; return the bundle's folder."""
    settings = Settings(
        env="test",
        secret_key=SecretStr("bench-0123456789-abcdefghij-ABCDEFGHIJ"),
        instance_path=folder,
    )
    press = Press(folder / "published", renderer(create_app(settings)), settings.public_base_url)
    name = store(press.folder, press.files(_page()))
    for link in ("example-abc234/2026", "example-abc234/latest", "codes/23456789AB"):
        switch(press.folder, link, name)
    return press.folder / "bundles" / name


def _page() -> dict[str, Any]:
    edition = load_edition(EDITION)
    indicators = edition.applicable(MemberKind.EMPLOYER)
    taken = take_snapshot(
        edition, indicators, {i.id: Answer(level=3) for i in indicators}, kind=MemberKind.EMPLOYER
    )
    organisation = {"name_ja": "株式会社サンプル製作所", "name_en": "Example Works"}
    more = {"kind": "employer", "size": "30-299", "prefecture": "23", "sector": "E"}
    texts = {i.id: {"text": "取組みを文章で説明しています。" * 4} for i in indicators[::6]}
    body = {
        "year": 2026,
        "number": "2026-0001-2",
        "at": "2026-11-24T03:00:00+00:00",
        "organisation": organisation | more,
        "assessment": taken,
        "texts": texts,
        "evidence": {},
    }
    offered = rules.offer(body, ())
    choices = rules.Choices(
        statement_ja="五つの原則を大切にします。" * 10, numbers=True, indicators=tuple(texts)
    )
    return rules.page(body, choices, offered) | {
        "slug": "example-abc234",
        "code": "23456789AB",
        "published_at": "2026-11-24T03:00:00+00:00",
        "valid_until": "2099-11-24T03:00:00+00:00",
    }


def _compare(servers: dict[str, tuple[int, int]], kind: str) -> dict[str, Any]:
    """Return processor µs and requests a second of each server, and the ratios to nginx."""
    micros: dict[str, list[float]] = {name: [] for name in servers}
    rates: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(ROUNDS):
        for name, (port, pid) in servers.items():
            url = f"http://127.0.0.1:{port}{ADDRESSES[kind]}"
            before = _processor_seconds(pid)
            answered, seconds = _load(url)
            micros[name].append((_processor_seconds(pid) - before) / answered * 1e6)
            rates[name].append(answered / seconds)
    cpu = {name: statistics.median(values) for name, values in micros.items()}
    return {
        "cpu_us": {name: round(value, 1) for name, value in cpu.items()},
        "per_second": {name: round(statistics.median(v)) for name, v in rates.items()},
        "ratio": {name: round(value / cpu["nginx"], 2) for name, value in cpu.items()},
        "spread": {n: [round(min(v), 1), round(max(v), 1)] for n, v in micros.items()},
    }


def _load(url: str) -> tuple[int, float]:
    """Ask for SECONDS on CONNECTIONS; return how many answers came, and in what time."""
    if wrk := shutil.which("wrk"):
        command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", url]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in said or "Socket errors" in said:
            raise RuntimeError(said)
        done = re.search(r"(\d+) requests in ([\d.]+)s", said)
        if done is None:
            raise RuntimeError(said)
        return int(done[1]), float(done[2])
    return asyncio.run(_ask(url))


async def _ask(url: str) -> tuple[int, float]:
    _scheme, _, rest = url.partition("//")
    host, _, path = rest.partition("/")
    port = int(host.partition(":")[2])
    request = f"GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    start = time.perf_counter()

    async def one() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        count = 0
        while time.perf_counter() - start < SECONDS:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.decode())
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            await reader.readexactly(int(length[1]) if length else 0)
            count += 1
        writer.close()
        return count

    counts = await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return sum(counts), time.perf_counter() - start


def _processor_seconds(pid: int) -> float:
    """Return user and system time of a process and its children."""
    pids = [pid, *_children(pid)]
    ticks = 0
    for each in pids:
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *_children(int(child))]
    return found


@contextmanager
def _granian(target: str, folder: Path) -> Iterator[tuple[int, int]]:
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--no-ws", "--log-level", "error"]
    environment = os.environ | {FOLDER: str(folder)}
    with _running([*command, f"benchmarks.published:{target}"], port, environment) as pid:
        yield port, pid


@contextmanager
def _nginx(folder: Path, bundle: Path) -> Iterator[tuple[int, int]]:
    port = _free_port()
    places = "".join(
        f"location = {ADDRESSES[kind]} {{ alias {bundle / name}; }}\n"
        for kind, name in FILES.items()
    )
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    text = (
        f"user root;\nworker_processes 1;\ndaemon off;\npid {folder}/nginx.pid;\n"
        f"error_log {folder}/nginx.log crit;\nevents {{ worker_connections 256; }}\n"
        "http { access_log off; sendfile on; keepalive_requests 1000000;\n"
        f"types {{ text/html html; image/svg+xml svg; }}\n{temporary}"
        f"server {{ listen 127.0.0.1:{port};\n{places} }} }}\n"
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(text)
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    command = [nginx, "-e", f"{folder}/nginx.log", "-c", str(configuration), "-p", str(folder)]
    with _running(command, port, dict(os.environ)) as pid:
        yield port, pid


@contextmanager
def _running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[int]:
    process = subprocess.Popen(command, env=environment)
    try:
        _wait_for(port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


if __name__ == "__main__":
    sys.exit(main())
