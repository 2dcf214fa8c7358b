"""The service as an operator starts it: a process of its own, on a free loopback port."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
SECRET = "test-secret-0123456789-abcdefghij-ABCDEFGH"
PATIENCE = 60  # seconds until a start counts as failed; the machine may be busy


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(folder, port, **more):
    """Return what the process sees: nothing of this test run's own environment."""
    return {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),  # the code beside this test, wherever it is installed from
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "JPMIRAI_ENV": "test",
        "JPMIRAI_SECRET_KEY": SECRET,
        "JPMIRAI_INSTANCE_PATH": str(folder / "instance"),
        "JPMIRAI_PUBLIC_BASE_URL": "http://localhost",
        "JPMIRAI_PORT": str(port),
        **more,
    }


def serve_command():
    return [str(BIN / "jpmirai"), "serve"]


def granian_command(port):
    """As in deploy/systemd/jpmirai-web.service, with one worker."""
    return [
        *(str(BIN / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--blocking-threads", "4", "--backlog", "256"),
        *("--factory", "jpmirai_compliance.wsgi:application"),
    ]


@contextmanager
def running(command, folder, port, **more):
    """Start the process, wait until it answers, and yield it; it is gone afterwards."""
    log = folder / "server.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            env=environment(folder, port, **more),
            cwd=folder,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        _wait(process, port, log)
        yield process
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, number)
            except ProcessLookupError:
                break
            try:
                process.wait(timeout=10)
                break
            except subprocess.TimeoutExpired:
                continue
        process.wait(timeout=10)


def _wait(process, port, log):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            if ask(port, "/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"it does not answer:\n{log.read_text()}")


def ask(port, path, method="GET", body=None, headers=None, timeout=30):
    """Return status, headers and body of one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body, {"Host": "localhost", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()
