import errno
import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jpmirai_compliance.foundation.errors import DiskFull, NotFound
from jpmirai_compliance.foundation.storage import LocalStore

WRITER = """
import sys, hashlib
sys.path.insert(0, "src")
from pathlib import Path
from jpmirai_compliance.foundation.storage import LocalStore
store = LocalStore(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    print(store.put(bytes(str(number), "ascii") * 200_000), flush=True)
"""


@pytest.fixture
def local(tmp_path):
    return LocalStore(tmp_path / "evidence")


def test_fi_6_bytes_come_back_under_their_hash_and_are_kept_once(local):
    name = local.put("証憑".encode())
    assert name == hashlib.sha256("証憑".encode()).hexdigest()
    assert local.put("証憑".encode()) == name
    assert local.get(name) == "証憑".encode()
    assert list(local.names()) == [name]


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "A" * 64, "/etc/passwd"])
def test_fi_6_an_unknown_or_hostile_name_is_not_found(local, name):
    with pytest.raises(NotFound):
        local.get(name)


def test_fi_6_a_full_disk_is_said_and_leaves_nothing_behind(local, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        local.put(b"x")
    assert [p for p in local.folder.rglob("*") if p.is_file()] == []


def test_av_9_after_kill_9_every_listed_file_is_whole_and_every_acknowledged_one_listed(tmp_path):
    for round_ in range(3):
        folder = tmp_path / str(round_)
        command = [sys.executable, "-c", WRITER, str(folder)]
        root = Path(__file__).parents[2]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root, text=True) as writer:
            acknowledged = [writer.stdout.readline().strip() for _ in range(3 + round_)]
            time.sleep(0.003 * round_)
            writer.send_signal(signal.SIGKILL)
        local = LocalStore(folder)
        names = list(local.names())
        assert set(acknowledged) <= set(names)
        for name in names:
            assert hashlib.sha256(local.get(name)).hexdigest() == name
        local.sweep()
        assert list(folder.rglob(".tmp-*")) == []
