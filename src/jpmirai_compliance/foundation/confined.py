"""Run one of our functions on bytes that strangers made, in a process of its own with limits.

The function takes bytes and returns bytes. Its process knows no settings and no database, may
not start another one, and ends with the limits: a bomb costs what they say and nothing else.
"""

import contextlib
import importlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

MIB = 1024 * 1024
_OUT_OF_MEMORY, _FAILED = 71, 70  # exit codes of ``main``
_FILES = 64
_FIRST_NAP, _LONGEST_NAP = 0.001, 0.02  # seconds between two looks at the child


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may cost; whichever is reached first ends it."""

    cpu_seconds: int = 2
    wall_seconds: float = 20.0
    memory_mb: int = 256  # of address space, the interpreter's own included
    output_mb: int = 32


class Why(StrEnum):
    """Why a run gave nothing."""

    TIME = "time"
    MEMORY = "memory"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run used: seconds of CPU, and the most memory at once (None if it was killed)."""

    cpu_seconds: float
    peak_mb: float | None


class Ended(Exception):
    """The run gave nothing; ``detail`` is the class of the error inside, if it was one."""

    def __init__(self, why: Why, cost: Cost, detail: str = "") -> None:
        super().__init__(f"{why} {detail}".strip())
        self.why = why
        self.cost = cost
        self.detail = detail


_USUAL = Limits()


def run(target: str, given: bytes, limits: Limits = _USUAL) -> tuple[bytes, Cost]:
    """Return what ``package.module:function`` makes of the bytes, and what that cost.

    Raises Ended if it took too long or too much, or raised.
    """
    with tempfile.TemporaryFile() as into, tempfile.TemporaryFile() as out:
        into.write(given)
        into.seek(0)
        with tempfile.TemporaryFile() as said:
            files = (into.fileno(), out.fileno(), said.fileno())
            code, cpu_seconds, late = _watched(target, limits, files)
            said.seek(0)
            peak, _, detail = said.read(200).decode("ascii", "replace").partition(" ")
        cost = Cost(cpu_seconds, float(peak) if peak else None)
        if code or late:
            raise Ended(Why.TIME if late else _why(code), cost, detail)
        out.seek(0)
        return out.read(), cost


def _watched(target: str, limits: Limits, files: tuple[int, int, int]) -> tuple[int, float, bool]:
    """Return the child's exit code, its seconds of CPU, and whether it was killed for time."""
    numbers = (limits.cpu_seconds, limits.memory_mb * MIB, limits.output_mb * MIB)
    into, out, said = files
    child = subprocess.Popen(  # noqa: S603 -- our own interpreter and module
        [sys.executable, "-I", "-m", __name__, target, *map(str, numbers)],
        stdin=into,
        stdout=out,
        stderr=said,
        env={"LC_ALL": "C.UTF-8"},
        start_new_session=True,
        close_fds=True,
    )
    deadline, nap, late = time.monotonic() + limits.wall_seconds, _FIRST_NAP, False
    while True:
        done, status, used = os.wait4(child.pid, os.WNOHANG)
        if done:
            break
        if not late and time.monotonic() > deadline:
            late = True
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        time.sleep(nap)
        nap = min(_LONGEST_NAP, nap * 1.5)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, used.ru_utime + used.ru_stime, late


def _why(code: int) -> Why:
    if code in {-signal.SIGXCPU, -signal.SIGKILL}:
        return Why.TIME
    if code in {_OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGXFSZ}:
        return Why.MEMORY  # libraries that cannot have more memory abort
    return Why.FAILED


def main(target: str, cpu_seconds: str, memory: str, output: str) -> int:
    """Be the child: take the limits, then import the function and run it."""
    _limit(int(cpu_seconds), int(memory), int(output))
    module, _, name = target.partition(":")
    code, said = 0, ""
    try:
        result = getattr(importlib.import_module(module), name)(sys.stdin.buffer.read())
        sys.stdout.buffer.write(result)
        sys.stdout.buffer.flush()
    except MemoryError:
        code = _OUT_OF_MEMORY
    except BaseException as error:  # noqa: BLE001 -- whatever a parser raises; its text is not ours
        code, said = _FAILED, type(error).__name__
    sys.stderr.write(f"{_peak_mb():.1f} {said}")
    return code


def _peak_mb() -> float:
    """Return the most memory this program held: what wait4 says counts the parent's, too."""
    with contextlib.suppress(OSError, ValueError):
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _limit(cpu_seconds: int, memory: int, output: int) -> None:
    for what, soft, hard in (
        (resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1),
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_FSIZE, output, output),
        (resource.RLIMIT_NOFILE, _FILES, _FILES),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # lower already
            resource.setrlimit(what, (soft, hard))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
