"""FI-5: what the bytes of strangers may cost. ``eval`` stands for a parser gone wrong."""

import ast
import os
import subprocess
import time
from pathlib import Path

import pytest

from jpmirai_compliance.foundation.confined import Ended, Limits, Why, run

EVAL = "builtins:eval"
SPIN = b"[0 for _ in iter(int, 1)]"  # never ends
MIB = 1024 * 1024


def ended(expression, **limits):
    with pytest.raises(Ended) as error:
        run(EVAL, expression, Limits(**limits))
    return error.value


def test_fi_5_what_comes_back_is_what_the_function_returned():
    given = os.urandom(3 * MIB)
    found, cost = run("base64:b64encode", given, Limits())
    assert __import__("base64").b64decode(found) == given
    assert 0 < cost.cpu_seconds < 1
    assert 0 < cost.peak_mb < 100


def test_fi_5_a_run_that_computes_for_ever_ends_with_its_cpu_time():
    error = ended(SPIN, cpu_seconds=1, wall_seconds=120)
    assert error.why is Why.TIME
    assert 0.5 < error.cost.cpu_seconds < 1.5


def test_fi_5_a_run_that_waits_for_ever_ends_with_the_clock():
    begun = time.monotonic()
    error = ended(b"__import__('time').sleep(60)", wall_seconds=0.5)
    assert (error.why, error.detail) == (Why.TIME, "")
    assert time.monotonic() - begun < 10
    assert error.cost.cpu_seconds < 0.5


@pytest.mark.parametrize(
    "expression", [b"b'x' * (500 << 20)", b"[bytes(9999) for _ in iter(int, 1)]"]
)
def test_fi_5_a_run_that_swells_ends_with_its_memory(expression):
    error = ended(expression, memory_mb=200, cpu_seconds=5, wall_seconds=120)
    assert error.why is Why.MEMORY
    assert error.cost.peak_mb is None or error.cost.peak_mb < 200


def test_fi_5_a_run_cannot_answer_more_than_it_may():
    assert ended(b"b'x' * (3 << 20)", output_mb=1).why is not Why.TIME
    assert len(run(EVAL, b"b'x' * (1 << 20)", Limits(output_mb=1))[0]) == MIB


def test_fi_5_an_error_inside_says_its_class_and_nothing_of_the_bytes():
    error = ended(b"{}['secret']")
    assert (error.why, error.detail, str(error)) == (Why.FAILED, "KeyError", "failed KeyError")
    assert ended(b"__import__('os')._exit(3)").why is Why.FAILED
    assert ended(b"__import__('os').abort()").why is Why.MEMORY


def test_fi_5_the_process_knows_no_settings_and_not_our_folder(monkeypatch):
    monkeypatch.setenv("JPMIRAI_SECRET_KEY", "x" * 40)
    found, _cost = run(
        EVAL, b"repr([sorted(__import__('os').environ), __import__('sys').path]).encode()"
    )
    names, paths = ast.literal_eval(found.decode())
    assert names == ["LC_ALL"]
    assert "" not in paths
    assert str(Path.cwd()) not in paths


@pytest.mark.skipif(os.geteuid() == 0, reason="the limit does not hold for root")
def test_fi_5_the_process_starts_no_other():
    error = ended(b"__import__('subprocess').run(['/bin/true'])")
    assert (error.why, error.detail) == (Why.FAILED, "BlockingIOError")


def test_fi_5_nothing_is_left_of_a_run_that_was_killed(monkeypatch):
    started, popen = [], subprocess.Popen

    def remembered(*args, **kwargs):
        started.append(popen(*args, **kwargs))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", remembered)
    error = ended(b"__import__('time').sleep(60)", wall_seconds=0.2)
    (child,) = started  # its own number: this process may have other children
    with pytest.raises(ChildProcessError):
        os.waitpid(child.pid, os.WNOHANG)
    assert error.why is Why.TIME
