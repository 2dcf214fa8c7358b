"""Handing out files: as an inert download, or to be looked at inside one of our own pages."""

import uuid

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from jpmirai_compliance.evidence import previews, queries, rules, service
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.storage import Store
from jpmirai_compliance.foundation.web import actor, now, uow

bp = Blueprint("evidence", __name__)

_INERT = "default-src 'none'; sandbox"
#: Our own page inside another of ours: no script, no form. Without its origin, links in it would
#: go out without the session.
_FRAME = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'; sandbox allow-same-origin"
)


@bp.get("/evidence/<uuid:evidence_id>/<int:ordinal>")
@audience(Audience.SIGNED_IN, records=(Event.EVIDENCE_READ,))
def download(evidence_id: uuid.UUID, ordinal: int) -> ResponseReturnValue:
    """Hand out one version as a file to save; 404 if the reader may not have it."""
    return inert(_read(evidence_id, ordinal))


@bp.get("/evidence/<uuid:evidence_id>/<int:ordinal>/look")
@audience(Audience.SIGNED_IN, records=(Event.EVIDENCE_READ,))
def look(evidence_id: uuid.UUID, ordinal: int) -> ResponseReturnValue:
    """Show what can be shown of a page of a file, in a page of ours; 404 as for a download."""
    return _look("evidence/look.html", evidence_id, ordinal)


@bp.get("/evidence/<uuid:evidence_id>/<int:ordinal>/frame")
@audience(Audience.SIGNED_IN, records=(Event.EVIDENCE_READ,))
def frame(evidence_id: uuid.UUID, ordinal: int) -> ResponseReturnValue:
    """Show the same as ``look`` to stand inside another page, where its pages are turned."""
    response = make_response(_look("evidence/frame.html", evidence_id, ordinal))
    response.headers["Content-Security-Policy"] = _FRAME
    return response


@bp.get("/evidence/<uuid:evidence_id>/<int:ordinal>/page/<int:page>.png")
@audience(Audience.SIGNED_IN, records=(Event.EVIDENCE_READ,))
def page_picture(evidence_id: uuid.UUID, ordinal: int, page: int) -> ResponseReturnValue:
    """Hand out one page as a picture that we drew ourselves; 404 where there is none."""
    found = queries.find(uow(), actor(), evidence_id, ordinal)
    png = drawn(found, page).png
    if not png:
        raise NotFound
    _read(evidence_id, ordinal)
    return picture(png)


def picture(png: bytes) -> Response:
    """Return an answer with a picture that we drew."""
    response = Response(png, content_type="image/png")
    response.headers["Content-Security-Policy"] = _INERT
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "no-store"
    return response


def pages_asked() -> tuple[int, dict[str, object]]:
    """Return the page of the address, and what its template needs of ``pages``, the named ones."""
    pages = request.args.get("pages", "")
    named = rules.page_numbers(pages)
    first = named[0] if named else 1
    return request.args.get("page", first, int), {
        "named": named,
        "pages": pages if named else "",
    }


def preview_of(found: queries.EvidenceView, page: int) -> previews.Preview | None:
    """Return what can be shown of a file's page; None of one that may not be handed out.

    Words and tables are handed out with the page that shows them, so that is recorded here;
    pictures are recorded when the browser asks for them.
    """
    if not found.available:
        return None
    shown = drawn(found, page)
    if shown.text or shown.rows:
        _read(found.id, found.ordinal)
    return shown


def drawn(found: queries.EvidenceView, page: int) -> previews.Preview:
    """Return what can be shown of a page, for callers that record the reading themselves."""
    settings = current_app.extensions["settings"]
    return previews.show(
        settings.instance_path / "previews",
        current_app.extensions["store"].get(found.sha256),
        sha256=found.sha256,
        media_type=found.media_type,
        page=page,
    )


def _look(template: str, evidence_id: uuid.UUID, ordinal: int) -> str:
    found = queries.find(uow(), actor(), evidence_id, ordinal)
    page, asked = pages_asked()
    preview = preview_of(found, page)
    return render_template(template, piece=found, preview=preview, page=page, **asked)


def _read(evidence_id: uuid.UUID, ordinal: int) -> queries.EvidenceView:
    """Return what the reader may have and record that they had it."""
    with uow().transaction() as work:
        found = queries.find(work, actor(), evidence_id, ordinal)
        service.record_reading(work, actor=actor(), view=found, now=now())
    return found


def inert(found: queries.EvidenceView) -> Response:
    """Return an answer with the file to save; nothing of it runs or is shown here."""
    store: Store = current_app.extensions["store"]
    response = Response(store.get(found.sha256), content_type=found.media_type)
    response.headers["Content-Disposition"] = f"attachment; {_named(found.filename)}"
    response.headers["Content-Security-Policy"] = _INERT
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
