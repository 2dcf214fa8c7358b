"""What is shown of a file in the page: made by a child process, kept by hash and page.

No file of a member is decoded, unpacked or parsed here. The child has little memory, little CPU
and no secrets; when its time is over it is killed, and the reader gets a sentence.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.storage import write_durably
from jpmirai_compliance.foundation.text import Text

SECONDS = 10.0  # of the clock; the child's own CPU limit is below
WAIT_SECONDS = 5.0
CHILDREN = 2  # at once in this process
CACHE_MAX = 256 * 1024 * 1024  # bytes
PAGE_MAX = 500
#: What the child can show, by type; the rest is for the download.
KINDS = frozenset(
    {
        "application/pdf",
        "image/png",
        "image/jpeg",
        "image/webp",
        "text/plain",
        "text/csv",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    }
)
_gate = threading.BoundedSemaphore(CHILDREN)


@dataclass(frozen=True, slots=True)
class Preview:
    """What can be shown of one page: a picture (``png``), ``text``, ``rows``, or why nothing.

    ``pages`` is how many there are; ``cut`` says that the file holds more than is shown.
    """

    pages: int = 0
    png: bytes = b""
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    cut: bool = False
    refusal: Text | None = None


_TOO_HEAVY = Text("This file takes too long to show here. Download it to look at it.")
_NOT_SHOWN = Text("This file cannot be shown here. Download it to look at it.")
_BUSY = Text("Too many files are being opened at this moment. Please reload the page soon.")


def show(  # noqa: PLR0913 -- keyword-only
    cache: Path,
    content: bytes,
    *,
    sha256: str,
    media_type: str,
    page: int = 1,
    seconds: float = SECONDS,
) -> Preview:
    """Return what can be shown of a page, from the cache or from a child process.

    Takes ``seconds`` and the wait for a free child at most. Raises NotFound for no page number.
    """
    if not 1 <= page <= PAGE_MAX:
        raise NotFound
    if media_type not in KINDS:
        return Preview(refusal=_NOT_SHOWN)
    place = cache / sha256[:2] / f"{sha256}-{page}"
    if (kept := _read(place)) is not None:
        return kept
    if not _gate.acquire(timeout=WAIT_SECONDS):
        return Preview(refusal=_BUSY)
    try:
        found = _ask_child(content, media_type, page, seconds)
    finally:
        _gate.release()
    _keep(cache, place, found)
    return found


def _ask_child(content: bytes, media_type: str, page: int, seconds: float) -> Preview:
    with (
        tempfile.TemporaryDirectory(prefix="jpmirai-preview-") as folder,
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as made,
    ):
        given.write(content)
        given.seek(0)
        child = subprocess.Popen(  # noqa: S603 -- nothing of it comes from outside
            [sys.executable, "-I", "-m", f"{__name__}.child", media_type, str(page)],
            stdin=given,
            stdout=made,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={"LANG": "C.UTF-8"},  # no address of a database, no key
            start_new_session=True,
        )
        try:
            status = child.wait(seconds)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        if status != 0:
            return Preview(refusal=_TOO_HEAVY if status in _KILLED else _NOT_SHOWN)
        made.seek(0)
        return _parsed(made.read())


#: By us, by the limit of CPU, or by the kernel for memory.
_KILLED = {None, -signal.SIGKILL, -signal.SIGXCPU, 3}


def _parsed(raw: bytes) -> Preview:
    """Return what the child wrote: a line of JSON, then the picture."""
    head, _newline, png = raw.partition(b"\n")
    try:
        said = json.loads(head)
        return Preview(
            pages=int(said["pages"]),
            png=png,
            text=str(said["text"]),
            rows=tuple(tuple(str(cell) for cell in row) for row in said["rows"]),
            cut=bool(said["cut"]),
        )
    except (ValueError, KeyError, TypeError):
        return Preview(refusal=_NOT_SHOWN)


def _read(place: Path) -> Preview | None:
    try:
        raw = place.read_bytes()
    except OSError:
        return None
    if raw in {b"heavy", b"none"}:
        return Preview(refusal=_TOO_HEAVY if raw == b"heavy" else _NOT_SHOWN)
    place.touch()
    return _parsed(raw)


def _keep(cache: Path, place: Path, found: Preview) -> None:
    """Write it down, refusals too, so that a hostile file costs its CPU once; full is no fault."""
    if found.refusal is not None:
        raw = b"heavy" if found.refusal is _TOO_HEAVY else b"none"
    else:
        said = {"pages": found.pages, "text": found.text, "rows": found.rows, "cut": found.cut}
        raw = json.dumps(said).encode() + b"\n" + found.png
    with contextlib.suppress(OSError):
        write_durably(place, raw, mode=0o600)
        _prune(cache)


def _prune(cache: Path) -> None:
    """Remove what was longest not looked at, until a tenth of the room is free again."""
    files = [(entry.stat(), entry) for entry in cache.glob("??/*")]
    size = sum(stat.st_size for stat, _entry in files)
    if size <= CACHE_MAX:
        return
    for stat, entry in sorted(files, key=lambda pair: pair[0].st_mtime):
        entry.unlink(missing_ok=True)
        size -= stat.st_size
        if size <= CACHE_MAX * 0.9:
            return
