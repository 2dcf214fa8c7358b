"""Bytes under the name of their SHA-256: a local folder, or an S3-compatible object store.

A file that exists under its hash is whole: it is written under another name, synced, renamed,
and the directory synced, before anybody learns the hash.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from jpmirai_compliance.foundation.errors import DiskFull, NotFound
from jpmirai_compliance.foundation.settings import Settings
from jpmirai_compliance.foundation.text import Text

_SHA256 = re.compile(r"[0-9a-f]{64}")
NO_SPACE = {28, 122}  # ENOSPC, EDQUOT


class Store(Protocol):
    """Content-addressed bytes; nothing is ever overwritten."""

    def put(self, content: bytes) -> str:
        """Keep the bytes durably and return their SHA-256 in hexadecimal; DiskFull if no room."""

    def get(self, sha256: str) -> bytes:
        """Return the bytes; NotFound if there are none under this hash."""

    def names(self) -> Iterator[str]:
        """Yield every hash that is kept."""


def open_store(settings: Settings) -> Store:
    """Return the store that the settings name: ``local`` or ``s3://bucket``."""
    if settings.evidence_store == "local":
        return LocalStore(settings.instance_path / "evidence")
    return ObjectStore(settings)


class LocalStore:
    """A folder, two letters deep."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Keep the bytes durably and return their SHA-256; DiskFull if no room."""
        name = hashlib.sha256(content).hexdigest()
        target = self._path(name)
        if not target.exists():
            try:
                write_durably(target, content, mode=0o600)
            except OSError as error:
                if error.errno in NO_SPACE:
                    raise DiskFull from error
                raise
        return name

    def get(self, sha256: str) -> bytes:
        """Return the bytes; NotFound if there are none under this hash."""
        try:
            return self._path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(Text("This file is not in the store.")) from error

    def names(self) -> Iterator[str]:
        """Yield every hash that is kept, sorted."""
        for path in sorted(self.folder.glob("??/*")):
            if _SHA256.fullmatch(path.name):
                yield path.name

    def sweep(self) -> int:
        """Remove what a crash left half-written and return how many files that were."""
        orphans = list(self.folder.glob("??/.tmp-*"))
        for path in orphans:
            path.unlink(missing_ok=True)
        return len(orphans)

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise NotFound(Text("This file is not in the store."))
        return self.folder / sha256[:2] / sha256


class ObjectStore:
    """A bucket of an S3-compatible object store; its puts are atomic and durable."""

    def __init__(self, settings: Settings) -> None:
        from obstore.store import S3Store  # noqa: PLC0415 -- an extra, only for production

        bucket = urlsplit(settings.evidence_store).netloc
        endpoint = settings.evidence_store_endpoint
        self._store = S3Store(
            bucket,
            endpoint=endpoint or None,
            access_key_id=settings.evidence_store_key.get_secret_value(),
            secret_access_key=settings.evidence_store_secret.get_secret_value(),
            region="us-east-1",
            virtual_hosted_style_request=False,
            client_options={"allow_http": endpoint.startswith("http://")},
        )

    def put(self, content: bytes) -> str:
        """Keep the bytes durably and return their SHA-256."""
        name = hashlib.sha256(content).hexdigest()
        self._store.put(f"{name[:2]}/{name}", content)
        return name

    def get(self, sha256: str) -> bytes:
        """Return the bytes; NotFound if there are none under this hash."""
        if not _SHA256.fullmatch(sha256):
            raise NotFound(Text("This file is not in the store."))
        try:
            return bytes(self._store.get(f"{sha256[:2]}/{sha256}").bytes())
        except FileNotFoundError as error:
            raise NotFound(Text("This file is not in the store.")) from error

    def names(self) -> Iterator[str]:
        """Yield every hash that is kept."""
        for page in self._store.list():
            for found in page:
                name = str(found["path"]).rpartition("/")[2]
                if _SHA256.fullmatch(name):
                    yield name


def write_durably(target: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a whole file or none: temporary name, sync, rename, sync of the directory.

    ``mode`` are its rights: what is published is read by the web server, evidence by nobody else.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".tmp-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make names that were added to or removed from a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
