"""Handing out files: as an inert download, or to be looked at inside one of our own pages."""

import uuid

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from jpmirai_compliance.evidence import previews, queries, rules, service
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


@bp.get("/evidence/<uuid:evidence_id>/<int:ordinal>/look")
@audience(Audience.SIGNED_IN, records=(Event.EVIDENCE_READ,))
def look(evidence_id: uuid.UUID, ordinal: int) -> ResponseReturnValue:
    """Show what can be shown of a page of a file, in a page of ours; 404 as for a download."""
    found = queries.find(uow(), actor(), evidence_id, ordinal)
    page = request.args.get("page", 1, int)
    return render_template(
        "evidence/look.html", piece=found, preview=preview_of(found, page), page=page
    )


@bp.get("/evidence/<uuid:evidence_id>/<int:ordinal>/page/<int:page>.png")
@audience(Audience.SIGNED_IN, records=(Event.EVIDENCE_READ,))
def page_picture(evidence_id: uuid.UUID, ordinal: int, page: int) -> ResponseReturnValue:
    """Hand out one page as a picture that we drew ourselves; 404 where there is none."""
    found = queries.find(uow(), actor(), evidence_id, ordinal)
    drawn = _shown(found, page)
    if not drawn.png:
        raise NotFound
    _read(evidence_id, ordinal)
    response = Response(drawn.png, content_type="image/png")
    response.headers["Content-Security-Policy"] = _PICTURE
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "no-store"
    return response


def preview_of(found: queries.EvidenceView, page: int) -> previews.Preview | None:
    """Return what can be shown of a file's page; None of one that may not be handed out.

    Words and tables are handed out with the page that shows them, so that is recorded here;
    pictures are recorded when the browser asks for them.
    """
    if not found.available:
        return None
    shown = _shown(found, page)
    if shown.text or shown.rows:
        _read(found.id, found.ordinal)
    return shown


def _shown(found: queries.EvidenceView, page: int) -> previews.Preview:
    settings = current_app.extensions["settings"]
    return previews.show(
        settings.instance_path / "previews",
        current_app.extensions["store"].get(found.sha256),
        sha256=found.sha256,
        media_type=found.media_type,
        page=page,
    )


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
