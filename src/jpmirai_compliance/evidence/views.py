"""Handing out files: as an inert download, or to be looked at inside one of our own pages."""

import uuid

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue

from jpmirai_compliance.evidence import queries, rules, service
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.storage import Store
from jpmirai_compliance.foundation.web import actor, now, uow

bp = Blueprint("evidence", __name__)

_INERT = "default-src 'none'; sandbox"
#: A picture needs nothing; the browser's PDF reader does not start in a sandbox.
_PICTURE = "default-src 'none'; frame-ancestors 'self'; sandbox"
_PDF = "default-src 'none'; object-src 'self'; frame-ancestors 'self'"


@bp.get("/evidence/<uuid:evidence_id>/<int:ordinal>")
@audience(Audience.SIGNED_IN, records=(Event.EVIDENCE_READ,))
def download(evidence_id: uuid.UUID, ordinal: int) -> ResponseReturnValue:
    """Hand out one version as a file to save; 404 if the reader may not have it."""
    view = _read(evidence_id, ordinal)
    return _file(view, f"attachment; {_named(view.filename)}", _INERT)


@bp.get("/evidence/<uuid:evidence_id>/<int:ordinal>/view")
@audience(Audience.SIGNED_IN, records=(Event.EVIDENCE_READ,))
def view(evidence_id: uuid.UUID, ordinal: int) -> ResponseReturnValue:
    """Show a picture or PDF inside one of our own pages; 404 for every other kind."""
    found = queries.find(uow(), actor(), evidence_id, ordinal)
    if found.media_type not in rules.INLINE:
        raise NotFound
    _read(evidence_id, ordinal)
    policy = _PDF if found.media_type == "application/pdf" else _PICTURE
    return _file(found, f"inline; {_named(found.filename)}", policy)


def _read(evidence_id: uuid.UUID, ordinal: int) -> queries.EvidenceView:
    """Return what the reader may have and record that they had it."""
    with uow().transaction() as work:
        found = queries.find(work, actor(), evidence_id, ordinal)
        service.record_reading(work, actor=actor(), view=found, now=now())
    return found


def _file(found: queries.EvidenceView, disposition: str, policy: str) -> Response:
    store: Store = current_app.extensions["store"]
    response = Response(store.get(found.sha256), content_type=found.media_type)
    response.headers["Content-Disposition"] = disposition
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def _named(filename: str) -> str:
    """Return the name for old readers (ASCII) and, by RFC 5987, the whole one."""
    plain = "".join(c if c.isascii() and c not in '"\\%;' else "_" for c in filename)
    kept = "".join(
        chr(byte) if chr(byte) in _ATTRIBUTE else f"%{byte:02X}" for byte in filename.encode()
    )
    return f"filename=\"{plain}\"; filename*=UTF-8''{kept}"


_ATTRIBUTE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`|~")
