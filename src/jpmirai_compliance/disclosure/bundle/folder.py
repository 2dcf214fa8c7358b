"""The folder of published files.

    bundles/<sha256>/…       what was published, never changed; the name is the manifest's hash
    live/<slug>/<year>       link to the bundle that is public; ``latest`` to the newest year's
    live/codes/<code>        link by verification code
    assets/…                 style sheets and fonts that published pages name

A bundle that exists is whole: files and folder are synced before it gets its name. A link is
replaced by renaming another one over it, so that an address never answers with half of two.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785

from jpmirai_compliance.disclosure.queries import PublicationView
from jpmirai_compliance.foundation.storage import sync_folder, write_durably
from jpmirai_compliance.foundation.web import DIST

MANIFEST = "manifest.json"
CODES = "codes"
LATEST = "latest"
ABANDONED = 24 * 3600  # seconds after which what nobody links to is removed


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one bundle by name, and the facts that whoever serves them needs."""

    content: Mapping[str, bytes]
    facts: Mapping[str, Any]  # slug, year, code, valid_until

    def manifest(self) -> bytes:
        """Return the canonical JSON that names every file with its hash."""
        listed: Any = {
            name: {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body)}
            for name, body in self.content.items()
        }
        return rfc8785.dumps({"schema": 1, **self.facts, "files": listed})

    @property
    def name(self) -> str:
        """The SHA-256 of the manifest: the same content always has the same name."""
        return hashlib.sha256(self.manifest()).hexdigest()


def store(folder: Path, files: Files) -> str:
    """Write a bundle whole or not at all and return its name; one that exists is left alone."""
    bundles = folder / "bundles"
    bundles.mkdir(parents=True, exist_ok=True)
    name = files.name
    if (bundles / name).is_dir():
        return name
    temporary = Path(tempfile.mkdtemp(prefix=".tmp-", dir=bundles))
    try:
        temporary.chmod(0o755)  # the web server reads it as another user
        for filename, body in (*files.content.items(), (MANIFEST, files.manifest())):
            _write(temporary / filename, body)
        sync_folder(temporary)
        temporary.rename(bundles / name)
    except OSError:
        if not (bundles / name).is_dir():  # else somebody wrote the same a moment earlier
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    sync_folder(bundles)
    return name


def keep_assets(folder: Path) -> int:
    """Copy the front end's built files beside the bundles and return how many were new.

    Their names carry their hash: a page published with one release keeps its look under the next.
    """
    kept = folder / "assets"
    kept.mkdir(parents=True, exist_ok=True)
    new = [f for f in DIST.iterdir() if f.is_file() and not (kept / f.name).exists()]
    for file in new:
        write_durably(kept / file.name, file.read_bytes())
    return len(new)


def wanted(publications: tuple[PublicationView, ...]) -> dict[str, str]:
    """Return the links that make publications public: path below ``live`` and bundle."""
    links = {}
    for found in sorted(publications, key=lambda p: p.year):
        links[f"{found.slug}/{found.year}"] = found.bundle
        links[f"{found.slug}/{LATEST}"] = found.bundle
        links[f"{CODES}/{found.code}"] = found.bundle
    return links


def links(folder: Path) -> dict[str, str]:
    """Return the links there are: path below ``live`` and the bundle each leads to."""
    live = folder / "live"
    return {
        str(path.relative_to(live)): path.readlink().name
        for path in live.glob("*/*")
        if path.is_symlink() and not path.name.startswith(".")
    }


def switch(folder: Path, link: str, name: str) -> None:
    """Make a link lead to a bundle, in one step."""
    path = folder / "live" / link
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".tmp-{os.getpid()}-{path.name}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(f"../../bundles/{name}")
    temporary.replace(path)
    sync_folder(path.parent)


def cut(folder: Path, link: str) -> None:
    """Remove a link."""
    path = folder / "live" / link
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def sweep(folder: Path, used: frozenset[str]) -> int:
    """Remove bundles that nobody links to, a day after they were written; returns how many."""
    old = time.time() - ABANDONED
    found = [
        path
        for path in (folder / "bundles").glob("*")
        if path.name not in used and path.lstat().st_mtime < old
    ]
    for path in found:
        shutil.rmtree(path, ignore_errors=True)
    return len(found)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one process at a time change links; whoever comes later reads the later database."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write(path: Path, body: bytes) -> None:
    with path.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o644)
