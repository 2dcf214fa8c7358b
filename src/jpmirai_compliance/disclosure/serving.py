"""The hot path: published files straight from their folder, in front of Flask.

One system call asks where the address leads now; files are remembered by the bundle's hash, so
nothing has to be forgotten when something is published or withdrawn. Badge and verification
lapse by comparing their date with the clock. What is not found here is Flask's to answer.
"""

import json
import os
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jpmirai_compliance.disclosure.rules import CODE_LENGTH
from jpmirai_compliance.foundation.web import POLICY

StartResponse = Callable[..., object]
Environ = dict[str, Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]

MAX_AGE = 300  # seconds for which an answer may be used without asking; at most 3600 for badges
REMEMBERED = 1_024  # files kept in memory
_SLUG = r"(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)+)"
_YEAR = r"(?P<year>20[0-9]{2})"
_CODE = rf"(?P<code>[0-9A-Za-z]{{{CODE_LENGTH}}})"
ADDRESSES = (
    (re.compile(rf"/(?P<lang>ja|en)/orgs/{_SLUG}(?:/{_YEAR})?", re.ASCII), "page"),
    (re.compile(rf"/badges/{_SLUG}(?:/{_YEAR})?\.svg", re.ASCII), "badge"),
    (re.compile(rf"/data/{_SLUG}/{_YEAR}\.json", re.ASCII), "data"),
    (re.compile(rf"/(?P<lang>ja|en)/verify/{_CODE}", re.ASCII), "verify"),
)
_ASSET = re.compile(r"/static/dist/(?P<name>[a-z0-9-]+\.[a-z0-9]+)", re.ASCII)
_TYPES = {
    "html": "text/html; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
    "json": "application/ld+json; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "woff2": "font/woff2",
    "ico": "image/x-icon",
}
_SHARED = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
_OWN = [("Content-Security-Policy", POLICY), ("Cross-Origin-Resource-Policy", "same-origin")]
_PICTURE = [
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the manifest of a bundle says: when it lapses, and the hash of each file."""

    lapses: float
    hashes: dict[str, str]


class Published:
    """WSGI middleware over the folder of published files."""

    def __init__(
        self,
        app: Wsgi,
        folder: Path,
        *,
        secure: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.app = app
        self.folder = os.fspath(folder)
        self.clock = clock
        hsts = "max-age=31536000; includeSubDomains"
        self.extra = [("Strict-Transport-Security", hsts)] if secure else []

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from the folder, or let the application do it."""
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        if method in {"GET", "HEAD"} and (found := self._find(path)) is not None:
            return self._answer(environ, start_response, *found)
        return self.app(environ, start_response)

    def _find(self, path: str) -> tuple[bytes, str, list[tuple[str, str]]] | None:
        """Return body, ETag and headers of a published address."""
        if path.startswith("/static/dist/"):
            return self._asset(path)
        for pattern, kind in ADDRESSES:
            if match := pattern.fullmatch(path):
                return self._published(kind, match.groupdict())
        return None

    def _published(
        self, kind: str, parts: dict[str, str | None]
    ) -> tuple[bytes, str, list[tuple[str, str]]] | None:
        code = parts.get("code")
        link = f"codes/{code.upper()}" if code else f"{parts['slug']}/{parts['year'] or 'latest'}"
        try:
            bundle = os.path.basename(os.readlink(f"{self.folder}/live/{link}"))  # noqa: PTH115, PTH119 -- the hot path
            facts = _facts(self.folder, bundle)
            left = facts.lapses - self.clock()
            name = _name(kind, parts.get("lang"), lapsed=left <= 0)
            if name not in facts.hashes:
                return None
            body = _file(self.folder, bundle, name)
        except OSError:  # no such link, or the bundle is gone
            return None
        age = MAX_AGE if left <= 0 else max(1, min(MAX_AGE, int(left)))
        headers = [
            ("Content-Type", _TYPES[name.rpartition(".")[2]]),
            ("Cache-Control", f"public, max-age={age}, stale-while-revalidate=600"),
            *(_PICTURE if kind == "badge" else _OWN),
        ]
        return body, f'"{facts.hashes[name][:32]}"', headers

    def _asset(self, path: str) -> tuple[bytes, str, list[tuple[str, str]]] | None:
        match = _ASSET.fullmatch(path)
        if not match or (kind := match["name"].rpartition(".")[2]) not in _TYPES:
            return None
        try:
            body = _kept(self.folder, match["name"])
        except OSError:
            return None
        headers = [
            ("Content-Type", _TYPES[kind]),
            ("Cache-Control", "public, max-age=31536000, immutable"),
            *_OWN,
        ]
        return body, f'"{match["name"]}"', headers

    def _answer(
        self,
        environ: Environ,
        start_response: StartResponse,
        body: bytes,
        etag: str,
        headers: list[tuple[str, str]],
    ) -> Iterable[bytes]:
        headers = [*headers, ("ETag", etag), *_SHARED, *self.extra]
        if _matches(environ.get("HTTP_IF_NONE_MATCH", ""), etag):
            start_response("304 Not Modified", headers)
            return []
        start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _name(kind: str, lang: str | None, *, lapsed: bool) -> str:
    if kind == "badge":
        return "badge-lapsed.svg" if lapsed else "badge.svg"
    if kind == "verify":
        return f"lapsed.{lang}.html" if lapsed else f"verify.{lang}.html"
    return f"page.{lang}.html" if kind == "page" else "data.json"


def _matches(header: str, etag: str) -> bool:
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return etag in tags or "*" in tags


@lru_cache(maxsize=REMEMBERED)
def _facts(folder: str, bundle: str) -> Facts:
    found = json.loads(Path(folder, "bundles", bundle, "manifest.json").read_bytes())
    return Facts(
        datetime.fromisoformat(found["valid_until"]).timestamp(),
        {name: file["sha256"] for name, file in found["files"].items()},
    )


@lru_cache(maxsize=REMEMBERED)
def _file(folder: str, bundle: str, name: str) -> bytes:
    return Path(folder, "bundles", bundle, name).read_bytes()


@lru_cache(maxsize=64)
def _kept(folder: str, name: str) -> bytes:
    return Path(folder, "assets", name).read_bytes()
